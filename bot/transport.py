"""How PTB talks HTTP: its BaseRequest seam on aiohttp, several times cheaper than the stock client."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

# Read by PTB whenever Telegram says "retry after": without it each process warns once on stderr.
os.environ.setdefault("PTB_TIMEDELTA", "true")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_NO_FILES: Mapping[str, tuple[str, bytes, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Fields:
    """Form fields that are encoded already and files, in the shape ``do_request`` reads."""

    json_parameters: dict[str, str]
    multipart_data: Mapping[str, tuple[str, bytes, str]]

    @property
    def contains_files(self) -> bool:
        return bool(self.multipart_data)


class Transport(BaseRequest):
    """One pool of connections; ``reset`` replaces it when a proxy has let it go stale."""

    def __init__(self, *, proxy: str | None = None, read_timeout: float = 20.0) -> None:
        self._proxy = proxy
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds an answer may take."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = self._open()

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def reset(self) -> None:
        """Start over with fresh connections."""
        await self.shutdown()
        await self.initialize()

    async def call(
        self,
        url: str,
        payload: dict[str, Any],
        *,
        uploads: Mapping[str, tuple[str, bytes, str]] = _NO_FILES,
        read_timeout: float | None = None,
    ) -> Any:
        """Call one Bot API method and return its result; raises PTB's errors.

        ``uploads`` are files by field: name, content, media type.
        """
        fields = {k: v if isinstance(v, str) else json.dumps(v) for k, v in payload.items()}
        body = await self._request_wrapper(
            url=url,
            method="POST",
            request_data=_Fields(fields, uploads),  # type: ignore[arg-type]
            read_timeout=self._read_timeout if read_timeout is None else read_timeout,
        )
        return self.parse_json_payload(body)["result"]

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One HTTP request; a failure to get any answer is a NetworkError."""
        if self._session is None:
            raise NetworkError("the transport is closed")
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._read_timeout
        body, headers = _encode(request_data)
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                proxy=self._http_proxy,
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=10),
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # The error's text may hold the address, and with it the token.
            raise NetworkError(type(error).__name__) from None

    @property
    def _http_proxy(self) -> str | None:
        return self._proxy if self._proxy and self._proxy.startswith("http") else None

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=self._connector(), trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        )

    def _connector(self) -> aiohttp.BaseConnector:
        if self._proxy and urlsplit(self._proxy).scheme.startswith("socks"):
            from aiohttp_socks import ProxyConnector  # noqa: PLC0415  (only behind a SOCKS proxy)

            return ProxyConnector.from_url(self._proxy)
        return aiohttp.TCPConnector(limit=0, ttl_dns_cache=300)


def _encode(request_data: RequestData | None) -> tuple[Any, dict[str, str] | None]:
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        # yarl quotes in C: a Chinese message with its buttons costs the standard library nine times as much.
        return URL.build(query=request_data.json_parameters).raw_query_string.encode(), _FORM
    # Chinese file names go as they are, not percent-encoded.
    form = aiohttp.FormData(request_data.json_parameters, quote_fields=False)
    for name, (file_name, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=mime)
    return form, None


def retry_seconds(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


async def pause(seconds: float, stopping: asyncio.Event) -> bool:
    """Wait, but not beyond the stop; whether it is time to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return False
    return True
