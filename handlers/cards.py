"""The copies of a case's card: sent to many chats, and every one changed in place when the case moves on."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from bot.i18n import use_locale
from bot.messages import Buttons, Outgoing, Priority, message
from bot.owed import store_one
from handlers.card_buttons import Viewer, draw
from handlers.faces import Face, draw_superseded
from handlers.hearing import still_hearing
from models.card import PIN, REPORTER, ROOM, add_card, list_cards, supersede
from models.people import Actor, readers_of
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
    readers = list(readers)
    older = _older(conn, face, readers)
    out = []
    for reader in readers:
        with use_locale(reader.locale):
            text, buttons = draw(face, level, Viewer(id=reader.id, role=reader.role))
            superseded = draw_superseded(face)
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
        if reader.telegram_id in older:
            out.append(_edit(older[reader.telegram_id], superseded, (), face))
    supersede(conn, [card.id for card in older.values()])
    return out


def _older(conn: Connection, face: Face, readers: list[Actor]) -> dict[int, Any]:
    """The copies that are in the readers' chats already, the newest of each."""
    if not face.case.step and not face.case.round:
        return {}  # nobody has any yet
    chats = {reader.telegram_id for reader in readers}
    cards = list_cards(conn, face.case.incident_id)
    return {c.chat_id: c for c in cards if c.chat_id in chats and _is_live(c)}


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
    """Owe every chat's newest copy of the card what it shows now; older ones point to it, each told so once."""
    shown, old = _copies(list_cards(conn, face.case.incident_id))
    holders = {card.member_id for card in (*shown, *old) if card.member_id}
    readers = readers_of(conn, still_hearing(conn, face.case, holders))
    room = find_room(conn, face.hospital.id)
    out = []
    for card in (*shown, *old):
        reader = readers.get(card.member_id)
        if reader is not None:
            locale, viewer = reader.locale, Viewer(id=reader.id, role=reader.role)
        elif card.level == ROOM and room is not None and room.chat_id == card.chat_id:
            locale, viewer = room.locale, None
        else:
            continue
        with use_locale(locale):
            below: tuple[str, Buttons] = (draw_superseded(face), ())
            copy = below if card in old else draw(face, card.level, viewer)
        out.append(_edit(card, *copy, face))
    supersede(conn, [card.id for card in old])
    supersede(conn, [card.id for card in shown if card.superseded], now=False)
    return out


def refresh_own(conn: Connection, face: Face) -> list[Outgoing]:
    """Owe the one who raised an alarm what their own card shows now."""
    shown, _old = _copies(list_cards(conn, face.case.incident_id))
    cards = [card for card in shown if card.level == REPORTER]
    readers = readers_of(conn, [card.member_id for card in cards])
    out = []
    for card in cards:
        if card.member_id in readers:
            with use_locale(readers[card.member_id].locale):
                out.append(_edit(card, *draw(face, REPORTER), face))
    return out


def _copies(cards: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Of each chat the newest copy that is there, and later ones that may be; and older ones that still show the case.

    Such a one was the newest while a later one counted as taken back, which then arrived after all.
    """
    shown: dict[int, list[Any]] = {}
    old: list[Any] = []
    for card in cards:
        if card.level == PIN or card.state not in _MAY_BE_THERE:
            continue
        if _is_live(card):
            old += [each for each in shown.get(card.chat_id, ()) if not each.superseded]
            shown[card.chat_id] = [card]
        else:
            shown.setdefault(card.chat_id, []).append(card)
    return [card for copies in shown.values() for card in copies], old


def _is_live(card: Any) -> bool:
    return card.level != PIN and card.state in ("queued", "sent")


def _edit(card: Any, text: str, buttons: Buttons, face: Face) -> Outgoing:
    return Outgoing(
        chat_id=card.chat_id,
        method="editMessageText",
        payload=message(card.chat_id, text, buttons=buttons),
        priority=Priority.REPLY if face.alarm else Priority.NOTICE,
        # Also where the message id is known: of several edits that wait only the newest is sent.
        follows=card.outbox_id,
    )
