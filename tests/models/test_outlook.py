"""How a year may still end, for every table that ships: the two ends, what is gone, where a cap stops the misses."""

import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from models.asking import every_question
from models.criteria import MISSED
from models.judgement import ZERO
from models.projection import Basis, Outlook, losses, next_misses, project, reporting
from models.rubric import shipped, shipped_ids
from tests.models.rubric_states import answer, random_state
from tests.models.scorecard_oracle import OTHER
from tests.models.test_scorecard import perfect

HALF = Fraction(1, 2)
QINGPU = shipped("qingpu-2021")
every_table = pytest.mark.parametrize("rubric_id", shipped_ids())


def basis_of(rubric_id: str, state: Mapping[str, Any]) -> Basis:
    return Basis(rubric=shipped(rubric_id), settings={}, **state)


def qingpu(
    level: int = 2, missed: int = 0, rulings: Mapping[str, str] | None = None, **changed: Any
) -> Basis:
    """A hospital with everything in order but for what is changed (``q4_2_2`` is question 4.2.2)."""
    answers = perfect(level) | {key[1:].replace("_", "."): v for key, v in changed.items()}
    state = {
        "level": level,
        "beds": None,
        "outpatients": None,
        "answers": {key: value for key, value in answers.items() if value is not None},
        "counts": {MISSED: missed},
        "rulings": rulings or {},
    }
    return basis_of("qingpu-2021", state)


def wenzhou(missed: int = 0, late: int = 0, **changed: Any) -> Basis:
    counts = {MISSED: missed, "reports.late": late}
    size = {"level": 2, "beds": None, "outpatients": None}
    rest = {"answers": {}, "counts": counts, "rulings": {}} | changed
    return basis_of("wenzhou-style", {**size, **rest})


def looked(basis: Basis, papers_left: int = 0) -> Outlook:
    return project(basis, basis.score(), papers_left=papers_left)


def found(basis: Basis) -> Any:
    return [(each.criterion, each.kind, each.points) for each in losses(QINGPU, basis.score())]


def costs_of(basis: Basis) -> list[Any]:
    return list(next_misses(basis, basis.score()))


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize(
    ("missed", "costs"), [(0, [HALF, HALF, 1]), (1, [HALF, 1]), (2, [1]), (3, [])]
)
def test_the_next_misses_follow_a_ruling_on_the_rung_that_is_not_printed(
    level: int, missed: int, costs: list[Any]
) -> None:
    assert costs_of(qingpu(level, missed, {"A3": "half_a_point"})) == costs


@pytest.mark.parametrize(
    ("missed", "late", "costs"),
    [(0, 0, [1, 2, 2]), (1, 0, [2, 2]), (2, 1, [Fraction(3, 2)]), (3, 0, [0]), (9, 9, [0])],
)
def test_the_next_misses_stop_at_the_cap(missed: int, late: int, costs: list[Any]) -> None:
    """漏报一次扣1分,第2次起加倍,本项限扣5分: what a cap keeps costs nothing, and is not gone."""
    assert costs_of(wenzhou(missed, late)) == costs


@every_table
def test_the_next_misses_are_all_that_misses_can_still_cost(rubric_id: str) -> None:
    rnd = random.Random(14)
    for _ in range(15):
        basis = basis_of(rubric_id, random_state(rnd, rubric_id) | {"rulings": {}})
        basis = basis.counting(MISSED, rnd.choice((0, 1, 2, 5)))
        every = [basis.counting(MISSED, basis.counts[MISSED] + further) for further in range(16)]
        held = [sum(_held(each), ZERO) for each in every]
        costs = [before - after for before, after in pairwise(held)]
        found = costs_of(basis)
        assert costs == [*found, *[0] * (len(costs) - len(found))]


def _held(basis: Basis) -> list[Fraction]:
    """What each line that counts misses holds."""
    lines = {line.id for _item, line in reporting(basis.rubric)}
    bands = [
        each.score for item in basis.score().items for each in item.criteria if each.id in lines
    ]
    return [band.high if band.points is None else band.points for band in bands]


