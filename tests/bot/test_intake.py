"""The way in: stored before anybody is told so, each once, in order within a chat, and taken up after a restart."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.db import Database
from bot.intake import Intake, chat_of, store_stubbornly
from models.inbox import INBOX, mark_bad, mark_done
from tests.people import NOW

Update = dict[str, Any]


def update(number: int, *, chat: int = 101, said: str = "x") -> Update:
    """A message as Telegram hands it over."""
    message = {"message_id": number, "chat": {"id": chat}, "from": {"id": chat}, "text": said}
    return {"update_id": number, "message": message}


class Work:
    """What is done with each update: noted, marked as done, and held up where a test says so."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.begun: list[int] = []
        self.done: list[int] = []
        self.odd: list[int] = []
        self.unsaved: list[int] = []
        self.hold: dict[int, asyncio.Event] = {}
        self.fail: set[int] = set()

    async def __call__(self, raw: Update) -> None:
        number = raw["update_id"]
        self.begun.append(number)
        stored = self.db.run_now(lambda conn: conn.execute(_STATE, {"id": number}).scalar())
        if stored != "new":
            self.odd.append(number)
        if number in self.hold:
            await self.hold[number].wait()
        if number in self.fail:
            raise LookupError(number)
        self.db.run_now(lambda conn: mark_done(conn, number))
        self.done.append(number)


_STATE = text("SELECT state FROM inbox WHERE update_id = :id")


@asynccontextmanager
async def taking_in(db: Database, work: Work) -> AsyncIterator[Intake]:
    """An intake at work."""

    def unsaved(updates: list[Update]) -> None:
        work.unsaved += [each["update_id"] for each in updates]

    intake = Intake(db=db, process=work, unsaved=unsaved, now=lambda: NOW)
    yield intake
    await intake.stop()


def states(db: Database) -> dict[int, str]:
    """What became of each update."""
    query = select(INBOX.c.update_id, INBOX.c.state).order_by(INBOX.c.id)
    return {row[0]: row[1] for row in db.run_now(lambda conn: conn.execute(query).all())}


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(8):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
def work(db: Database) -> Iterator[Work]:
    work = Work(db)
    yield work
    assert work.odd == [], "each was handed on after it was stored, and before it was done"


async def test_an_update_is_stored_and_then_handed_on(db: Database, work: Work) -> None:
    async with taking_in(db, work) as intake:
        await intake.store([update(5), update(3), update(4, chat=102)])
        await until(lambda: len(work.done) == 3)
    assert states(db) == {5: "done", 3: "done", 4: "done"}
    assert intake.stored == 3
    kept = db.run_now(lambda conn: list(conn.execute(text("SELECT payload FROM inbox")).scalars()))
    assert kept == [None, None, None], "what people wrote is dropped once it is done"


async def test_an_update_that_comes_again_is_done_once(db: Database, work: Work) -> None:
    """Also with a lower number than others: Telegram restarts them at random after an idle week."""
    async with taking_in(db, work) as intake:
        await intake.store([update(900), update(901)])
        await intake.store([update(901), update(7), update(900)])
        await until(lambda: len(work.done) == 3)
        await asyncio.sleep(0.05)
    assert sorted(work.done) == [7, 900, 901]


async def test_a_batch_that_holds_an_update_twice_is_taken(db: Database, work: Work) -> None:
    async with taking_in(db, work) as intake:
        await intake.store([update(1), update(1)])
        await until(lambda: work.done)
        await asyncio.sleep(0.05)
    assert work.begun == [1]


async def test_one_chat_is_answered_in_order_and_many_at_once(db: Database, work: Work) -> None:
    work.hold = {1: asyncio.Event()}
    async with taking_in(db, work) as intake:
        await intake.store(
            [update(1), update(2), update(3, chat=102), update(4), update(5, chat=102)]
        )
        await until(lambda: work.done == [3, 5])
        assert work.begun == [1, 3, 5], "what comes after in its own chat waits"
        work.hold[1].set()
        await until(lambda: len(work.done) == 5)
    assert work.done == [3, 5, 1, 2, 4]


