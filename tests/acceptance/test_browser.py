"""The sandbox as a newcomer meets it: a browser, a guard's phone, and a report that is 已登记.

``UPDATE_DOCS=1`` writes what is to be seen at the end to ``docs/sandbox.png``.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import aiohttp
import pytest

from tests.acceptance.chromium import Browser, find_chromium, open_browser
from tests.acceptance.house import ROOT, free_port

PATIENCE = 30.0
GUARD = "[...document.querySelectorAll('#people button')][0]"
SENTENCE = "急诊3诊室,家属扬言要打医生,人还在门口"
PICTURE = ROOT / "docs" / "sandbox.png"


@asynccontextmanager
async def _sandbox(folder: Path) -> AsyncIterator[str]:
    """``wardwatch sandbox --fresh`` with a data directory of its own; the page's address."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDWATCH_")}
    own = {"WARDWATCH_LISTEN": f"127.0.0.1:{port}", "WARDWATCH_DATA_DIR": str(folder / "data")}
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "sandbox", "--fresh"),
            cwd=ROOT,
            env=kept | own,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            await _answers(address, process, folder / "log")
            yield address
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), 10) == 0, (folder / "log").read_text()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _answers(address: str, process: asyncio.subprocess.Process, log: Path) -> None:
    deadline = monotonic() + PATIENCE
    async with aiohttp.ClientSession(trust_env=False) as session:
        while True:
            assert process.returncode is None, log.read_text()
            assert monotonic() < deadline, log.read_text()
            try:
                async with session.get(address) as answer:
                    assert answer.status == 200
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)


async def _type(browser: Browser, text: str) -> None:
    await browser.click("document.getElementById('text')")
    await browser.type(text)
    await browser.key("Enter", 13, text="\r")


def _key(text: str = "") -> str:
    """The first button of the newest message whose words contain ``text``."""
    keys = "[...document.querySelectorAll('#log article:last-of-type .key')]"
    return f"{keys}.find((key) => key.textContent.includes({text!r}))"


def _count(text: str) -> str:
    """How many of the bot's messages contain ``text``."""
    told = "[...document.querySelectorAll('#log article:not(.mine) .words')]"
    return f"{told}.filter((words) => words.textContent.includes({text!r})).length"


async def _report(browser: Browser) -> None:
    """The shortest report: the command, a category, a sentence, 提交."""
    await browser.click(GUARD)
    await browser.wait("document.querySelector('#people button[aria-current]')")
    await _type(browser, "/report")
    await browser.click(_key("威胁辱骂"))
    await browser.wait(f"!({_key('威胁辱骂')})")
    await _type(browser, SENTENCE)
    await browser.click(_key("提交"))
    await browser.wait(f"{_count('已登记')} === 1")


async def test_a_newcomer_files_a_report_in_the_browser(tmp_path: Path) -> None:
    program = find_chromium()
    if program is None:
        pytest.skip("there is no Chromium on this machine (Debian: apt-get install chromium)")
    async with (
        _sandbox(tmp_path) as address,
        open_browser(program, tmp_path / "profile") as browser,
    ):
        await browser.resize(1280, 860, scale=2)
        await browser.open(address)
        await browser.wait(GUARD)
        await _report(browser)
        # Whoever must know of it has it on their own phone, and sees that at a glance.
        badges = "document.querySelectorAll('#people .badge:not([hidden])').length"
        await browser.wait(f"{badges} >= 2")
        await browser.wait(f"document.getElementById('log').innerText.includes({SENTENCE!r})")
        await browser.run("document.activeElement.blur()")
        await browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=2, y=2)
        await browser.wait("document.getAnimations().length === 0")
        picture = await browser.screenshot()
        assert picture.startswith(b"\x89PNG")
        if os.environ.get("UPDATE_DOCS") == "1":
            PICTURE.parent.mkdir(exist_ok=True)
            PICTURE.write_bytes(picture)
        assert browser.faults == []
