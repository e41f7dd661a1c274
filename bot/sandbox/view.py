"""What the page shows, as JSON: the people, one person's phone, and the clock."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.sandbox.botapi import BotApi
from bot.sandbox.clock import SandboxClock
from bot.sandbox.shown import ShownMessage

FILES = "/page/file/"
_MOST_UNREAD = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPerson:
    """Somebody whose phone can be held; the labels are shown as they are."""

    user_id: int
    name: str
    role_label: str
    note: str
    language_code: str


def view_people(api: BotApi, people: Iterable[DemoPerson]) -> list[dict[str, Any]]:
    """Everybody, with the ids of the newest messages the bot sent them."""
    return [
        {
            "id": person.user_id,
            "name": person.name,
            "role": person.role_label,
            "note": person.note,
            "inbox": _inbox(api.chat(person.user_id)),
        }
        for person in people
    ]


def _inbox(messages: list[ShownMessage]) -> list[int]:
    return [shown.message_id for shown in messages if shown.sender == "bot"][-_MOST_UNREAD:]


def view_phone(api: BotApi, person: DemoPerson) -> dict[str, Any]:
    """One person's chat with the bot: messages, keyboards, command menu, answers to presses."""
    user_id = person.user_id
    return {
        "person": user_id,
        "messages": [_message(shown, user_id) for shown in api.chat(user_id)],
        "keyboard": api.reply_keyboard(user_id),
        "commands": [
            {"command": command, "description": description}
            for command, description in api.menu(user_id)
        ],
        "answers": [
            {"version": given.version, "text": given.text, "alert": given.alert}
            for given in api.answers(user_id)
        ],
    }


def _message(shown: ShownMessage, user_id: int) -> dict[str, Any]:
    return {
        "id": shown.message_id,
        "mine": shown.sender == user_id,
        "kind": shown.kind,
        "text": shown.text,
        "html": shown.html,
        "date": shown.date.isoformat(),
        "edited": shown.edited,
        "buttons": [[asdict(button) for button in row] for row in shown.buttons],
        "file": _file(shown),
    }


def _file(shown: ShownMessage) -> dict[str, str] | None:
    if shown.file_id is None:
        return None
    return {"url": FILES + quote(shown.file_id, safe=""), "name": shown.file_name or shown.kind}


def view_clock(clock: SandboxClock, zone: ZoneInfo) -> dict[str, Any]:
    """The time (ISO, UTC), the zone to show it in, and how many seconds it is ahead."""
    return {
        "now": clock.now().isoformat(),
        "zone": zone.key,
        "offset": round(clock.offset.total_seconds()),
    }
