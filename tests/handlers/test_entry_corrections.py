"""[更正] of a register's entry: its author puts an answer right, both values stay, and those who see to it hear."""

from typing import Any

import pytest

from models.kind import WRONG
from models.register import KINDS
from tests.handlers.registering import PHOTO, Registers, Says, number_of
from tests.people import NOW, Cast
from tests.stage import Stage


@pytest.fixture
def books(stage: Stage, cast: Cast) -> Registers:
    return Registers(stage, cast)


def correctable(kind: str) -> set[str]:
    """What the author of an entry may put right."""
    found = [move for move in KINDS[kind].moves if move.code == "correct"]
    return set(found[0].fields[0].codes) if found else set()


def test_words_numbers_and_times_can_be_corrected_and_what_decides_the_way_cannot() -> None:
    assert {kind: correctable(kind) for kind in KINDS} == {
        "hazard": {"what", "place", "when"},
        "complaint": {"what", "when"},
        "dispute": {"what", "when"},
        "fault": {"what", "when"},
        "seizure": {"count", "what", "when"},
        "check": {"when"},
        "clue": {"when"},
        "drill": {"topic", "when", "heads", "what"},
        "training": {"when", "heads", "what"},
        "meeting": {"when", "what"},
        "asset": {"place"},
        "patrol": set(),
    }


@pytest.mark.parametrize(
    ("label", "key", "answer", "old", "new"),
    [
        ("account", "what", "the step is loose", "the rail is loose", "the step is loose"),
        ("place", "place", "stairwell C", "stairwell B", "stairwell C"),
        ("time", "when", "21:30", NOW.isoformat(), "2026-03-16T13:30:00+00:00"),
    ],
)
async def test_each_is_put_right_with_the_old_value_kept(
    books: Registers,
    stage: Stage,
    cast: Cast,
    label: str,
    key: str,
    answer: str,
    old: str,
    new: str,
) -> None:
    number = await books.hazard(cast.guard)
    assert "Correct it" in (await stage.presses(cast.guard, f"entry:{number}")).buttons
    said = await books.step(cast.guard, number, "correct", label, Says(answer))
    row = books.row(number)
    assert (row.occurred_at.isoformat() if key == "when" else row.data[key]) == new
    assert WRONG not in row.figures
    query = "SELECT data FROM entry_step WHERE kind = 'correct'"
    data = stage.db.run_now(lambda conn: conn.exec_driver_sql(query).scalar())
    assert old in str(data)
    (news,) = [item for item in said.to(cast.officer.user_id).out if "corrected" in str(item)]
    assert news.payload["disable_notification"] is True
    assert "→" in news.payload["text"]
    shown = (await stage.presses(cast.officer, f"entry:{number}")).text
    assert "QP01 guard: Correct it · " in shown
    assert " → " in shown


async def test_a_number_counts_as_corrected(books: Registers, stage: Stage, cast: Cast) -> None:
    number = number_of(await books.enter(cast.guard, "seizure", *_knives()))
    said = await stage.presses(cast.guard, f"entry:{number}:correct")
    said = await stage.presses(cast.guard, said.buttons["count"])
    await books.play(cast.guard, said, Says("3"), "Submit")
    row = books.row(number)
    assert (row.figures["count"], row.data["count"]) == (3, 3)


def _knives() -> tuple[Any, ...]:
    return "Knives", Says("2"), "Held until leaving", "Skip"


async def test_only_its_author_and_only_until_it_is_closed(
    books: Registers, stage: Stage, cast: Cast
) -> None:
    number = await books.hazard(cast.guard)
    for person in (cast.officer, cast.admin):
        said = await stage.presses(person, f"entry:{number}:correct")
        assert said.toasts == ["This step is for somebody else. You can add a note."]
    await books.step(cast.officer, number, "rectify", Says("mended"))
    await books.step(cast.guard, number, "pass", "Skip")
    said = await stage.presses(cast.guard, f"entry:{number}:correct")
    assert "has moved on meanwhile" in said.toasts[0]


async def test_a_photo_alone_is_no_account(books: Registers, stage: Stage, cast: Cast) -> None:
    number = await books.hazard(cast.guard)
    said = await books.step(cast.guard, number, "correct", "account", PHOTO)
    assert "Please type the account." in said.text
    assert books.row(number).data["what"] == "the rail is loose"
