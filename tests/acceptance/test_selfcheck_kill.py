"""A self-check by two officers and a reviewer, killed in the middle, gives the score of one that was left alone."""

import asyncio
import os
import random
import re
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bot.sandbox.botapi import ShownMessage
from tests.acceptance.house import House, until
from tests.acceptance.people import Person

PROMPT = re.compile(r"(\d+)/(\d+) (\S+) ")
SHARES = {"赵芳": ("1", "2", "3"), "王敏": ("4", "5")}
ANSWERS = {
    "1.1": "党政主要领导",
    "1.2.b": "部分达标",
    "2.1.2": "未达标",
    "3.1.3": "typed:88.5",
    "4.3.1": "typed:1.5",
    "4.3.2": "没有这类案件",
    "4.4.1": "部分达标",
    "5.2.1": "typed:92.5 94",
}
"""What is answered; every other line is met."""
WHY = "文件在档案室"
_LATER = 2.5
"""Seconds without any change after which somebody presses again: a second press of the same changes nothing."""
_LONG = 25.0
"""How long what was typed is not typed again, even if its question is shown again: on its way already, it
would be the answer to the next question."""


class Answerer:
    """An officer who goes on with their questions whatever happens to the bot."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.done = 0
        self._typed: dict[str, float] = {}
        """When each question was last answered by typing."""

    async def answer_all(self) -> None:
        """Answer every question of one's sections and submit."""
        end = monotonic() + 120
        while monotonic() < end:
            seen = self._screen()
            if self._submitted():
                return
            patience = self._act()
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    while self._screen() == seen:
                        await asyncio.sleep(0.01)
        raise AssertionError(f"{self.person.name}: {self.person.last.text!r}")

    def _screen(self) -> list[tuple[int, str]]:
        """What the bot shows; one's own messages are no answer."""
        return [(m.message_id, m.text) for m in self.person.shown if m.sender == "bot"]

    def _submitted(self) -> bool:
        return any("自查已提交" in each.text for each in self.person.shown)

    def _act(self) -> float:
        """Answer what is asked; for how long to wait for the next screen."""
        last = self._newest()
        if last is None:
            return self._type("", "/selfcheck")
        labels = {button.text: button.data for row in last.buttons for button in row}
        if "✅ 提交" in labels:
            return self._press(last, labels["✅ 提交"])
        found = PROMPT.search(last.text)
        wanted = ANSWERS.get(found[3], "达标") if found else ""
        self.done += 1
        if "没附依据" in last.text:
            return self._type("why", WHY)
        if found and wanted.startswith("typed:"):
            return self._type(found[3], wanted.removeprefix("typed:"))
        return self._press(last, labels[wanted])

    def _type(self, question: str, text: str) -> float:
        if monotonic() - self._typed.get(question, -_LONG) >= _LONG:
            self._typed[question] = monotonic()
            self.person.api.send_text(self.person.user_id, text)
        return _LATER

    def _newest(self) -> ShownMessage | None:
        """The newest message of the form; what was said beside it has no such buttons."""
        for message in reversed(self.person.shown):
            data = [button.data or "" for row in message.buttons for button in row]
            if any(each.startswith("f:") for each in data):
                return message
        return None

    def _press(self, message: ShownMessage, data: str | None) -> float:
        assert data is not None
        self.person.api.press(self.person.user_id, message.message_id, data)
        return _LATER


async def assign(admin: Person, people: dict[str, Person]) -> None:
    """The administrator begins the check and says whose each section is."""
    await admin.says("/selfcheck")
    await admin.says("/cancel")
    screen = await admin.says("/score")
    for name, sections in SHARES.items():
        for section in sections:
            await admin.presses_data(screen.message_id, f"check:{section}:assign")
            await admin.presses(f"{name} · 安全员")
            await admin.presses("✅ 分给他")
            await until(lambda n=name, s=section: _told(people[n], s), "the assignment")


def _told(person: Person, section: str) -> bool:
    return any(f"自查第{section}部分请您填" in each.text for each in person.shown)


async def review(admin: Person) -> None:
    """The administrator accepts every section; none of them is their own."""
    screen = await admin.says("/selfcheck")
    for section in [section for sections in SHARES.values() for section in sections]:
        said = await admin.presses_data(screen.message_id, f"check:{section}:accept")
        assert "已通过" in said.text


async def play(folder: Path, kills: int, seed: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The whole script; the score it ends with, and the rows of the answers."""
    rnd = random.Random(seed)
    async with House(folder) as house:
        await house.start()
        admin = await house.join("陈主任", "admin")
        people = {name: await house.join(name, "officer") for name in SHARES}
        await assign(admin, people)
        workers = [Answerer(person) for person in people.values()]
        tasks = [asyncio.create_task(worker.answer_all()) for worker in workers]
        try:
            for kill in range(kills):
                wanted = (kill + 1) * 26 // (kills + 1)
                await until(
                    lambda wanted=wanted: (
                        sum(w.done for w in workers) >= wanted or all(task.done() for task in tasks)
                    ),
                    "progress",
                    timeout=60,
                )
                await asyncio.sleep(rnd.uniform(0, 0.05))
                house.kill()
                await house.start()
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        await review(admin)
        year = house.sql("SELECT year FROM self_check")[0]["year"]
        card = await house.cli("score", "--hospital", "QP01", "--year", str(year))
        answers = house.sql("SELECT question, value FROM check_answer ORDER BY question")
        states = {row["state"] for row in house.sql("SELECT state FROM check_section")}
        assert states == {"accepted"}
        assert "Traceback" not in house.stderr, house.stderr[-3000:]
        return card, answers


async def _compare(folder: Path, kills: int) -> None:
    seed = int(os.environ.get("KILL_SEED") or random.randrange(1_000_000))
    print(f"KILL_SEED={seed}")  # noqa: T201
    for name in ("calm", "killed"):
        (folder / name).mkdir()
    calm = await play(folder / "calm", 0, seed)
    killed = await play(folder / "killed", kills, seed)
    assert killed == calm
    assert calm[0]["total"]["min"] > 60


@pytest.mark.timeout(240)
async def test_four_kills_change_nothing(tmp_path: Path) -> None:
    await _compare(tmp_path, 4)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
async def test_twenty_kills_change_nothing(tmp_path: Path) -> None:
    await _compare(tmp_path, 20)
