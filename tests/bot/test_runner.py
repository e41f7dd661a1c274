"""One person and a form: forward, back, skipped, changed on the card; on both engines."""

import pytest

from bot.db import Database
from tests.bot.play import BUSY, Play, at, to_the_card
from tests.people import NOW, Cast

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def play(db: Database, cast: Cast) -> Play:
    return Play(db, cast.guard)


# -- forward -------------------------------------------------------------------------------------


def test_the_first_question_can_be_left_but_not_gone_back_from(play: Play) -> None:
    said = play.begin("trip", intro="hello")
    assert said.text == "hello\ncolour?"
    assert {"red", "green", "More…", "Cancel"} == set(said.buttons)
    assert all(len(data.encode()) <= 64 for data in said.buttons.values())


def test_every_question_after_the_first_can_be_gone_back_from(play: Play) -> None:
    play.begin("trip")
    for said in (
        play.presses("red"),
        play.says("pale"),
        play.says("it rained"),
        play.presses("None of these"),
        play.presses("Skip"),
    ):
        assert {"Back", "Cancel"} <= set(said.buttons), said.texts


def test_a_form_filled_in_becomes_one_record_and_no_draft(play: Play) -> None:
    to_the_card(play)
    said = play.presses("Submit")
    assert said.text == "kept"
    story = {"text": "it rained", "files": [], "place": None}
    assert play.kept == [
        {"colour": "green", "what": story, "tags": ["wet"], "hint": None, "time": at(NOW)}
    ]
    assert play.drafts == {}


def test_a_second_submit_changes_nothing(play: Play) -> None:
    to_the_card(play)
    submit = play.said.button("Submit")
    play.forges(submit)
    again = play.forges(submit)
    assert again.toasts == ["This button is used up. What was submitted is kept; see /mine."]
    assert len(play.kept) == 1


def test_a_question_is_asked_only_where_its_condition_holds(play: Play) -> None:
    play.begin("trip")
    assert play.presses("red").text == "shade?"
    play.begin("trip", answers={})
    assert play.presses("green").text == "what?"


def test_an_answer_whose_condition_is_gone_is_not_filed(play: Play) -> None:
    play.begin(
        "trip", answers={"colour": "red", "shade": "pale", "what": {"files": []}, "tags": []}
    )
    play.presses("Skip")
    play.presses("Change colour")
    play.presses("green")
    play.presses("Submit")
    assert play.kept[0]["colour"] == "green"
    assert "shade" not in play.kept[0]


def test_a_typed_label_counts_as_its_button(play: Play) -> None:
    play.begin("trip")
    assert play.says(" GREEN ").text == "what?"


def test_more_options_stand_behind_a_button(play: Play) -> None:
    play.begin("trip")
    more = play.presses("More…")
    assert set(more.buttons) == {"blue", "To the first", "Cancel"}
    assert play.presses("blue").text == "what?"


def test_a_form_without_a_card_ends_with_its_last_answer(play: Play) -> None:
    assert play.begin("tally").text == "1/2 sure?"
    assert play.presses("yes").text == "2/2 share?"
    assert play.says("92.5").text == "kept"
    assert play.kept == [{"sure": "yes", "share": ["92.5"]}]


def test_an_answer_that_does_not_fit_is_refused_and_asked_for_again(play: Play) -> None:
    play.begin("tally")
    play.presses("yes")
    said = play.says("101")
    assert said.text.startswith("101 does not fit here. Please type a number from 0 to 100")
    assert said.text.endswith("2/2 share?")
    assert "share" not in play.drafts["tally"].answers


# -- ticks ---------------------------------------------------------------------------------------


def test_ticks_are_kept_until_they_are_confirmed(play: Play) -> None:
    play.begin("trip", answers={"colour": "green", "what": {"text": "x", "files": []}})
    play.presses("wet")
    assert "✓ wet" in play.presses("odd").buttons
    assert "tags" not in play.answers
    unticked = play.presses("✓ wet")
    assert "Done: 1 chosen" in unticked.buttons
    play.presses("Done")
    assert play.answers["tags"] == ["odd"]


def test_ticks_survive_a_detour(play: Play) -> None:
    play.begin("trip", answers={"colour": "green", "what": {"text": "x", "files": []}})
    play.presses("wet")
    play.begin("tally")
    assert "✓ wet" in play.begin("trip").buttons


