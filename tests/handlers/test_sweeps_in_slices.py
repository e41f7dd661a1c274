"""Every sweep, cut wherever it may be cut: the same messages as in one piece, each once, also after a crash between."""

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.registry import Piece, Sweep
from bot.sweeping import run_slice
from handlers import SWEEPS
from handlers.deadlines import DEADLINES
from handlers.upkeep import made_files
from models.outbox import OUTBOX
from tests.acceptance import district

NOW = datetime.now(UTC)
WHOLE, ONE_PIECE = float("inf"), 0.0


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of three hospitals where everything is due."""
    path = tmp_path_factory.mktemp("morning") / "ward.db"
    house: Any = SimpleNamespace(
        database=path, api=SimpleNamespace(add_person=lambda **_facts: None)
    )
    district.fill(house, 3)
    return path


@pytest.fixture
def copy(morning: Path, tmp_path: Path) -> Any:
    """Makes copies of it."""
    opened: list[Database] = []

    def make() -> Database:
        path = shutil.copy(morning, tmp_path / f"{len(opened)}.db")
        opened.append(Database(f"sqlite:///{path}"))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def run(db: Database, sweep: Sweep, *, length: float, slices: int | None = None) -> int:
    """Run a sweep, or only its first slices, as a process does that dies then; how many there were."""
    left: Sequence[Piece] = (sweep.run,)
    number = 0
    while left and number != slices:
        done = db.run_now(partial(run_slice, pieces=left, now=NOW, length=length))
        assert not done.faults
        left, number = done.left, number + 1
    return number


def owed(db: Database) -> Counter[tuple[int, str]]:
    """Who is owed what."""
    query = select(OUTBOX.c.chat_id, OUTBOX.c.payload)
    rows = db.run_now(lambda conn: conn.execute(query).all())
    return Counter((row.chat_id, row.payload["text"]) for row in rows)


def test_cut_into_single_pieces_they_owe_what_they_owe_in_one(copy: Any, tmp_path: Path) -> None:
    whole, cut = copy(), copy()
    for sweep in (*SWEEPS, made_files(tmp_path)):
        run(whole, sweep, length=WHOLE)
        run(cut, sweep, length=ONE_PIECE)
    assert owed(cut) == owed(whole)
    assert owed(whole).total() > 3 * 10


@pytest.mark.parametrize("after", [1, 2, 4, 7, 9])
def test_a_crash_after_any_slice_loses_and_doubles_nothing(copy: Any, after: int) -> None:
    whole, crashed = copy(), copy()
    for sweep in SWEEPS:
        run(whole, sweep, length=WHOLE)
        run(crashed, sweep, length=ONE_PIECE, slices=after)
        run(crashed, sweep, length=ONE_PIECE)
    assert owed(crashed) == owed(whole)
    assert set(owed(crashed).values()) == {1}


def test_several_papers_stay_one_message_however_it_is_cut(copy: Any) -> None:
    db = copy()
    assert run(db, DEADLINES, length=ONE_PIECE) > 6, "planned and swept a hospital at a time"
    readers = Counter(chat_id for chat_id, _text in owed(db).elements())
    assert set(readers.values()) == {1}


def test_a_second_run_finds_nothing_to_do(copy: Any) -> None:
    db = copy()
    for sweep in SWEEPS:
        run(db, sweep, length=ONE_PIECE)
    before = owed(db)
    for sweep in SWEEPS:
        run(db, sweep, length=ONE_PIECE)
    assert owed(db) == before
