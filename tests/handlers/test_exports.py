"""The official sheet on request: by button in the chat, and as a file of the command line."""

import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from sqlalchemy import Connection, text

from bot.db import Database
from bot.exports import open_made
from bot.i18n import use_locale
from handlers.office import UserError
from handlers.office_exports import make_scoresheet
from models.evidence import want_files
from models.rubric import shipped
from models.selfcheck import check_by_id, insert_answer, reopen_check, start_check
from tests.handlers.sheets import opened
from tests.handlers.sweeping import at
from tests.people import NOW, Cast
from tests.said import Said
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


def files(stage: Stage, said: Said) -> dict[str, bytes]:
    """The files that are owed, by name."""
    found = {}
    for item in said.out:
        if item.method == "sendDocument":
            name, content, _mime = open_made(stage.folder, item.payload)[1]["document"]
            found[name] = content
    return found


# -- in the chat -----------------------------------------------------------------------------------


async def test_one_press_brings_both_formats_to_be_signed(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.officer, "sheet:2026")
    found = files(stage, said)
    assert list(found) == ["QP01-2026-scorecard.xlsx", "QP01-2026-scorecard.docx"]
    assert opened(found["QP01-2026-scorecard.xlsx"])["A2"].value == "Hospital: QP01 hospital (QP01)"
    assert Document(io.BytesIO(found["QP01-2026-scorecard.docx"])).tables
    assert said.readers == {cast.officer.user_id}
    total = opened(found["QP01-2026-scorecard.xlsx"])["E27"].value
    assert "~" in total, "nothing is answered yet"
    assert set(said.captions) == {
        f"2026 scorecard: {total} of 100 points, as of today 21:42.\nPlease check, print and sign."
    }
    assert said.out[-1].method == "answerCallbackQuery"


@pytest.mark.parametrize("suffix", ["xlsx", "docx"])
async def test_one_format_can_be_asked_for(stage: Stage, cast: Cast, suffix: str) -> None:
    said = await stage.presses(cast.admin, f"sheet:2026:{suffix}")
    assert list(files(stage, said)) == [f"QP01-2026-scorecard.{suffix}"]


async def test_it_is_in_the_reader_s_language(stage: Stage, cast: Cast) -> None:
    change = text("UPDATE member SET locale = 'zh_Hans' WHERE id = :id")
    stage.db.run_now(lambda conn: conn.execute(change, {"id": cast.officer.id}))
    said = await stage.presses(cast.officer, "sheet:2026:xlsx")
    found = files(stage, said)
    assert list(found) == ["QP01-2026-考核表.xlsx"]
    assert opened(found["QP01-2026-考核表.xlsx"])["A4"].value == "项目"


async def test_a_year_that_is_over_is_as_it_ended(stage: Stage, cast: Cast) -> None:
    said = await stage.at(at("2027-03-01 09:00")).presses(cast.officer, "sheet:2026:xlsx")
    page = opened(files(stage, said)["QP01-2026-scorecard.xlsx"])
    assert page["E3"].value == "As of: Dec 31, 2026 23:59"


@pytest.mark.parametrize(
    "data",
    ["sheet:", "sheet:2026:pdf", "sheet:²026", "sheet:1969", "sheet:9001", "sheet:2026:xlsx:docx"],
)
async def test_a_forged_button_is_a_sentence(stage: Stage, cast: Cast, data: str) -> None:
    said = await stage.presses(cast.officer, data)
    assert said.toasts == ["This button is no longer in use. /help lists what you can do."]
    assert files(stage, said) == {}


async def test_a_year_not_begun_is_a_sentence(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.officer, "sheet:2027")
    assert said.toasts == ["2027 has not begun yet. There is nothing to score."]
    # In Shanghai the year begins eight hours before it does in UTC.
    said = await stage.at(at("2027-01-01 00:00")).presses(cast.officer, "sheet:2027:xlsx")
    assert list(files(stage, said)) == ["QP01-2027-scorecard.xlsx"]


async def test_each_hospital_has_its_own_and_each_is_noted(stage: Stage, cast: Cast) -> None:
    officer = cast["QP02"]["officer"]
    said = await stage.presses(officer, "sheet:2026:xlsx")
    page = opened(files(stage, said)["QP02-2026-scorecard.xlsx"])
    assert page["A2"].value == "Hospital: QP02 hospital (QP02)"
    assert page["E2"].value == "Level: Level 1 and below"
    query = text("SELECT hospital_id, member_id, subject FROM audit WHERE action = 'sheet.made'")
    noted = stage.db.run_now(lambda conn: conn.execute(query).all())
    assert [tuple(row) for row in noted] == [(cast.hospital("QP02").id, officer.id, "2026")]


