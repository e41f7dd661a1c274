"""From what falls short to the hazard register: an entry with an owner, a due day and a re-check."""

from typing import Any

from bot.i18n import _, current_locale, n_
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers.registers import labels
from handlers.registers.forms import params_for
from handlers.roles import DUTY
from handlers.scoring import standing
from models.asking import every_question
from models.entry import entry_by_id
from models.projection import losses
from models.register import HAZARD
from models.selfcheck import list_rectifications

_SHOWN = 8


def short_of(turn: Turn, check: Any) -> list[str]:
    """The lines of the check that people answered and that are short of their points."""
    now = standing(turn.conn, turn.actor.hospital, check.year, turn.now)
    answered = set(now.basis.answers)
    return [
        loss.criterion
        for loss in losses(now.rubric, now.card)
        if loss.kind == "winnable" and loss.criterion in answered
    ]


def offer_repairs(turn: Turn, check: Any) -> None:
    """After a submission: what is still short, with a button each; nothing where nothing is."""
    text, buttons = _screen(turn, check)
    if buttons:
        turn.send(text, buttons)


def show_repairs(turn: Turn, check: Any) -> None:
    """The same on request, with what is being put right already."""
    text, buttons = _screen(turn, check)
    lines = [text, *_under_way(turn, check)]
    turn.say("\n".join(lines), [*buttons, [Button(_("Back"), "check:")]])


def _screen(turn: Turn, check: Any) -> tuple[str, Buttons]:
    now = standing(turn.conn, turn.actor.hospital, check.year, turn.now)
    begun = _begun(turn, check)
    short = [each for each in short_of(turn, check) if each not in begun]
    if not short:
        return _("Everything answered has its points, or is being put right."), []
    first = n_(
        "{n} line is short of its points. Put it right?",
        "{n} lines are short of their points. Put them right?",
        len(short),
    ).format(n=len(short))
    questions = every_question(now.rubric)
    locale = current_locale()
    lines = [first]
    lines += [f"{each} {questions[each].name.in_language(locale)}" for each in short[:_SHOWN]]
    cells = [
        Button(_("Repair {line}").format(line=each), f"repair:{check.id}:{each}")
        for each in short[:_SHOWN]
    ]
    return "\n".join(lines), [cells[i : i + 2] for i in range(0, len(cells), 2)]


def _begun(turn: Turn, check: Any) -> set[str]:
    """The lines being put right. One that falls short again after its repair was closed is not."""
    hospital_id = turn.actor.hospital.id
    begun = set()
    for row in list_rectifications(turn.conn, hospital_id, check.rubric):
        entry = entry_by_id(turn.conn, hospital_id, row.entry_id)
        if row.check_id == check.id or (entry is not None and entry.state != "closed"):
            begun.add(row.question)
    return begun


def _under_way(turn: Turn, check: Any) -> list[str]:
    found = []
    for row in list_rectifications(turn.conn, turn.actor.hospital.id, check.rubric):
        entry = entry_by_id(turn.conn, turn.actor.hospital.id, row.entry_id)
        if entry is not None:
            state = labels.state("hazard", entry.state)
            found.append(f"{row.question} → {entry.number} · {state}")
    return found


def press_repair(turn: Turn) -> None:
    """``repair:CHECK:LINE`` begins the entry with what is short as its description."""
    parts = turn.incoming.data.split(":")
    hospital = turn.actor.hospital
    year = turn.now.astimezone(hospital.zone).year
    now = standing(turn.conn, hospital, year, turn.now)
    questions = every_question(now.rubric)
    known = now.check is not None and len(parts) == 3 and parts[1] == str(now.check.check_id)
    if not known or parts[2] not in questions or turn.actor.role not in DUTY:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
        return
    asked = questions[parts[2]]
    said = (asked.text or asked.name).in_language(current_locale())
    what = _("Self-check {line}: {text}").format(line=asked.id, text=said)
    params = params_for(turn, HAZARD.fields, HAZARD)
    params["rectifies"] = {"check": now.check.check_id if now.check else 0, "question": asked.id}
    story = {"text": what, "files": []}
    turn.talks.begin(turn, "hazard", params=params, answers={"what": story})
