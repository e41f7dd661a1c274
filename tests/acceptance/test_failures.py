"""When something outside fails: the database, Telegram, a setting, the process itself."""

import asyncio
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.params import Params
from bot.settings import SettingsError, read_settings
from tests.acceptance.house import TOKEN, House, free_port, until
from tests.acceptance.people import Person
from tests.acceptance.reporters import say

FILED = say("Filed as {number}.", number="").partition(" ")[0]
CANNOT_SAVE = say(
    "⚠️ I cannot save anything right now, nothing is filed yet. In danger, dial 110 first. "
    "What you sent is kept and goes on as soon as it works again."
)
DID_NOT_WORK = say(
    "That did not work, and nothing was filed by it. What you filled in before is kept; "
    "please try again. In danger, dial 110."
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose bot runs; in the end nothing of it may have been a traceback or the token."""
    async with House(tmp_path) as house:
        await house.start()
        yield house
        check_stderr(house.stderr)


def check_stderr(written: str) -> None:
    assert "Traceback" not in written, written[-5000:]
    assert TOKEN not in written
    assert TOKEN.partition(":")[2] not in written


async def write_report(guard: Person, text: str) -> None:
    """Up to the review card."""
    await guard.says("/report")
    await guard.presses("威胁辱骂")
    await guard.says(text)


def press_submit(house: House, guard: Person) -> int:
    """Press and wait for nothing; the update's id."""
    for row in guard.last.buttons:
        for button in row:
            if button.text == say("✅ Submit"):
                assert button.data is not None
                return house.api.press(guard.user_id, guard.last.message_id, button.data)
    raise AssertionError(guard.last)


def texts(person: Person) -> list[str]:
    return [shown.text for shown in person.shown]


def filings(person: Person) -> int:
    """How often this person was told 已登记."""
    return sum(text.startswith(FILED) for text in texts(person))


# -- the database --------------------------------------------------------------------------------


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Nobody else can write the database."""
    other = sqlite3.connect(house.database, isolation_level=None, timeout=10)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


async def test_a_locked_database(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    other = await house.join("王敏", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    await other.says("/report")
    with locked(house):  # also before it is noted that the question above was sent
        pressed = monotonic()
        press_submit(house, guard)
        await guard.sees(CANNOT_SAVE, timeout=8)
        told = monotonic() - pressed
        await asyncio.sleep(max(0, 11 - told))
        assert filings(guard) == 0
    await guard.sees(FILED)
    await guard.sees_nothing()
    assert [row["description"] for row in house.sql("SELECT * FROM incident")] == ["家属扬言要打人"]
    assert filings(guard) == 1
    assert texts(guard).count(CANNOT_SAVE) == 1
    assert not house.sql("SELECT * FROM inbox WHERE state != 'done'")
    await until(
        lambda: not house.sql("SELECT * FROM outbox WHERE state != 'sent'"), "all is noted as sent"
    )
    assert texts(other).count(say("What happened?")) == 1
    print(f"told after {told:.1f} s that nothing can be saved")  # noqa: T201


async def test_a_database_locked_for_a_moment(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    with locked(house):
        press_submit(house, guard)
        await guard.sees_nothing(within=1.5)
    await guard.sees(FILED)
    assert CANNOT_SAVE not in texts(guard)
    assert len(house.sql("SELECT * FROM incident")) == 1


async def test_a_refused_record(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    change(
        house,
        "CREATE TRIGGER no BEFORE INSERT ON incident BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )
    await guard.presses("提交")
    await guard.sees(DID_NOT_WORK)
    assert filings(guard) == 0
    assert not house.sql("SELECT * FROM incident")
    assert len(house.sql("SELECT * FROM draft WHERE state = 'active'")) == 1
    change(house, "DROP TRIGGER no")
    await guard.presses("提交")
    await guard.sees(FILED)
    assert [row["number"][-4:] for row in house.sql("SELECT * FROM incident")] == ["0001"]
    assert "no room" in house.stderr


def change(house: House, statement: str) -> None:
    other = sqlite3.connect(house.database, isolation_level=None, timeout=10)
    other.execute(statement)
    other.close()


# -- Telegram ------------------------------------------------------------------------------------


async def test_telegram_fails_for_a_while(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    failing: dict[str, Any] = {"status": 500, "description": "Internal Server Error", "times": 2}
    for method in ("sendMessage", "editMessageText", "getUpdates"):
        house.api.fail_next(method, **failing)
    await write_report(guard, "家属扬言要打人")
    await guard.presses("提交")
    await guard.sees(FILED)
    assert filings(guard) == 1
    assert not house.sql("SELECT * FROM outbox WHERE state = 'dead'")


async def test_telegram_wants_to_be_left_alone(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    house.api.fail_next(
        "sendMessage", status=429, description="Too Many Requests: retry after 2", retry_after=2
    )
    asked = monotonic()
    await guard.says("/report")
    assert monotonic() - asked > 2
    sends = [call for call in house.api.calls if call.method == "sendMessage" and call.at > asked]
    assert [call.status for call in sends] == [429, 200]
    assert sends[1].at - sends[0].at > 2


async def test_an_officer_has_blocked_the_bot(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    blocked = await house.join("赵芳", "officer")
    other = await house.join("陈主任", "admin")
    house.api.people[blocked.user_id].blocked = True  # and Telegram did not say so
    await write_report(guard, "家属扬言要打人")
    await guard.presses("提交")
    await other.sees("家属扬言要打人")
    await until(
        lambda: house.sql(
            "SELECT * FROM member WHERE telegram_id = ? AND unreachable_at IS NOT NULL",
            blocked.user_id,
        ),
        "the officer is known to be unreachable",
    )
    assert len(house.sql("SELECT * FROM outbox WHERE state = 'dead'")) == 1
    await write_report(guard, "又来了")
    await guard.presses("提交")
    await other.sees("又来了")
    assert len(house.sql("SELECT * FROM outbox WHERE state = 'dead'")) == 1


async def test_a_message_that_cannot_be_edited(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    await write_report(guard, "家属扬言要打人")
    card = guard.last
    house.api.fail_next(
        "editMessageText", status=400, description="Bad Request: message to edit not found"
    )
    press_submit(house, guard)
    done = await guard.sees(FILED)
    assert done.message_id > card.message_id
    assert filings(guard) == 1


async def test_a_lost_answer_is_sent_again(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    house.api.fail_next("sendMessage", status=0, description="dropped", applied=True)
    await guard.says("/report")
    await until(lambda: texts(guard).count(say("What happened?")) == 2, "the question once more")
    await guard.presses("威胁辱骂")
    await guard.says("家属扬言要打人")
    await guard.presses("提交")
    await guard.sees(FILED)


async def test_repeated_updates_change_nothing(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    officer = await house.join("赵芳", "officer")
    made = [house.api.send_text(guard.user_id, "/report")]
    await guard.sees(say("What happened?"))
    for update_id in made:
        house.api.repeat_update(update_id)
    await guard.sees_nothing(within=0.5)
    await guard.presses("威胁辱骂")
    await guard.says("家属扬言要打人")
    made.append(press_submit(house, guard))
    await guard.sees(FILED)
    await officer.sees("家属扬言要打人")
    for update_id in made:
        house.api.repeat_update(update_id)
    await guard.sees_nothing(within=0.5)
    await officer.sees_nothing(within=0.1)
    assert len(house.sql("SELECT * FROM incident")) == 1
    house.kill()
    for update_id in made:
        house.api.repeat_update(update_id)
    await house.start()
    await guard.sees_nothing(within=0.5)
    assert len(house.sql("SELECT * FROM incident")) == 1


async def test_what_a_command_leaves_is_sent_at_once_by_a_busy_bot(house: House) -> None:
    officer = await house.join("赵芳", "officer")
    guards = [await house.join(f"保安{n}", "guard", "急诊科") for n in range(2)]
    busy = [asyncio.create_task(_chatter(guard)) for guard in guards]
    try:
        await house.cli("sweep", "--at", f"{datetime.now(UTC).year + 1}-02-20T10:00:00+08:00")
        swept = monotonic()
        await until(
            lambda: (
                not house.sql(
                    "SELECT * FROM outbox WHERE chat_id = ? AND state = 'queued'", officer.user_id
                )
            ),
            "what the sweep owes is sent",
            timeout=4,
        )
        assert house.sql("SELECT * FROM outbox WHERE priority = 3"), "the sweep owed nothing"
        print(f"sent {monotonic() - swept:.1f} s after the sweep")  # noqa: T201
    finally:
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


async def _chatter(guard: Person) -> None:
    for _turn in range(1000):
        await guard.says("/help")


# -- settings ------------------------------------------------------------------------------------


BAD = [
    ("TOKKEN", "1"),
    ("TOKEN", "no-token"),
    ("API_BASE", "ftp://somewhere"),
    ("DATABASE_URL", "mysql://somewhere"),
    ("KEY", "short"),
    ("KEY_FILE", "/nowhere/to/be/found"),
    ("LISTEN", "8080"),
    ("PROXY", "gopher://somewhere"),
    ("TIMEZONE", "Mars/Olympus"),
    ("LOCALE", "xx"),
    ("SEND_RATE", "fast"),
    ("SEND_RATE", "0"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"WARDWATCH_TOKEN": TOKEN} | {f"WARDWATCH_{name}": value})
    assert f"WARDWATCH_{name}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [BAD[0], BAD[1], BAD[5]])
async def test_a_bad_setting_stops_the_start(name: str, value: str, tmp_path: Path) -> None:
    assert_one_line(await bare_run(tmp_path, **{name: value}), f"WARDWATCH_{name}")


async def bare_run(folder: Path, **settings: str) -> Any:
    house = House(folder)
    house.env = {
        "PATH": "/usr/bin:/bin",
        "WARDWATCH_TOKEN": TOKEN,
        "WARDWATCH_DATA_DIR": str(folder / "data"),
        "WARDWATCH_DATABASE_URL": f"sqlite:///{house.database}",
        "WARDWATCH_API_BASE": f"http://127.0.0.1:{free_port()}",
        "WARDWATCH_LISTEN": f"127.0.0.1:{free_port()}",
    }
    return await house.run("run", **settings)


def assert_one_line(done: Any, part: str) -> None:
    assert (done.status, done.out) == (2, ""), done
    assert len(done.err.strip().split("\n")) == 1, done.err
    assert part in done.err
    check_stderr(done.err)


async def test_a_token_telegram_does_not_know(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        wrong = "123456789:another-token-that-is-long-enough-to-look-real"
        done = await house.run("run", token=wrong)
        assert_one_line(done, "WARDWATCH_TOKEN")
        assert "another-token" not in done.err


async def test_a_second_bot_on_the_same_data(house: House) -> None:
    done = await house.run("run", listen=f"127.0.0.1:{free_port()}")
    assert_one_line(done, "WARDWATCH_DATA_DIR")
    guard = await house.join("李强", "guard", "急诊科")
    assert guard.shown, "the first one serves on"


async def test_an_address_in_use(house: House, tmp_path: Path) -> None:
    other = {"data_dir": str(tmp_path / "b"), "database_url": f"sqlite:///{tmp_path / 'b.db'}"}
    assert_one_line(await house.run("run", **other), "WARDWATCH_LISTEN")


async def test_a_folder_that_cannot_be(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = await house.run("run", data_dir=str(tmp_path / "file" / "data"))
    assert_one_line(done, str(tmp_path / "file"))


# -- the process ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_while_a_poll_is_open(house: House, number: signal.Signals) -> None:
    await house.join("李强", "guard", "急诊科")
    await asyncio.sleep(0.2)
    asked = monotonic()
    assert await house.stop(number) == 0
    print(f"{number.name}: {monotonic() - asked:.1f} s")  # noqa: T201


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("kind", ["refusing", "silent"])
async def test_a_signal_ends_it_without_telegram(
    tmp_path: Path, number: signal.Signals, kind: str
) -> None:
    async with House(tmp_path) as house:
        with nobody(kind) as port:
            house.env["WARDWATCH_API_BASE"] = f"http://127.0.0.1:{port}"
            house.launch()
            await until(lambda: _answers(house.port), "the bot listens")
            await asyncio.sleep(1)
            asked = monotonic()
            assert await house.stop(number) == 0
            print(f"{number.name}, {kind}: {monotonic() - asked:.1f} s")  # noqa: T201
        check_stderr(house.stderr)


@contextmanager
def nobody(kind: str) -> Iterator[int]:
    """A port where connections are refused, or taken and never answered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if kind == "silent":
            listener.listen(100)
        yield listener.getsockname()[1]


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def test_a_signal_ends_it_while_messages_hang(house: House) -> None:
    guards = [await house.join(f"保安{n}", "guard", "急诊科") for n in range(2)]

    def hang(method: str, _params: Params, _response: web.Response) -> None:
        house.api.latency = 30.0 if method == "sendmessage" else 0.0

    house.api.on_answer.append(hang)
    for guard in guards:
        house.api.send_text(guard.user_id, "/report")
    await until(lambda: len(house.sql("SELECT * FROM draft")) == 2, "both are taken in")
    await until(lambda: house.api.latency, "a message hangs")
    asked = monotonic()
    assert await house.stop() == 0
    print(f"messages hang: {monotonic() - asked:.1f} s")  # noqa: T201
    house.api.on_answer.remove(hang)
    house.api.latency = 0.0
    await house.start()
    for guard in guards:
        await until(
            lambda g=guard: texts(g).count(say("What happened?")) == 2,  # type: ignore[misc]
            "the question again, for nobody knows that it arrived",
        )


async def test_a_signal_ends_it_while_the_database_is_locked(house: House) -> None:
    guard = await house.join("李强", "guard", "急诊科")
    with locked(house):
        house.api.send_text(guard.user_id, "/report")
        await asyncio.sleep(1)
        asked = monotonic()
        assert await house.stop() == 0
        print(f"database locked: {monotonic() - asked:.1f} s")  # noqa: T201
    await house.start()
    await guard.sees(say("What happened?"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_during_the_start(tmp_path: Path, number: signal.Signals) -> None:
    async with House(tmp_path) as house:
        for wait in (0.4, 0.8, 1.2):
            house.launch()
            await asyncio.sleep(wait)
            assert await house.stop(number) == 0
        check_stderr(house.stderr)


async def test_the_start_is_quick(house: House) -> None:
    took = []
    for _start in range(3):
        assert await house.stop() == 0
        began = monotonic()
        await house.start()
        took.append(monotonic() - began)
    print(f"start to first poll: {', '.join(f'{seconds:.2f}' for seconds in took)} s")  # noqa: T201
    assert min(took) < 3
