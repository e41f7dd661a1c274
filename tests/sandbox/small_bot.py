"""A bot of a few lines, polling the stand-in over HTTP, for trying the page without the real one."""

import asyncio
import itertools
import json
from typing import Any

import aiohttp

HOME = {"keyboard": [["One", "Two"]], "resize_keyboard": True}
KINDS = [["kind:1", "kind:2"], ["kind:3"]]
MENU = [
    {"command": "report", "description": "Tell what happened"},
    {"command": "help", "description": "What can be asked"},
]


class SmallBot:
    """Asks for a kind, then a sentence, then shows a card; the last press gives a number."""

    def __init__(self, base_url: str, token: str) -> None:
        self._url = f"{base_url}/bot{token}"
        self._numbers = itertools.count(1)
        self.invite = "https://t.me/wardwatch_bot?start=CODE1"

    async def run(self) -> None:
        """Poll until cancelled."""
        offset = 0
        async with aiohttp.ClientSession(trust_env=False) as self._session:
            await self._call("setMyCommands", commands=MENU)
            while True:
                for update in await self._call("getUpdates", offset=offset, timeout=20):
                    offset = update["update_id"] + 1
                    await self._handle(update)

    async def _call(self, method: str, **params: Any) -> Any:
        async with self._session.post(f"{self._url}/{method}", json=params) as answer:
            return (await answer.json()).get("result")

    async def _handle(self, update: dict[str, Any]) -> None:
        if "callback_query" in update:
            await self._pressed(update["callback_query"])
        elif "message" in update:
            await self._told(update["message"])

    async def _told(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        say = {"chat_id": chat, "parse_mode": "HTML"}
        if text.startswith("/start"):
            welcome = f"<b>Welcome</b> {text[7:]}".strip()
            await self._call("sendMessage", **say, text=welcome, reply_markup=HOME)
        elif text == "/report":
            await self._call("sendMessage", **say, text="What?", reply_markup=_keys(KINDS))
        elif text == "/invite":
            link = {"inline_keyboard": [[{"text": "Open", "url": self.invite}]]}
            await self._call("sendMessage", **say, text=self.invite, reply_markup=link)
        elif text == "/rich":
            await self._call("sendMessage", **say, text=RICH)
        elif "photo" in message or "document" in message or "location" in message:
            await self._call("sendMessage", **say, text="Kept.")
        elif text in {"One", "Two"}:
            await self._call("sendMessage", **say, text=f"You chose {text}.")
        else:
            keys = _keys([["submit:1"], ["alert:1", "toast:1"]])
            await self._call(
                "sendMessage", **say, text="Check:\n<i>the card</i>", reply_markup=keys
            )

    async def _pressed(self, query: dict[str, Any]) -> None:
        kind, _, choice = query["data"].partition(":")
        message = query["message"]
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        said: dict[str, dict[str, Any]] = {
            "alert": {"text": "An alert", "show_alert": True},
            "toast": {"text": "A toast"},
        }
        await self._call("answerCallbackQuery", callback_query_id=query["id"], **said.get(kind, {}))
        if kind == "kind":
            await self._call("editMessageText", **place, text=f"Kind {choice}. Say it in words.")
        elif kind == "submit":
            number = f"<b>Filed</b> NO-{next(self._numbers)}."
            await self._call("editMessageText", **place, text=number, parse_mode="HTML")

    async def tell(self, chat_id: int, text: str) -> None:
        """Write to somebody unasked."""
        async with aiohttp.ClientSession(trust_env=False) as session:
            params = {"chat_id": chat_id, "text": text}
            async with session.post(f"{self._url}/sendMessage", json=params) as answer:
                assert answer.status == 200, await answer.text()

    async def hand(self, chat_id: int, content: bytes, name: str) -> None:
        """Send somebody a file unasked."""
        form = aiohttp.FormData({"chat_id": str(chat_id)}, quote_fields=False)
        form.add_field("document", content, filename=name)
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.post(f"{self._url}/sendDocument", data=form) as answer,
        ):
            assert answer.status == 200, await answer.text()


RICH = (
    "<b>bold</b> <i>it</i> <u>u</u> <s>s</s> <code>&lt;img src=x&gt; /no</code> "
    '<a href="https://example.org/?a=1">link</a>\n'
    "<blockquote>quoted</blockquote><pre>pre</pre> /help &amp; https://example.org/x."
)


def _keys(rows: list[list[str]]) -> str:
    return json.dumps(
        {
            "inline_keyboard": [
                [{"text": data.replace(":", " ").title(), "callback_data": data} for data in row]
                for row in rows
            ]
        }
    )


async def stop(task: "asyncio.Task[None]") -> None:
    """End a running bot."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
