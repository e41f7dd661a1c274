"""The command menus: what strangers see, and each role's own, in every language."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram.error import TelegramError

from bot.i18n import LOCALES, _, use_locale
from bot.registry import Command, Registry

log = structlog.get_logger()
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]
_TELEGRAM_LANGUAGE = {"zh_Hans": "zh", "en": "en"}


def menu(commands: list[Command], locale: str) -> list[dict[str, str]]:
    """Commands with their descriptions in a language, as the Bot API wants them."""
    with use_locale(locale):
        return [{"command": c.name, "description": _(c.describe)} for c in commands]


async def publish_menus(call: Call, registry: Registry) -> None:
    """Publish the menu of those who have not joined; a member's own is set when they join."""
    commands = [command for command in registry.commands if command.strangers]
    scope = {"type": "all_private_chats"}
    for locale in LOCALES:
        payload = {
            "commands": menu(commands, locale),
            "scope": scope,
            "language_code": _TELEGRAM_LANGUAGE[locale],
        }
        try:
            await call("setMyCommands", payload)
        except TelegramError as error:
            log.warning("menus", action="menu_refused", error=str(error)[:100])
            return


def member_menu(registry: Registry, role: str, chat_id: int, locale: str) -> dict[str, Any]:
    """The payload that shows one member the commands of their role."""
    return {
        "commands": menu(registry.commands_for(role), locale),
        "scope": {"type": "chat", "chat_id": chat_id},
    }