async def test_the_evidence_of_an_answer_is_counted_also_when_it_was_carried_over(
    stage: Stage, cast: Cast
) -> None:
    def answer(conn: Connection) -> None:
        hospital, member_id = cast.hospital("QP01"), cast.officer.id
        rubric = shipped("qingpu-2021")
        check_id = start_check(
            conn,
            [section.id for section in rubric.sections],
            hospital_id=hospital.id,
            member_id=member_id,
            year=2026,
            rubric=rubric.id,
            rubric_hash=rubric.content_hash,
            level=3,
            started_at=NOW,
        )
        given = {"member_id": member_id, "answered_at": NOW, "value": "yes"}
        first = insert_answer(conn, check_id=check_id, question="2.2.1", why=None, **given)
        insert_answer(conn, check_id=check_id, question="2.2.2", why="lost in a flood", **given)
        photos = [{"kind": "photo", "file_id": f"{n}"} for n in range(2)]
        about = {"hospital_id": hospital.id, "subject": "check_answer", "now": NOW}
        want_files(conn, photos, subject_id=first, **about)
        check = check_by_id(conn, hospital.id, check_id)
        reopen_check(conn, check, "1", member_id=member_id, reason="again", now=NOW)

    stage.db.run_now(answer)
    said = await stage.presses(cast.officer, "sheet:2026:xlsx")
    page = opened(files(stage, said)["QP01-2026-scorecard.xlsx"])
    assert page["F9"].value == "2 files of evidence"
    assert page["F10"].value == "no evidence: lost in a flood"
    assert [page[f"E{row}"].value for row in (9, 10)] == [5, 5]
    notes = [str(cell.value) for cell in page["A"]]
    assert "Self-check no. 2, last answered Mar 16, 2026, not reviewed yet." in notes


# -- from the command line -------------------------------------------------------------------------


def make(db: Database, output: Path, **how: Any) -> dict[str, Any]:
    """``wardwatch scoresheet`` at the time the tests play."""
    code, period = how.get("code", "QP01"), how.get("period", "2026")
    now: datetime = how.get("now", NOW)
    return db.run_now(lambda conn: make_scoresheet(conn, code, period, output, now))


@pytest.mark.parametrize(
    ("period", "now", "said"),
    [
        ("2026", NOW, "Mar 16, 2026 21:42"),
        ("2026H1", NOW, "Mar 16, 2026 21:42"),
        ("2026Q1", at("2026-08-01 00:00"), "Mar 31, 2026 23:59"),
        ("2026-02", at("2026-08-01 00:00"), "Feb 28, 2026 23:59"),
        ("2026H1", at("2026-08-01 00:00"), "Jun 30, 2026 23:59"),
        ("2025H2", at("2026-08-01 00:00"), "Dec 31, 2025 23:59"),
    ],
)
def test_a_period_is_as_it_ended_or_as_it_stands(
    sqlite_db: Database, cast: Cast, tmp_path: Path, period: str, now: datetime, said: str
) -> None:
    output = tmp_path / "sheet.XLSX"
    assert make(sqlite_db, output, period=period, now=now) == {"file": str(output)}
    page = opened(output.read_bytes())
    assert page["E3"].value == f"As of: {said}"
    assert page["A3"].value == f"Year: {period[:4]}"


def test_it_writes_for_a_word_processor_and_over_what_was_there(
    sqlite_db: Database, cast: Cast, tmp_path: Path
) -> None:
    output = tmp_path / "sheet.docx"
    output.write_text("old")
    with use_locale("zh_Hans"):
        make(sqlite_db, output)
    assert Document(str(output)).tables[0].rows[0].cells[0].text == "项目"
    assert [path.name for path in tmp_path.glob("sheet*")] == ["sheet.docx"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"code": "QP09"}, "--hospital: there is no QP09"),
        ({"period": "2027"}, "--period: 2027 has not begun"),
        ({"period": "2026-04"}, "--period: 2026-04 has not begun"),
        ({"period": "2026H3"}, "--period: 2026H3 is not a period like"),
        ({"period": "1969"}, "--period: 1969 is not a period like"),
        ({"period": "2026-13"}, "--period: 2026-13 is not a period like"),
        ({"period": "２０２６"}, "--period: ２０２６ is not a period like"),
        ({"period": "2026\n"}, "--period: 2026\n is not a period like"),
        ({"name": "sheet.pdf"}, "-o: a file that ends in .xlsx or .docx"),
        ({"name": "sheet"}, "-o: a file that ends in .xlsx or .docx"),
        ({"name": "none/sheet.xlsx"}, "-o: no such folder"),
        ({"name": "folder.xlsx"}, "-o: no such folder"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    sqlite_db: Database, cast: Cast, tmp_path: Path, how: dict[str, Any], said: str
) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(UserError) as refused:
        make(sqlite_db, tmp_path / how.pop("name", "sheet.xlsx"), **how)
    assert str(refused.value).startswith(said)
    assert not (tmp_path / "sheet.xlsx").exists()


def test_a_file_that_cannot_be_written_is_one_line(
    sqlite_db: Database, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="No space left on device"):
        make(sqlite_db, tmp_path / "sheet.xlsx")
    assert not list(tmp_path.glob("sheet*")), "nothing half-written stays"


def test_a_period_begins_with_its_first_local_second(
    sqlite_db: Database, cast: Cast, tmp_path: Path
) -> None:
    first = at("2026-07-01 00:00")
    make(sqlite_db, tmp_path / "sheet.xlsx", period="2026H2", now=first)
    with pytest.raises(UserError, match="has not begun"):
        make(sqlite_db, tmp_path / "b.xlsx", period="2026H2", now=first - timedelta(seconds=1))
