"""社会影响恶劣, 媒体恶意炒作, 挂牌督办: administrators only, with a reason, set and taken back."""

import pytest

from models.case import FLAGS
from tests.handlers.casing import FIRST, Casework
from tests.people import Cast
from tests.said import first_line


@pytest.mark.parametrize("flag", FLAGS)
async def test_an_administrator_sets_and_takes_back_with_reasons(
    work: Casework, cast: Cast, flag: str
) -> None:
    await work.report()
    said = await work.press(f"flag:{flag}:{FIRST}", by=cast.admin)
    assert first_line(said).startswith(f"Why is {FIRST} marked")
    said = await work.stage.says(cast.admin, "it was on the news")
    assert first_line(said).startswith(f"✅ {FIRST} is marked")
    assert work.row().flags == [flag]
    said = await work.answer(f"flag:{flag}:{FIRST}", "it was another hospital", by=cast.admin)
    assert first_line(said).endswith(f"is taken from {FIRST}.")
    assert work.row().flags == []
    steps = work.steps("flag_set") + work.steps("flag_lifted")
    assert [(step.words, step.data) for step in steps] == [
        ("it was on the news", {"flag": flag}),
        ("it was another hospital", {"flag": flag}),
    ]


async def test_several_stand_side_by_side_on_the_screen(work: Casework, cast: Cast) -> None:
    await work.report()
    for flag in reversed(FLAGS):
        await work.answer(f"flag:{flag}:{FIRST}", "the district asked", by=cast.admin)
    said = await work.press(f"case:{FIRST}")
    assert "Grave public impact · Hyped in the media · Supervised from above" in said.text


async def test_an_officer_sees_the_marks_and_sets_none(work: Casework, cast: Cast) -> None:
    await work.report()
    buttons = str((await work.press(f"case:{FIRST}:more")).buttons)
    assert "flag:" not in buttons
    for person in (cast.officer, cast.guard):
        said = await work.press(f"flag:supervised:{FIRST}", by=person)
        assert said.toasts == ["This is not part of your role. /help lists what you can do."]
    assert work.row().flags == []


async def test_set_by_two_it_is_set_once(work: Casework, cast: Cast) -> None:
    second = work.colleague("admin", 190)
    await work.report()
    await work.press(f"flag:supervised:{FIRST}", by=second)
    await work.answer(f"flag:supervised:{FIRST}", "the district asked", by=cast.admin)
    said = await work.stage.says(second, "the district asked")
    assert first_line(said) == f"Somebody was quicker: {FIRST} stands like that already."
    assert work.row().flags == ["supervised"]
    assert len(work.steps("flag_set")) == 1


@pytest.mark.parametrize("flag", ["state", "", "grave_impact"])
async def test_forged_and_foreign_marks_are_answered(work: Casework, cast: Cast, flag: str) -> None:
    await work.report()
    said = await work.press(f"flag:{flag}:{FIRST}", by=cast["QP02"]["admin"])
    assert said.toasts
    assert not said.texts
    assert work.row().flags == []
