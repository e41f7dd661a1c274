"""What is sent to a case, by the one who called and by those who come: words, files and places reach the others."""

from dataclasses import replace
from typing import Any

from bot.i18n import _, use_locale
from bot.kinds import MAX_FILE_MB
from bot.messages import Outgoing, Priority
from bot.owed import store_one
from bot.turn import Turn
from handlers import words
from handlers.casework import refresh
from handlers.escalation import everybody
from handlers.faces import OVER, unnamed, who_reported
from handlers.hearing import hearers, hears
from handlers.roles import DUTY, REPORTERS
from handlers.sos import TAKES_MORE, add_words, pass_file, running_alarm
from models.card import PIN, add_card, card_shown, list_cards
from models.case import SETTLED, add_step, case_by_id, set_case
from models.case_schedule import case_answered_by
from models.masking import mask
from models.people import Actor, reachable_actors
from models.response import still_coming

_LIVE_SECONDS = 3600
_MESSAGES = ("text", "files", "location")


def take_more(turn: Turn) -> bool:
    """Add a plain message to the alarm its sender raised a while ago; False when there is none open."""
    if turn.incoming.kind not in _MESSAGES:
        return False
    case = running_alarm(turn)
    if case is not None:
        _take(turn, case)
    return case is not None


def take_from_responder(turn: Turn) -> bool:
    """Add a plain message of somebody who comes to the case they go to; False when they go to none."""
    if turn.incoming.kind not in _MESSAGES:
        return False
    case = case_answered_by(turn.conn, turn.actor.id, since=turn.now - TAKES_MORE)
    if case is not None:
        _take(turn, case)
    return case is not None


def take_reply_to_card(turn: Turn) -> bool:
    """Add the answer to a card to the case that the card shows; False when it answers no card."""
    shown = turn.incoming.reply_to_message_id
    if shown is None or turn.incoming.kind not in _MESSAGES:
        return False
    card = card_shown(turn.conn, turn.incoming.chat_id, shown)
    case = case_by_id(turn.conn, card.incident_id) if card is not None else None
    if case is None or not _is_theirs(turn, case):
        return False
    _take(turn, case)
    return True


def _is_theirs(turn: Turn, case: Any) -> bool:
    """Whether a copy in the chat is of a case that its owner still may hear of: chats outlast membership."""
    own = case.reporter_id == turn.actor.id or hears(turn.conn, case, turn.actor)
    return case.hospital_id == turn.actor.hospital.id and own


def _take(turn: Turn, case: Any) -> None:
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


def _add(turn: Turn, case: Any) -> None:
    said, files = turn.incoming.text, turn.incoming.files
    add_words(turn, case, said, files)
    refresh(turn, case.incident_id)
    listeners = _listeners(turn, case)
    for listener in listeners:
        if said:
            with use_locale(listener.locale):
                text = _said_by(turn, case, words.brief(mask(unnamed(case, said)), 300))
            turn.tell(listener, text, priority=Priority.REPLY)
        _show_files(turn, listener)
    _say_passed_on(turn, case, listeners)


def _said_by(turn: Turn, case: Any, said: str) -> str:
    """What was said to a case: by whom, unless it is the one who called, or reported in confidence."""
    if turn.actor.id == case.reporter_id:
        return _("{sign} {number}: {words}").format(
            sign=_sign(case), number=case.number, words=said
        )
    return _("{sign} {number} · {name} ({role}): {words}").format(
        sign=_sign(case),
        number=case.number,
        name=turn.actor.display_name,
        role=words.role(turn.actor.role),
        words=said,
    )


def _sign(case: Any) -> str:
    return "🆘" if case.kind == "alarm" else "📝"


def _say_passed_on(turn: Turn, case: Any, listeners: list[Actor]) -> None:
    if listeners:
        turn.send(_("Passed on to {who}.").format(who=_listed(case, listeners)))
    else:
        turn.send(_("Kept with the case, but nobody can be reached just now. In danger, dial 110."))


