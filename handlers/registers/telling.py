"""Who hears of an entry: the safety office, the owner that it waits, whoever entered it what became of it."""

from typing import Any

from bot.i18n import _, use_locale
from bot.messages import Button, Buttons, Priority
from bot.turn import Turn, tell_each
from handlers import words
from handlers.registers import labels
from handlers.registers.correcting import say_correction
from handlers.registers.record import due_lines, gist, told_lines
from handlers.tidings import on_duty
from models.entry import list_steps
from models.masking import mask
from models.people import Actor, reachable_actor
from models.register import KINDS

_SHOWN = 200


def colleague(turn: Turn, member_id: int | None) -> list[Actor]:
    """Somebody of the actor's hospital other than the actor, if they can be written to."""
    if member_id is None or member_id == turn.actor.id:
        return []
    found = reachable_actor(turn.conn, member_id)
    return [found] if found and found.hospital.id == turn.actor.hospital.id else []


def announce_entry(turn: Turn, row: Any) -> list[Actor]:
    """Owe a card to the safety office, where the register is one it hears of, and to the owner; who is told."""
    differs = row.figures.get("agrees") == "no"
    quiet = not KINDS[row.kind].told or (row.kind == "check" and not differs)
    owner = colleague(turn, row.owner_id)
    office = [] if quiet else on_duty(turn)
    readers = owner + [each for each in office if each.id != row.owner_id]
    tell_each(turn, readers, lambda reader: _card(turn, row, reader), priority=Priority.NOTICE)
    return readers


def _card(turn: Turn, row: Any, reader: Actor) -> tuple[str, Buttons]:
    buttons = [Button(_("Open it"), f"entry:{row.number}")]
    if row.figures.get("agrees") == "no":
        first = _("⚠️ Counts differ, please look at once: {what}")
        if reader.role in ("officer", "admin"):
            buttons.append(Button(_("Report the loss"), f"entry:{row.number}:incident"))
    elif row.owner_id == reader.id:
        first = _("📌 Waits for you: {what}")
    else:
        first = _("New entry, for your information: {what}")
    lines = [first.format(what=labels.kind(row.kind)), row.number, *told_lines(row)]
    if row.data.get("what"):
        lines.append(words.brief(mask(row.data["what"]), _SHOWN))
    lines += due_lines(row, reader.hospital, turn.now)
    lines.append(_("Entered by: {who}").format(who=_author(row)))
    return "\n".join(lines), [buttons]


def _author(row: Any) -> str:
    place = f" · {row.department}" if row.department else ""
    return f"{row.author} · {words.role(row.author_role)}{place}"


def tell_what_became(turn: Turn, row: Any, old: str) -> None:
    """After a step: one sentence to whoever entered it, and to the owner that it waits (again)."""
    if row.state == old:
        return
    news = {
        "rectified": _followed,
        "closed": _closed,
    }.get(row.state)
    if news:
        author = colleague(turn, row.member_id)
        tell_each(turn, author, lambda _r: (news(row), _open(row)), priority=Priority.NOTICE)
    if row.state in KINDS[row.kind].waiting and row.state in ("open", "returned"):
        tell_owner(turn, row)


def _followed(row: Any) -> str:
    if row.kind == "hazard":
        return _(
            "✅ Your report was followed: {number} {what} is put right. You may re-check it."
        ).format(number=row.number, what=gist(row))
    return _("✅ Your report was followed: {number} {what} is put right.").format(
        number=row.number, what=gist(row)
    )


def _closed(row: Any) -> str:
    return _("✅ Your report was followed: {number} {what} is closed. Thank you.").format(
        number=row.number, what=gist(row)
    )


def tell_corrected(turn: Turn, row: Any) -> None:
    """What its author put right, without a sound, to the owner and to the safety office where it hears of these."""
    last = list_steps(turn.conn, row.id)[-1]
    office = on_duty(turn) if KINDS[row.kind].told else []
    owner = colleague(turn, row.owner_id)
    for reader in owner + [each for each in office if each.id != row.owner_id]:
        with use_locale(reader.locale):
            text = _("{number} was corrected by whoever entered it: {what}").format(
                number=row.number, what=say_correction(turn, last.data)
            )
            buttons = _open(row)
        turn.tell(reader, text, buttons, priority=Priority.NOTICE, quiet=True)


def tell_owner(turn: Turn, row: Any) -> list[Actor]:
    """One sentence to the owner that an entry waits for them; who is told."""
    owner = colleague(turn, row.owner_id)
    tell_each(turn, owner, lambda reader: _waits(turn, row, reader), priority=Priority.NOTICE)
    return owner


def _waits(turn: Turn, row: Any, reader: Actor) -> tuple[str, Buttons]:
    lines = [
        _("📌 Waits for you: {what}").format(what=gist(row)),
        f"{row.number} · {labels.state(row.kind, row.state)}",
        *due_lines(row, reader.hospital, turn.now),
    ]
    return "\n".join(lines), _open(row)


def _open(row: Any) -> list[list[Button]]:
    return [[Button(_("Open it"), f"entry:{row.number}")]]
