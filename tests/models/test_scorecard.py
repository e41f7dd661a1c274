"""The scoring engine against the brute-force oracle and the table's own figures."""

import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.asking import asked
from models.criteria import MISSED
from models.judgement import Band
from models.question import AnswerError
from models.rubric import shipped
from models.scorecard import score
from models.scores import Scorecard
from tests.models.scorecard_oracle import LEADER, OTHER, oracle, questions_at, random_state

RUBRIC = shipped("qingpu-2021")
LEVELS = (1, 2, 3)
FIGURES = {
    "4.2.2": [0, 0],
    "4.2.3": [0],
    "4.2.4": [0],
    "3.1.3": 100,
    "4.3.1": 2,
    "4.3.2": "no_cases",
    "5.2.1": [90, 90],
    "1.1": LEADER,
}


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    return random_state(lambda choices: draw(st.sampled_from(choices)))


def card_of(state: dict[str, Any]) -> Scorecard:
    return score(
        RUBRIC,
        level=state["level"],
        answers=state["answers"],
        counts={MISSED: state["missed"]},
    )


def perfect(level: int) -> dict[str, Any]:
    return {each: FIGURES.get(each, "yes") for each in questions_at(level)}


def scored(level: int, missed: int | None = 0, **changed: Any) -> Scorecard:
    """A hospital with everything in order but for what is changed (``q4_2_2`` is question 4.2.2)."""
    answers = perfect(level) | {key[1:].replace("_", "."): v for key, v in changed.items()}
    counts = {} if missed is None else {MISSED: missed}
    return score(RUBRIC, level=level, answers=answers, counts=counts)


def item(card: Scorecard, item_id: str) -> Any:
    return next(each for each in card.items if each.id == item_id)


def line(card: Scorecard, line_id: str) -> Any:
    return next(one for each in card.items for one in each.criteria if one.id == line_id)


def triple(band: Band) -> tuple[Fraction, Fraction, Fraction | None]:
    return band.low, band.high, band.points


def agree(state: dict[str, Any]) -> None:
    card, expected = card_of(state), oracle(state)
    assert {each.id: triple(each.score) for each in card.items} == expected["items"]
    assert {each.id: triple(each.score) for each in card.sections} == expected["sections"]
    assert triple(card.score) == expected["total"]
    assert list(card.open) == expected["open"]


@settings(max_examples=300, deadline=None)
@given(states())
def test_the_engine_agrees_with_the_oracle(state: dict[str, Any]) -> None:
    agree(state)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_states_agree_with_the_oracle() -> None:
    pick = random.Random(2021).choice
    for _ in range(100_000):
        agree(random_state(pick))


@settings(max_examples=200, deadline=None)
@given(states())
def test_sums_are_exact_and_stay_within_the_points(state: dict[str, Any]) -> None:
    card = card_of(state)
    places = [card, *card.sections, *card.items, *(one for i in card.items for one in i.criteria)]
    for place in places:
        assert 0 <= place.score.low <= place.score.high <= place.points
        assert all(type(x) is Fraction for x in (place.score.low, place.score.high))
        if place.score.points is not None:
            assert place.score.low <= place.score.points <= place.score.high
    for end in ("low", "high"):
        of_sections = [getattr(each.score, end) for each in card.sections]
        assert getattr(card.score, end) == sum(of_sections)
        for section in card.sections:
            assert getattr(section.score, end) == sum(getattr(i.score, end) for i in section.items)


@settings(max_examples=100, deadline=None)
@given(states())
def test_another_miss_never_adds_a_point(state: dict[str, Any]) -> None:
    less, more = card_of(state), card_of(state | {"missed": state["missed"] + 1})
    assert more.score.low <= less.score.low
    assert more.score.high <= less.score.high


