"""How this year's self-check stands: each section, whose it is, how far, and what can be done next."""

from datetime import date
from typing import Any

from bot.dates import say_day
from bot.i18n import N_, _, current_locale
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers.roles import ADMINS, DUTY
from handlers.rubrics import pinned
from models.criteria import Rubric
from models.question import BESIDE
from models.selfcheck import list_sections, lock_newest, newest_check, version_no

STATES = {
    "open": N_("to be answered"),
    "submitted": N_("to be reviewed"),
    "returned": N_("returned"),
    "accepted": N_("reviewed"),
}


def this_years(turn: Turn, *, lock: bool = False) -> Any:
    """This year's newest version; None while nobody has begun."""
    hospital = turn.actor.hospital
    year = turn.now.astimezone(hospital.zone).year
    find = lock_newest if lock else newest_check
    return find(turn.conn, hospital.id, year)


def section_name(rubric: Rubric, section: str) -> str:
    """A section's name; those beside the table have names of ours."""
    if section in BESIDE:
        return _("Bonus") if section == BESIDE[0] else _("Veto")
    found = next((each for each in rubric.sections if each.id == section), None)
    return found.name.in_language(current_locale()) if found else section


def status_screen(turn: Turn) -> tuple[str, Buttons]:
    """Every section in a line, and a button to each."""
    check = this_years(turn)
    if check is None:
        text = _(
            "Nobody has begun this year's self-check yet. Safety officers begin it with /selfcheck."
        )
        return text, []
    rubric = pinned(turn.conn, check.rubric_hash)
    assert rubric is not None
    number = version_no(turn.conn, check)
    first = _("📋 {year} self-check").format(year=check.year)
    lines = [first if number == 1 else _("{what}, version {n}").format(what=first, n=number)]
    rows = list_sections(turn.conn, check.id)
    lines += [_line(turn, rubric, row) for row in rows]
    buttons = [Button(_short(rubric, row.section), f"check:{row.section}") for row in rows]
    more = [Button(_("Compare"), "check:compare"), Button(_("Score"), f"score:{check.year}")]
    if turn.actor.role in ADMINS:
        more.append(Button(_("Inspectors"), "check:inspected"))
    if turn.actor.role in DUTY:
        more.append(Button(_("Repairs"), "check:repairs"))
    grid = [buttons[i : i + 5] for i in range(0, len(buttons), 5)]
    return "\n".join(lines), [*grid, more[:2], more[2:]]


def _short(rubric: Rubric, section: str) -> str:
    return section if section not in BESIDE else section_name(rubric, section)


def _line(turn: Turn, rubric: Rubric, row: Any) -> str:
    said = [_short(rubric, row.section)]
    if row.section not in BESIDE:
        said.append(section_name(rubric, row.section))
    line = " ".join(said) + " · " + _(STATES[row.state])
    who = row.owner if row.state in ("open", "returned") else row.author
    if who:
        line += f" · {who}"
    if row.due_on and row.state in ("open", "returned"):
        line += " · " + due_words(row.due_on, turn)
    return line


def due_words(day: date, turn: Turn) -> str:
    """By when, and that it is overdue."""
    said = _("by {day}").format(day=say_day(day, this_year=turn.now.year))
    late = turn.now.astimezone(turn.actor.hospital.zone).date() > day
    return _("{due}, overdue").format(due=said) if late else said
