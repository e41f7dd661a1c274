"""The copies of a case's card: sent to many chats, and every one changed in place when the case moves on."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from bot.i18n import use_locale
from bot.messages import Buttons, Outgoing, Priority, message
from bot.owed import store_one
from handlers.faces import Face, draw
from handlers.hearing import still_hearing
from models.card import PIN, ROOM, add_card, list_cards
from models.people import Actor, locales_of
from models.room import find_room

_MAY_BE_THERE = ("queued", "sent", "revoked")
"""A copy revoked at the moment it was leaving is there all the same; whether it is, the sender knows."""


def topic_of(incident_id: int) -> str:
    """What the messages of a case's chain are revoked by."""
    return f"chain:{incident_id}"


def send_cards(
    conn: Connection,
    face: Face,
    readers: Iterable[Actor],
    *,
    level: int,
    priority: Priority,
    quiet: bool = False,
) -> list[Outgoing]:
    """Owe each reader a copy of the card and remember it, so that it can be changed in place."""
    out = []
    for reader in readers:
        with use_locale(reader.locale):
            text, buttons = draw(face, level)
        out.append(
            send_card(
                conn,
                face,
                message(reader.telegram_id, text, buttons=buttons, quiet=quiet),
                member_id=reader.id,
                level=level,
                priority=priority,
            )
        )
    return out


def send_card(
    conn: Connection,
    face: Face,
    payload: dict[str, Any],
    *,
    level: int,
    priority: Priority,
    member_id: int | None = None,
    follows: int | None = None,
) -> Outgoing:
    """Owe one chat its copy of the card and remember it."""
    case, chat_id = face.case, payload["chat_id"]
    called = level >= 0 and face.alarm
    item = store_one(
        conn,
        Outgoing(
            chat_id=chat_id,
            method="sendMessage",
            payload=payload,
            priority=priority,
            follows=follows,
            topic=topic_of(case.incident_id) if called else None,
            kept=True,
        ),
        now=face.now,
    )
    add_card(
        conn,
        incident_id=case.incident_id,
        chat_id=chat_id,
        member_id=member_id,
        round=case.round,
        level=level,
        outbox_id=item.id,
        at=face.now,
    )
    return item


def refresh_cards(conn: Connection, face: Face) -> list[Outgoing]:
    """Owe every copy of the card what it shows now."""
    cards = [
        card
        for card in list_cards(conn, face.case.incident_id)
        if card.state in _MAY_BE_THERE and card.level != PIN
    ]
    holders = {card.member_id for card in cards if card.member_id}
    readers = locales_of(conn, still_hearing(conn, face.case, holders))
    room = find_room(conn, face.hospital.id)
    out = []
    for card in cards:
        locale = readers.get(card.member_id)
        if card.level == ROOM and room is not None and room.chat_id == card.chat_id:
            locale = room.locale
        if locale is None:
            continue
        with use_locale(locale):
            text, buttons = draw(face, card.level)
        out.append(_edit(card, text, buttons, face))
    return out


def _edit(card: Any, text: str, buttons: Buttons, face: Face) -> Outgoing:
    return Outgoing(
        chat_id=card.chat_id,
        method="editMessageText",
        payload=message(card.chat_id, text, buttons=buttons),
        priority=Priority.REPLY if face.alarm else Priority.NOTICE,
        # Also where the message id is known: of several edits that wait only the newest is sent.
        follows=card.outbox_id,
    )
