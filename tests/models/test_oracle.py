"""The engine against the oracles, state by state, with figures counted, missing and ruled on."""

import random
from fractions import Fraction
from typing import Any

import pytest

from models.criteria import MISSED
from models.judgement import Band
from models.rubric import FOLDER, parse
from models.scorecard import score
from tests.models import qingpu_oracle
from tests.models import rubric_oracle as oracle
from tests.models.rubric_states import card_of, random_state

QINGPU = "qingpu-2021"
SAMPLES = ("county-style", "wenzhou-style")


def compare_qingpu(state: dict[str, Any]) -> None:
    counts = {**state["counts"], MISSED: state["missed"]}
    card = card_of(QINGPU, {"beds": None, "outpatients": None, **state, "counts": counts})
    expected = qingpu_oracle.oracle(state)
    assert {each.id: triple(each.score) for each in card.items} == expected["items"], state
    assert triple(card.score) == expected["total"], state
    assert list(card.open) == expected["open"], state


def triple(band: Band) -> tuple[Fraction, Fraction, Fraction | None]:
    return band.low, band.high, band.points


def compare(rubric_id: str, state: dict[str, Any]) -> None:
    card = card_of(rubric_id, state)
    said = oracle.State(state["answers"], state["counts"])
    if rubric_id == "county-style":
        items, whole = oracle.county(state["level"], state["beds"], state["outpatients"], said)
    else:
        items, whole = oracle.wenzhou(state["level"], said, state["rulings"])
    found = {item.id: (item.score.low, item.score.high) for item in card.items}
    assert found == items, state
    assert (card.score.low, card.score.high) == whole, state


def campaign(seed: int, states: int) -> None:
    rnd = random.Random(seed)
    for number in range(states):
        if number % 3 == 0:
            compare_qingpu(qingpu_oracle.random_state(rnd.choice))
        else:
            rubric_id = SAMPLES[number % 3 - 1]
            compare(rubric_id, random_state(rnd, rubric_id))


def test_the_engine_agrees_with_the_oracles() -> None:
    seed = random.randrange(1_000_000)
    print(f"ORACLE_SEED={seed}")  # noqa: T201
    campaign(seed, 1500)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_states_agree_with_the_oracles() -> None:
    seed = random.randrange(1_000_000)
    print(f"ORACLE_SEED={seed}")  # noqa: T201
    campaign(seed, 100_000)


# 漏报2次扣1分,漏报3次及以上不得分: misses, least and most points of line 4.5.1; one miss is not printed (A3).
LADDER = """
level 1 | 0: 2 2 | 1: 1.5 2 | 2: 1 1 | 3: 0 0 | 4: 0 0 | 5: 0 0 | 6: 0 0 | 7: 0 0 | 8: 0 0 | 9: 0 0 | 10: 0 0
level 2 | 0: 2 2 | 1: 1.5 2 | 2: 1 1 | 3: 0 0 | 4: 0 0 | 5: 0 0 | 6: 0 0 | 7: 0 0 | 8: 0 0 | 9: 0 0 | 10: 0 0
level 3 | 0: 2 2 | 1: 1.5 2 | 2: 1 1 | 3: 0 0 | 4: 0 0 | 5: 0 0 | 6: 0 0 | 7: 0 0 | 8: 0 0 | 9: 0 0 | 10: 0 0
"""


@pytest.mark.parametrize("row", LADDER.strip().splitlines())
def test_the_ladder_by_hand(row: str) -> None:
    first, *rungs = row.split(" | ")
    state: dict[str, Any] = {"beds": None, "outpatients": None, "answers": {}, "rulings": {}}
    assert len(rungs) == 11
    for rung in rungs:
        missed, ends = rung.split(": ")
        counts = {MISSED: Fraction(missed)}
        card = card_of(QINGPU, {**state, "level": int(first.split()[1]), "counts": counts})
        (item,) = (each for each in card.items if each.id == "4.5")
        assert [item.score.low, item.score.high] == [Fraction(end) for end in ends.split()]


@pytest.mark.parametrize(
    ("value", "falls", "goes_on"),
    [
        ("95", "10", "10"),
        ("85", "7.5", "7.5"),
        ("70", "6", "6"),
        ("69.9", "0", "5.99"),
        ("0", "0", "0"),
    ],
)
def test_a_gentler_slope_falls_to_nothing_or_goes_on(value: str, falls: str, goes_on: str) -> None:
    # The sample's own steps leave nothing below 70 anyway: with a tenth of a point each it shows what "below" says.
    text = (FOLDER / "wenzhou-style.yaml").read_text(encoding="utf-8")
    gentle = text.replace("{from: 70, per: 1, deduct: 0.5}", "{from: 70, per: 1, deduct: 0.1}")
    for said, left in ((gentle, falls), (gentle.replace("below: zero, ", ""), goes_on)):
        rubric = parse("wenzhou-style.yaml", said)
        counts = {"survey.patient_service": Fraction(value)}
        card = score(rubric, level=3, answers={}, counts=counts, rulings={"W1": "proportional"})
        (item,) = (each for each in card.items if each.id == "5.1")
        assert item.score.points == Fraction(left)
