"""``kill -9`` while alarms escalate: every level is reached, in order, once; none after an answer."""

import asyncio
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest

from models.chain import check_steps, stored
from models.house_rule import CHAIN as CHAIN_KEY
from models.house_rule import set_rule
from tests.acceptance.alarms import CHAIN, ROLES, Alarm, Arrival, Caller, Record, audience
from tests.acceptance.crowd import Crew, moving_in
from tests.acceptance.house import House, until
from tests.acceptance.killing import Killer
from tests.acceptance.outside import check_stderr
from tests.acceptance.reporters import Story, say

HOSPITALS = 3
IN_FLIGHT = 0.25
"""Seconds: what the sender had handed to the network when the answer was committed may still arrive."""


def _below(number: str) -> str:
    """What is left of a copy when a newer one came into the same chat."""
    return say("🆘 {number}: called again, see below.", number=number)


@dataclass
class Campaign:
    """Hospitals that call for help all the time, and a bot that is killed all the time."""

    house: House
    story: Story
    record: Record
    callers: list[Caller]
    killer: Killer
    counts: Counter[str] = field(default_factory=Counter)

    async def run(self, kills: int) -> None:
        """Let everybody call, kill so often, then let every alarm come to its end."""
        enough = asyncio.Event()
        calling = [asyncio.create_task(caller.call_until(enough)) for caller in self.callers]
        try:
            for _kill in range(kills):
                await self.killer.kill_once()
                for task in calling:
                    if task.done():
                        task.result()
            await self.house.start()
            enough.set()
            await asyncio.gather(*calling)
        finally:
            for task in calling:
                task.cancel()
            await asyncio.gather(*calling, return_exceptions=True)
        await until(self._is_quiet, "everything stored is done and everything owed is sent")
        assert await self.house.stop() == 0

    def _is_quiet(self) -> bool:
        left = "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + "
        left += "(SELECT count(*) FROM outbox WHERE state = 'queued') AS n"
        return bool(self.house.sql(left)[0]["n"] == 0)

    # -- what must hold --------------------------------------------------------------------------

    def check(self) -> None:
        """Hold what people were shown against what is in the database, alarm by alarm."""
        cases = {row["number"]: row for row in self.house.sql(_CASES)}
        alarms = {alarm.number: alarm for alarm in self.record.alarms}
        assert len(alarms) == len(self.record.alarms), "two were given one number"
        assert set(alarms) == set(cases), "an alarm was lost, or raised twice"
        steps, cards = self._by_number(_STEPS), self._by_number(_CARDS)
        for number, alarm in alarms.items():
            try:
                self._check_case(cases[number])
                called = self._check_log(alarm, steps[number])
                self._check_cards(alarm, len(called), cards[number])
                self._check_order(alarm, called)
                self._check_silence(alarm)
            except AssertionError as error:
                error.add_note(f"{number}, to be answered at level {alarm.level}")
                error.add_note(self.story.about(number))
                error.add_note("\n".join(map(self._tell, self.record.calls.get(number, ()))))
                raise
        assert not self.house.sql("SELECT * FROM inbox WHERE state != 'done'")
        assert not self.house.sql(
            "SELECT * FROM outbox WHERE state = 'dead' AND method NOT LIKE 'edit%'"
        )
        check_stderr(self.house.stderr)

    def _by_number(self, query: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.house.sql(query):
            found[row["number"]].append(row)
        return found

    def _check_case(self, case: dict[str, Any]) -> None:
        assert case["state"] == "false_alarm"
        assert case["round"] == 0, "the chain began anew"
        assert case["next_at"] is None

    def _check_log(self, alarm: Alarm, steps: list[dict[str, Any]]) -> list[float]:
        """When each level was called: each once, in order, all before the answer, and all there are without one."""
        kinds = [step["kind"] for step in steps]
        levels = [json.loads(step["data"])["level"] for step in steps if step["kind"] == "called"]
        assert levels == list(range(len(levels))), "a level was left out, done twice or out of turn"
        answer = [] if alarm.level is None else ["acknowledged"]
        assert kinds == ["called"] * len(levels) + answer + ["false_alarm"]
        if alarm.level is None:
            assert len(levels) == len(CHAIN), "the chain was not followed to its end"
        else:
            assert len(levels) > alarm.level
        self.counts["levels"] += len(levels)
        self.counts["answered"] += len(answer)
        return [self._moment(step["at"]) for step in steps if step["kind"] == "called"]

    def _moment(self, at: str) -> float:
        """Monotonic seconds of what the database says in UTC."""
        return datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() - time() + monotonic()

    def _check_cards(self, alarm: Alarm, called: int, cards: list[dict[str, Any]]) -> None:
        """Everybody of a level was called by one card in the database and at least one message."""
        noted = sorted((card["level"], card["chat_id"]) for card in cards if card["level"] >= 0)
        assert noted == sorted(
            (level, account)
            for level in range(called)
            for account in audience(alarm.crew, CHAIN[level])
        )
        came = Counter((c.level, c.chat_id) for c in self.record.calls.get(alarm.number, ()))
        for card in cards:
            if card["level"] < 0:
                continue
            times = came.pop((card["level"], card["chat_id"]), 0)
            assert card["state"] in ("sent", "revoked")
            assert times or card["state"] == "revoked", f"a call never came: {card}"
            self.counts["calls"] += 1
            self.counts["sent again"] += max(0, times - 1)
            self.counts["revoked"] += card["state"] == "revoked"
        assert not came, f"calls that nobody noted: {came}"
        self._count_stale(alarm.number, {(card["chat_id"], card["message_id"]) for card in cards})

    def _count_stale(self, number: str, known: set[tuple[int, int | None]]) -> None:
        """Every copy that the database knows of shows the end, or points to a newer one; one sent again left a copy
        that it does not know.
        """
        over = say("False alarm, all clear. Nobody needs to come.")
        calls = self.record.calls.get(number, ())
        for chat_id, message_id in {(call.chat_id, call.message_id) for call in calls}:
            shown = self.record.shown[chat_id][message_id]
            ended = over in shown.text or _below(number) == shown.text
            assert ended or (chat_id, message_id) not in known, shown.text
            self.counts["copies left as they were"] += not ended

    def _check_order(self, alarm: Alarm, called: list[float]) -> None:
        """Levels arrive in order, in each chat and over all; what a kill held up may come behind the next one."""
        arrivals = [self.record.arrivals(alarm.number, level) for level in range(len(called))]
        by_chat: dict[int, list[int]] = defaultdict(list)
        for call in self.record.calls.get(alarm.number, ()):
            if call.level not in by_chat[call.chat_id]:
                by_chat[call.chat_id].append(call.level)
        assert all(levels == sorted(levels) for levels in by_chat.values()), by_chat
        for level, (earlier, later) in enumerate(pairwise(arrivals)):
            if earlier and later and later[0].at < earlier[0].at - IN_FLIGHT:
                held_up = any(called[level] <= kill <= earlier[0].at for kill in self.killer.times)
                assert held_up, f"level {level + 1} reached people before level {level}"
                self.counts["came behind the next level"] += 1

    def _check_silence(self, alarm: Alarm) -> None:
        if alarm.answered_at is None:
            return
        late = [c for c in self.record.calls.get(alarm.number, ()) if c.at > alarm.answered_at]
        self.counts["in flight at an answer"] += len(late)
        after = [round(call.at - alarm.answered_at, 3) for call in late]
        assert all(seconds < IN_FLIGHT for seconds in after), f"called after the answer: {after} s"

    def _tell(self, call: Arrival) -> str:
        at = call.at - self.story.began
        return f"{at:8.3f} level {call.level} in {call.chat_id} as {call.message_id}"

    def figures(self) -> str:
        """One line for the record."""
        kinds = dict(sorted(self.killer.done.items()))
        return (
            f"{sum(kinds.values())} kills {kinds}, {self.killer.missed} of them at no special moment; "
            f"{len(self.record.alarms)} alarms, {dict(self.counts)}"
        )


_CASES = "SELECT i.number, c.state, c.round, c.next_at FROM case_file c JOIN incident i ON i.id = c.incident_id"
_STEPS = "SELECT i.number, s.kind, s.data, s.at FROM case_step s JOIN incident i ON i.id = s.incident_id ORDER BY s.id"
_CARDS = (
    "SELECT i.number, c.level, c.chat_id, o.state, o.message_id FROM card c "
    "JOIN incident i ON i.id = c.incident_id JOIN outbox o ON o.id = c.outbox_id ORDER BY c.id"
)


@asynccontextmanager
async def campaign(folder: Path, seed: int) -> AsyncIterator[Campaign]:
    """A house full of hospitals with a chain of seconds, the bot not running yet."""
    async with House(folder, empty=True) as house:
        crews = _found(house)
        story = Story()
        record = Record(house.api, crews)
        yield Campaign(
            house=house,
            story=story,
            record=record,
            callers=[
                Caller(house.api, crew, account, record, story, seed=seed + account)
                for crew in crews
                for account in crew.of("doctor")
            ],
            killer=Killer(house, story, seed=seed, deepest=15),
        )


def _found(house: House) -> list[Crew]:
    check_steps(CHAIN)
    with moving_in(house) as crowd:
        crews = [crowd.hospital(f"KP{n:02d}", ROLES) for n in range(HOSPITALS)]
        for crew in crews:
            key, now = f"{CHAIN_KEY}alarm", datetime.now(UTC)
            set_rule(crowd.conn, crew.hospital_id, key, stored(CHAIN), by=None, now=now)
    return crews


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
async def test_escalation_survives_twenty_kills(tmp_path: Path) -> None:
    await _play(tmp_path, 20)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
async def test_escalation_survives_two_hundred_kills(tmp_path: Path) -> None:
    await _play(tmp_path, 200)
