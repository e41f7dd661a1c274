"""Albums: whatever was sent at once goes one way, is kept whole and answered once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from models.album import forget_albums
from models.duty import begin_duty
from tests.handlers.sweeping import at, sweep
from tests.handlers.test_filing import open_paper
from tests.handlers.threatening import rows
from tests.people import NOW, Cast, Person, owe
from tests.said import Said
from tests.stage import Stage


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = db.run_now(lambda c: c.execute(text("SELECT * FROM inbox WHERE state = 'bad'")).all())
        assert bad == [], "nothing a person can send is a fault"


def part(number: int, album: str = "A", **more: Any) -> dict[str, Any]:
    """One picture of an album."""
    sizes = [{"file_id": f"p{number}", "file_unique_id": f"u{number}", "width": 9, "height": 9}]
    return {"media_group_id": album, "photo": sizes, **more}


async def send_album(
    stage: Stage, person: Person, parts: range, album: str = "A", **first: Any
) -> Said:
    """Send the parts one after the other, as Telegram does; all that came of them."""
    out = []
    for number in parts:
        more = first if number == parts[0] else {}
        out += (await stage.sends(person, part(number, album, **more))).out
    return Said(out)


def sent(said: Said, person: Person) -> list[str]:
    """The messages a person got, edits not counted."""
    return [
        item.payload["text"] for item in said.to(person.user_id).out if item.method == "sendMessage"
    ]


def evidence(stage: Stage) -> list[Any]:
    return rows(stage.db, "SELECT subject, subject_id, file_id FROM evidence ORDER BY id")


def files_of(*numbers: int, subject: str, subject_id: int = 1) -> list[Any]:
    return [(subject, subject_id, f"p{number}") for number in numbers]


async def test_an_album_of_five_is_one_card_and_one_report(stage: Stage, cast: Cast) -> None:
    said = await send_album(stage, cast.guard, range(5), caption="有人打护士了")
    assert len(sent(said, cast.guard)) == 1
    edits = [item for item in said.out if item.method == "editMessageText"]
    assert [item.payload["text"].splitlines()[2] for item in edits] == [
        f"Photo received, {n} in all." for n in (2, 3, 4, 5)
    ]
    assert len({item.follows for item in edits}) == 1, "the card itself"
    assert edits[-1].follows is not None
    assert "🆘 Call for help" in Said(said.out[-1:]).buttons, "the alarm is still offered"
    card = await stage.presses(cast.guard, Said(said.out[-1:]).button("Staff attacked"))
    await stage.presses(cast.guard, card.button("Submit"))
    assert evidence(stage) == files_of(0, 1, 2, 3, 4, subject="incident")
    assert rows(stage.db, "SELECT description FROM incident") == [("有人打护士了",)]


async def test_an_album_to_a_question_joins_its_answer(stage: Stage, cast: Cast) -> None:
    asked = await stage.says(cast.guard, "/report")
    await stage.presses(cast.guard, asked.button("Theft"))
    said = await send_album(stage, cast.guard, range(3))
    assert len(sent(said, cast.guard)) == 1
    await stage.presses(cast.guard, Said(said.out[-1:]).button("Submit"))
    assert evidence(stage) == files_of(0, 1, 2, subject="incident")


async def test_parts_that_come_after_submitting_join_the_record(stage: Stage, cast: Cast) -> None:
    card = await stage.says(cast.guard, "/report 有人打护士了")
    await stage.sends(cast.guard, part(0))
    await stage.presses(cast.guard, card.button("Submit"))
    said = await send_album(stage, cast.guard, range(1, 4))
    assert evidence(stage) == files_of(0, 1, 2, 3, subject="incident")
    assert rows(stage.db, "SELECT 1 FROM draft") == []
    assert sent(said, cast.guard) == ["Photo received, 2 in all."], "and that is brought up to date"
    assert said.to(cast.guard.user_id).texts[-1] == "Photo received, 4 in all."


async def test_an_album_as_additional_details_is_one_addition(stage: Stage, cast: Cast) -> None:
    card = await stage.says(cast.guard, "/report 有人打护士了")
    filed = await stage.presses(cast.guard, card.button("Submit"))
    await stage.presses(cast.guard, filed.button("Add details"))
    said = await send_album(stage, cast.guard, range(4), caption="监控画面")
    assert evidence(stage) == files_of(0, 1, 2, 3, subject="addition")
    assert rows(stage.db, "SELECT words FROM addition") == [("监控画面",)]
    assert rows(stage.db, "SELECT 1 FROM draft") == [], "and no new report"
    assert len(sent(said, cast.guard)) == 1
    last = said.to(cast.guard.user_id).texts[-1]
    assert last.startswith("Added to QP01-2026-0001.")
    assert last.endswith("Photo received, 4 in all.")


async def test_an_album_to_an_alarm_is_passed_on_whole_and_answered_once(
    stage: Stage, cast: Cast
) -> None:
    stage.db.run_now(
        lambda conn: begin_duty(
            conn, hospital_id=1, member_id=cast.guard.id, post=None, now=stage.now
        )
    )
    await stage.says(cast.doctor, "/sos")
    said = await send_album(stage, cast.doctor, range(3), caption="三诊室")
    assert evidence(stage) == files_of(0, 1, 2, subject="addition")
    passed = [item for item in said.to(cast.guard.user_id).out if item.method == "sendPhoto"]
    assert [item.payload["photo"] for item in passed] == ["p0", "p1", "p2"]
    passed_on = "Passed on to 1 security guard."
    assert sent(said, cast.doctor) == [passed_on]
    assert said.to(cast.doctor.user_id).texts[-1] == f"{passed_on}\nPhoto received, 3 in all."


async def test_a_refused_album_is_refused_once(stage: Stage, cast: Cast) -> None:
    stage.db.run_now(
        lambda conn: conn.execute(
            text("UPDATE member SET role = 'auditor' WHERE id = :id"), {"id": cast.guard.id}
        )
    )
    said = await send_album(stage, cast.guard, range(4))
    assert len(said.out) == 1
    assert rows(stage.db, "SELECT subject FROM album") == [("",)]


async def test_two_albums_and_two_people_are_not_mixed(stage: Stage, cast: Cast) -> None:
    await send_album(stage, cast.guard, range(2), "A", caption="有人打护士了")
    await send_album(stage, cast.doctor, range(5, 7), "A", caption="有人偷东西")
    said = await send_album(stage, cast.guard, range(2, 4), "B")
    card = await stage.presses(cast.guard, Said(said.out[-1:]).button("Staff attacked"))
    await stage.presses(cast.guard, card.button("Submit"))
    assert evidence(stage) == files_of(0, 1, 2, 3, subject="incident")


async def test_an_album_of_a_cancelled_draft_comes_back_with_it(stage: Stage, cast: Cast) -> None:
    first = await send_album(stage, cast.guard, range(1), caption="有人打护士了")
    cancelled = await stage.presses(cast.guard, first.button("Do not file"))
    late = await send_album(stage, cast.guard, range(1, 3))
    assert late.out == [], "it was answered, and nothing new was begun"
    back = await stage.presses(cast.guard, cancelled.button("Take it back"))
    card = await stage.presses(cast.guard, back.button("Staff attacked"))
    await stage.presses(cast.guard, card.button("Submit"))
    assert evidence(stage) == files_of(0, 1, 2, subject="incident")


async def test_what_a_threats_album_is_called_stays_out_of_the_record(
    stage: Stage, cast: Cast
) -> None:
    def paper(number: int) -> dict[str, Any]:
        name = {"file_name": "张三.pdf"}
        file = {"file_id": f"d{number}", "file_unique_id": f"d{number}", **name}
        return {"media_group_id": "T", "document": file}

    await stage.says(cast.doctor, "/threat 放射科家属扬言要报复")
    await stage.sends(cast.doctor, paper(0))
    asked = await stage.says(cast.doctor, "放射科")
    asked = await stage.presses(cast.doctor, asked.button("None of these"))
    asked = await stage.presses(cast.doctor, asked.button("None seen"))
    asked = await stage.presses(cast.doctor, asked.button("Skip"))
    card = await stage.presses(cast.doctor, asked.button("No"))
    await stage.presses(cast.doctor, card.button("Submit"))
    await stage.sends(cast.doctor, paper(1))
    assert rows(stage.db, "SELECT subject, name FROM evidence") == [("threat", None)] * 2


async def test_albums_are_forgotten_after_a_day(stage: Stage, cast: Cast) -> None:
    await send_album(stage, cast.guard, range(2))
    later = NOW.replace(day=18)
    assert stage.db.run_now(lambda conn: forget_albums(conn, now=NOW, limit=9)) == 0
    assert stage.db.run_now(lambda conn: forget_albums(conn, now=later, limit=9)) == 1


async def test_an_album_to_a_question_that_asks_for_a_file_is_filed_whole(
    stage: Stage, cast: Cast
) -> None:
    stage.db.run_now(lambda conn: owe(conn, cast.hospital("QP01")))
    sweep(stage.db, at("2026-07-01 09:00"))
    stage.at(at("2026-07-01 09:05"))
    await stage.presses(cast.officer, f"file:{open_paper(stage, 'O4H', 'anti_crime')}")
    await stage.says(cast.officer, "2026-031")
    said = await send_album(stage, cast.officer, range(3))
    assert "Copy: 3 files" in said.text
    assert len(sent(said, cast.officer)) == 1
    await stage.presses(cast.officer, Said(said.out[-1:]).button("Submit"))
    await stage.sends(cast.officer, part(3))
    assert evidence(stage) == files_of(0, 1, 2, 3, subject="filing")


async def test_an_album_to_a_self_check_is_taken_along_with_the_answer(
    stage: Stage, cast: Cast
) -> None:
    asked = await stage.says(cast.officer, "/selfcheck")
    said = await send_album(stage, cast.officer, range(3))
    assert len(sent(said, cast.officer)) == 1
    await stage.presses(cast.officer, asked.button("Top leader"))
    await stage.sends(cast.officer, part(3))
    held = str(rows(stage.db, "SELECT answers FROM draft"))
    assert all(f"p{number}" in held for number in range(4)), "also after its question was answered"


async def test_an_album_to_a_register_is_one_entry(stage: Stage, cast: Cast) -> None:
    await stage.presses(cast.guard, "enter:hazard")
    said = await send_album(stage, cast.guard, range(3))
    assert len(sent(said, cast.guard)) == 1
    assert said.texts[-1].startswith("Photo received, 3 in all.\nWhere is it?")
    assert len(rows(stage.db, "SELECT 1 FROM draft")) == 1
