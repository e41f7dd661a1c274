"""Who hears what of a threat: a card for those who act, a warning without the name, a sentence for the reporter."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Buttons, Outgoing, Priority, message
from bot.turn import Turn, tell_each
from handlers import threat_words, words
from handlers.threat_escort import call_guards
from handlers.threat_hearing import is_about, not_about
from handlers.tidings import on_duty
from models.people import ROLES, Actor, reachable_actor, reachable_actors
from models.threat import READERS, threat_by_number


def announce_threat(turn: Turn, number: str) -> None:
    """Tell those who act, warn the named department, and answer the reporter with the number."""
    row: Any = threat_by_number(turn.conn, turn.actor.hospital.id, number)
    readers = not_about(turn.house.cipher, row, on_duty(turn))
    tell_each(turn, readers, lambda _reader: _card(row), priority=Priority.NOTICE)
    guards = call_guards(turn, row)
    warned = warn_department(turn, row)
    told = words.people([*guards, *readers])
    lines = [_("Filed as {number}.").format(number=number)]
    lines.append(
        _("Notified: {people}.").format(people=told)
        if told
        else _("Nobody here could be notified yet: please phone your duty desk.")
    )
    if warned:
        lines.append(
            n_(
                "Warned without the name: {n} colleague of {department}.",
                "Warned without the name: {n} colleagues of {department}.",
                warned,
            ).format(n=warned, department=row.named_department)
        )
    if row.escort and told:
        lines.append(_("Who comes to escort you, you will read here."))
    lines.append(_("☎️ In danger? Dial 110 or press the wall alarm first."))
    turn.say("\n".join(lines), [[Button(_("My reports"), "mine:0")]])


def _card(row: Any) -> tuple[str, Buttons]:
    level = threat_words.level(row.level)
    first = (
        _("⚠️ New threat, risk {level}: the reporter wants an escort now.")
        if row.escort
        else _("⚠️ New threat, risk {level}: please read it and act.")
    )
    department = row.named_department or _("no department named")
    lines = [
        first.format(level=level),
        f"{row.number} · {department}",
        _("Signs: {factors}").format(factors=threat_words.signs(row.factors)),
        _("Weapon: {weapon}").format(weapon=threat_words.weapon(row.weapon)),
        _("Reported by: {who}").format(who=threat_words.reporter(row)),
    ]
    buttons = [Button(_("Read it"), f"threat:{row.number}")]
    if row.escort:
        buttons.insert(0, step_button(row, "escort"))
    rows = [buttons]
    if to_be_told(row):
        lines.append(
            _("Please consider telling the police and the health commission (our default).")
        )
        rows.append([step_button(row, "text")])
    return "\n".join(lines), rows


def to_be_told(row: Any) -> bool:
    """Whether telling the police and the health commission is proposed (001; from which level on: our default)."""
    return row.level == "high" or "violent_tendency" in row.factors


def step_button(row: Any, verb: str) -> Button:
    """The button of one thing that can be done about a threat."""
    label = {
        "renew": _("Renew"),
        "end": _("End it"),
        "level": _("Change risk"),
        "text": _("Ready text"),
        "police": _("Police told"),
        "commission": _("Commission told"),
        "escort": _("Arrange escort"),
        "escort_guard": _("A guard goes"),
        "escort_me": _("I go myself"),
    }[verb]
    return Button(label, f"threat_step:{verb}:{row.number}")


# -- the named department --------------------------------------------------------------------------


def warn_department(turn: Turn, row: Any, *, again: bool = False) -> int:
    """Owe everybody of the named department a warning without name and account; how many.

    Not those who read the threat itself, nor the reporter or whoever acts now.
    """
    if row.named_department_id is None:
        return 0
    readers = [
        actor
        for actor in reachable_actors(turn.conn, row.hospital_id, set(ROLES) - set(READERS))
        if actor.department_id == row.named_department_id
        and actor.id not in (row.reporter_id, turn.actor.id)
        and not is_about(turn.house.cipher, row, actor)
    ]
    tell_each(
        turn, readers, lambda _reader: (_warning(row, again=again), ()), priority=Priority.NOTICE
    )
    return len(readers)


def _warning(row: Any, *, again: bool) -> str:
    first = (
        _("⚠️ Please go on taking care: a threat against {department} still stands, risk {level}.")
        if again
        else _("⚠️ Please take care: a threat against {department}, risk {level}.")
    )
    lines = [
        first.format(department=row.named_department, level=threat_words.level(row.level)),
        row.number,
        _("Signs: {factors}").format(factors=threat_words.signs(row.factors)),
    ]
    if row.weapon in ("seen", "spoken"):
        lines.append(_("Weapon: {weapon}").format(weapon=threat_words.weapon(row.weapon)))
    lines += _advice(row.level)
    lines.append(_("Please do not forward this."))
    return "\n".join(lines)


def _advice(level: str) -> list[str]:
    danger = _("☎️ In danger: dial 110 or send /sos.")
    if level == "high":
        return [
            _("Do not be alone with this person; keep the door open and free."),
            _("Call security before you go to them."),
            danger,
        ]
    if level == "medium":
        return [_("Do not be alone with this person; keep the door free, call security."), danger]
    return [_("Keep your distance; if it gets loud, call security."), danger]


# -- the reporter ----------------------------------------------------------------------------------


def news_for_reporter(
    conn: Connection, row: Any, write: Callable[[Actor], str], *, acting: int | None
) -> list[Outgoing]:
    """One sentence for whoever reported, unless they did it themselves or cannot be reached."""
    reader = reachable_actor(conn, row.reporter_id)
    if reader is None or reader.id == acting or reader.hospital.id != row.hospital_id:
        return []
    with use_locale(reader.locale):
        payload = message(reader.telegram_id, write(reader))
    return [
        Outgoing(
            chat_id=reader.telegram_id,
            method="sendMessage",
            payload=payload,
            priority=Priority.NOTICE,
        )
    ]


def tell_reporter(turn: Turn, row: Any, write: Callable[[Actor], str]) -> bool:
    """Owe the reporter a sentence about what was done just now; False where they cannot be told."""
    news = news_for_reporter(turn.conn, row, write, acting=turn.actor.id)
    turn.out += news
    return bool(news)


def say_review(row: Any, turn: Turn) -> str:
    """Until when a threat is watched."""
    return say_moment(row.review_at, zone=turn.actor.hospital.zone, now=turn.now)