@settings(max_examples=100, deadline=None)
@given(states(), st.data())
def test_an_answer_only_narrows_the_range(state: dict[str, Any], data: st.DataObject) -> None:
    full = random_state(lambda choices: data.draw(st.sampled_from(choices)))
    known = {q: v for q, v in full["answers"].items() if q in questions_at(state["level"])}
    fewer = {q: v for q, v in known.items() if data.draw(st.booleans())}
    wide = card_of(state | {"answers": fewer}).score
    narrow = card_of(state | {"answers": known}).score
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("missed", range(11))
def test_the_ladder(level: int, missed: int) -> None:
    card = scored(level, missed)
    low, default = {0: (2, 2), 1: (Fraction(3, 2), 2), 2: (1, 1)}.get(missed, (0, 0))
    assert triple(item(card, "4.5").score) == (low, default, default)
    assert ("A3" in card.open) == (missed == 1)
    assert not {"A5", "A11"} & set(card.open)
    codes = [(why.code, why.params["count"]) for why in item(card, "4.5").every_reason]
    assert codes == ([("missed", missed)] if missed else [])


def test_a_ladder_without_a_count_is_a_range() -> None:
    card = scored(2, None)
    assert triple(item(card, "4.5").score) == (0, 2, None)
    assert [why.code for why in item(card, "4.5").every_reason] == ["not_counted"]


@pytest.mark.parametrize(
    ("level", "low", "questions"), [(1, 93, ["A2"]), (2, 100, []), (3, 100, ["A1"])]
)
def test_a_perfect_hospital(level: int, low: int, questions: list[str]) -> None:
    card = scored(level)
    assert triple(card.score) == (low, 100, 100)
    assert list(card.open) == questions


@pytest.mark.parametrize(("level", "always"), [(1, ["A2"]), (2, []), (3, ["A1"])])
def test_a_fresh_scorecard_is_open_everywhere_but_in_the_ladder(
    level: int, always: list[str]
) -> None:
    card = score(RUBRIC, level=level, answers={}, counts={MISSED: 0})
    assert triple(card.score) == (2, 100, None)
    assert list(card.open) == always
    for each in asked(RUBRIC, level):
        where = item(card, "1.1") if each.id == "1.1" else line(card, each.id)
        assert triple(where.score) == (0, each.points, None)
        assert [why.code for why in where.reasons] == ["unanswered"]


def test_unknown_figures_are_as_wide_as_no_answer() -> None:
    for question in ("3.1.3", "4.2.2", "4.2.3", "4.2.4", "4.3.1", "4.3.2", "5.2.1"):
        card = scored(2, **{"q" + question.replace(".", "_"): "unknown"})
        assert triple(line(card, question).score) == (0, line(card, question).points, None)


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("q1_1", OTHER, (5, 5, 5)),
        ("q1_1", "none", (0, 0, 0)),
        ("q1_2_a", "no", (5, 5, 5)),
        ("q1_2_a", "partly", (5, Fraction(15, 2), Fraction(15, 2))),
        ("q3_1_3", 93.5, (Fraction("24.35"),) * 3),
        ("q3_1_3", "93.5", (Fraction("24.35"),) * 3),
        ("q4_2_2", [1, 0], (9, 9, 9)),
        ("q4_2_2", [0, 1], (8, 8, 8)),
        ("q4_2_2", [0, 2], (7, 8, 7)),
        ("q4_2_2", [3, 2], (7, 7, 7)),
        ("q4_2_3", 2, (8, 8, 8)),
        ("q4_2_4", [5], (8, 8, 8)),
        ("q4_3_1", 1.25, (Fraction("3.25"),) * 3),
        ("q4_3_2", 75, (Fraction("3.5"),) * 3),
        ("q5_2_1", [88, 90], (0, 3, 3)),
        ("q5_2_1", [80, 90], (0, 0, 0)),
        ("q5_2_1", [91.5, 90], (5, 5, 5)),
        ("q5_2_1", [88, None], (0, 5, None)),
        ("q5_2_1", [88], (0, 5, None)),
        ("q5_2_1", [100], (5, 5, 5)),
    ],
)
def test_an_answer_at_level_2(question: str, answer: Any, expected: tuple[Any, ...]) -> None:
    card = scored(2, **{question: answer})
    section, row = question[1:].split("_")[:2]
    assert triple(item(card, f"{section}.{row}").score) == expected


