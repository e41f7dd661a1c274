"""Forms whose unfinished answers are sealed: nothing typed stands in clear, and everything works as in others."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from bot.crypto import Cipher
from bot.db import Database
from bot.sealing import Unopenable, open_values, seal_values
from models.draft import DRAFT
from tests.bot import play as playing
from tests.bot.play import Play, build_tally, build_trip, talk, to_the_card
from tests.people import Cast

pytestmark = pytest.mark.usefixtures("english")
TALKS = (talk("trip", build_trip, sealed=True), talk("tally", build_tally))
CIPHER = Cipher(bytes(32))
_BOX = re.compile(r"(?<=[\"']~[\"']: )[\"'][A-Za-z0-9+/=]+[\"']")
CLOSED = "This form was kept under another key, cannot be opened any more and was closed."


@pytest.fixture
def play(db: Database, cast: Cast) -> Play:
    return Play(db, cast.guard, TALKS)


def stored(db: Database) -> str:
    """Every draft as the database holds it, without its sealed boxes: base64 may hold any short word by chance."""
    rows = db.run_now(lambda conn: conn.execute(text("SELECT * FROM draft")).all())
    clear = [[_BOX.sub("", str(value)) for value in row] for row in rows]
    return json.dumps(clear, ensure_ascii=False)


def opened(play: Play) -> dict[str, Any]:
    """What the draft of the trip holds, in clear."""
    row = play.drafts["trip"]._asdict()
    return open_values(CIPHER, row, owner=play.person.id)


# -- nothing in clear ------------------------------------------------------------------------------


def test_nothing_answered_or_held_stands_in_clear(play: Play) -> None:
    steps = [
        lambda: play.begin("trip", answers={"colour": "red"}),
        lambda: play.says("crimson"),
        lambda: play.says("it rained"),
        lambda: play.presses("wet"),
        lambda: play.presses("Done"),
        lambda: play.says("umbrella"),
        lambda: play.presses("Back"),
        lambda: play.presses("Back"),
        lambda: play.presses("Cancel"),
    ]
    for step in steps:
        step()
        for word in ("red", "crimson", "rain", "wet", "umbrella", "colour"):
            assert word not in stored(play.db)
    held = play.db.run_now(lambda conn: conn.execute(select(DRAFT.c.held)).scalar_one())
    assert list(held) == ["~"]


def test_other_forms_stay_as_they_were(play: Play) -> None:
    play.begin("tally")
    play.presses("yes")
    assert play.drafts["tally"].answers == {"sure": "yes"}


# -- everything works ------------------------------------------------------------------------------


def test_it_becomes_the_same_record_as_an_open_form(play: Play) -> None:
    to_the_card(play, hint="umbrella")
    play.presses("Submit")
    play.use((talk("trip", build_trip),))
    to_the_card(play, hint="umbrella")
    play.presses("Submit")
    sealed, plain = play.kept
    assert sealed == plain
    assert play.drafts == {}


def test_back_edit_detour_and_ticks_work(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    play.says("it rained")
    play.presses("odd")
    play.begin("tally")
    assert "✓ odd" in play.begin("trip").buttons
    play.presses("Done")
    play.presses("Skip")
    play.presses("Change colour")
    assert play.presses("red").text == "shade?"
    play.presses("Back")
    assert opened(play)["held"]["colour"] == "red"
    assert opened(play)["answers"]["what"]["text"] == "it rained"


def test_a_cancelled_one_can_be_taken_back(play: Play) -> None:
    to_the_card(play)
    play.presses("Cancel")
    assert play.presses("Take it back").text.endswith("card ['colour', 'hint', 'tags', 'what']")


def test_a_list_of_drafts_can_describe_it(play: Play, db: Database) -> None:
    to_the_card(play)

    def describe(turn: Any) -> None:
        turn.say(" ".join(play.runner.describe(turn, play_row(turn))))

    assert "it rained" in play._turn(describe, text="/mine").text


def play_row(turn: Any) -> Any:
    """The member's draft, read in the turn."""
    query = select(DRAFT).where(DRAFT.c.member_id == turn.actor.id, DRAFT.c.form == "trip")
    return turn.conn.execute(query).one()


# -- what cannot be opened -------------------------------------------------------------------------


def spoil(play: Play, values: dict[str, Any]) -> None:
    """Change the stored draft of the trip."""
    change = update(DRAFT).where(DRAFT.c.form == "trip").values(**values)
    play.db.run_now(lambda conn: conn.execute(change))


@pytest.mark.parametrize(
    "values",
    [
        {"answers": {"colour": "green"}},
        {"answers": {}},
        {"held": {"~": "not base64 at all"}},
        {"held": {"~": ""}},
        {"answers": {"~": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}},
    ],
)
def test_a_draft_that_cannot_be_opened_closes_with_a_sentence(
    play: Play, values: dict[str, Any]
) -> None:
    play.begin("trip")
    spoil(play, values)
    assert play.presses("green").text.startswith(CLOSED)
    assert play.drafts == {}
    assert play.begin("trip").text == "colour?"


@pytest.mark.parametrize("way", ["says", "begin", "cancels"])
def test_after_a_change_of_key_every_way_into_it_says_so(
    play: Play, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.begin("trip")
    play.presses("green")
    house = replace(playing.HOUSE, cipher=Cipher(b"1" * 32))
    monkeypatch.setattr(playing, "HOUSE", house)

    def describe(turn: Any) -> None:
        turn.say(str(play.runner.describe(turn, play_row(turn))))

    assert play._turn(describe, text="/mine").text == "('trip', '')"
    said = {"says": lambda: play.says("x"), "begin": lambda: play.begin("trip")}.get(
        way, play.cancels
    )()
    assert said.text.startswith(CLOSED)
    assert play.drafts == {}


def test_what_was_sealed_for_one_member_does_not_open_for_another(
    play: Play, db: Database, cast: Cast
) -> None:
    other = Play(db, cast.doctor, TALKS)
    to_the_card(play)
    other.begin("trip")
    taken = {"answers": play.answers, "held": play.drafts["trip"].held}
    mine = update(DRAFT).where(DRAFT.c.member_id == cast.doctor.id).values(**taken)
    db.run_now(lambda conn: conn.execute(mine))
    assert other.presses("green").text.startswith(CLOSED)


VALUES = st.dictionaries(
    st.text(max_size=5), st.none() | st.text(max_size=5) | st.lists(st.integers()), max_size=3
)


@given(VALUES, VALUES, st.integers(min_value=1, max_value=9))
def test_what_is_sealed_opens_again_for_its_owner_alone(
    answers: dict[str, Any], held: dict[str, Any], owner: int
) -> None:
    values = {"answers": answers, "held": held, "form": "trip"}
    sealed = seal_values(CIPHER, values, owner=owner)
    assert sealed["form"] == "trip"
    assert open_values(CIPHER, sealed, owner=owner) == values
    with pytest.raises(Unopenable):
        open_values(CIPHER, sealed, owner=owner + 1)
    swapped = {**sealed, "answers": sealed["held"], "held": sealed["answers"]}
    with pytest.raises(Unopenable):
        open_values(CIPHER, swapped, owner=owner)