async def test_what_a_dead_process_left_is_taken_up_in_its_order(db: Database, work: Work) -> None:
    dead = Work(db)
    dead.fail = {1, 2, 3}
    async with taking_in(db, dead) as intake:
        await intake.store([update(1), update(2), update(3)])
        await until(lambda: len(dead.begun) == 3)
    async with taking_in(db, work) as intake:
        await intake.replay()
        await until(lambda: len(work.done) == 3)
    assert work.done == [1, 2, 3]


async def test_a_poison_update_is_passed_over_and_not_taken_up_again(
    db: Database, work: Work
) -> None:
    work.fail = {2}
    async with taking_in(db, work) as intake:
        await intake.store([update(1), update(2), update(3)])
        await until(lambda: work.done == [1, 3])
    db.run_now(lambda conn: mark_bad(conn, 2, "LookupError"))
    assert states(db) == {1: "done", 2: "bad", 3: "done"}
    again = Work(db)
    async with taking_in(db, again) as intake:
        await intake.replay()
        await asyncio.sleep(0.05)
    assert again.begun == []


@pytest.mark.parametrize("said", ["\0", "🙂", "\ud83d", "\u2028", "x" * 4096])
async def test_whatever_is_said_is_stored(db: Database, work: Work, said: str) -> None:
    async with taking_in(db, work) as intake:
        await intake.store([update(1, said=said), update(2)])
        await until(lambda: len(work.done) == 2)


async def test_what_cannot_be_stored_is_not_handed_on(db: Database, work: Work) -> None:
    db.run_now(lambda conn: conn.execute(text("ALTER TABLE inbox RENAME TO away")))
    async with taking_in(db, work) as intake:
        with pytest.raises(SQLAlchemyError):
            await intake.store([update(1)])
    assert work.begun == []
    assert work.unsaved == [1]


async def test_it_is_tried_until_it_is_stored_or_time_to_stop(sqlite_db: Database) -> None:
    work, stopping = Work(sqlite_db), asyncio.Event()
    sqlite_db.run_now(lambda conn: conn.execute(text("ALTER TABLE inbox RENAME TO away")))
    async with taking_in(sqlite_db, work) as intake:
        trying = asyncio.create_task(store_stubbornly(intake, [update(1)], stopping))
        await until(lambda: work.unsaved)
        sqlite_db.run_now(lambda conn: conn.execute(text("ALTER TABLE away RENAME TO inbox")))
        assert await trying
        await until(lambda: work.done == [1])
        sqlite_db.run_now(lambda conn: conn.execute(text("ALTER TABLE inbox RENAME TO away")))
        stopping.set()
        assert not await store_stubbornly(intake, [update(2)], stopping)


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"message": {"chat": {"id": 5}}}, 5),
        ({"edited_message": {"chat": {"id": -100}}}, -100),
        ({"callback_query": {"from": {"id": 6}, "message": {"chat": {"id": 5}}}}, 5),
        ({"callback_query": {"from": {"id": 6}}}, 6),
        ({"my_chat_member": {"chat": {"id": 5}}}, 5),
        ({"poll": {"id": "1"}}, 0),
        ({}, 0),
        ({"message": None}, 0),
        ({"message": "odd"}, 0),
    ],
)
def test_an_update_belongs_to_a_chat_or_to_none(raw: Update, chat: int) -> None:
    assert chat_of({"update_id": 1, **raw}) == chat


@pytest.mark.parametrize(
    "raw",
    [
        {"callback_query": "odd"},
        {"message": {"chat": "odd"}},
        {"message": {"chat": {"id": "odd"}}},
        {"message": {"chat": {"id": None}}},
    ],
)
def test_an_update_of_an_odd_shape_belongs_to_no_chat(raw: Update) -> None:
    assert chat_of({"update_id": 1, **raw}) == 0
