"""Buttons that are old, forged or pressed twice: never an exception, never somebody else's draft."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.db import Database
from tests.bot.play import Play, to_the_card
from tests.people import Cast
from tests.postgres import held

pytestmark = pytest.mark.usefixtures("english")
IN_PLACE = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
"""The database is set up once: what one example leaves behind is the next one's past, as in life."""

KEYS = ("colour", "shade", "what", "tags", "hint", "time", "card", "", "nothing")
OPTIONS = (
    *[
        "red",
        "blue",
        "wet",
        "done",
        "0",
        "10",
        "back",
        "skip",
        "keep",
        "cancel",
        "pause",
        "card",
        "submit",
        "restore",
    ],
    *[
        "edit=colour",
        "edit=shade",
        "edit=what",
        "edit=time",
        "edit=",
        "edits=0",
        "edits=9",
        "edits=²",
    ],
    *["+1", "+0", "+", "+²", "+99999999999999999999", "²", ":", "\x00"],
    "",
)
NUMBERS = st.one_of(
    st.integers(-2, 40).map(str),
    st.sampled_from(["²", "٣", "1²", "9" * 17, "9" * 30, "1.0", " 1", "", "\0"]),
)
ALIKE = st.builds("f:{}:{}:{}".format, NUMBERS, st.sampled_from(KEYS), st.sampled_from(OPTIONS))
ANYTHING = st.text(max_size=60).map(lambda tail: f"f:{tail}")


@pytest.fixture
def play(db: Database, cast: Cast) -> Play:
    return Play(db, cast.guard)


@pytest.fixture
def other(db: Database, cast: Cast) -> Play:
    """Somebody of the same hospital with two forms open."""
    other = Play(db, cast.doctor)
    to_the_card(other)
    other.begin("tally")
    return other


@IN_PLACE
@given(data=st.one_of(ALIKE, ANYTHING))
def test_no_button_harms_anybody_elses_draft(play: Play, other: Play, data: str) -> None:
    before = other.drafts
    said = play.forges(data)
    assert said.toasts or said.texts, "a press must not end in silence"
    assert other.drafts == before


OWN = st.tuples(st.sampled_from(KEYS), st.sampled_from(OPTIONS))


@IN_PLACE
@given(presses=st.lists(OWN, min_size=1, max_size=8), begun=st.booleans())
def test_no_press_on_ones_own_draft_breaks_it(
    play: Play, presses: list[tuple[str, str]], begun: bool
) -> None:
    to_the_card(play) if begun else play.begin("trip", answers={})
    draft = play.drafts["trip"].id
    for key, option in presses:
        said = play.forges(f"f:{draft}:{key}:{option}")
        assert said.toasts or said.texts, "a press must not end in silence"
    for kept in play.kept:
        assert kept.keys() >= {"colour", "what", "tags", "hint", "time"}
        assert kept["what"]["text"]


@pytest.mark.parametrize("option", ["keep", "skip", "submit", "wet", "edit=what"])
def test_an_unanswered_question_is_not_passed_by_a_forged_button(play: Play, option: str) -> None:
    play.begin("trip")
    play.presses("green")
    key = "card" if option in ("submit", "edit=what") else "what"
    said = play.forges(f"f:{play.drafts['trip'].id}:{key}:{option}")
    assert said.toasts == ["This step is done already. The open question is below."]
    assert said.texts == ["what?"]
    assert play.answers == {"colour": "green"}


def test_an_old_button_says_so_and_asks_the_open_question_again(play: Play) -> None:
    play.begin("trip")
    red = play.said.button("red")
    play.presses("green")
    said = play.forges(red)
    assert said.toasts == ["This step is done already. The open question is below."]
    assert said.texts == ["what?"]
    assert play.answers == {"colour": "green"}


def test_two_presses_at_the_same_moment_are_one_answer(postgres_db: Database, cast: Cast) -> None:
    """The member's row is locked before the draft is read, so the second sees what the first did."""
    play = Play(postgres_db, cast.guard)
    to_the_card(play)
    submit = play.said.button("Submit")
    with ThreadPoolExecutor(2) as pool:
        with held(postgres_db, "SELECT * FROM draft FOR UPDATE") as meet:
            presses = [pool.submit(play.forges, submit) for _ in range(2)]
            meet(2)
        said = [press.result(10) for press in presses]
    assert sorted(len(each.toasts) for each in said) == [0, 1]
    assert len(play.kept) == 1
    left = postgres_db.run_now(
        lambda conn: conn.execute(text("SELECT count(*) FROM draft")).scalar()
    )
    assert left == 0
