"""What a table leaves open: shown with its points, ruled on with a reason, kept, taken back."""

from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from handlers import office
from tests.handlers.checking import SelfChecks
from tests.people import NOW, Cast
from tests.stage import Stage

YEAR = NOW.year
pytestmark = pytest.mark.usefixtures("english")


def score(db: Database) -> dict[str, Any]:
    return db.run_now(lambda conn: office.score(conn, "QP01", YEAR, NOW))


async def rule(
    stage: Stage, cast: Cast, key: str, value: str, reason: str = "Ms Li, by phone"
) -> Any:
    """The administrator rules on a question."""
    said = await stage.presses(cast.admin, f"ruling:{YEAR}:{key}:make")
    if value in said.buttons:
        await stage.presses(cast.admin, said.buttons[value])
    else:
        await stage.says(cast.admin, value)
    said = await stage.says(cast.admin, reason)
    return await stage.presses(cast.admin, said.button("Skip"))


async def test_a_ruling_narrows_the_range_and_is_kept(stage: Stage, cast: Cast) -> None:
    await SelfChecks(stage).finish(cast.officer, l1_2_a="Partly met")
    before = score(stage.db)
    assert "A12" in before["open"]
    assert before["total"]["max"] - before["total"]["min"] == 2.5
    shown = await stage.presses(cast.officer, f"ruling:{YEAR}:A12")
    assert "our default" in shown.text
    assert "Rule on it" not in shown.buttons, "an officer reads, an administrator rules"
    said = await rule(stage, cast, "A12", "Partly done gets nothing")
    assert "with your name" in said.text
    after = score(stage.db)
    assert "A12" not in after["open"]
    assert after["total"] == {"min": before["total"]["min"], "max": before["total"]["min"]}
    trail = await stage.presses(cast.officer, f"ruling:{YEAR}:A12")
    assert cast.admin.name in trail.text
    assert "Ms Li, by phone" in trail.text
    item = await stage.presses(cast.officer, f"score:{YEAR}:1.2")
    assert f"Ruled by {cast.admin.name}: Partly done gets nothing" in item.text


async def test_a_ruling_can_be_taken_back_and_stays_in_the_trail(stage: Stage, cast: Cast) -> None:
    await SelfChecks(stage).finish(cast.officer, l1_2_a="Partly met")
    before = score(stage.db)
    await rule(stage, cast, "A12", "Partly done gets nothing")
    await rule(stage, cast, "A12", "Take it back", "it was a misunderstanding")
    assert score(stage.db) == before
    trail = await stage.presses(cast.admin, f"ruling:{YEAR}:A12")
    assert "taken back" in trail.text
    assert "Ms Li" in trail.text
    query = text("SELECT count(*) FROM ruling")
    assert stage.db.run_now(lambda conn: conn.execute(query).scalar()) == 2


async def test_a_number_of_ours_can_be_replaced(stage: Stage, cast: Cast) -> None:
    await SelfChecks(stage).finish(cast.officer)
    before = score(stage.db)["total"]["max"]
    for bad in ("0", "-1", "many"):
        await stage.presses(cast.admin, f"ruling:{YEAR}:qc_full_score:make")
        said = await stage.says(cast.admin, bad)
        assert "expected" in said.text or "number" in said.text
        await stage.says(cast.admin, "/cancel")
    await rule(stage, cast, "qc_full_score", "120")
    # 90 of 120 in place of 90 of 100.
    assert score(stage.db)["total"]["max"] == before - 1.5


@pytest.mark.parametrize(
    "data", ["ruling:", "ruling:1999x", "ruling:2026:A99", "ruling:2026:A5", "ruling:9000"]
)
async def test_what_cannot_be_ruled_on_is_a_note(stage: Stage, cast: Cast, data: str) -> None:
    said = await stage.presses(cast.admin, data)
    assert said.toasts == ["This button is no longer in use. /help lists what you can do."]


async def test_only_an_administrator_rules(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.officer, f"ruling:{YEAR}:A1:make")
    assert said.toasts == ["Only an administrator can rule on this."]


async def test_level_three_sees_that_ten_points_are_capped_and_by_whom(
    stage: Stage, cast: Cast
) -> None:
    item = await stage.presses(cast.officer, f"score:{YEAR}:4.2")
    assert "the lines add up to 12, at most 10 count" in item.text
    assert "A1:" in item.text
    ruled = await stage.presses(cast.officer, f"ruling:{YEAR}:A1")
    assert "Scaled by 10/12" in ruled.text


async def test_every_screen_of_the_score_leads_back(stage: Stage, cast: Cast) -> None:
    first = await stage.says(cast.officer, "/score")
    seen, todo = set(), [data for data in first.buttons.values() if data.startswith("score:")]
    while todo:
        data = todo.pop()
        seen.add(data)
        said = await stage.presses(cast.officer, data)
        assert said.text, data
        if data.count(":") > 1:
            assert "Back" in said.buttons, data
        todo += [d for d in said.buttons.values() if d.startswith("score:") and d not in seen]
    assert len(seen) > 15, "five sections, eleven items, and what stands beside them"


@pytest.mark.parametrize(
    "data", ["score:2027", "score:2026:9", "score:2026:4.9", "score:x:1", "score:"]
)
async def test_a_button_of_no_use_is_a_note(stage: Stage, cast: Cast, data: str) -> None:
    said = await stage.presses(cast.officer, data)
    assert said.toasts == ["This button is no longer in use. /help lists what you can do."]
