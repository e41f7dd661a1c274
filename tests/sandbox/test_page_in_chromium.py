"""The page in a real browser, with a bot of a few lines behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.sandbox.botapi import BotApi
from bot.sandbox.clock import SandboxClock
from bot.sandbox.page import DemoPerson, add_page
from tests.acceptance.chromium import Browser, find_chromium, open_browser
from tests.acceptance.house import free_port
from tests.sandbox.small_bot import SmallBot, stop

TOKEN = "123456:AAF-a-token-that-opens-nothing-at-all-00"
GUARD, OFFICER, STRANGER = 11, 12, 13
NAMES = {GUARD: "安保", OFFICER: "Ben", STRANGER: "Cid"}
PEOPLE = [
    DemoPerson(user_id=number, name=name, role_label="role", note="note", language_code="en")
    for number, name in NAMES.items()
]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
LAST = "document.querySelector('#log article:last-of-type')"

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine")


class Stage:
    """The stand-in, the small bot and the page on a port that survives a restart of the page."""

    def __init__(self) -> None:
        self.clock = SandboxClock()
        self.api = BotApi(token=TOKEN, now=self.clock.now)
        self.port = free_port()
        self.after_move: Callable[[], object] = lambda: None
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Serve the page."""

        async def moved() -> None:
            self.after_move()

        app = web.Application()
        add_page(app, api=self.api, people=PEOPLE, clock=self.clock, after_clock_moved=moved)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def close(self) -> None:
        """Stop serving the page, as a restart does."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"


@asynccontextmanager
async def _looking(tmp_path: Path) -> AsyncIterator[tuple[Stage, SmallBot, Browser]]:
    stage = Stage()
    for number, name in NAMES.items():
        stage.api.add_person(user_id=number, first_name=name, language_code="en")
    bot = SmallBot(await stage.api.start(), TOKEN)
    polling = asyncio.create_task(bot.run())
    await stage.open()
    try:
        program = find_chromium()
        assert program is not None
        async with open_browser(program, tmp_path / "profile") as browser:
            await browser.resize(1280, 800)
            await browser.open(stage.address)
            await browser.wait("document.querySelector('#people button')")
            yield stage, bot, browser
    finally:
        await stop(polling)
        await stage.close()
        await stage.api.stop()


async def _say(browser: Browser, text: str) -> None:
    await browser.run("document.getElementById('text').focus()")
    await browser.type(text)
    await browser.key("Enter", 13, text="\r")


async def _hold(browser: Browser, person: int) -> None:
    await browser.click(f"document.querySelector('[data-person=\"{person}\"]')")
    await browser.wait(f"document.querySelector('[data-person=\"{person}\"][aria-current]')")


def _shows(text: str) -> str:
    return f"document.getElementById('log').innerText.includes({json.dumps(text)})"


def _key(text: str) -> str:
    keys = "[...document.querySelectorAll('#log article:last-of-type .key')]"
    return f"{keys}.find((key) => key.textContent === {json.dumps(text)})"


async def test_a_newcomer_gets_through_a_whole_conversation(tmp_path: Path) -> None:
    async with _looking(tmp_path) as (stage, _bot, browser):
        await browser.wait(_shows("您正拿着安保的手机"))
        await browser.click("document.querySelector('.lead .choices button')")  # /report
        await browser.wait(_shows("What?"))
        await browser.click(_key("Kind 2"))
        await browser.wait(_shows("Kind 2. Say it in words."))
        assert await browser.run("document.querySelectorAll('#log article').length") == 2
        await _say(browser, "<b onclick=boom()>not bold</b> <img src=x onerror=boom()>")
        await browser.wait(_shows("<img src=x onerror=boom()>"))
        await browser.wait(_shows("the card"))

        await browser.click(_key("Toast 1"))
        await browser.wait("document.querySelector('#toast.shown')?.textContent === 'A toast'")
        await browser.wait("!document.querySelector('.waiting')")
        await browser.click(_key("Alert 1"))
        await browser.wait("document.querySelector('#alert[open]')")
        await browser.key("Enter", 13, text="\r")
        await browser.wait("!document.querySelector('#alert[open]')")

        # Pressed from the keyboard, the button goes with the edit and the focus stays in the chat.
        await browser.run(f"{_key('Submit 1')}.focus()")
        await browser.key("Enter", 13, text="\r")
        await browser.wait(_shows("Filed NO-1."))
        assert await browser.run(f"{LAST}.querySelector('strong').textContent") == "Filed"
        assert await browser.run("document.activeElement.id") == "log"

        await _say(browser, "/start")
        await browser.wait("document.querySelector('#keyboard .key')")
        await browser.click("document.querySelectorAll('#keyboard .key')[1]")
        await browser.wait(_shows("You chose Two."))
        assert [m.text for m in stage.api.chat(GUARD) if m.sender == GUARD][-2:] == [
            "/start",
            "Two",
        ]
        assert browser.faults == []


async def test_only_telegram_s_tags_are_drawn(tmp_path: Path) -> None:
    async with _looking(tmp_path) as (_stage, _bot, browser):
        await _say(browser, "/rich")
        await browser.wait(_shows("quoted"))
        tags = await browser.run(
            f"[...{LAST}.querySelectorAll('.words *')].map((e) => e.tagName.toLowerCase())"
        )
        assert tags == ["strong", "em", "u", "s", "code", "a", "blockquote", "pre", "button", "a"]
        links = await browser.run(f"[...{LAST}.querySelectorAll('a')].map((a) => [a.href, a.rel])")
        assert links == [
            ["https://example.org/?a=1", "noopener noreferrer"],
            ["https://example.org/x", "noopener noreferrer"],
        ]
        assert browser.faults == []


async def test_what_is_not_telegram_s_is_left_out_and_never_run(tmp_path: Path) -> None:
    async with _looking(tmp_path) as (_stage, _bot, browser):
        hostile = (
            "x<script>boom()</script><img src=x onerror=boom()><svg onload=boom()></svg>"
            '<a href="javascript:boom()">a</a><b onclick="boom()" style="color:red">b</b>'
        )
        drawn = await browser.run(
            "import('/page/markup.js').then(({ rich }) => { window.boom = () => { window.ran = 1; };"
            " const box = document.body.appendChild(document.createElement('p'));"
            f" box.append(rich({json.dumps(hostile)}, {{}})); return box.innerHTML; }})"
        )
        assert drawn == "xboom()a<strong>b</strong>"
        await asyncio.sleep(0.2)
        assert await browser.run("window.ran === undefined")


async def test_files_locations_and_the_clock(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(PNG)
    async with _looking(tmp_path) as (stage, _bot, browser):
        stage.api.send_text(OFFICER, "/start")
        document = await browser.call("DOM.getDocument")
        node = await browser.call(
            "DOM.querySelector", nodeId=document["root"]["nodeId"], selector="#file"
        )
        await browser.call("DOM.setFileInputFiles", nodeId=node["nodeId"], files=[str(picture)])
        await browser.wait("!document.getElementById('attachment').hidden")
        await _say(browser, "with a word")
        await browser.wait("document.querySelector('.picture')?.naturalWidth === 1")
        await browser.wait(_shows("Kept."))
        sent = stage.api.chat(GUARD)[0]
        assert (sent.kind, sent.text) == ("photo", "with a word")
        assert stage.api.file(sent.file_id or "").content == PNG

        await browser.click("document.getElementById('locate')")
        await browser.key("Enter", 13, text="\r")
        await browser.wait("document.querySelector('#log article .file')")
        assert [m.kind for m in stage.api.chat(GUARD) if m.sender == GUARD] == ["photo", "location"]

        stage.after_move = lambda: stage.api.send_text(OFFICER, "/start again")
        await browser.click("document.querySelectorAll('#steps button')[2]")
        badge = f"document.querySelector('[data-person=\"{OFFICER}\"] .badge:not([hidden])')"
        await browser.wait(badge)
        assert stage.clock.offset == timedelta(days=7)
        assert await browser.run("document.title.startsWith('(')")
        await _hold(browser, OFFICER)
        await browser.wait(f"!{badge}")
        await browser.wait("document.querySelectorAll('#log .day').length === 2")
        await browser.click("document.getElementById('reset')")
        await browser.wait("document.getElementById('reset').hidden")
        assert stage.clock.offset == timedelta(0)
        assert browser.faults == []


async def test_a_file_of_the_bot_s_is_saved_under_its_name(tmp_path: Path) -> None:
    async with _looking(tmp_path) as (_stage, bot, browser):
        saved = tmp_path / "saved"
        await browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(saved))
        await _say(browser, "One")
        await browser.wait(_shows("You chose One."))
        await bot.hand(GUARD, PNG, "考核表 2026.xlsx")
        await browser.wait("document.querySelector('#log article a.file')")
        await browser.click("document.querySelector('#log article a.file')")
        async with asyncio.timeout(10):
            while not (saved / "考核表 2026.xlsx").exists():
                await asyncio.sleep(0.05)
        assert (saved / "考核表 2026.xlsx").read_bytes() == PNG
        assert browser.faults == []


async def test_an_invite_opens_on_the_phone_one_chooses(tmp_path: Path) -> None:
    async with _looking(tmp_path) as (stage, bot, browser):
        await _say(browser, "/invite")
        await browser.click(_key("Open"))
        await browser.click(f"document.querySelector('#opener [value=\"{STRANGER}\"]')")
        await browser.wait(_shows("Welcome CODE1"))
        code = bot.invite.partition("=")[2]
        assert stage.api.chat(STRANGER)[0].text == f"/start {code}"
        assert await browser.run("location.hash") == f"#{STRANGER}"
        assert browser.faults == []


async def test_the_page_finds_its_server_again(tmp_path: Path) -> None:
    async with _looking(tmp_path) as (stage, _bot, browser):
        await stage.close()
        await browser.wait("!document.getElementById('offline').hidden")
        stage.api.send_text(GUARD, "said meanwhile")
        await stage.open()
        await browser.wait(_shows("said meanwhile"))
        assert await browser.run("document.getElementById('offline').hidden")
        # The refused connections are the browser's own words, not a fault of the page.
        assert [fault for fault in browser.faults if "ERR_CONNECTION" not in fault] == []


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
async def test_nothing_is_wider_than_the_screen(tmp_path: Path, width: int) -> None:
    async with _looking(tmp_path) as (_stage, _bot, browser):
        await browser.resize(width, 720)
        await _say(browser, "/start " + "a" * 300)
        await _say(browser, "/report")
        await browser.wait(_key("Kind 3"))
        await browser.wait(f"document.documentElement.scrollWidth <= {width}")
        assert await browser.run(
            "document.getElementById('log').scrollWidth <= document.getElementById('log').clientWidth"
        )
        if width < 1100:
            await browser.click("document.getElementById('clock-toggle')")
            await browser.wait("document.getElementById('clock').offsetParent")
        assert await browser.run(
            "document.getElementById('steps').getBoundingClientRect().left >= 0"
        )
        await browser.click("document.getElementById('language')")
        await browser.wait("document.documentElement.lang === 'en'")
        assert browser.faults == []
