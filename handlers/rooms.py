"""The operations room: the one group that a hospital binds, and what becomes of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _, use_locale
from bot.messages import Button, Buttons, Outgoing, Priority, message
from bot.owed import store
from bot.turn import Turn
from handlers.roles import ADMINS
from models import audit
from models.people import Actor, reachable_actors
from models.room import BOUND, bind_room, find_room, free_room, room_of_chat, was_room

BINDS = "room"
"""What stands behind /start where an administrator came by the room's link."""


# -- the screen ----------------------------------------------------------------------------------


def press_room(turn: Turn) -> None:
    """Show how the room stands, unbind it, or bind this group: ``room:show``, ``:free``, ``:free_now``, ``:bind``."""
    verb = turn.incoming.data.partition(":")[2]
    if verb == "bind" and not turn.incoming.private:
        bind_here(turn)
        return
    room = find_room(turn.conn, turn.actor.hospital.id)
    if room is None:
        turn.say(_invitation(turn))
    elif verb == "free":
        keep, free = Button(_("Keep the room"), "room:show"), Button(_("Unbind"), "room:free_now")
        text = _("Unbind {title}? Alarms and case cards will no longer go there.")
        turn.say(text.format(title=room.title), [[keep], [free]])
    elif verb == "free_now":
        _free(turn, room)
    else:
        turn.say(*_standing(turn, room))


def _invitation(turn: Turn) -> str:
    name = turn.house.bot_name
    how = (
        _("Open this link and choose the group: {link}").format(
            link=f"https://t.me/{name}?startgroup={BINDS}"
        )
        if name
        else _("Add me to the group and write there: {command}").format(command=f"/start {BINDS}")
    )
    return "\n".join(
        [
            _("No operations room yet. One group can get every alarm and case as well."),
            _("Only numbers and categories are sent there, no names, places or accounts."),
            how,
            _(
                "Let me write there; in a group with topics, let me manage topics: each case gets one."
            ),
        ]
    )


def _standing(turn: Turn, room: Any) -> tuple[str, Buttons]:
    since = say_moment(room.bound_at, zone=turn.actor.hospital.zone, now=turn.now)
    lines = [
        _("Operations room: {title}, since {time}.").format(title=room.title, time=since),
        _("Only numbers and categories are sent there, no names, places or accounts."),
    ]
    if room.topics:
        lines.append(_("Each case has a topic of its own there."))
    return "\n".join(lines), [[Button(_("Unbind"), "room:free")]]


def _free(turn: Turn, room: Any) -> None:
    free_room(turn.conn, room.chat_id)
    _note(turn, "room.freed", room.chat_id)
    turn.say(_("✅ {title} is no longer the operations room.").format(title=room.title))
    turn.out.append(_farewell(room))
    _tell_others(turn, _freed_by, title=room.title)


def _farewell(room: Any) -> Outgoing:
    with use_locale(room.locale):
        text = _("This group is no longer an operations room; no more alarms come here.")
    return _to_group(room.chat_id, text)


def _to_group(chat_id: int, text: str) -> Outgoing:
    return Outgoing(
        chat_id=chat_id,
        method="sendMessage",
        payload=message(chat_id, text),
        priority=Priority.NOTICE,
    )


# -- binding -------------------------------------------------------------------------------------


def offer_binding(turn: Turn) -> None:
    """The bot was let into a group: offer to make it the room, where an administrator did or it was one before."""
    chat_id = turn.incoming.chat_id
    by_admin = turn.member is not None and turn.member.role in ADMINS
    if room_of_chat(turn.conn, chat_id) is None and (by_admin or was_room(turn.conn, chat_id)):
        turn.send(
            _(
                "Shall alarms and cases come to this group? An administrator of the hospital presses."
            ),
            [[Button(_("Make it the room"), "room:bind")]],
        )


def bind_here(turn: Turn) -> None:
    """Make the group in which an administrator acts the room of their hospital."""
    taken = room_of_chat(turn.conn, turn.incoming.chat_id)
    if taken is not None and taken.hospital_id != turn.actor.hospital.id:
        turn.send(
            _("This group is the operations room of another hospital; unbind it there first.")
        )
        return
    _bind(turn, turn.actor)


def _bind(turn: Turn, member: Actor) -> None:
    hospital, incoming = member.hospital, turn.incoming
    # What is replaced is known only now: two administrators may bind two groups at this very moment.
    former = bind_room(
        turn.conn,
        hospital_id=hospital.id,
        chat_id=incoming.chat_id,
        title=incoming.chat_title,
        topics=incoming.forum,
        locale=member.locale,
        bound_by=member.id,
        bound_at=turn.now,
    )
    _say_bound(turn, hospital.name)
    if former is not None and former.chat_id == incoming.chat_id:
        return
    if former is not None:
        turn.out.append(_farewell(former))
    _note(turn, BOUND, incoming.chat_id)
    _tell_others(turn, _bound_by, title=incoming.chat_title)


def _say_bound(turn: Turn, hospital: str) -> None:
    incoming = turn.incoming
    text = _(
        "This is now the operations room of {hospital}: alarms and case cards come here, "
        "numbers and categories only."
    ).format(hospital=hospital)
    if incoming.kind != "press":
        turn.send(text)
        return
    # Everybody there is to read it, not only whoever pressed; and the offer is over.
    payload = {"message_id": incoming.message_id, **message(incoming.chat_id, text)}
    turn.out.append(Outgoing(chat_id=incoming.chat_id, method="editMessageText", payload=payload))


def _bound_by(who: str, title: str) -> str:
    text = _("{who} made {title} the operations room: alarms and case cards go there as well.")
    return text.format(who=who, title=title)


def _freed_by(who: str, title: str) -> str:
    text = _("{who} unbound the operations room {title}: alarms go to people only now.")
    return text.format(who=who, title=title)


def _tell_others(turn: Turn, write: Any, *, title: str) -> None:
    for reader in _admins(turn.conn, turn.actor.hospital.id):
        if reader.id != turn.actor.id:
            with use_locale(reader.locale):
                text = write(turn.actor.display_name, title)
            turn.tell(reader, text, _to_screen(reader), priority=Priority.NOTICE)


def _admins(conn: Connection, hospital_id: int) -> Iterable[Actor]:
    return reachable_actors(conn, hospital_id, ADMINS)


def _to_screen(reader: Actor) -> Buttons:
    with use_locale(reader.locale):
        return [[Button(_("Operations room"), "room:show")]]


def _note(turn: Turn, action: str, chat_id: int) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action=action,
        subject=str(chat_id),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )


# -- groups that go ------------------------------------------------------------------------------


def leave_group(conn: Connection, chat_id: int, now: datetime) -> None:
    """Unbind a group that has put the bot out, and owe the administrators the news; more than once is once."""
    room = room_of_chat(conn, chat_id)
    if room is None:
        return
    free_room(conn, chat_id)
    audit.note(conn, at=now, action="room.lost", subject=str(chat_id), hospital_id=room.hospital_id)
    store(conn, [_loss(reader, room) for reader in _admins(conn, room.hospital_id)], now=now)


def _loss(reader: Actor, room: Any) -> Outgoing:
    with use_locale(reader.locale):
        text = _(
            "⚠️ I was taken out of the operations room {title}: alarms go to people only now. "
            "To have a room again, bind a group."
        ).format(title=room.title)
    return Outgoing(
        chat_id=reader.telegram_id,
        method="sendMessage",
        payload=message(reader.telegram_id, text, buttons=_to_screen(reader)),
        priority=Priority.NOTICE,
    )