def test_the_draft_s_own_example_of_4_2() -> None:
    """三级 lacking 安检: 10 | 8.33 | 9."""
    card = scored(3, q4_2_1b="no")
    assert triple(item(card, "4.2").score) == (Fraction(25, 3), 10, 10)
    (why,) = item(card, "4.2").reasons
    assert (why.code, why.params["printed"], why.params["reading"]) == ("over_points", 12, "cap")


def test_what_does_not_apply_below_level_2() -> None:
    card = scored(1)
    assert triple(item(card, "2.1").score) == (5, 10, 10)
    assert triple(item(card, "4.2").score) == (8, 10, 10)
    assert [why.params["printed"] for why in item(card, "2.1").reasons] == [5]
    assert not line(card, "2.1.1").applies
    assert [why.code for why in line(card, "4.2.1a").reasons] == ["level_not_applicable"]


def test_a_lost_point_below_level_2_is_not_made_up_for() -> None:
    assert triple(item(scored(1, q4_2_2=[1, 0]), "4.2").score) == (7, 9, 9)


def test_not_applicable_makes_a_range_and_names_a2() -> None:
    card = scored(2, q4_4_1="na")
    assert triple(item(card, "4.4").score) == (2, 5, 5)
    assert triple(line(card, "4.4.1").score) == (0, 3, 3)
    assert line(card, "4.4.1").open == item(card, "4.4").open == ("A2",)
    assert list(card.open) == ["A2"]


def test_partly_names_a12_and_two_events_of_malpractice_a4() -> None:
    card = scored(2, q4_4_1="partly", q4_2_2=[0, 2])
    assert list(card.open) == ["A4", "A12"]
    assert line(card, "4.4.1").open == ("A12",)


def test_reasons_carry_figures_and_the_line() -> None:
    card = scored(2, q4_2_2=[1, 1], q5_2_1=[88, 90])
    first, second = item(card, "4.2").every_reason
    assert (first.where, first.code, first.params["metric"]) == (
        "4.2.2",
        "events",
        "incidents.grave",
    )
    assert second.params == {"metric": "incidents.malpractice", "count": 1, "each": 2}
    (below,) = item(card, "5.2").every_reason
    assert below.params == {"own": 88, "benchmark": 90, "gap": 2}


def test_settings_take_the_place_of_our_defaults() -> None:
    card = score(
        RUBRIC,
        level=2,
        answers={"3.1.3": 110, "5.2.1": [88, 90]},
        counts={},
        settings={"qc_full_score": "120", "satisfaction_points_per_point": "0.5"},
    )
    assert line(card, "3.1.3").score.points == Fraction(1100, 120)
    assert line(card, "5.2.1").score.points == 4
    changed = {each.setting.key for each in card.settings if not each.is_default}
    assert changed == {"qc_full_score", "satisfaction_points_per_point"}


def test_an_answer_to_a_line_of_another_level_is_left_alone() -> None:
    answers = {**perfect(2), "4.2.1b": "no"}
    assert score(RUBRIC, level=2, answers=answers, counts={MISSED: 0}).score.low == 100


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"level": 4}, "unknown_level"),
        ({"answers": {"9.9": "yes"}}, "unknown_question"),
        ({"answers": {"4.5.1": 0}}, "unknown_question"),
        ({"answers": {"3.1.3": -1}}, "negative"),
        ({"counts": {MISSED: -1}}, "negative"),
        ({"settings": {"no_such": "1"}}, "unknown_setting"),
        ({"settings": {"qc_full_score": "0"}}, "not_a_number"),
        ({"settings": {"qc_full_score": "many"}}, "not_a_number"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(AnswerError) as refused:
        score(RUBRIC, **({"level": 2, "answers": {}, "counts": {}} | arguments))
    assert refused.value.code == code
