"""The words of the registers: their names, what is asked, codes, states, buttons."""

from bot.i18n import N_, _
from models.kind import WRONG

KINDS = {
    "hazard": N_("Hazard"),
    "complaint": N_("Complaint"),
    "dispute": N_("Dispute"),
    "fault": N_("Equipment fault"),
    "seizure": N_("Security-check find"),
    "check": N_("Controlled-material check"),
    "clue": N_("Clue"),
    "drill": N_("Drill"),
    "training": N_("Training"),
    "meeting": N_("Meeting, inspection"),
    "asset": N_("Security equipment"),
    "patrol": N_("Patrol"),
}
STATES = {
    "open": N_("waiting to be dealt with"),
    "rectified": N_("put right, re-check to come"),
    "answered": N_("complainant told, rectification to come"),
    "returned": N_("re-checked, not right yet"),
    "handed": N_("handed over to the police"),
    "closed": N_("dealt with and closed"),
    "kept": N_("on record"),
    "working": N_("in working order"),
    "fault": N_("out of order"),
    "absent": N_("not installed"),
}
_COMPLAINT_RECTIFIED = N_("put right, feedback to the complainant to come")
MOVES = {
    "rectify": N_("It is put right"),
    "pass": N_("Re-check: good"),
    "fail": N_("Re-check: not yet"),
    "feedback": N_("Complainant told"),
    "settle": N_("Enter outcome"),
    "channel": N_("Change channel"),
    "reopen": N_("Take up again"),
    "repair": N_("It is repaired"),
    "explain": N_("It is explained"),
    "hand_over": N_("Hand to police"),
    "close": N_("Close the clue"),
    "recount": N_("Count again"),
    "remove": N_("It was removed"),
    "assign": N_("Hand on"),
    "note": N_("Add a note"),
    "correct": N_("Correct it"),
}
FIELDS = {
    "what": N_("account"),
    "place": N_("place"),
    "when": N_("time"),
    "owner": N_("owner"),
    "due": N_("due day"),
    "channel": N_("channel"),
    "outcome": N_("outcome"),
    "system": N_("system"),
    "asset": N_("equipment"),
    "item": N_("item"),
    "count": N_("count"),
    "fate": N_("handling"),
    "material": N_("material"),
    "agrees": N_("counts agree"),
    "found": N_("clue"),
    "receiver": N_("receiver"),
    "topic": N_("topic"),
    "heads": N_("people"),
    "form": N_("kind"),
    "wrong": N_("corrected"),
}
CODES = {
    ("channel", "internal"): N_("Inside the hospital"),
    ("channel", "people"): N_("People's mediation"),
    ("channel", "administrative"): N_("Administrative mediation"),
    ("channel", "judicial"): N_("Judicial mediation"),
    ("outcome", "agreed"): N_("Agreement reached"),
    ("outcome", "not_agreed"): N_("No agreement"),
    ("outcome", "litigation"): N_("Lawsuit"),
    ("outcome", "appraisal"): N_("Forensic appraisal"),
    ("system", "video"): N_("Video surveillance"),
    ("system", "alarm"): N_("Alarm buttons"),
    ("system", "access"): N_("Access control"),
    ("system", "patrol"): N_("Electronic patrol"),
    ("system", "screening"): N_("Security screening"),
    ("system", "other_system"): N_("Other equipment"),
    ("item", "knife"): N_("Knives"),
    ("item", "flammable"): N_("Flammables, explosives"),
    ("item", "poison"): N_("Poison, corrosives"),
    ("item", "firearm"): N_("Firearms, ammunition"),
    ("item", "other_item"): N_("Other forbidden item"),
    ("fate", "held"): N_("Held until leaving"),
    ("fate", "given_up"): N_("Given up"),
    ("fate", "police"): N_("Handed to police"),
    ("fate", "turned_away"): N_("Turned away"),
    ("material", "drugs"): N_("Narcotics, psychotropics"),
    ("material", "pathogen"): N_("Toxins, pathogens"),
    ("material", "radioactive"): N_("Radioactive sources"),
    ("material", "explosive"): N_("Flammables in stock"),
    ("agrees", "yes"): N_("Counts agree"),
    ("agrees", "no"): N_("They differ"),
    ("found", "yes"): N_("There is a clue"),
    ("found", "no"): N_("None (zero row)"),
    ("topic", "safety"): N_("Safety education"),
    ("topic", "ethics_law"): N_("Ethics and law"),
    ("topic", "key_post"): N_("Key posts"),
    ("topic", "other_topic"): N_("Another topic"),
    ("form", "meeting"): N_("Meeting"),
    ("form", "inspection"): N_("Inspection"),
}
_MORE = N_("Anything to add? Text, photo or file; or press Skip.")
_CHANNEL = N_("In which channel is it dealt with?")
_OWNER = N_("Who sees to it?")
_DUE = N_("By which day? Press one, or type for example 7-10.")
_WHEN = N_('When was it? For example: 21:40, or "last night 11pm".')
_ON_WHICH_DAY = N_("When was it? Press Now, or type for example: Mar 14.")
ASKS = {
    ("", "what"): _MORE,
    ("", "owner"): _OWNER,
    ("", "due"): _DUE,
    ("", "when"): _WHEN,
    ("", "channel"): _CHANNEL,
    ("", "heads"): N_("How many people took part? For example: 25."),
    ("hazard", "place"): N_("Where is it? For example: stairwell B, 3rd floor."),
    ("hazard", "what"): N_("What is wrong? A photo of how it looks now, or one sentence."),
    ("complaint", "what"): N_("What is the complaint about? Please write no patient's name."),
    ("dispute", "what"): N_("What is the dispute about? Please write no patient's name."),
    ("fault", "system"): N_("Which system is out of order?"),
    ("fault", "asset"): N_("Which one is it?"),
    ("fault", "place"): N_("Where is it? For example: ER gate."),
    ("fault", "what"): N_("What is wrong with it? A photo works too."),
    ("seizure", "item"): N_("What was found at the security check?"),
    ("seizure", "count"): N_("How many? For example: 2."),
    ("seizure", "fate"): N_("What became of it?"),
    ("check", "material"): N_("Which material was checked?"),
    ("check", "agrees"): N_("Does what is there agree with the book?"),
    ("check", "what"): N_("What differs? For example: 2 ampoules fewer than in the book."),
    ("clue", "found"): N_("Is there a clue, or none this time? None is recorded as a zero row."),
    ("clue", "what"): N_("What is the clue? Only the safety office reads it."),
    ("drill", "topic"): N_("What was drilled? For example: violent visitor in the ER."),
    ("drill", "when"): _ON_WHICH_DAY,
    ("training", "topic"): N_("What was the training about?"),
    ("training", "when"): _ON_WHICH_DAY,
    ("meeting", "form"): N_("Was it a meeting or an inspection?"),
    ("meeting", "when"): _ON_WHICH_DAY,
    ("meeting", "what"): N_("Send the minutes: as text, a photo or a file."),
    ("asset", "system"): N_("Which system does it belong to?"),
    ("asset", "place"): N_("Where is it? For example: ER gate."),
    ("asset", "count"): N_("How many are there? Type 0 if there is none yet."),
    ("rectify", "what"): N_(
        "What was done about it? A photo of how it looks now, or one sentence."
    ),
    ("fail", "what"): N_("What is not right yet? A photo works too."),
    ("feedback", "what"): N_("What was the complainant told, and how did they take it?"),
    ("settle", "outcome"): N_("How did it end?"),
    ("reopen", "what"): N_("Why is it taken up again?"),
    ("explain", "what"): N_("What explains the difference?"),
    ("hand_over", "receiver"): N_("To whom was it handed? For example: Xianghuaqiao police post."),
    ("close", "what"): N_("What became of the clue?"),
    ("recount", "count"): N_("How many are there now? For example: 12."),
    ("note", "what"): N_("What do you want to add? Text, photo or file."),
    ("correct", "wrong"): N_("What is wrong?"),
    ("correct", "what"): N_("Please type the account anew; it takes the place of the old one."),
    ("correct", "place"): N_("Where is it? For example: stairwell B, 3rd floor."),
    ("correct", "topic"): N_("What is it about, then?"),
    ("correct", "count"): N_("How many? For example: 2."),
}


def kind(code: str) -> str:
    """A register's name."""
    return _(KINDS[code])


def state(kind_code: str, code: str) -> str:
    """How an entry stands."""
    if (kind_code, code) == ("complaint", "rectified"):
        return _(_COMPLAINT_RECTIFIED)
    return _(STATES[code])


def move(code: str) -> str:
    """What a move is called on its button and in the list of steps."""
    return _(MOVES[code])


def field(key: str) -> str:
    """A field's name."""
    return _(FIELDS[key])


def code(key: str, value: str) -> str:
    """A coded answer in words."""
    return field(value) if key == WRONG else _(CODES[key, value])


def ask(of: str, key: str) -> str:
    """The question for a field of a kind or a move."""
    words = ASKS.get((of, key)) or ASKS["", key]
    return _(words)


def line(key: str, value: object) -> str:
    """One line of a card: what it is and what was said."""
    name = field(key)
    return _("{label}: {value}").format(label=name[:1].upper() + name[1:], value=value)
