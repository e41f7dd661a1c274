"""What a message may hold, by the limits of Telegram's server."""

import re
from collections.abc import Callable
from typing import Any

from bot.sandbox.markup import commands_in, parse_html, utf16_length
from bot.sandbox.params import Params
from bot.sandbox.refusals import bad_request

__all__ = ["check_commands", "read_caption", "read_markup", "read_text"]

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_LONGEST_SOURCE = 1 << 15
_LONGEST_DATA = 64
_MOST_BUTTONS = 100
_MOST_KEYS = 300
_MOST_COMMANDS = 100
_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
_OTHER_ACTIONS = frozenset(
    [
        "callback_game",
        "copy_text",
        "login_url",
        "pay",
        "switch_inline_query",
        "switch_inline_query_chosen_chat",
        "switch_inline_query_current_chat",
        "web_app",
    ]
)

Formatted = tuple[str, list[dict[str, Any]]]


def read_text(params: Params) -> Formatted:
    """The text of a message: 1 to 4,096 UTF-16 units once its entities are parsed."""
    source = params.text("text")
    if not source:
        raise bad_request("message text is empty")
    plain, entities = _format(source, params, entities_field="entities")
    if not plain:
        raise bad_request("text must be non-empty")
    if utf16_length(plain) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return plain, entities


def read_caption(params: Params) -> Formatted:
    """The caption of a file: up to 1,024 UTF-16 units, or nothing."""
    source = params.text("caption")
    if not source:
        return "", []
    plain, entities = _format(source, params, entities_field="caption_entities")
    if utf16_length(plain) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return plain, entities


def _format(source: str, params: Params, *, entities_field: str) -> Formatted:
    if len(source) * 4 > _LONGEST_SOURCE and len(source.encode()) > _LONGEST_SOURCE:
        raise bad_request("text is too long")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        plain, entities = parse_html(source)
    elif mode in ("", "none"):
        plain, entities = source, _given_entities(params, entities_field)
    else:
        # Markdown exists on the real server; the stand-in parses what is in use here.
        raise bad_request("unsupported parse_mode")
    return _trim(plain.replace("\r", ""), entities)


def _given_entities(params: Params, field: str) -> list[dict[str, Any]]:
    given = params.parsed(field, what="entities")
    if not isinstance(given, list):
        return []
    for entity in given:
        if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
            raise bad_request("can't parse MessageEntity: expected an Object")
    return given


def _trim(plain: str, entities: list[dict[str, Any]]) -> Formatted:
    """Telegram drops the white space around a text; entities move and shrink with it."""
    started = plain.lstrip()
    trimmed = started.rstrip()
    if len(trimmed) != len(plain) and entities:
        gone, length = utf16_length(plain) - utf16_length(started), utf16_length(trimmed)
        entities = [moved for entity in entities if (moved := _move(entity, gone, length))]
    return trimmed, [*entities, *commands_in(trimmed)]


def _move(entity: dict[str, Any], gone: int, length: int) -> dict[str, Any] | None:
    start = max(entity["offset"] - gone, 0)
    end = min(entity["offset"] - gone + entity["length"], length)
    return {**entity, "offset": start, "length": end - start} if end > start else None


def read_markup(params: Params, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The keyboard of a message, checked and without empty rows; None without one."""
    markup = params.parsed("reply_markup", what="reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [row for row in _rows(markup["inline_keyboard"], "inline_keyboard") if row]
        _check_each(rows, _check_button, at_most=_MOST_BUTTONS)
        return {"inline_keyboard": rows} if rows else None
    if inline_only and markup:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        rows = [row for row in _rows(markup["keyboard"], "keyboard") if row]
        _check_each(rows, _check_key, at_most=_MOST_KEYS)
        return {**markup, "keyboard": rows}
    return markup if markup.get("remove_keyboard") or markup.get("force_reply") else None


def _rows(rows: Any, field: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{field}" must be an Array of Arrays')
    return rows


def _check_each(rows: list[list[Any]], check: Callable[[Any], None], *, at_most: int) -> None:
    for row in rows:
        for button in row:
            check(button)
    if sum(map(len, rows)) > at_most:
        raise bad_request("reply markup is too long")


def _check_button(button: Any) -> None:
    what = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{what}InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(f'{what}Can\'t find field "text"')
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    data, url = button.get("callback_data"), button.get("url")
    if url:
        if not re.match(r"(?i)(https?|tg|tonsite)://[^\s/]+|[\w-]+\.\w", url):
            raise bad_request(
                f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL specified"
            )
    elif data is not None and not isinstance(data, str):
        raise bad_request(f'{what}Field "callback_data" must be of type String')
    elif data:
        if len(data.encode()) > _LONGEST_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    elif not _OTHER_ACTIONS & button.keys():
        raise bad_request(f"{what}Text buttons are unallowed in the inline keyboard")


def _check_key(key: Any) -> None:
    what = "can't parse keyboard button: "
    text = key if isinstance(key, str) else key.get("text") if isinstance(key, dict) else None
    if not isinstance(text, str):
        raise bad_request(f"{what}KeyboardButton must be a String or an Object")
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")


def check_commands(commands: Any) -> tuple[tuple[str, str], ...]:
    """A menu as (name, description) pairs; refused when a name or description may not be."""
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return tuple(_check_command(command) for command in commands)


def _check_command(command: Any) -> tuple[str, str]:
    if not isinstance(command, dict) or not {"command", "description"} <= command.keys():
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = command["command"].removeprefix("/"), command["description"]
    if not _COMMAND_NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return name, description
