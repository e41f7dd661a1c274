"""What is sent after an alarm: words, files and the place are relayed to those who come."""

from dataclasses import replace
from typing import Any

from bot.i18n import _, use_locale
from bot.kinds import MAX_FILE_MB
from bot.messages import Outgoing, Priority, file_again
from bot.owed import store_one
from bot.turn import Turn
from handlers import words
from handlers.casework import refresh
from handlers.roles import REPORTERS
from handlers.sos import TAKES_MORE
from models.card import PIN, add_card, list_cards
from models.case import add_step, case_by_id, set_case
from models.case_schedule import fresh_alarm
from models.incident import insert_addition
from models.masking import mask
from models.people import Actor, reachable_actors
from models.response import list_responses

_LIVE_SECONDS = 3600
_MESSAGES = ("text", "files", "location")


def take_more(turn: Turn) -> bool:
    """Add a plain message to the alarm its sender raised a while ago; False when there is none open."""
    if turn.incoming.kind not in _MESSAGES:
        return False
    case = fresh_alarm(turn.conn, turn.actor.id, since=turn.now - TAKES_MORE)
    if case is None:
        return False
    if turn.incoming.kind == "location":
        _locate(turn, case)
        if turn.incoming.text:
            _add(turn, case)  # what a place from the map is called
    elif any((file["size"] or 0) > MAX_FILE_MB * 1024 * 1024 for file in turn.incoming.files):
        turn.send(
            _(
                "This file is too big to pass on: at most {most} MB. The alarm goes on; send a shorter one or a photo."
            ).format(most=MAX_FILE_MB)
        )
    else:
        _add(turn, case)
    return True


def _add(turn: Turn, case: Any) -> None:
    said = turn.incoming.text
    addition_id = insert_addition(
        turn.conn,
        incident_id=case.incident_id,
        member_id=turn.actor.id,
        words=said,
        created_at=turn.now,
    )
    turn.keep_files(turn.incoming.files, subject="addition", subject_id=addition_id)
    refresh(turn, case.incident_id)
    listeners = _listeners(turn, case)
    for listener in listeners:
        if said:
            with use_locale(listener.locale):
                text = _("🆘 {number}: {words}").format(
                    number=case.number, words=words.brief(mask(said), 300)
                )
            turn.tell(listener, text, priority=Priority.REPLY)
        _show_files(turn, listener)
    turn.send(_("Passed on."))


def pass_on_more(turn: Turn, incident_id: int) -> None:
    """Pass on a further part of an album, which is kept with its first part already."""
    case = fresh_alarm(turn.conn, turn.actor.id, since=turn.now - TAKES_MORE)
    if case is None or case.incident_id != incident_id:
        return
    for listener in _listeners(turn, case):
        _show_files(turn, listener)


def _show_files(turn: Turn, listener: Actor) -> None:
    for file in turn.incoming.files:
        shown = file_again(listener.telegram_id, str(file["kind"]), file["file_id"])
        turn.out.append(replace(shown, priority=Priority.REPLY))


def _listeners(turn: Turn, case: Any) -> list[Actor]:
    """Those who come; while nobody does, everybody who was called. Who was only told reads it on the card."""
    coming = {row.member_id for row in list_responses(turn.conn, case.incident_id)}
    cards = list_cards(turn.conn, case.incident_id)
    called = {card.member_id for card in cards if card.level >= 0}
    wanted = (coming or called) - {turn.actor.id, None}
    found = reachable_actors(turn.conn, case.hospital_id, REPORTERS)
    return [actor for actor in found if actor.id in wanted]


# -- where it is ---------------------------------------------------------------------------------


def _locate(turn: Turn, case: Any) -> None:
    assert turn.incoming.place is not None
    latitude, longitude = turn.incoming.place
    live = turn.incoming.live
    set_case(
        turn.conn,
        case.incident_id,
        latitude=latitude,
        longitude=longitude,
        located_at=turn.now,
        live_message_id=turn.incoming.message_id if live else None,
    )
    add_step(
        turn.conn,
        case.incident_id,
        "located",
        at=turn.now,
        member_id=turn.actor.id,
        latitude=latitude,
        longitude=longitude,
        live=live,
    )
    now = case_by_id(turn.conn, case.incident_id)
    for listener in _listeners(turn, case):
        pin(turn, now, listener)
    if live:
        turn.send(_("Passed on; those who come see you move."))
    elif not turn.incoming.text:
        turn.send(_("Passed on."))


def pin(turn: Turn, case: Any, listener: Actor) -> None:
    """Show somebody where the one who called for help is, moving along while the location is live."""
    if case.latitude is None or _has_pin(turn, case, listener):
        return
    payload: dict[str, Any] = {
        "chat_id": listener.telegram_id,
        "latitude": case.latitude,
        "longitude": case.longitude,
    }
    if case.live_message_id is None:
        turn.out.append(
            Outgoing(
                chat_id=listener.telegram_id,
                method="sendLocation",
                payload=payload,
                priority=Priority.REPLY,
            )
        )
        return
    item = Outgoing(
        chat_id=listener.telegram_id,
        method="sendLocation",
        payload={**payload, "live_period": _LIVE_SECONDS},
        priority=Priority.REPLY,
        kept=True,
    )
    stored = store_one(turn.conn, item, now=turn.now)
    turn.out.append(stored)
    add_card(
        turn.conn,
        incident_id=case.incident_id,
        chat_id=listener.telegram_id,
        member_id=listener.id,
        round=case.round,
        level=PIN,
        outbox_id=stored.id,
        at=turn.now,
    )


def _has_pin(turn: Turn, case: Any, listener: Actor) -> bool:
    """Whether somebody has the place already: by a pin that moves, or called before it was sent once for all."""
    mine = [c for c in list_cards(turn.conn, case.incident_id) if c.member_id == listener.id]
    if case.live_message_id is not None:
        return any(card.level == PIN for card in mine)
    return case.located_at < turn.now and any(
        card.level >= 0 and card.at <= case.located_at for card in mine
    )


def follow_location(turn: Turn) -> None:
    """A live location moved or stopped: move the pins along; nobody is answered."""
    if turn.member is None or turn.incoming.place is None:
        return
    case = fresh_alarm(turn.conn, turn.actor.id, since=turn.now - TAKES_MORE)
    if case is None or case.live_message_id != turn.incoming.message_id:
        return
    latitude, longitude = turn.incoming.place
    live = turn.incoming.live
    values: dict[str, Any] = {
        "latitude": latitude,
        "longitude": longitude,
        "located_at": turn.now,
    }
    if not live:
        values["live_message_id"] = None
        add_step(
            turn.conn,
            case.incident_id,
            "location_stopped",
            at=turn.now,
            member_id=turn.actor.id,
            latitude=latitude,
            longitude=longitude,
        )
    set_case(turn.conn, case.incident_id, **values)
    for card in list_cards(turn.conn, case.incident_id):
        if card.level == PIN and card.state in ("queued", "sent"):
            turn.out += _moves(card, latitude, longitude, live)


def _moves(card: Any, latitude: float, longitude: float, live: bool) -> list[Outgoing]:
    place = {"latitude": latitude, "longitude": longitude}
    moved = _pin_call(card, "editMessageLiveLocation", place)
    return [moved] if live else [moved, _pin_call(card, "stopMessageLiveLocation", {})]


def _pin_call(card: Any, method: str, place: dict[str, float]) -> Outgoing:
    return Outgoing(
        chat_id=card.chat_id,
        method=method,
        payload={"chat_id": card.chat_id, **place},
        priority=Priority.NOTICE,
        follows=card.outbox_id,
    )
