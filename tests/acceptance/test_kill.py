"""``kill -9`` at random moments under load: nothing lost after 已登记, nothing doubled, nothing out of place."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from tests.acceptance.house import House, until
from tests.acceptance.killing import Killer
from tests.acceptance.reporters import Reader, Reporter, Story

PEOPLE = 12


@dataclass
class Campaign:
    """Everybody in one campaign."""

    house: House
    story: Story
    reporters: list[Reporter]
    readers: list[Reader]
    killer: Killer

    async def run(self, kills: int) -> None:
        """Let everybody report, kill so often, then let everybody finish."""
        enough = asyncio.Event()
        working = [asyncio.create_task(r.report_until(enough)) for r in self.reporters]
        try:
            for _kill in range(kills):
                await self.killer.kill_once()
                _raise_faults(working)
            await self.house.start()
            enough.set()
            await asyncio.gather(*working)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
        await until(self._is_quiet, "everything stored is done and everything owed is sent")
        assert await self.house.stop() == 0

    def _is_quiet(self) -> bool:
        left = "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + "
        left += "(SELECT count(*) FROM outbox WHERE state = 'queued') AS n"
        return bool(self.house.sql(left)[0]["n"] == 0)

    def check(self) -> None:
        """Hold what was shown to people against what is in the database."""
        records = self.house.sql(
            "SELECT i.number, i.description, m.display_name AS name FROM incident i "
            "JOIN member m ON m.id = i.reporter_id ORDER BY i.id"
        )
        filed = {r["number"]: (r["name"], r["description"]) for r in records}
        shown = {n: (r.name, text) for r in self.reporters for n, text in r.filed.items()}
        assert len(filed) == len(records), "a number was given twice"
        assert len({r["description"] for r in records}) == len(records), "a report was doubled"
        assert shown == filed
        assert [r["number"][-4:] for r in records] == [
            f"{n:04d}" for n in range(1, len(records) + 1)
        ]
        assert self.house.sql("SELECT last FROM number_series")[0]["last"] == len(records)
        for reporter in self.reporters:
            assert sorted(reporter.filed.values()) == sorted(reporter.typed), reporter.name
        for reader in self.readers:
            assert set(reader.cards) == set(filed), "a card never came"
        assert not self.house.sql("SELECT * FROM inbox WHERE state != 'done'")
        assert not self.house.sql("SELECT * FROM outbox WHERE state NOT IN ('sent', 'overtaken')")
        assert not self.house.sql("SELECT * FROM draft")
        assert "Traceback" not in self.house.stderr, self.house.stderr[-5000:]

    def figures(self) -> str:
        """One line for the record."""
        cards = sum(sum(r.cards.values()) - len(r.cards) for r in self.readers)
        prompts = sum(r.doubles for r in self.reporters)
        filed = sum(len(r.filed) for r in self.reporters)
        kinds = dict(sorted(self.killer.done.items()))
        return (
            f"{sum(kinds.values())} kills {kinds}, {self.killer.missed} of them at no special moment; "
            f"{filed} reports, none lost, doubled or misplaced; "
            f"sent again: {prompts} prompts, {cards} cards"
        )


def _raise_faults(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            task.result()


@asynccontextmanager
async def campaign(folder: Path, seed: int) -> AsyncIterator[Campaign]:
    """A house full of people, the bot not running yet."""
    async with House(folder) as house:
        await house.start()
        guards = await house.invite("guard", "急诊科")
        staff = [house.person(f"保安{n + 1}") for n in range(PEOPLE)]
        await asyncio.gather(*(person.says(f"/start {guards}") for person in staff))
        officers = [await house.join("赵芳", "officer"), await house.join("陈主任", "admin")]
        assert await house.stop() == 0
        story = Story()
        yield Campaign(
            house=house,
            story=story,
            reporters=[
                Reporter(house.api, p.user_id, p.name, story, seed=seed + p.user_id) for p in staff
            ],
            readers=[Reader(house.api, officer.user_id) for officer in officers],
            killer=Killer(house, story, seed=seed),
        )


async def _play(folder: Path, kills: int) -> None:
    seed = int(os.environ.get("KILL_SEED") or random.randrange(1_000_000))
    print(f"KILL_SEED={seed}")  # noqa: T201
    began = monotonic()
    async with campaign(folder, seed) as played:
        await played.run(kills)
        played.check()
        assert sum(played.killer.done.values()) == kills
        print(f"{played.figures()}; {monotonic() - began:.0f} s")  # noqa: T201


@pytest.mark.timeout(300)
async def test_thirty_kills(tmp_path: Path) -> None:
    await _play(tmp_path, 30)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
async def test_two_hundred_kills(tmp_path: Path) -> None:
    await _play(tmp_path, 200)
