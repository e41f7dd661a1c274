"""The bot's methods about places on the map: fixed ones, and live ones that move."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.chats import Chat, Message
from bot.sandbox.messages import NOT_MODIFIED, change, editable, post
from bot.sandbox.params import Params
from bot.sandbox.refusals import bad_request
from bot.sandbox.validation import read_markup
from bot.sandbox.world import World

__all__ = ["METHODS"]

_FOR_EVER = 0x7FFFFFFF
_SHORTEST, _LONGEST = 60, 86400


def send_location(world: World, params: Params) -> dict[str, Any]:
    """sendLocation: with live_period (60 to 86,400 s, or for ever) one that can be moved."""
    return post(world, params, {"location": {**_place(params), **_live(params)}})


def edit_message_live_location(world: World, params: Params) -> dict[str, Any]:
    """editMessageLiveLocation: moves a live location of the bot's own, while it is live."""
    markup = read_markup(params, inline_only=True)
    chat, message = _live_one(world, params)
    location = {**message.api["location"], **_place(params), **_live(params)}
    if location == message.api["location"] and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    return change(world, chat, message, _located(message, location), markup)


def stop_message_live_location(world: World, params: Params) -> dict[str, Any]:
    """stopMessageLiveLocation: the place stays where it was last."""
    markup = read_markup(params, inline_only=True)
    chat, message = _live_one(world, params)
    kept = {key: at for key, at in message.api["location"].items() if key != "live_period"}
    return change(world, chat, message, _located(message, kept), markup)


def _located(message: Message, location: dict[str, Any]) -> dict[str, Any]:
    return {
        key: location if key == "location" else value
        for key, value in message.api.items()
        if key != "reply_markup"
    }


def _place(params: Params) -> dict[str, float]:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong location specified")
    return {"latitude": latitude, "longitude": longitude}


def _live(params: Params) -> dict[str, int]:
    period = params.integer("live_period")
    if not period:
        return {}
    if period != _FOR_EVER and not _SHORTEST <= period <= _LONGEST:
        raise bad_request("wrong live location period specified")
    return {"live_period": period}


def _live_one(world: World, params: Params) -> tuple[Chat, Message]:
    chat, message = editable(world, params)
    period = message.api.get("location", {}).get("live_period", 0)
    if message.api["date"] + period <= world.seconds():
        raise bad_request("message can't be edited")
    return chat, message


METHODS: dict[str, Callable[[World, Params], Any]] = {
    "sendlocation": send_location,
    "editmessagelivelocation": edit_message_live_location,
    "stopmessagelivelocation": stop_message_live_location,
}
