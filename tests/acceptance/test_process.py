"""How the bot's process starts and ends: bad settings, a second bot, signals."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.params import Params
from bot.settings import SettingsError, read_settings
from tests.acceptance.house import TOKEN, House, free_port, until
from tests.acceptance.outside import check_stderr, locked
from tests.acceptance.reporters import say

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
            lambda g=guard: [m.text for m in g.shown].count(say("What happened?")) == 2,  # type: ignore[misc]
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
        for wait in (0.5, 0.9, 1.3):
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
