"""Everything the stand-in knows: people, chats, files, updates, and who is watching."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, time
from typing import Any

from bot.sandbox.chats import Chat, Message, Person, Watcher
from bot.sandbox.files import Files, Stored
from bot.sandbox.refusals import RefusedError, bad_request
from bot.sandbox.shown import CallbackAnswer, ShownMessage
from bot.sandbox.updates import Updates

__all__ = ["World"]

Menu = tuple[tuple[str, str], ...]
_MOST_QUERIES = 50_000
# Message ids go on where an earlier run left off: they count from seconds since this moment.
_FIRST_SECOND = 1_700_000_000


@dataclass(frozen=True, slots=True)
class Query:
    """A press waiting for its answer since ``at`` (monotonic seconds)."""

    user_id: int
    chat_id: int
    at: float


class World:
    """The state that people act on and that the bot's methods read and change."""

    def __init__(
        self, *, bot_id: int, username: str, now: Callable[[], datetime], history: int
    ) -> None:
        self.bot = {
            "id": bot_id,
            "is_bot": True,
            "first_name": username,
            "username": username,
        }
        self.now = now
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.updates = Updates()
        self.queries: OrderedDict[str, Query] = OrderedDict()
        self.menus: dict[tuple[str, str], Menu] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self._history = history
        self._version = 0
        self._waiting: dict[int | None, set[asyncio.Future[None]]] = {}
        self._first_message_id = int(time()) - _FIRST_SECOND

    @property
    def version(self) -> int:
        """Grows with every change a person can see."""
        return self._version

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return self.updates.pending

    async def changed(self, *, since: int, timeout: float) -> int:
        """Wait up to ``timeout`` seconds until ``version`` exceeds ``since``; the version now."""
        await self._wait(None, lambda: self._version > since, timeout)
        return self._version

    async def chat_changed(self, chat_id: int, *, since: int, timeout: float) -> int:
        """As ``changed`` but for one chat, which is cheaper when many are waited on."""
        await self._wait(chat_id, lambda: self.chat_version(chat_id) > since, timeout)
        return self.chat_version(chat_id)

    def chat_version(self, chat_id: int) -> int:
        """The version at which this chat last changed; 0 when it never did."""
        chat = self.chats.get(chat_id)
        return chat.version if chat else 0

    def watch(self, chat_id: int, watcher: Watcher) -> None:
        """Call ``watcher`` with every message and answer of a chat as it changes."""
        self.chats[chat_id].watchers.append(watcher)

    def chat(self, chat_id: int, *, deleted: bool = False) -> list[ShownMessage]:
        """What the chat shows now, oldest first; ``deleted`` adds what was taken away."""
        chat = self.chats.get(chat_id)
        messages: Iterator[Message] = iter(chat.messages.values() if chat else ())
        return [message.show() for message in messages if deleted or not message.deleted]

    def answers(self, chat_id: int) -> list[CallbackAnswer]:
        """The answers to presses that were shown in this chat, oldest first."""
        chat = self.chats.get(chat_id)
        return list(chat.answers) if chat else []

    def reply_keyboard(self, chat_id: int) -> tuple[tuple[str, ...], ...] | None:
        """The keyboard below the chat now, None without one."""
        for shown in reversed(self.chat(chat_id)):
            if shown.reply_keyboard is not None or shown.removes_keyboard:
                return shown.reply_keyboard
        return None

    def menu(self, user_id: int) -> Menu:
        """The commands this person is offered in the private chat, by Telegram's precedence."""
        language = self.people[user_id].user.get("language_code", "")[:2]
        for scope in (f"chat:{user_id}", "all_private_chats", "default"):
            for key in ((scope, language), (scope, "")):
                if key in self.menus:
                    return self.menus[key]
        return ()

    def file(self, file_id: str) -> Stored:
        """A file anybody sent, by its id; KeyError when there is none."""
        try:
            return self.files.by_id(file_id)
        except RefusedError:
            raise KeyError(file_id) from None

    def new_chat(self, api: dict[str, Any]) -> Chat:
        """Open a chat, or return the one of that id."""
        return self.chats.setdefault(
            api["id"], Chat(api=api, next_id=self._first_message_id, history=self._history)
        )

    def reachable(self, chat_id: str) -> Chat:
        """The chat the bot may write to; refused as Telegram does when it may not."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        try:
            number = int(chat_id)
        except ValueError:
            raise bad_request("chat not found") from None
        person = self.people.get(number)
        if person is None:
            chat = self.chats.get(number)
            if chat is None:
                raise bad_request("chat not found")
            return _open(chat)
        if person.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        if not person.started:
            if person.met:
                raise RefusedError(403, "Forbidden: bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        return self.chats[number]

    def seconds(self) -> int:
        """The stand-in's time as Telegram dates messages."""
        return int(self.now().timestamp())

    def show(self, chat: Chat, message: Message) -> None:
        """Tell everybody who looks at ``chat`` that ``message`` is new or has changed."""
        message.shown = None
        message.version = self._grow(chat)
        for watcher in chat.watchers:
            watcher(message.show())

    def show_answer(self, chat: Chat, query: Query, params: dict[str, Any]) -> None:
        """Tell everybody who looks at ``chat`` what a press was answered with."""
        answer = CallbackAnswer(
            chat_id=query.chat_id,
            user_id=query.user_id,
            date=datetime.fromtimestamp(self.seconds(), UTC),
            version=self._grow(chat),
            **params,
        )
        chat.answers.append(answer)
        if len(chat.answers) > self._history:
            chat.answers.popleft()
        for watcher in chat.watchers:
            watcher(answer)

    def ask(self, query_id: str, user_id: int, chat_id: int) -> None:
        """Remember a press until it is answered."""
        self.queries[query_id] = Query(user_id, chat_id, monotonic())
        if len(self.queries) > _MOST_QUERIES:
            self.queries.popitem(last=False)

    def _grow(self, chat: Chat) -> int:
        self._version += 1
        chat.version = self._version
        if self._waiting:
            for key in (None, chat.chat_id):
                for waiter in self._waiting.pop(key, ()):
                    if not waiter.done():
                        waiter.set_result(None)
        return self._version

    async def _wait(self, key: int | None, reached: Callable[[], bool], timeout: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while not reached() and loop.time() < until:
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiting.setdefault(key, set()).add(waiter)
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        await waiter
            finally:
                waiting = self._waiting.get(key)
                if waiting is not None:
                    waiting.discard(waiter)
                    if not waiting:
                        del self._waiting[key]


def _open(chat: Chat) -> Chat:
    """The group, refused where the bot is not in it any more or it has another id now."""
    if chat.moved_to is not None:
        upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
        raise RefusedError(400, upgraded, migrate_to=chat.moved_to)
    if chat.shut:
        kind = chat.api["type"]
        raise RefusedError(403, f"Forbidden: bot was kicked from the {kind} chat")
    return chat
