"""What a year can still become: gone, to be won back, the next miss, worst and best."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.asking import asked
from models.criteria import MISSED
from models.projection import Basis, project, reporting
from models.rubric import shipped, shipped_ids
from models.scores import Scorecard

FIGURES = {"3.1.3": ["100"], "4.3.1": ["2"], "4.3.2": "no_cases", "5.2.1": ["95", "90"]}
ZEROS = dict.fromkeys(("incidents.grave", "incidents.malpractice", "incidents.media_hype"), 0)


def basis(missed: int = 0, level: int = 2, **answers: Any) -> Basis:
    """A hospital with everything in order but for what is changed (``l1_2_a`` is line 1.2.a)."""
    rubric = shipped("qingpu-2021")
    counts = {MISSED: missed, **ZEROS, "staff.organised_crime": 0}
    said: dict[str, Any] = {
        each.id: FIGURES.get(each.id, each.words[0])
        for each in asked(rubric, level, counted=counts)
    }
    said |= {key[1:].replace("_", "."): value for key, value in answers.items()}
    return Basis(
        rubric=rubric,
        level=level,
        beds=None,
        outpatients=None,
        answers=said,
        counts=counts,
        settings={},
        rulings={},
    )


def outlook(of: Basis, left: int = 0) -> Any:
    return project(of, of.score(), papers_left=left)


def test_in_order_nothing_is_lost() -> None:
    found = outlook(basis())
    assert found.losses == ()
    assert (found.worst, found.best) == (100, 100)


@pytest.mark.parametrize(
    ("missed", "costs"), [(0, [0, 1, 1]), (1, [1, 1]), (2, [1]), (3, []), (9, [])]
)
def test_what_the_next_misses_cost(missed: int, costs: list[int]) -> None:
    assert list(outlook(basis(missed)).next_misses) == costs


def test_what_happened_is_gone_and_what_can_be_made_good_is_not() -> None:
    found = outlook(basis(2, l1_2_a="no", l1_1="somebody_else", l3_1_3=["50"]))
    kinds = {loss.criterion: (loss.kind, loss.points) for loss in found.losses}
    assert kinds == {
        "1.1": ("winnable", 5),
        "1.2.a": ("winnable", 5),
        "3.1.3": ("winnable", 5),
        "4.5.1": ("gone", 1),
    }
    assert [loss.criterion for loss in found.of("gone")] == ["4.5.1"]
    assert found.best == 99


def test_what_nobody_answered_is_open() -> None:
    of = basis()
    of = replace(of, answers={k: v for k, v in of.answers.items() if k != "1.2.a"})
    (loss,) = outlook(of).losses
    assert (loss.criterion, loss.kind, loss.points) == ("1.2.a", "open", 5)


def test_at_worst_every_paper_left_is_missed() -> None:
    assert outlook(basis(1), left=2).worst == 98
    assert outlook(basis(0), left=1).worst == Fraction("99.5"), (
        "A3: the first miss may cost half a point"
    )


@given(
    missed=st.integers(0, 5),
    left=st.integers(0, 6),
    level=st.sampled_from([1, 2, 3]),
    words=st.lists(st.sampled_from(["yes", "partly", "no"]), min_size=5, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_worst_and_best_hold_the_score_between_them(
    missed: int, left: int, level: int, words: list[str]
) -> None:
    lines = ("1.2.a", "1.2.b", "2.1.2", "2.2.1", "4.4.1")
    of = basis(missed, level)
    of = replace(of, answers={**of.answers, **dict(zip(lines, words, strict=True))})
    card: Scorecard = of.score()
    found = project(of, card, papers_left=left)
    assert 0 <= found.worst <= card.score.low <= card.score.high <= found.best <= 100
    assert project(of, card, papers_left=left + 1).worst <= found.worst
    assert sum(found.next_misses) <= 2


@pytest.mark.parametrize("rubric_id", shipped_ids())
def test_every_table_that_ships_counts_missed_reports(rubric_id: str) -> None:
    assert reporting(shipped(rubric_id))