def test_nothing_ticked_is_an_answer_as_well(play: Play) -> None:
    play.begin("trip", answers={"colour": "green", "what": {"text": "x", "files": []}})
    play.presses("None of these")
    assert play.answers["tags"] == []


# -- back, skip, edit ----------------------------------------------------------------------------


def test_back_offers_what_was_answered(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    back = play.presses("Back")
    assert back.text == "colour?"
    assert "Keep as it was" in back.buttons
    assert play.presses("Keep as it was").text == "what?"
    assert play.answers == {"colour": "green"}


def test_back_twice_and_forward_again_keeps_both_answers(play: Play) -> None:
    to_the_card(play)
    before = play.answers
    play.presses("Back")
    play.presses("Back")
    play.presses("Keep")
    play.presses("Keep")
    assert play.answers == before


def test_back_and_another_answer_replaces_the_first(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    play.presses("Back")
    play.presses("red")
    assert play.answers == {"colour": "red"}
    assert play.drafts["trip"].held == {}


def test_a_story_gone_back_to_is_told_anew_with_its_old_words_kept_on_demand(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    play.says("it rained")
    play.presses("Back")
    play.presses("Keep")
    assert play.answers["what"]["text"] == "it rained"


def test_only_an_optional_question_can_be_skipped(play: Play) -> None:
    assert "Skip" not in play.begin("trip").buttons
    forged = f"f:{play.drafts['trip'].id}:colour:skip"
    assert play.forges(forged).toasts
    assert play.answers == {}


def test_any_answer_can_be_changed_on_the_card(play: Play) -> None:
    to_the_card(play)
    play.presses("Change tags")
    play.presses("dry")
    assert play.presses("Done").text.startswith("card")
    assert play.answers["tags"] == ["wet", "dry"]
    assert play.drafts["trip"].editing is None


@pytest.mark.parametrize("leave", ["Back", "Keep as it was"])
def test_a_change_can_be_thought_better_of(play: Play, leave: str) -> None:
    to_the_card(play)
    before = play.answers
    play.presses("Change colour")
    assert play.presses(leave).text.startswith("card")
    assert {**play.answers, "time": None} == {**before, "time": None}


def test_a_proposal_can_be_changed_on_the_card(play: Play) -> None:
    to_the_card(play)
    play.presses("Change time")
    play.presses("10 minutes ago")
    play.presses("Submit")
    assert play.kept[0]["time"] == "2026-03-16T13:32:00+00:00"


def test_a_story_changed_on_the_card_is_written_anew_and_keeps_its_files(play: Play) -> None:
    to_the_card(play)
    photo = {"kind": "photo", "file_id": "p1", "size": 10, "name": None}
    play.sends("files", files=(photo,), text="with a picture")
    play.presses("Change what")
    play.says("it poured")
    assert play.answers["what"] == {"text": "it poured", "files": [photo], "place": None}


def test_a_refused_ending_keeps_the_draft_open(play: Play) -> None:
    to_the_card(play, hint="closed")
    said = play.presses("Submit")
    assert said.text.startswith(BUSY)
    assert play.kept == []
    play.presses("Change hint")
    play.says("open")
    assert play.presses("Submit").text == "kept"


# -- the question that takes what fits nowhere else ------------------------------------------------


def test_words_sent_to_a_question_with_buttons_are_added_to_the_story(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    play.says("it rained")
    said = play.says("and it was cold")
    assert said.text.splitlines() == [
        "Added to the what.",
        "For the tags, please press a button below.",
        "tags?",
    ]
    assert play.answers["what"]["text"] == "it rained\nand it was cold"


def test_words_sent_to_the_first_question_wait_for_the_story(play: Play) -> None:
    play.begin("trip")
    assert play.says("it rained").text.startswith("Added to the what.")
    assert play.presses("green").text == "tags?"
    assert play.answers["what"]["text"] == "it rained"


def test_words_and_pictures_sent_to_the_card_are_added_too(play: Play) -> None:
    to_the_card(play)
    voice = {"kind": "voice", "file_id": "v", "size": 1, "name": None}
    said = play.sends("files", files=(voice,))
    assert said.text.startswith("Voice message received, 1 file in all.\ncard")
    assert play.says("more").text.startswith("Added to the what.\ncard")
    assert play.answers["what"]["text"] == "it rained\nmore"
    assert len(play.answers["what"]["files"]) == 1


def test_what_is_sent_while_an_answer_is_being_changed_is_kept_and_the_question_stays(
    play: Play,
) -> None:
    to_the_card(play)
    play.presses("Change colour")
    photo = {"kind": "photo", "file_id": "p", "size": 1, "name": None}
    assert play.sends("files", files=(photo,)).text.splitlines() == [
        "Photo received, 1 in all.",
        "For the colour, please press a button below.",
        "colour?",
    ]
    assert play.says("it was purple").text.startswith("Added to the what.")
    assert play.drafts["trip"].editing == "colour"
    assert play.answers["what"]["text"] == "it rained\nit was purple"
    assert play.presses("red").text == "shade?"


def test_a_piece_that_was_added_can_be_taken_out_again_and_only_that_one(play: Play) -> None:
    to_the_card(play)
    play.says("who is on duty?")
    undo = play.said.button("Leave that out")
    play.says("it was cold")
    assert play.forges(undo).text.startswith("Taken out again.\ncard")
    assert play.answers["what"]["text"] == "it rained\nit was cold"
    assert play.forges(undo).toasts, "it is out already"
    assert play.answers["what"]["text"] == "it rained\nit was cold"


def test_the_only_piece_taken_out_leaves_the_question_open(play: Play) -> None:
    play.begin("trip")
    play.says("it rained")
    assert play.presses("Leave that out").text == "Taken out again.\ncolour?"
    assert play.presses("green").text == "what?"


def test_the_same_words_twice_in_a_row_are_added_once(play: Play) -> None:
    to_the_card(play)
    play.says("it was cold")
    said = play.says("it was cold")
    assert said.text.startswith("That is in the what already.\ncard")
    assert "Leave that out" not in said.buttons
    assert play.answers["what"]["text"] == "it rained\nit was cold"


def test_what_was_taken_back_into_hand_loses_nothing_to_what_is_sent_next(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    photo = {"kind": "photo", "file_id": "p", "size": 1, "name": None}
    play.sends("files", files=(photo,), text="it rained")
    play.presses("Back")
    play.presses("Back")
    play.says("and it was cold")
    assert play.answers["what"] == {
        "text": "it rained\nand it was cold",
        "parts": ["it rained", "and it was cold"],
        "files": [photo],
        "place": None,
    }


def test_a_time_not_understood_is_no_part_of_the_story(play: Play) -> None:
    to_the_card(play)
    play.presses("Change time")
    assert "I did not understand this time" in play.says("soonish").text
    assert play.answers["what"]["text"] == "it rained"


# -- a button's label that is typed ----------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["Cancel", "cancel", " CANCEL! ", "取消", "【取消】。", "❌ 取消"]
)
def test_cancel_typed_cancels_whatever_is_asked(play: Play, typed: str) -> None:
    play.begin("trip")
    play.presses("green")
    assert "nothing was filed: trip" in play.says(typed).text
    assert play.drafts == {}


def test_back_skip_submit_and_every_answer_can_be_typed(play: Play) -> None:
    play.begin("trip")
    play.says("Green.")
    assert play.says("back").text == "colour?"
    play.says("keep as it was")
    play.says("it rained")
    assert "✓ wet" in play.says("wet").buttons
    assert play.says("done").text == "hint?"
    assert play.says("跳过").text.startswith("card")
    assert play.says("what").text == "what?", "to be changed"
    assert play.says("返回").text.startswith("card")
    assert play.says("✅ submit").text == "kept"
    assert play.kept[0]["what"]["text"] == "it rained"


def test_a_label_inside_a_sentence_is_no_press(play: Play) -> None:
    play.begin("trip")
    play.presses("green")
    assert play.says("cancel all leave").text == "tags?"
    assert play.answers["what"]["text"] == "cancel all leave"


def test_a_form_without_such_a_question_says_what_it_expects(play: Play) -> None:
    play.begin("tally")
    lines = "Message not taken down.\nPlease use the buttons. Everything so far is kept."
    assert play.says("hm").text.startswith(lines)
    assert play.sends("other").text.startswith(lines)
    voice = {"kind": "voice", "file_id": "v", "size": 1, "name": None}
    assert play.sends("files", files=(voice,)).text.startswith("Voice message not kept")