def _listed(case: Any, listeners: list[Actor]) -> str:
    """Who they are by role and number; of a confidential reporter not even the role."""
    hidden = [each for each in listeners if case.confidential and each.id == case.reporter_id]
    others = words.people(each for each in listeners if each not in hidden)
    return _(", ").join(filter(None, (who_reported(case) if hidden else "", others)))


def pass_on_more(turn: Turn, incident_id: int) -> None:
    """Pass on a further part of an album, which is kept with its first part already."""
    case = case_by_id(turn.conn, incident_id)
    if case.kind != "alarm" or case.state in SETTLED:
        return
    for listener in _listeners(turn, case):
        _show_files(turn, listener)


def _show_files(turn: Turn, listener: Actor) -> None:
    turn.out += [pass_file(listener, file) for file in turn.incoming.files]


def _listeners(turn: Turn, case: Any) -> list[Actor]:
    """Whom words to a case concern: who comes and who called; while nobody comes, everybody who was called.

    Once it is over, everybody who holds a copy of its card; once it is settled, the safety office. Where all of these
    are gone, whoever the chain would call.
    """
    wanted = _concerned(turn, case) - {turn.actor.id, None}
    found = reachable_actors(turn.conn, case.hospital_id, REPORTERS)
    heard = [actor for actor in found if actor.id in wanted and actor.id != case.reporter_id]
    own = [actor for actor in found if actor.id in wanted and actor.id == case.reporter_id]
    heard = own + hearers(turn.conn, case, heard)
    if heard:
        return heard
    return [each for each in everybody(turn.conn, case) if each.id != turn.actor.id]


def _concerned(turn: Turn, case: Any) -> set[int | None]:
    if case.state in SETTLED:
        office = reachable_actors(turn.conn, case.hospital_id, DUTY)
        return {actor.id for actor in office}
    cards = list_cards(turn.conn, case.incident_id)
    if case.state in OVER:
        return {card.member_id for card in cards} | {case.reporter_id}
    coming: set[int | None] = set(still_coming(turn.conn, case.incident_id))
    called = {card.member_id for card in cards if card.level >= 0}
    return (coming or called) | {case.reporter_id}


# -- where it is ---------------------------------------------------------------------------------


def _locate(turn: Turn, case: Any) -> None:
    if turn.actor.id == case.reporter_id:
        _locate_caller(turn, case)
        return
    listeners = _listeners(turn, case)
    for listener in listeners:
        with use_locale(listener.locale):
            text = _said_by(turn, case, _("I am here:"))
        turn.tell(listener, text, priority=Priority.REPLY)
        turn.out.append(_place(listener, *(turn.incoming.place or (0.0, 0.0))))
    _say_passed_on(turn, case, listeners)


def _place(listener: Actor, latitude: float, longitude: float) -> Outgoing:
    payload = {"chat_id": listener.telegram_id, "latitude": latitude, "longitude": longitude}
    return Outgoing(
        chat_id=listener.telegram_id,
        method="sendLocation",
        payload=payload,
        priority=Priority.REPLY,
    )


def _locate_caller(turn: Turn, case: Any) -> None:
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
    listeners = _listeners(turn, case)
    for listener in listeners:
        pin(turn, now, listener)
    if live and listeners:
        turn.send(_("Passed on; those who come see you move."))
    elif not turn.incoming.text:
        _say_passed_on(turn, case, listeners)


def pin(turn: Turn, case: Any, listener: Actor) -> None:
    """Show somebody where the one who called for help is, moving along while the location is live."""
    if case.latitude is None or _has_pin(turn, case, listener):
        return
    place = _place(listener, case.latitude, case.longitude)
    if case.live_message_id is None:
        turn.out.append(place)
        return
    moving = {**place.payload, "live_period": _LIVE_SECONDS}
    stored = store_one(turn.conn, replace(place, payload=moving, kept=True), now=turn.now)
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
    case = running_alarm(turn)
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
