"""What listens: the webhook, health, readiness and metrics."""

import hmac
import json
import time
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from bot.intake import Intake

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_MAX_UPDATE = 1024 * 1024


class _Figures(Collector):
    def __init__(self, read: Callable[[], dict[str, float]]) -> None:
        self._read = read

    def collect(self):  # type: ignore[no-untyped-def]
        for name, value in self._read().items():
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            metric = family(f"wardwatch_{name.removesuffix('_total')}", name.replace("_", " "))
            metric.add_metric([], value)
            yield metric


def add_health(
    app: web.Application, *, ready: Callable[[], bool], figures: Callable[[], dict[str, float]]
) -> None:
    """Add /healthz (alive), /readyz (Telegram answers) and /metrics."""
    registry = CollectorRegistry()
    registry.register(_Figures(figures))

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        return (
            web.Response(text="ready\n") if ready() else web.Response(status=503, text="waiting\n")
        )

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)


class Webhook:
    """Takes updates by POST; each is stored before it is answered with 200."""

    def __init__(self, *, intake: Intake, secret: str) -> None:
        self._intake, self._secret = intake, secret
        self.last_good = time.monotonic()

    async def receive(self, request: web.Request) -> web.Response:
        """Store one update; anything but 200 makes Telegram send it again."""
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return web.Response(status=403)
        if (request.content_length or 0) > _MAX_UPDATE:
            return web.Response(status=413)
        try:
            update = json.loads(await request.read())
            update["update_id"] + 0
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400)
        try:
            await self._intake.store([update])
        except SQLAlchemyError:
            return web.Response(status=503)
        self.last_good = time.monotonic()
        return web.Response()


async def serve(app: web.Application, address: tuple[str, int]) -> web.AppRunner:
    """Listen; raises OSError where the address cannot be had."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    await web.TCPSite(runner, *address).start()
    return runner
