"""Who may talk to the sandbox's page: this machine's own browser, from the page itself."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar
from urllib.parse import urlsplit

from aiohttp import web

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; media-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
OWN_HEADER = "X-Sandbox-Page"

Page = TypeVar("Page")
Handler = Callable[[Page, web.Request], Awaitable[web.StreamResponse]]


class UnservedError(Exception):
    """A request that is not served: an HTTP status and a code the page has words for."""

    def __init__(self, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def answer(value: object, *, status: int = 200) -> web.Response:
    """A JSON answer that no browser keeps."""
    return web.json_response(value, status=status, headers=HEADERS)


def guarded(handler: Handler[Page]) -> Handler[Page]:
    """Serve callers that may be served, and answer every refusal with its code as JSON."""

    @wraps(handler)
    async def serve(page: Page, request: web.Request) -> web.StreamResponse:
        try:
            _check(request)
            return await handler(page, request)
        except UnservedError as refused:
            return answer({"error": refused.reason}, status=refused.status)

    return serve


def _check(request: web.Request) -> None:
    # A foreign name that resolves to the loopback address must not read along either.
    if _host_name(request.host) not in _LOOPBACK:
        raise UnservedError("host", status=403)
    if request.method in {"GET", "HEAD"}:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        raise UnservedError("origin", status=403)
    # A header of our own cannot be sent across origins without a preflight, which is not answered.
    if request.headers.get(OWN_HEADER) != "1":
        raise UnservedError("header", status=403)


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
