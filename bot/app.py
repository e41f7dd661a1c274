"""The one composition root: from settings to a running bot."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot.alone import hold_alone, stop_on_signals
from bot.attachments import Attachments
from bot.crypto import Cipher, load_key
from bot.db import Database
from bot.desk import Desk
from bot.exports import is_made, open_made, patience
from bot.incoming import lighten, read_raw, read_update, words_of
from bot.intake import Intake
from bot.menus import publish_menus
from bot.migrate import ensure_migrated
from bot.outbox import Outbox
from bot.playground import play, sandbox_settings
from bot.polling import ALLOWED, Poller
from bot.registry import Sweep
from bot.routes import add_routes
from bot.runner import Runner
from bot.scheduler import Clockwork
from bot.settings import Settings, SettingsError
from bot.transport import Transport, pause
from bot.turn import House
from bot.web import Webhook, add_health, serve
from handlers import SWEEPS, build_registry, demo, upkeep
from models.setting import BOT_NAME, keep_setting

log = structlog.get_logger()
_SILENT = 90.0
_FAREWELL = 4.0
"""Seconds what is under way has to end; what is not done by then is done after the next start."""


def real_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class App:
    """A bot, from its first poll to its last commit."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime] = real_now,
        sweeps: Sequence[Sweep] = SWEEPS,
    ) -> None:
        assert settings.token is not None
        self.settings, self.now = settings, now
        self.db = Database(settings.database_url)
        self._polls = Transport(proxy=self._proxy)
        self._calls = Transport(proxy=self._proxy)
        self._url = f"{settings.api_base}/bot{settings.token}"
        self.sender = Outbox(db=self.db, call=self._call, rate=settings.send_rate, now=now)
        self.registry = build_registry()
        runner = Runner(self.registry)
        self.cipher = Cipher(load_key(settings.key, settings.data_dir))
        self.desk = Desk(
            db=self.db,
            registry=self.registry,
            runner=runner,
            sender=self.sender,
            house=self._house(None),
            now=now,
        )
        self.intake = Intake(
            db=self.db,
            process=self._process,
            unsaved=self._regret,
            now=now,
            urgent=lambda raw: self.registry.is_urgent(*words_of(raw)),
        )
        self.poller = Poller(transport=self._polls, url=self._url, intake=self.intake)
        self.clockwork = Clockwork(
            db=self.db,
            sweeps=[*sweeps, upkeep.made_files(settings.data_dir)],
            sender=self.sender,
            now=now,
        )
        self.sender.ledger.on_news = self.clockwork.poke
        self.sender.ledger.on_chat_moved = self.registry.on_chat_moved
        self.sender.ledger.on_chat_left = self.registry.on_chat_left
        self.ptb = self._build_ptb(runner)
        self.attachments = Attachments(
            db=self.db,
            bot=self.ptb.bot,
            transport=self._calls,
            sender=self.sender,
            on_odd=self.registry.on_odd_file,
            on_lost=self.registry.on_lost_file,
            folder=settings.data_dir,
            now=now,
        )
        self.desk.files_wanted = self.attachments.poke
        self.desk.heard_from = self.sender.hear
        self._webhook: Webhook | None = None
        self._greeted = asyncio.Event()
        self._started = time.monotonic()

    @property
    def _proxy(self) -> str | None:
        local = urlsplit(self.settings.api_base).hostname in ("127.0.0.1", "localhost", "::1")
        return None if local else self.settings.proxy

    def _house(self, bot_name: str | None) -> House:
        return House(
            cipher=self.cipher,
            bot_name=bot_name,
            default_locale=self.settings.locale,
            data_dir=self.settings.data_dir,
        )

    def _build_ptb(self, runner: Runner) -> Application[Any, Any, Any, Any, Any, Any]:
        builder = (
            ApplicationBuilder()
            .token(str(self.settings.token))
            .base_url(f"{self.settings.api_base}/bot")
            .base_file_url(f"{self.settings.api_base}/file/bot")
            .request(self._calls)
            .get_updates_request(self._polls)
            .updater(None)
            .job_queue(None)
        )
        application = builder.build()
        add_routes(application, self.desk, self.registry, runner)
        return application

    async def _call(self, method: str, payload: dict[str, Any]) -> Any:
        url = f"{self._url}/{method}"
        if not is_made(payload):
            return await self._calls.call(url, payload)
        fields, uploads = await asyncio.to_thread(open_made, self.settings.data_dir, payload)
        return await self._calls.call(url, fields, uploads=uploads, read_timeout=patience(uploads))

    async def _process(self, raw: dict[str, Any]) -> None:
        await self._greeted.wait()
        update = self._read(raw)
        if update is None:
            await self.desk.answer_raw(raw)
        else:
            await self.ptb.process_update(update)

    def _read(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.de_json(lighten(raw), self.ptb.bot)
        except Exception as error:  # whatever a foreign payload breaks: set aside, go on
            log.error(
                "intake",
                action="update_unreadable",
                update=raw.get("update_id"),
                error=repr(error)[:120],
            )
            return None

    def _regret(self, raws: list[dict[str, Any]]) -> None:
        """Tell everybody behind updates that cannot be stored."""
        for raw in raws:
            update = self._read(raw)
            incoming = read_update(update) if update else read_raw(raw)
            if incoming:
                self.desk.regret(incoming)

    # -- life ------------------------------------------------------------------------------------

    async def run(
        self, stopping: asyncio.Event, mount: Callable[[web.Application], None] | None = None
    ) -> None:
        """Serve until told to stop."""
        async with AsyncExitStack() as ending:
            ending.push_async_callback(asyncio.to_thread, self.db.close)
            ensure_migrated(self.db.engine)
            for transport in (self._polls, self._calls):
                await transport.initialize()
                ending.push_async_callback(transport.shutdown)
            # What was stored before is in hand before a webhook can bring more.
            await self.intake.replay()
            listener = await self._listen(mount)
            ending.push_async_callback(listener.cleanup)
            jobs = self._begin(stopping)
            ending.push_async_callback(self._end, jobs, stopping)
            await self._watch(jobs, stopping)
        log.info("app", action="stopped")

    def _begin(self, stopping: asyncio.Event) -> list[asyncio.Task[None]]:
        return [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("outbox", self.sender.run(stopping)),
                ("telegram", self._serve_telegram(stopping)),
                ("attachments", self.attachments.run(stopping)),
            )
        ]

    async def _listen(self, mount: Callable[[web.Application], None] | None) -> web.AppRunner:
        pages = web.Application(client_max_size=25 * 1024 * 1024)
        add_health(pages, ready=self._ready, figures=self._figures)
        if mount:
            mount(pages)
        if self.settings.webhook_url:
            self._mount_webhook(pages)
        try:
            return await serve(pages, self.settings.address)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise SettingsError(f"WARDWATCH_LISTEN: {self.settings.listen}: {reason}") from None

    async def _watch(self, jobs: list[asyncio.Task[None]], stopping: asyncio.Event) -> None:
        ending = asyncio.create_task(stopping.wait())
        await asyncio.wait({ending, *jobs}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        for job in jobs:
            if job.done() and (error := job.exception()):
                raise error

    async def _end(self, jobs: list[asyncio.Task[None]], stopping: asyncio.Event) -> None:
        stopping.set()
        self.clockwork.stop()
        resting = asyncio.create_task(self.intake.stop())
        _done, left = await asyncio.wait([*jobs, resting], timeout=_FAREWELL)
        for job in left:
            job.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _serve_telegram(self, stopping: asyncio.Event) -> None:
        if not await self._greet(stopping):
            return
        self._greeted.set()
        self.clockwork.start()
        log.info("app", action="serving", bot=self.desk.house.bot_name)
        polling = None if self._webhook else asyncio.create_task(self.poller.run(stopping))
        await (self._use_polling() if polling else self._use_webhook(stopping))
        await publish_menus(self._call, self.registry)
        await (polling or stopping.wait())

    async def _greet(self, stopping: asyncio.Event) -> bool:
        """Learn the bot's name; tried until Telegram answers. False when stopped before."""
        wait = 0.5
        while not stopping.is_set():
            try:
                await self.ptb.initialize()
            except InvalidToken:
                raise SettingsError(
                    "WARDWATCH_TOKEN: Telegram does not accept this token"
                ) from None
            except TelegramError as error:
                log.warning("app", action="telegram_unreachable", error=type(error).__name__)
                await pause(wait, stopping)
                wait = min(wait * 2, 15)
                continue
            name = self.ptb.bot.username
            await self.db.run(partial(keep_setting, key=BOT_NAME, value=name))
            self.desk.house = self._house(name)
            return True
        return False

    async def _use_polling(self) -> None:
        try:
            await self._call("deleteWebhook", {"drop_pending_updates": False})
        except TelegramError as error:
            log.warning("app", action="webhook_not_deleted", error=str(error)[:100])

    # -- the webhook -----------------------------------------------------------------------------

    def _mount_webhook(self, pages: web.Application) -> None:
        self._webhook = Webhook(intake=self.intake, secret=str(self.settings.webhook_secret))
        path = urlsplit(str(self.settings.webhook_url)).path or "/"
        pages.router.add_post(path, self._webhook.receive)

    async def _use_webhook(self, stopping: asyncio.Event) -> None:
        payload = {
            "url": self.settings.webhook_url,
            "secret_token": self.settings.webhook_secret,
            "allowed_updates": ALLOWED,
        }
        while not stopping.is_set():
            try:
                await self._call("setWebhook", payload)
                return
            except TelegramError as error:
                log.warning("app", action="webhook_refused", error=str(error)[:100])
            await pause(5, stopping)

    # -- figures ---------------------------------------------------------------------------------

    def _ready(self) -> bool:
        return self._webhook is not None or time.monotonic() - self.poller.last_good < _SILENT

    def _figures(self) -> dict[str, float]:
        return {
            "updates_stored_total": float(self.intake.stored),
            "messages_sent_total": float(self.sender.sent),
            "uptime_seconds": time.monotonic() - self._started,
            "polls_total": float(self.poller.polls),
        }


async def serve_forever(settings: Settings) -> None:
    """Run the bot until a signal ends it."""
    # While the database works, what comes in waits for its turn at the interpreter: not 5 ms at each step.
    sys.setswitchinterval(0.001)
    stopping = asyncio.Event()
    stop_on_signals(stopping)
    held = hold_alone(settings.data_dir)
    try:
        await App(settings).run(stopping)
    finally:
        os.close(held)


async def serve_sandbox(settings: Settings, *, fresh: bool) -> None:
    """Run the sandbox until a signal ends it."""
    own = sandbox_settings(settings, fresh=False)
    held = hold_alone(own.data_dir)
    try:
        own = sandbox_settings(settings, fresh=fresh)
        _furnish(own)
        stopping = asyncio.Event()
        stop_on_signals(stopping)
        await play(
            own,
            cast=demo.CAST,
            build=lambda known, clock: App(known, now=clock),
            stopping=stopping,
        )
    finally:
        os.close(held)


def _furnish(settings: Settings) -> None:
    db = Database(settings.database_url)
    ensure_migrated(db.engine)
    db.run_now(partial(demo.furnish, timezone=settings.timezone, now=real_now()))
    db.close()
