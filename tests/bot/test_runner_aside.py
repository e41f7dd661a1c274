"""One person and a form: left, taken back, set aside, resumed, changed meanwhile; on both engines."""

from dataclasses import replace

import pytest

from bot.db import Database
from models.people import MEMBER
from tests.bot.play import TALKS, Play, at, build_tally, build_trip, talk, to_the_card
from tests.people import NOW, Cast

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def play(db: Database, cast: Cast) -> Play:
    return Play(db, cast.guard)


# -- cancel, pause, another command ---------------------------------------------------------------


def test_cancel_says_what_it_discards_and_it_can_be_taken_back(play: Play) -> None:
    to_the_card(play)
    before = play.answers
    said = play.cancels()
    assert said.text == "Cancelled, nothing was filed: trip.\nDiscarded: green · it rained · wet"
    assert play.drafts == {}
    assert play.presses("Take it back").text.startswith("Everything is back.\ncard")
    assert play.answers == before


def test_cancel_by_button_does_the_same(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    assert "nothing was filed: trip" in play.presses("Cancel").text
    assert play.presses("Take it back").text == "Everything is back.\nwhat?"


def test_what_is_taken_back_twice_is_taken_back_once(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    play.cancels()
    undo = play.said.button("Take it back")
    play.forges(undo)
    assert play.forges(undo).texts == ["what?"]
    assert len(play.drafts) == 1


def test_nothing_is_taken_back_over_a_newer_draft_of_the_same_form(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    play.cancels()
    undo = play.said.button("Take it back")
    play.begin("trip")
    play.presses("red")
    assert play.forges(undo).toasts
    assert play.answers == {"colour": "red"}


def test_nothing_open_is_nothing_to_cancel_or_to_answer(play: Play) -> None:
    assert play.cancels().out == []
    assert play.says("hello").out == []


def test_a_paused_form_leaves_messages_alone_and_its_command_resumes_it(play: Play) -> None:
    play.begin("tally")
    play.presses("yes")
    assert play.presses("Pause").text.startswith("Saved: tally.")
    assert play.says("12").out == []
    assert play.begin("tally").text == "Picking up where you left off.\n2/2 share?"


def test_another_command_parks_and_the_own_one_resumes_at_the_question(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    assert play.begin("tally").text == "1/2 sure?", "without asking anything first"
    assert {f: d.state for f, d in play.drafts.items()} == {"trip": "parked", "tally": "active"}
    assert play.begin("trip").text == "Picking up where you left off.\nwhat?"
    assert {f: d.state for f, d in play.drafts.items()} == {"trip": "active", "tally": "parked"}


def test_the_button_of_a_parked_form_makes_it_the_open_one(play: Play) -> None:
    play.begin("trip")
    green = play.said.button("green")
    play.begin("tally")
    assert play.forges(green).text == "what?"
    assert play.drafts["tally"].state == "parked"
    assert play.says("it rained").text == "tags?"


def test_a_form_begun_with_answers_replaces_the_open_one(play: Play) -> None:
    to_the_card(play)
    told, asked = play.begin("trip", answers={}).texts
    assert asked == "colour?"
    assert "it rained" in told, "nothing told goes without a word"
    assert play.answers == {}
    assert len(play.drafts) == 1


def test_a_message_can_begin_a_form_and_answer_it_at_once(play: Play) -> None:
    assert play.begin("trip", read=True).text.startswith("Added to the what.")
    play.begin("tally")
    assert play.begin("trip", read=True).text.startswith("That is in the what already.")
    assert play.answers["what"]["text"] == "/trip", "taken in by the one that was open, once"


def test_a_draft_waits_for_days_and_keeps_its_own_beginning(play: Play) -> None:
    to_the_card(play)
    play.forward(days=20)
    play.use(TALKS)
    assert play.begin("trip").text.startswith("Picking up where you left off.\ncard")
    play.presses("Submit")
    assert play.kept[0]["time"] == at(NOW), "when it happened, not when it was sent"


# -- what changed meanwhile ------------------------------------------------------------------------


def test_a_form_of_another_version_is_closed_with_a_sentence(play: Play) -> None:
    play.begin("trip")
    green = play.said.button("green")
    play.use((talk("trip", build_trip, version=2), talk("tally", build_tally)))
    assert play.says("hm").text.startswith("This form was changed meanwhile")
    assert play.drafts == {}
    assert play.forges(green).toasts
    assert play.begin("trip").text == "colour?"


def test_its_own_command_begins_a_changed_form_anew_and_shows_what_was_told(play: Play) -> None:
    to_the_card(play)
    play.use((talk("trip", build_trip, version=2),))
    told, asked = play.begin("trip").texts
    assert told.splitlines()[1:] == ["You had told this so far:", "it rained"]
    assert asked == "colour?"
    assert play.answers == {}


def test_a_message_that_finds_its_form_changed_is_shown_what_was_told_and_goes_on(
    play: Play,
) -> None:
    to_the_card(play)
    photo = {"kind": "photo", "file_id": "p", "size": 1, "name": None}
    play.sends("files", files=(photo,))
    play.use((talk("trip", build_trip, version=2),))
    said = play.says("more")
    assert "it rained" in said.text
    assert "1 file, still in this chat" in said.text
    assert play.drafts == {}


def test_a_form_that_is_gone_is_closed_with_a_sentence(play: Play) -> None:
    play.begin("trip")
    play.use((talk("tally", build_tally),))
    assert play.cancels().text.startswith("This form was changed meanwhile")
    assert play.drafts == {}


def test_a_form_that_the_role_no_longer_has_is_kept_and_shown(play: Play) -> None:
    play.use(replace(each, roles=frozenset({"guard"})) for each in TALKS)
    play.begin("trip")
    green = play.said.button("green")
    play.says("it rained")
    play.db.run_now(lambda conn: conn.execute(MEMBER.update().values(role="leader")))
    for said in (play.says("more"), play.forges(green)):
        assert said.text.startswith("Your role has changed")
        assert "it rained" in said.text
    assert play.drafts["trip"].state == "parked"
    play.db.run_now(lambda conn: conn.execute(MEMBER.update().values(role="guard")))
    assert play.forges(green).text == "tags?", "with the old role back it goes on"
    assert play.answers["what"]["text"] == "it rained"
