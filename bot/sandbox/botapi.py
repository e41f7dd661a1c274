"""A stand-in for Telegram's Bot API on loopback: what bots call, people and files included."""

import asyncio
import logging
from asyncio import Task
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from bot.sandbox import account, messages, places, topics
from bot.sandbox.failures import Failure, Failures
from bot.sandbox.groups import Groups
from bot.sandbox.limits import Limits
from bot.sandbox.params import Params
from bot.sandbox.refusals import RefusedError, bad_request
from bot.sandbox.shown import Button, CallbackAnswer, ShownMessage
from bot.sandbox.webhook import Webhook
from bot.sandbox.wire import LARGEST_BODY, answer, answer_raw, read_params, refuse, split_path

__all__ = ["METHODS", "BotApi", "Button", "Call", "CallbackAnswer", "ShownMessage"]

_log = logging.getLogger(__name__)

METHODS = account.METHODS | messages.METHODS | places.METHODS | topics.METHODS
_DELIVERY = frozenset({"getupdates", "setwebhook", "deletewebhook", "getwebhookinfo"})
_PACED = frozenset(
    [
        "sendmessage",
        "sendlocation",
        "sendphoto",
        "senddocument",
        "sendvoice",
        "sendvideo",
        "sendvideonote",
        "sendanimation",
        "editmessagetext",
        "editmessagereplymarkup",
        "editmessagelivelocation",
        "stopmessagelivelocation",
    ]
)
_MOST_CALLS = 200_000
_LONGEST_POLL = 50
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_NO_PARAMS = Params({}, {})


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot: ``at`` is when it came (monotonic seconds), ``status`` HTTP's."""

    method: str
    params: Mapping[str, str]
    at: float
    status: int


class BotApi(Groups):
    """The server; people act on it by the methods of ``Groups`` and ``Actions``, bots by HTTP."""

    def __init__(
        self,
        *,
        token: str,
        username: str = "wardwatch_bot",
        now: Callable[[], datetime],
        latency: float = 0.0,
        limits: bool = False,
        history: int = 500,
    ) -> None:
        bot_id = int(token.partition(":")[0])
        super().__init__(bot_id=bot_id, username=username, now=now, history=history)
        self.base_url = ""
        self.calls: list[Call] = []
        self.latency = latency
        self.limits = Limits() if limits else None
        self.webhook = Webhook(self.updates, seconds=self.seconds)
        self._failures = Failures()
        self._runner: web.ServerRunner | None = None
        self._closing = False
        self._methods_at = f"/bot{token}/"
        self._files_at = f"/file/bot{token}/"

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen and return ``base_url``; after a stop, go on with everything as it was."""
        self._closing = False
        server = web.Server(self._serve, request_factory=_make_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        self.webhook.resume()
        return self.base_url

    async def stop(self) -> None:
        """Stop listening; open long polls end at once."""
        self._closing = True
        self.updates.end_poll()
        await self.webhook.pause()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def fail_next(
        self,
        method: str,
        *,
        status: int,
        description: str,
        retry_after: int | None = None,
        times: int = 1,
        chat_id: int | None = None,
        applied: bool = False,
    ) -> None:
        """Fail the next calls of a method; ``applied`` fails them after they took effect.

        Status 0 drops the connection without an answer.
        """
        refused = RefusedError(status, description, retry_after=retry_after)
        self._failures.order(
            Failure(
                method=method.lower(),
                chat_id=chat_id,
                refused=refused,
                times=times,
                applied=applied,
            )
        )

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path, query = split_path(request)
        if path.startswith(self._methods_at):
            return await self._answer(request, path[len(self._methods_at) :], query)
        if path.startswith(self._files_at):
            return self._download(path[len(self._files_at) :])
        if path.startswith(("/bot", "/file/bot")):
            return refuse(RefusedError(401, "Unauthorized"))
        return refuse(RefusedError(404, "Not Found"))

    def _download(self, path: str) -> web.Response:
        stored = self.files.by_path(path)
        if stored is None:
            return refuse(RefusedError(404, "Not Found"))
        return web.Response(body=stored.content, content_type="application/octet-stream")

    async def _answer(self, request: web.BaseRequest, method: str, query: str) -> web.Response:
        at, params = monotonic(), _NO_PARAMS
        try:
            params = await read_params(request, query)
            response = await self._call(method.lower(), params)
        except RefusedError as refused:
            if refused.status == 0 and request.transport is not None:
                request.transport.abort()
            response = refuse(refused) if refused.status else web.Response(status=502)
        except UnicodeError:
            response = refuse(bad_request("strings must be encoded in UTF-8"))
        except Exception:
            _log.exception("the stand-in failed in %s", method)
            response = refuse(RefusedError(500, "Internal Server Error"))
        self._record(Call(method, params.values, at, response.status))
        if self.latency:
            await asyncio.sleep(self.latency)
        return response

    async def _call(self, method: str, params: Params) -> web.Response:
        failure = self._failures.take(method, params.integer("chat_id"))
        if failure is not None and not failure.applied:
            raise failure.refused
        if method in _DELIVERY:
            response = await self._deliver_by(method, params)
        else:
            response = answer(self._act(method, params))
        if failure is not None:
            raise failure.refused
        return response

    def _act(self, method: str, params: Params) -> Any:
        act = METHODS.get(method)
        if act is None:
            raise RefusedError(404, "Not Found: method not found")
        if self.limits is not None and method in _PACED:
            self.limits.check(params.integer("chat_id"), now=monotonic())
        return act(self, params)

    async def _deliver_by(self, method: str, params: Params) -> web.Response:
        if method == "getupdates":
            return await self._get_updates(params)
        if method == "getwebhookinfo":
            return answer(self.webhook.describe())
        if method == "setwebhook":
            self.updates.end_poll(RefusedError(409, "Conflict: terminated by setWebhook request"))
            self.webhook.direct(params)
            self._allow(params)
        else:
            self.webhook.remove()
        if params.flag("drop_pending_updates"):
            self.updates.drop_all()
        return answer(True)

    async def _get_updates(self, params: Params) -> web.Response:
        if self.webhook.url:
            raise RefusedError(409, _WEBHOOK_ACTIVE)
        self._allow(params)
        limit = params.integer("limit", 100)
        timeout = min(max(params.integer("timeout"), 0), _LONGEST_POLL)
        updates = await self.updates.poll(
            offset=params.integer("offset"),
            limit=limit if 1 <= limit <= 100 else 100,
            timeout=0 if self._closing else timeout,
        )
        return answer_raw(b"[" + b",".join(update.content for update in updates) + b"]")

    def _allow(self, params: Params) -> None:
        kinds = params.parsed("allowed_updates", what="allowed updates")
        if isinstance(kinds, list):
            self.updates.allowed = tuple(str(kind) for kind in kinds)

    def _record(self, call: Call) -> None:
        self.calls.append(call)
        if len(self.calls) > _MOST_CALLS + 20_000:
            del self.calls[:20_000]


def _make_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: "Task[None]",
) -> web.BaseRequest:
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        asyncio.get_running_loop(),
        client_max_size=LARGEST_BODY,
    )
