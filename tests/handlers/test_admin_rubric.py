"""/admin: the scorecard of a year is chosen, kept with who chose it, and holds until another is chosen."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import Database
from handlers.authoring.commands import publish
from handlers.rubrics import DEFAULT, pinned, rubric_for
from models.people import find_hospital
from models.rubric import FOLDER, shipped
from tests.people import NOW, Cast
from tests.stage import Stage


def chosen(db: Database, year: int) -> str:
    """The id and version that QP01 is judged by in a year."""

    def look(conn):  # type: ignore[no-untyped-def]
        hospital = find_hospital(conn, "QP01")
        assert hospital is not None
        rubric = rubric_for(conn, hospital, year)
        return f"{rubric.id} {rubric.version}"

    return str(db.run_now(look))


@pytest.fixture
def another(sqlite_db: Database, tmp_path: Path) -> str:
    """Another version of the district's table, published here."""
    path = tmp_path / "qingpu-2021.yaml"
    words = (FOLDER / "qingpu-2021.yaml").read_text(encoding="utf-8")
    path.write_text(
        words.replace(f'version: "{shipped(DEFAULT).version}"', 'version: "9"', 1), "utf-8"
    )
    return str(sqlite_db.run_now(lambda conn: publish(conn, path, NOW))["hash"])


def test_the_default_stands_until_somebody_chooses(sqlite_db: Database, cast: Cast) -> None:
    assert cast.admin
    assert chosen(sqlite_db, NOW.year) == f"{DEFAULT} {shipped(DEFAULT).version}"


async def test_an_administrator_chooses_after_being_asked(
    stage: Stage, cast: Cast, another: str
) -> None:
    said = await stage.presses(cast.admin, "rubric:")
    assert "our default" in said.text
    label = next(each for each in said.buttons if "version 9" in each)
    said = await stage.presses(cast.admin, said.buttons[label])
    assert "new self-check is needed" in said.text
    assert chosen(stage.db, NOW.year).endswith(shipped(DEFAULT).version), "asking changes nothing"
    said = await stage.presses(cast.admin, said.buttons["Change it"])
    assert f"Chosen by {cast.admin.name}" in said.text
    for year, version in (
        (NOW.year - 1, shipped(DEFAULT).version),
        (NOW.year, "9"),
        (NOW.year + 2, "9"),
    ):
        assert chosen(stage.db, year) == f"{DEFAULT} {version}"
    noted = text("SELECT subject FROM audit WHERE action = 'rubric.chosen'")
    assert stage.db.run_now(lambda conn: conn.execute(noted).scalars().all()) == [str(NOW.year)]
    assert stage.db.run_now(lambda conn: pinned(conn, another)) is not None


async def test_a_version_that_is_not_there_is_not_taken(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.admin, f"rubric:{NOW.year}:{'0' * 12}:sure")
    assert said.toasts == ["This scorecard is no longer in the list."]


@pytest.mark.parametrize("year", ["1999", "9999", "abcd", ""])
async def test_a_year_out_of_reach_shows_this_one(stage: Stage, cast: Cast, year: str) -> None:
    said = await stage.presses(cast.admin, f"rubric:{year}")
    assert said.text.startswith(f"{NOW.year} is judged by")
