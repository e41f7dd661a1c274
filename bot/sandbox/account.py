"""The bot's methods about itself: who it is, its menus, and what it may read."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.files import LARGEST_DOWNLOAD
from bot.sandbox.markup import utf16_length
from bot.sandbox.params import Params
from bot.sandbox.refusals import bad_request
from bot.sandbox.validation import check_commands
from bot.sandbox.world import World

__all__ = ["METHODS"]

_SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
}
_CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)


def get_me(world: World, _params: Params) -> dict[str, Any]:
    """getMe: group privacy is off, so that a group's every message arrives."""
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_file(world: World, params: Params) -> dict[str, Any]:
    """getFile: up to 20 MB."""
    if not params.text("file_id"):
        raise bad_request("file_id not specified")
    stored = world.files.by_id(params.text("file_id"))
    if stored.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


def get_chat(world: World, params: Params) -> dict[str, Any]:
    """getChat."""
    chat = world.reachable(params.text("chat_id"))
    return {
        **chat.api,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": _GIFTS,
    }


def set_my_commands(world: World, params: Params) -> bool:
    """setMyCommands: a menu for one scope and language."""
    commands = check_commands(params.parsed("commands", what="commands") or [])
    key = _menu_key(world, params)
    if commands:
        world.menus[key] = commands
    else:
        world.menus.pop(key, None)
    return True


def get_my_commands(world: World, params: Params) -> list[dict[str, str]]:
    """getMyCommands: the menu set for exactly this scope and language."""
    menu = world.menus.get(_menu_key(world, params), ())
    return [{"command": name, "description": description} for name, description in menu]


def delete_my_commands(world: World, params: Params) -> bool:
    """deleteMyCommands: the next wider scope's menu applies again."""
    world.menus.pop(_menu_key(world, params), None)
    return True


def set_my_description(world: World, params: Params) -> bool:
    """setMyDescription: up to 512 characters, shown before the first message."""
    return _describe(world, params, "description", 512)


def set_my_short_description(world: World, params: Params) -> bool:
    """setMyShortDescription: up to 120 characters, shown on the bot's profile."""
    return _describe(world, params, "short_description", 120)


def _describe(world: World, params: Params, field: str, longest: int) -> bool:
    text = params.text(field)
    if utf16_length(text) > longest:
        raise bad_request(f"{field.replace('_', ' ')} is too long")
    world.descriptions[field, _language(params)] = text
    return True


def _language(params: Params) -> str:
    language = params.text("language_code")
    if language and not (len(language) == 2 and language.isascii() and language.islower()):
        raise bad_request("invalid language code specified")
    return language


def _menu_key(world: World, params: Params) -> tuple[str, str]:
    scope = params.parsed("scope", what="BotCommandScope")
    if scope is None:
        return "default", _language(params)
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in _SCOPES:
        return kind, _language(params)
    if kind not in _CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat = world.reachable(str(scope.get("chat_id", "")))
    member = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat.chat_id}{member}", _language(params)


METHODS: dict[str, Callable[[World, Params], Any]] = {
    "getme": get_me,
    "getfile": get_file,
    "getchat": get_chat,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmydescription": set_my_description,
    "setmyshortdescription": set_my_short_description,
}