@pytest.mark.parametrize(
    ("changed", "expected", "best"),
    [
        ({}, [], 100),
        ({"q4_2_2": [1, 1]}, [("4.2.2", "gone", 3)], 97),
        ({"missed": 2}, [("4.5.1", "gone", 1)], 99),
        ({"q1_2_a": "no"}, [("1.2.a", "winnable", 5)], 100),
        ({"q1_2_a": "partly"}, [("1.2.a", "winnable", Fraction(5, 2))], 100),
        ({"q1_1": OTHER}, [("1.1", "winnable", 5)], 100),
        ({"q1_1": None}, [("1.1", "open", 10)], 100),
        ({"q3_1_3": 90}, [("3.1.3", "winnable", 1)], 100),
        ({"q5_2_1": [88, 90]}, [("5.2.1", "winnable", 2)], 100),
        ({"q5_2_1": [88, None]}, [("5.2.1", "open", 5)], 100),
        ({"q4_2_3": "unknown"}, [("4.2.3", "open", 3)], 100),
        ({"q5_1_1": None}, [("5.1.1", "open", 5)], 100),
        ({"q4_4_1": "na"}, [], 100),
    ],
)
def test_what_is_gone_and_what_can_be_won_back(
    changed: dict[str, Any], expected: list[Any], best: int
) -> None:
    basis = qingpu(**changed)
    assert found(basis) == expected
    assert looked(basis).best == best


def test_what_the_cap_of_an_item_makes_up_for_is_not_lost() -> None:
    """三级: the lines of 4.2 add up to 12 of 10."""
    assert found(qingpu(3, q4_2_1b="no")) == []
    basis = qingpu(3, q4_2_1b="no", q4_2_2=[3, 2])
    assert found(basis) == [("4.2.1b", "winnable", 2), ("4.2.2", "gone", 1)]
    assert looked(basis).best == 99


def test_the_two_ends_of_a_year() -> None:
    basis = qingpu(missed=1, q1_2_a="no", q4_2_2=[1, 0], q5_1_1=None)
    # At worst without 5.1.1, 1.2.a and the ladder; at best without the event alone.
    ends = looked(basis, papers_left=2)
    assert [ends.worst, ends.best] == [87, 99]


def test_a_bonus_that_was_refused_can_still_come_about() -> None:
    counts = {MISSED: 0, "clues.handed": 1}
    basis = wenzhou(answers={"J1": "no"}, counts=counts)
    assert basis.score().score.high == Fraction(201, 2)
    assert looked(basis).best == 105
    refused = wenzhou(answers={"J1": "no", "J2": [0]}, counts={MISSED: 0, "incidents.grave": 1})
    assert refused.score().score.high == 70
    assert looked(refused).best == 75


@every_table
def test_the_ends_hold_whatever_else_comes(rubric_id: str) -> None:
    rnd = random.Random(11)
    rubric = shipped(rubric_id)
    for _ in range(40):
        basis = basis_of(rubric_id, random_state(rnd, rubric_id))
        left = rnd.choice((0, 1, 2, 7))
        now, ends = basis.score().score, looked(basis, left)
        assert ends.worst <= now.low <= now.high <= ends.best
        assert ends.best <= rubric.points + (rubric.bonus.cap if rubric.bonus else 0)
        counts: Any = basis.counts
        later = {
            each.id: value
            for each in every_question(rubric).values()
            if each.id not in basis.answers and (value := answer(rnd, each, counts)) is not None
        }
        further = basis.counting(MISSED, counts[MISSED] + rnd.randint(0, left))
        after = replace(further, answers={**basis.answers, **later}).score().score
        assert ends.worst <= after.low <= after.high <= ends.best, (basis, later)


@every_table
def test_another_miss_never_lifts_an_end(rubric_id: str) -> None:
    rnd = random.Random(12)
    for _ in range(30):
        basis = basis_of(rubric_id, random_state(rnd, rubric_id))
        before = looked(basis, 2)
        after = looked(basis.counting(MISSED, basis.counts[MISSED] + 1), 2)
        assert after.best <= before.best
        assert after.worst <= before.worst
        assert looked(basis, 3).worst <= before.worst


@every_table
def test_nothing_is_lost_beyond_what_its_item_is_short_of(rubric_id: str) -> None:
    rnd = random.Random(13)
    for _ in range(40):
        basis = basis_of(rubric_id, random_state(rnd, rubric_id))
        card = basis.score()
        for item in card.items:
            held = item.score.low if item.score.points is None else item.score.points
            lost = [each for each in losses(basis.rubric, card) if each.item == item.id]
            assert all(0 < each.points <= item.points - held for each in lost)
            gone = sum((each.points for each in lost if each.kind == "gone"), ZERO)
            assert gone <= item.points - held
