"""A half-year as a page to read: who was told what, nothing twice, nothing missing, nothing after it was filed."""

import os
from collections import Counter
from pathlib import Path

from tests.handlers.half_year import FILED_LATE_ON, FORGOTTEN, LATE, HalfYear
from tests.people import Cast
from tests.stage import Stage

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "half-year.zh_Hans.md"


async def test_a_half_year_with_one_late_and_two_forgotten(stage: Stage, cast: Cast) -> None:
    half = HalfYear(stage, cast)
    await half.play()
    states = half.states()
    assert states[LATE] == "late"
    assert {states[key] for key in FORGOTTEN} == {"missed"}
    assert states["O4Y", "safe_hospital"] == "on_time"
    heard = Counter((when, who, text) for when, who, text, _buttons in half.told)
    assert max(heard.values()) == 1, "nothing twice"
    for when, _who, text, _buttons in half.told:
        if "上半年扫黑除恶" in text and not text.startswith("→"):
            assert when.date() <= FILED_LATE_ON, "nobody is nagged once it is filed"
    page = half.markdown()
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page
