"""A file that cannot be had whole: tried again, then said to whoever sent it, with the record it is missing from."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from telegram.error import BadRequest, NetworkError

from bot.attachments import Attachments
from bot.db import Database
from handlers.lost_files import tell_lost_file
from models.evidence import EVIDENCE, SUBJECTS, want_files
from models.people import mark_reachable
from tests.people import NOW, Cast
from tests.stage import Stage

WHOLE = b"x" * 1000


class Cloud:
    """Telegram's files: what getFile says of their size, and what a download of each brings in turn."""

    def __init__(self, *brings: Any, size: int | None = len(WHOLE)) -> None:
        self.brings, self.size, self.asked = list(brings), size, 0

    async def get_file(self, _file_id: str) -> Any:
        """What Telegram knows of a file."""
        return SimpleNamespace(file_path="photos/1.jpg", file_size=self.size)

    async def retrieve(self, _path: str, **_options: Any) -> bytes:
        """One download."""
        self.asked += 1
        found = self.brings.pop(0) if self.brings else WHOLE
        if isinstance(found, Exception):
            raise found
        return bytes(found)


@pytest.fixture
async def stage(db: Database, cast: Cast) -> AsyncIterator[Stage]:
    """The product, in which the guard has filed a record with a photo."""
    async with Stage(db) as stage:
        await stage.says(cast.doctor, "/sos")
        photo = [
            {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1, "file_size": 1000}
        ]
        await stage.sends(cast.doctor, {"photo": photo})
        yield stage


async def fetch(
    stage: Stage, cloud: Cloud, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, list[str]]:
    """What becomes of the photo, and what is said about it."""
    monkeypatch.setattr("bot.attachments._AGAIN", (0.01, 0.02, 0.03))
    monkeypatch.setattr("bot.attachments._RETRY", 0.01)
    attachments = Attachments(
        db=stage.db,
        bot=cloud,  # type: ignore[arg-type]
        transport=cloud,  # type: ignore[arg-type]
        sender=stage.bag,  # type: ignore[arg-type]
        on_odd=lambda _conn, _row: [],
        on_lost=tell_lost_file,
        folder=folder,
        now=lambda: NOW + timedelta(minutes=5),
    )
    stopping = asyncio.Event()
    work = asyncio.create_task(attachments.run(stopping))
    while row_of(stage).state == "wanted":
        attachments.poke()  # as every further file does: it must not use up the tries
        await asyncio.sleep(0)
    stopping.set()
    await work
    return row_of(stage), stage.bag.empty().texts


def row_of(stage: Stage) -> Any:
    """The photo as it is stored."""
    return stage.db.run_now(lambda conn: conn.execute(EVIDENCE.select()).one())


async def test_what_comes_short_is_fetched_again_until_it_is_whole(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(WHOLE[:300], b"", WHOLE)
    row, said = await fetch(stage, cloud, tmp_path, monkeypatch)
    assert (row.state, cloud.asked, said) == ("kept", 3, [])
    assert (tmp_path / row.path).read_bytes() == WHOLE


@pytest.mark.parametrize("size", [len(WHOLE), None])
async def test_what_always_comes_short_is_said_to_whoever_sent_it(
    stage: Stage,
    cast: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: int | None,
) -> None:
    cloud = Cloud(*[WHOLE[:300]] * 9, size=size)
    row, (said,) = await fetch(stage, cloud, tmp_path, monkeypatch)
    assert (row.state, row.error, cloud.asked) == ("failed", "300 of 1000 bytes", 4)
    assert "QP01-2026-0001 is without it" in said
    assert "today 21:42" in said
    assert "send it again" in said
    assert not list(tmp_path.rglob("*.jpg"))


async def test_what_telegram_refuses_is_said_at_once(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, said = await fetch(stage, Cloud(BadRequest("file is too big")), tmp_path, monkeypatch)
    assert row.state == "failed"
    assert len(said) == 1


async def test_a_line_that_is_down_is_waited_for_and_nobody_is_told(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(*[NetworkError("reset")] * 9)
    row, said = await fetch(stage, cloud, tmp_path, monkeypatch)
    assert (row.state, said) == ("kept", [])


async def test_nobody_who_cannot_be_reached_is_told(
    stage: Stage, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.db.run_now(lambda conn: mark_reachable(conn, cast.doctor.user_id, since=NOW))
    row, said = await fetch(stage, Cloud(BadRequest("gone")), tmp_path, monkeypatch)
    assert (row.state, said) == ("failed", [])


def test_a_file_of_any_record_knows_its_name(db: Database, cast: Cast) -> None:
    """Every subject has a way to its number: only that there is a row behind it is left to chance here."""
    from handlers.lost_files import _NUMBERS, _OTHERS

    assert {*_NUMBERS, *_OTHERS, "filing"} == set(SUBJECTS)
    for query in _NUMBERS.values():
        db.run_now(lambda conn, q=query: conn.execute(q).all())  # type: ignore[misc]


def test_files_of_before_have_no_sender_and_nobody_is_told(db: Database, cast: Cast) -> None:
    about: Any = {
        "hospital_id": 1,
        "subject": "incident",
        "subject_id": 1,
        "now": datetime.now(NOW.tzinfo),
    }
    db.run_now(lambda conn: want_files(conn, [{"kind": "photo", "file_id": "f"}], **about))
    row = db.run_now(lambda conn: conn.execute(EVIDENCE.select()).one())
    assert db.run_now(lambda conn: tell_lost_file(conn, row, NOW)) == []
