"""A very small client for headless Chromium's DevTools protocol."""

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
START_SECONDS = 30.0
WAIT_SECONDS = 20.0


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page of a running Chromium, and everything that went wrong on it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self.faults: list[str] = []

    async def listen(self) -> None:
        """Take in answers and events until the browser goes."""
        async for message in self._socket:
            event = json.loads(message.data)
            if "id" in event:
                self._calls.pop(event["id"]).set_result(event)
            else:
                self._note(event.get("method", ""), event.get("params", {}))

    def _note(self, method: str, event: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            thrown = details.get("exception", {}).get("description", "")
            self.faults.append(f"{details['text']} {thrown}")
        elif method == "Runtime.consoleAPICalled" and event["type"] in {"error", "assert"}:
            self.faults.append(f"console.{event['type']}: {event['args']}")
        elif method == "Log.entryAdded" and event["entry"]["level"] == "error":
            self.faults.append(f"{event['entry']['text']} {event['entry'].get('url', '')}")

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call one DevTools method; a refused call raises RuntimeError."""
        number = next(self._numbers)
        answered = asyncio.get_running_loop().create_future()
        self._calls[number] = answered
        await self._socket.send_json({"id": number, "method": method, "params": params})
        event: dict[str, Any] = await asyncio.wait_for(answered, WAIT_SECONDS)
        if "error" in event:
            raise RuntimeError(f"{method}: {event['error']['message']}")
        result: dict[str, Any] = event["result"]
        return result

    async def run(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, awaited; what it throws is raised."""
        result = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"], ensure_ascii=False))
        return result["result"].get("value")

    async def wait(self, condition: str, *, seconds: float = WAIT_SECONDS) -> None:
        """Return as soon as ``condition`` holds in the page; TimeoutError with the page's text."""
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            if await self.run(f"Boolean({condition})"):
                return
            await asyncio.sleep(0.05)
        text = await self.run("document.body?.innerText ?? ''")
        raise TimeoutError(f"{condition}\nfaults: {self.faults}\npage:\n{text}")

    async def open(self, address: str) -> None:
        """Load a page and wait until it is there."""
        await self.call("Page.navigate", url=address)
        await self.wait(
            f"location.href.startsWith({address!r}) && document.readyState == 'complete'"
        )

    async def resize(
        self, width: int, height: int, *, scale: float = 1, dark: bool = False
    ) -> None:
        """Look at the page on a screen of this size (CSS pixels), in light or dark."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])

    async def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        await self.call("Input.insertText", text=text)

    async def key(self, name: str, code: int, *, text: str = "") -> None:
        """Press and release a key by its DOM name and Windows key code."""
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            await self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                code=name,
                windowsVirtualKeyCode=code,
                **extra,
            )

    async def click(self, element: str) -> None:
        """Click the middle of the element a JavaScript expression names, as a mouse does."""
        await self.wait(element)
        place = await self.run(
            f"(() => {{ const e = {element}; e.scrollIntoView({{block: 'nearest'}});"
            " const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    async def screenshot(self) -> bytes:
        """What is to be seen, as PNG."""
        result = await self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(result["data"])


@contextlib.asynccontextmanager
async def open_browser(program: str, profile: Path) -> AsyncIterator[Browser]:
    """A Chromium of its own with one empty page; it is gone when the block ends."""
    process = await asyncio.create_subprocess_exec(
        program,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port = await _port(profile / "DevToolsActivePort")
        async with aiohttp.ClientSession(trust_env=False) as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            address = pages[0]["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as socket:
                browser = Browser(socket)
                listening = asyncio.create_task(browser.listen())
                for domain in ("Page", "Runtime", "Log"):
                    await browser.call(f"{domain}.enable")
                yield browser
                listening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listening
    finally:
        await _end(process)


async def _port(file: Path) -> int:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        if file.exists() and (lines := file.read_text().split()):
            return int(lines[0])
        await asyncio.sleep(0.05)
    raise TimeoutError("Chromium did not open its DevTools port")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()
