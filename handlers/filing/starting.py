"""Where /file begins: which papers can be filed here, by whom, and where the others are done."""

from typing import Any

from bot.dates import say_left
from bot.i18n import _
from bot.incoming import row_of
from bot.messages import Button
from bot.turn import Turn
from handlers import words
from handlers.owing import Owing
from handlers.papers import Paper, to_file
from handlers.roles import DUTY
from models.deadlines import HEAD
from models.district import commission_of, district_of
from models.obligation import obligation_by_id
from models.preset import shipped_preset

RECEIPT, ZERO, SURVEY, MINUTES = "receipt", "zero_report", "survey", "minutes"
_RANKS = {"overdue": 0, "open": 0, "missed": 1, "scheduled": 2}
_REGISTERS = {
    "drills.held": "drill",
    "inspections.held": "meeting",
    "meetings.held": "meeting",
    "trainings.held": "training",
    "trainings.ethics_law": "training",
    "patrols.held": "patrol",
}


def start_filing(turn: Turn) -> None:
    """Choose a paper and say what closes it."""
    _begin(turn, None, already=True)


def press_file(turn: Turn) -> None:
    """File the paper under whose notice the button stood, now."""
    _begin(turn, turn.incoming.data.partition(":")[2], already=False)


def press_filed(turn: Turn) -> None:
    """The same for one that was filed before: when is asked as well."""
    _begin(turn, turn.incoming.data.partition(":")[2], already=True)


def sort_of(code: str) -> str:
    """What closes a paper: ``receipt``, the name of a form, or ``records``, ``selfcheck``, ``stamp``."""
    closes = shipped_preset().template(code).closes
    return closes.form or closes.by


def _begin(turn: Turn, wanted: str | None, *, already: bool) -> None:
    hospital = turn.actor.hospital
    owing = Owing(turn.conn, hospital)
    papers = [p for p in to_file(turn.conn, hospital, turn.now) if may_file(turn, owing, p)]
    chosen = next((paper for paper in papers if str(paper.id) == wanted and paper.id), None)
    if wanted not in (None, "0") and chosen is None:
        turn.toast(_("This one is filed or settled already."))
        return
    if chosen is not None and sort_of(chosen.code) not in (RECEIPT, ZERO, SURVEY, MINUTES):
        _say_elsewhere(turn, chosen)
        return
    here = [p for p in papers if sort_of(p.code) in (RECEIPT, ZERO, SURVEY, MINUTES)]
    # What can still be in time before what was missed, that before what is not open yet; each by due time.
    here.sort(key=lambda paper: _RANKS[paper.state])
    if not here:
        turn.send(_("Nothing is waiting to be filed."))
        return
    commission = commission_of(turn.conn, district_of(turn.conn, hospital.id))
    params = {
        "papers": [[p.key, _label(p, turn)] for p in here],
        "sorts": {p.key: sort_of(p.code) for p in here},
        "late": [p.key for p in here if p.state in ("overdue", "missed")],
        "online": bool(commission),
        "hospital": hospital.id,
        # "File it" is about this moment; "filed already" asks when.
        "now": not already,
    }
    turn.talks.begin(turn, "file", params=params, answers={"which": chosen.key} if chosen else None)


def may_file(turn: Turn, owing: Owing, paper: Any) -> bool:
    """The safety office files any paper, others what is theirs or what they are reminded of."""
    if turn.actor.role in DUTY:
        return True
    return turn.actor.id in {each.id for each in owing.readers(paper, None, HEAD)}


def _say_elsewhere(turn: Turn, paper: Paper) -> None:
    """What records or the self-check close by themselves has its own way in."""
    name = words.paper(paper.code, paper.subject, paper.period_end)
    if sort_of(paper.code) == "selfcheck":
        text = _("{paper} is done when every section of the self-check is submitted.")
        turn.send(text.format(paper=name), [[Button(_("Open it"), "check:")]])
        return
    closes = shipped_preset().template(paper.code).closes
    kind = _REGISTERS.get(closes.metric or "")
    text = _("{paper} is done as soon as it is entered into the register; no number is needed.")
    buttons = [[Button(_("Enter it"), f"enter:{kind}")]] if kind else []
    turn.send(text.format(paper=name), buttons)


def _label(paper: Paper, turn: Turn) -> str:
    zone = turn.actor.hospital.zone
    name = words.paper(paper.code, paper.subject, paper.period_end)
    if paper.state == "scheduled":
        return name
    if paper.state == "missed":
        return _("{paper} (missed)").format(paper=name)
    left = say_left(paper.due_at, zone=zone, now=turn.now)
    return _("{paper} ({left})").format(paper=name, left=left)


def paper_pressed(turn: Turn) -> Any:
    """The paper that a button is about; None, with a note, for one settled or of another hospital."""
    number = row_of(turn.incoming.data.partition(":")[2])
    row = obligation_by_id(turn.conn, turn.actor.hospital.id, number)
    if row is None or row.submitted_at or row.waived_at:
        turn.toast(_("This one is filed or settled already."))
        return None
    if not may_file(turn, Owing(turn.conn, turn.actor.hospital), row):
        turn.toast(_("A colleague sees to this one now; nothing was changed."))
        return None
    return row
