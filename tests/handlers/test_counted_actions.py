"""How many actions each of the things takes that cannot wait: a message, a command or a press is one."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.db import Database
from tests.handlers.alarming import NUMBER, sign_on
from tests.people import Cast, Person
from tests.said import Said
from tests.stage import Stage


class Counted:
    """Somebody whose actions are counted."""

    def __init__(self, stage: Stage, person: Person) -> None:
        self.stage, self.person, self.actions = stage, person, 0
        self.said = Said([])

    async def says(self, words: str) -> None:
        self.actions += 1
        self.said = (await self.stage.says(self.person, words)).to(self.person.user_id)

    async def presses(self, label: str) -> None:
        self.actions += 1
        button = self.said.button(label)
        self.said = (await self.stage.presses(self.person, button)).to(self.person.user_id)


@pytest.fixture
async def stage(sqlite_db: Database) -> AsyncIterator[Stage]:
    async with Stage(sqlite_db) as stage:
        yield stage


def rows(stage: Stage, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in stage.db.run_now(lambda c: list(c.execute(text(query))))]


async def test_an_alarm_is_one(stage: Stage, cast: Cast) -> None:
    doctor = Counted(stage, cast.doctor)
    await doctor.says("🆘 Call for help")
    assert rows(stage, "SELECT kind FROM incident") == [("alarm",)]
    assert doctor.actions == 1


async def test_answering_it_is_one(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    called = await stage.says(cast.doctor, "/sos")
    guard = Counted(stage, cast.guard)
    guard.said = called.to(cast.guard.user_id)
    await guard.presses("I'm coming")
    assert rows(stage, "SELECT state FROM case_file") == [("acknowledged",)]
    assert guard.actions == 1


async def test_words_to_an_alarm_are_two(stage: Stage, cast: Cast) -> None:
    guard = Counted(stage, cast.guard)
    await guard.says("急诊3诊室有人打医生，快来人")
    await guard.presses("Call for help")
    assert rows(stage, "SELECT kind FROM incident") == [("alarm",)]
    assert guard.actions == 2


@pytest.mark.parametrize(
    ("words", "kind", "filed"),
    [
        ("门诊大厅有人偷钱包", "Theft", "SELECT number FROM incident"),
        ("消防通道堵了", "Hazard", "SELECT number FROM entry"),
        ("3号监控坏了", "Equipment fault", "SELECT number FROM entry"),
    ],
)
async def test_a_report_a_hazard_and_a_guards_fault_report_are_three(
    stage: Stage, cast: Cast, words: str, kind: str, filed: str
) -> None:
    guard = Counted(stage, cast.guard)
    await guard.says(words)
    await guard.presses(next(label for label in guard.said.buttons if kind in label))
    await guard.presses("Submit")
    ((number,),) = rows(stage, filed)
    assert str(number) in guard.said.text
    assert guard.actions == 3


async def test_a_report_by_its_command_is_as_many_and_the_command(stage: Stage, cast: Cast) -> None:
    guard = Counted(stage, cast.guard)
    await guard.says("/report")
    await guard.presses("Theft")
    await guard.says("a wallet was stolen in the hall")
    await guard.presses("Submit")
    assert rows(stage, "SELECT number FROM incident") == [(NUMBER,)]
    assert guard.actions == 4
