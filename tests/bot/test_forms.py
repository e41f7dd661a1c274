"""Where one is in a form: derived from the answers, never stored."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.forms import View, asked, position, previous, progress, settled
from tests.bot.play import build_trip
from tests.people import NOW

FORM = build_trip({})
STORY = {"text": "x", "files": [], "place": None}
ANSWERS = {"colour": "red", "shade": "pale", "what": STORY, "tags": [], "hint": None}


def view(answers: dict[str, Any] | None = None, **options: Any) -> View:
    """A view of these answers."""
    zone = NOW.tzinfo
    assert zone is not None
    found = answers if answers is not None else {}
    return View(params={}, answers=found, held={}, begun_at=NOW, now=NOW, zone=zone, **options)


def keys(answers: dict[str, Any]) -> list[str]:
    """Of the questions asked in turn."""
    return [question.key for question in asked(FORM, view(answers))]


def at(answers: dict[str, Any], **options: Any) -> str | None:
    """The key of the open question."""
    found = position(FORM, view(answers, **options))
    return found.key if found else None


def test_what_is_proposed_is_not_asked_and_what_does_not_apply_neither() -> None:
    assert keys({}) == ["colour", "what", "tags", "hint"]
    assert keys({"colour": "red"}) == ["colour", "shade", "what", "tags", "hint"]


def test_the_open_question_is_the_first_without_an_answer() -> None:
    assert at({}) == "colour"
    assert at({"colour": "red"}) == "shade"
    assert at({"colour": "green"}) == "what"
    assert at({"colour": "red", "what": STORY}) == "shade"
    assert at(ANSWERS) is None


def test_a_skipped_question_is_answered() -> None:
    assert at({**ANSWERS, "hint": None}) is None
    assert view({"hint": None}).get("hint", "nothing") == "nothing"


def test_the_answer_being_changed_is_the_open_question() -> None:
    assert at(ANSWERS, editing="time") == "time"
    assert at(ANSWERS, editing="gone") is None


def test_before_the_card_comes_the_last_question() -> None:
    found = previous(FORM, view(ANSWERS), None)
    assert found is not None
    assert found.key == "hint"


def test_before_the_first_question_comes_nothing() -> None:
    assert previous(FORM, view(), FORM.by_key["colour"]) is None


def test_progress_counts_what_is_asked() -> None:
    assert progress(FORM, view(), FORM.by_key["what"]) == (2, 4)
    assert progress(FORM, view({"colour": "red"}), FORM.by_key["what"]) == (3, 5)


def test_what_is_filed_holds_the_proposals_and_drops_what_does_not_apply() -> None:
    found = settled(FORM, view({**ANSWERS, "colour": "green", "stray": 1}))
    assert found == {
        "colour": "green",
        "what": STORY,
        "tags": [],
        "hint": None,
        "time": NOW.isoformat(),
    }


def test_a_changed_proposal_is_filed_as_changed() -> None:
    earlier = (NOW - timedelta(hours=1)).isoformat()
    assert settled(FORM, view({**ANSWERS, "time": earlier}))["time"] == earlier


@given(st.dictionaries(st.sampled_from(sorted(ANSWERS)), st.just("x")))
def test_every_answer_leads_towards_the_card(answers: dict[str, Any]) -> None:
    """Whatever is answered already, answering the open question again and again reaches the card."""
    answers = {**answers}
    for _ in range(len(FORM.questions) + 1):
        key = at(answers)
        if key is None:
            return
        answers[key] = ANSWERS[key]
    raise AssertionError(f"still at {at(answers)}")
