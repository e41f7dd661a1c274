"""What is sent to the operations room: a copy of every case's card, where the group has topics in one of its own."""

from typing import Any

from sqlalchemy import Connection

from bot.i18n import use_locale
from bot.messages import Outgoing, Priority, message
from bot.owed import store_one
from handlers import words
from handlers.card_buttons import draw
from handlers.cards import send_card
from handlers.faces import Face
from models.card import ROOM
from models.case import SETTLED
from models.category import BY_CODE
from models.hearing import CONDUCT
from models.room import add_topic, find_room, find_topic


def send_to_room(conn: Connection, face: Face) -> list[Outgoing]:
    """Owe the operations room its copy of a new case, in a topic of its own where the group has topics."""
    room = find_room(conn, face.hospital.id)
    # A group has readers of every role: what blames a colleague is not even counted there.
    if room is None or BY_CODE[face.case.category].group == CONDUCT:
        return []
    priority = Priority.ALARM if face.alarm else Priority.NOTICE
    with use_locale(room.locale):
        text, buttons = draw(face, ROOM)
        opening = [_open_topic(conn, room, face, priority)] if room.topics else []
    copy = send_card(
        conn,
        face,
        message(room.chat_id, text, buttons=buttons),
        level=ROOM,
        priority=priority,
        follows=opening[0].id if opening else None,
    )
    return [*opening, copy]


def ring_in_room(conn: Connection, face: Face) -> list[Outgoing]:
    """Owe the operations room a new copy, as help is called for again; in the case's topic where it has one."""
    room = find_room(conn, face.hospital.id)
    if room is None:
        return []
    topic = find_topic(conn, face.case.incident_id)
    with use_locale(room.locale):
        text, buttons = draw(face, ROOM)
    copy = send_card(
        conn,
        face,
        message(room.chat_id, text, buttons=buttons),
        level=ROOM,
        priority=Priority.ALARM,
        follows=topic.outbox_id if topic and topic.chat_id == room.chat_id else None,
    )
    return [copy]


def _open_topic(conn: Connection, room: Any, face: Face, priority: Priority) -> Outgoing:
    case = face.case
    name = f"{case.number} {words.category(case.category)}"
    call = Outgoing(
        chat_id=room.chat_id,
        method="createForumTopic",
        payload={"chat_id": room.chat_id, "name": name},
        priority=priority,
        kept=True,
    )
    item = store_one(conn, call, now=face.now)
    add_topic(conn, incident_id=case.incident_id, chat_id=room.chat_id, outbox_id=item.id)
    return item


def turn_topic(conn: Connection, case: Any, new: str) -> list[Outgoing]:
    """Owe the closing of a case's topic as the case is settled, and its opening as that is taken back."""
    if (case.state in SETTLED) == (new in SETTLED):
        return []
    topic = find_topic(conn, case.incident_id)
    room = find_room(conn, case.hospital_id)
    if topic is None or room is None or room.chat_id != topic.chat_id:
        return []
    return [
        Outgoing(
            chat_id=topic.chat_id,
            method="closeForumTopic" if new in SETTLED else "reopenForumTopic",
            payload={"chat_id": topic.chat_id},
            priority=Priority.NOTICE,
            follows=topic.outbox_id,
        )
    ]
