"""/threat: somebody to watch. Sealed in the database; read only by officers and administrators."""

from typing import Any

from bot.forms import Form, Question, View
from bot.i18n import _, n_
from bot.kinds import Choice, Place, Several, Story, options_of
from bot.messages import Button, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import words
from handlers.roles import REPORTERS
from handlers.tidings import on_duty
from models import audit
from models.evidence import list_files
from models.masking import mask
from models.number import next_number
from models.threat import FACTORS, insert_threat, threat_by_number

_PLACE, _ACCOUNT = "threat.place", "threat.account"


def _escort(code: str) -> str:
    return _("Yes, please") if code == "yes" else _("No")


QUESTIONS = (
    Question(
        key="place",
        kind=Place(),
        ask=lambda _view: _("⚠️ Where is this person, or where did it happen? For example: ward 5."),
        label=lambda _view: _("place"),
    ),
    Question(
        key="factors",
        kind=Several(options=options_of(FACTORS, words.factor)),
        ask=lambda _view: _("What fits this person? Tick all that apply."),
        label=lambda _view: _("signs"),
    ),
    Question(
        key="what",
        kind=Story(),
        ask=lambda _view: _(
            "What was said or done? One sentence will do; a photo or voice works too."
        ),
        label=lambda _view: _("account"),
    ),
    Question(
        key="escort",
        kind=Choice(options=options_of(("yes", "no"), _escort)),
        ask=lambda _view: _("Do you want security to escort you?"),
        label=lambda _view: _("escort"),
    ),
)


def _card(view: View) -> str:
    shown = {q.key: q.kind.show(view.answers[q.key], view) for q in QUESTIONS}
    files = len(view.answers["what"]["files"])
    lines = [
        _("Please check; only safety officers and administrators will read this."),
        _("Place: {place}").format(place=shown["place"]),
        _("Signs: {factors}").format(factors=shown["factors"]),
        words.account(shown["what"]),
        _("Escort: {escort}").format(escort=shown["escort"]),
    ]
    if files:
        lines.append(_("Attached: {n}").format(n=files))
    return "\n".join(line for line in lines if line)


def build(_params: dict[str, Any]) -> Form:
    """Where, the four signs of seed 001, what was said or done, escort."""
    return Form(
        name="threat",
        version=1,
        title=lambda _view: _("threat report"),
        questions=QUESTIONS,
        card=_card,
        submit=lambda _view: _("✅ Submit"),
        catch="what",
        # What was said stays out of lists and cancellations: chats are read over shoulders.
        summary=lambda view: n_("{n} answer", "{n} answers", len(view.answers)).format(
            n=len(view.answers)
        ),
    )


def complete(turn: Turn, finished: Finished) -> None:
    """Seal and store the threat; tell those who must act, by number and signs only."""
    answers, hospital = finished.answers, turn.actor.hospital
    number = next_number(
        turn.conn,
        hospital_id=hospital.id,
        code=hospital.code,
        year=turn.now.astimezone(hospital.zone).year,
    )
    place = QUESTIONS[0].kind.show(answers["place"], finished.view)
    seal = turn.house.cipher.seal
    threat_id = insert_threat(
        turn.conn,
        number=number,
        hospital_id=hospital.id,
        department_id=turn.actor.department_id,
        reporter_id=turn.actor.id,
        draft_id=finished.draft_id,
        factors=answers["factors"],
        escort=answers["escort"] == "yes",
        place_sealed=seal(place, about=_PLACE),
        account_sealed=seal(answers["what"]["text"], about=_ACCOUNT),
        reported_at=turn.now,
    )
    turn.keep_files(answers["what"]["files"], subject="threat", subject_id=threat_id)
    audit.note(
        turn.conn,
        at=turn.now,
        action="threat.filed",
        subject=number,
        hospital_id=hospital.id,
        member_id=turn.actor.id,
    )
    _announce(turn, number, answers)


def _announce(turn: Turn, number: str, answers: dict[str, Any]) -> None:
    readers = on_duty(turn)

    def card(_reader: Any) -> tuple[str, list[list[Button]]]:
        lines = [
            _("⚠️ New threat: please read it and act."),
            f"{number} · {turn.actor.department or words.role(turn.actor.role)}",
            _("Signs: {factors}").format(factors=_named(answers["factors"])),
        ]
        if answers["escort"] == "yes":
            lines.append(_("The reporter wants an escort."))
        return "\n".join(lines), [[Button(_("Read it"), f"threat:{number}")]]

    tell_each(turn, readers, card, priority=Priority.NOTICE)
    told = words.people(readers)
    lines = [_("Filed as {number}.").format(number=number)]
    lines.append(
        _("Notified: {people}.").format(people=told)
        if told
        else _("Nobody here could be notified yet: please phone your duty desk.")
    )
    lines.append(_("☎️ In danger? Dial 110 or press the wall alarm first."))
    turn.say("\n".join(lines), [[Button(_("My reports"), "mine:0")]])


def _named(factors: list[str]) -> str:
    return _(", ").join(words.factor(code) for code in factors) if factors else _("none")


def press_threat(turn: Turn) -> None:
    """Open a threat for somebody who may read it; every reading is written down."""
    number = turn.incoming.data.partition(":")[2]
    row = threat_by_number(turn.conn, turn.actor.hospital.id, number)
    if row is None:
        turn.toast(_("There is no such record in your hospital."))
        return
    audit.note(
        turn.conn,
        at=turn.now,
        action="threat.read",
        subject=number,
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )
    unseal = turn.house.cipher.open
    lines = [
        _("⚠️ {number}: do not forward").format(number=number),
        _("Place: {place}").format(place=mask(unseal(row.place_sealed, about=_PLACE))),
        _("Signs: {factors}").format(factors=_named(row.factors)),
        mask(unseal(row.account_sealed, about=_ACCOUNT)) or _("(no text)"),
        _("Escort: {escort}").format(escort=_escort("yes" if row.escort else "no")),
    ]
    turn.send("\n".join(lines))
    for file in list_files(turn.conn, "threat", row.id):
        turn.send_file(file.kind, file.file_id)


THREAT = Conversation(name="threat", version=1, roles=REPORTERS, build=build, complete=complete)
