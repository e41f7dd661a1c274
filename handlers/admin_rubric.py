"""/admin: which scorecard the hospital is judged by in a year."""

from bot.dates import say_day
from bot.i18n import _, current_locale
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers.rubrics import choosable, rubric_for
from models import audit
from models.criteria import Rubric
from models.house_rule import RUBRIC, find_rule, set_rule

_SHORT = 12
"""Characters of a content hash that a button carries."""


def press_rubric(turn: Turn) -> None:
    """``rubric:2026`` shows the choice, ``rubric:2026:HASH`` asks to be sure, ``...:sure`` takes it."""
    parts = turn.incoming.data.split(":")
    this_year = turn.now.astimezone(turn.actor.hospital.zone).year
    year = int(parts[1]) if len(parts) > 1 and parts[1] in _years(this_year) else this_year
    wanted = parts[2] if len(parts) > 2 else ""
    found = next((r for r in choosable(turn.conn, year) if r.content_hash[:_SHORT] == wanted), None)
    if not wanted:
        turn.say(*_screen(turn, year))
    elif found is None:
        turn.toast(_("This scorecard is no longer in the list."))
    elif parts[3:] == ["sure"]:
        _choose(turn, year, found)
    else:
        turn.say(*_sure(turn, year, found))


def _years(this_year: int) -> tuple[str, ...]:
    return (str(this_year - 1), str(this_year), str(this_year + 1))


def _name(rubric: Rubric) -> str:
    return _("{title}, version {version}").format(
        title=rubric.title.in_language(current_locale()), version=rubric.version
    )


def _screen(turn: Turn, year: int) -> tuple[str, Buttons]:
    hospital = turn.actor.hospital
    now = rubric_for(turn.conn, hospital, year)
    rule = find_rule(turn.conn, hospital.id, f"{RUBRIC}{year}")
    lines = [_("{year} is judged by: {name}").format(year=year, name=_name(now))]
    if rule is None:
        lines.append(_("Nobody chose it for this year (our default, can be changed)."))
    else:
        day = say_day(rule.changed_at.astimezone(hospital.zone).date(), this_year=turn.now.year)
        lines.append(_("Chosen by {who} on {day}.").format(who=rule.name, day=day))
    lines.append(
        _("Choose another one below. Each holds until another is chosen for a later year.")
    )
    buttons = [
        [Button(_name(each), f"rubric:{year}:{each.content_hash[:_SHORT]}")]
        for each in choosable(turn.conn, year)
        if each.content_hash != now.content_hash
    ]
    this_year = turn.now.astimezone(hospital.zone).year
    others = [each for each in _years(this_year) if each != str(year)]
    buttons.append([Button(each, f"rubric:{each}") for each in others])
    return "\n".join(lines), buttons


def _sure(turn: Turn, year: int, wanted: Rubric) -> tuple[str, Buttons]:
    now = rubric_for(turn.conn, turn.actor.hospital, year)
    lines = [
        _("Judge {year} by {name}?").format(year=year, name=_name(wanted)),
        _("Now it is {name}.").format(name=_name(now)),
        _(
            "Answers to the old table are kept, but do not count for the new one: a new self-check is needed."
        ),
    ]
    key = f"rubric:{year}:{wanted.content_hash[:_SHORT]}:sure"
    return "\n".join(lines), [
        [Button(_("Leave it"), f"rubric:{year}")],
        [Button(_("Change it"), key)],
    ]


def _choose(turn: Turn, year: int, wanted: Rubric) -> None:
    hospital = turn.actor.hospital
    set_rule(
        turn.conn,
        hospital.id,
        f"{RUBRIC}{year}",
        wanted.content_hash,
        by=turn.actor.id,
        now=turn.now,
    )
    audit.note(
        turn.conn,
        at=turn.now,
        action="rubric.chosen",
        subject=str(year),
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        rubric=wanted.id,
        version=wanted.version,
    )
    text, buttons = _screen(turn, year)
    turn.say(_("✅ Kept.") + "\n" + text, buttons)
