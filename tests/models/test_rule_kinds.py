"""Each kind of rule by a table of its own, on a scorecard of one line worth ten points."""

from fractions import Fraction
from typing import Any

import pytest
import yaml

from models.asking import asked
from models.criteria import Rubric
from models.fields import RubricError
from models.question import AnswerError
from models.rubric import parse
from models.scorecard import score
from models.scores import Scorecard

VIOLENT, KEY, LATE = "incidents.violent", "incidents.violent.key_period", "reports.late"
SHARE, OWN, AVERAGE = "hazards.closed_percent", "survey.patient_service", "district_average"
LINE = "1.1.1"


def raw_of(rule: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    line = {"id": LINE, "name": "事", "text": "事", "clause": "事", "points": 10, "judged": "auto"}
    item = {"id": "1.1", "name": "事", "points": 10, "criteria": [line]}
    if rule is not None:
        line["rule"] = rule
    return {
        "id": "small",
        "schema": "wardwatch-rubric/1",
        "version": "1",
        "title": "表",
        "source": {"document": "表", "number": "一", "issuer": "县", "issued": "2024-03-01"},
        "period": "calendar_year",
        "points": 10,
        "levels": {2: "二级"},
        "verdict": {"partly": 0.5},
        "not_applicable": {"policy": "full_marks"},
        "sections": [{"id": "1", "name": "事", "points": 10, "items": [item]}],
        **more,
    }


def small(rule: dict[str, Any] | None = None, **more: Any) -> Rubric:
    return parse("small.yaml", yaml.safe_dump(raw_of(rule, **more), allow_unicode=True))


def event(metric: str, **cost: Any) -> dict[str, Any]:
    return {"metric": metric, "name": "起", **cost}


def events(*each: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "per_event", "events": list(each), **more}


def card_of(rubric: Rubric, counts: dict[str, Any], **answers: Any) -> Scorecard:
    said = {key.removeprefix("q").replace("_", "."): value for key, value in answers.items()}
    return score(rubric, level=2, answers=said, counts=counts)


def ends(rubric: Rubric, counts: dict[str, Any], **answers: Any) -> list[Fraction | None]:
    band = card_of(rubric, counts, **answers).score
    return [band.low, band.high, band.points]


DOUBLED = event(VIOLENT, each=2, doubled=[{"metric": KEY, "name": "重点时段", "times": 2}])
TIERS = [{"from": 85, "per": 1, "deduct": 0.25}, {"from": 70, "per": 1, "deduct": 0.5}]
SLOPE = {"kind": "slope", "metric": OWN, "name": "率", "maximum": 100, "full_from": 95}
BELOW = {
    "kind": "below_benchmark",
    "metric": OWN,
    "name": "本院",
    "benchmark": AVERAGE,
    "benchmark_name": "全区",
    "maximum": 100,
    "per_point": 0.5,
}


@pytest.mark.parametrize(
    ("rule", "counts", "left"),
    [
        (events(event(VIOLENT, each=2)), {VIOLENT: 0}, 10),
        (events(event(VIOLENT, each=2)), {VIOLENT: 3}, 4),
        (events(event(VIOLENT, each=2)), {VIOLENT: 9}, 0),
        (events(event(VIOLENT, each=2), floor=3), {VIOLENT: 9}, 3),
        (events(event(VIOLENT, each=2), cap=5), {VIOLENT: 9}, 5),
        (events(event(VIOLENT, each=2, cap=4), event(LATE, each=1)), {VIOLENT: 9, LATE: 1}, 5),
        (events(event("reports.concealed", each="all")), {"reports.concealed": 1}, 0),
        (events(event("reports.concealed", each="all"), cap=5), {"reports.concealed": 1}, 5),
        (events(event(VIOLENT, ladder=[0, 1, 3])), {VIOLENT: 1}, 9),
        (events(event(VIOLENT, ladder=[0, 1, 3])), {VIOLENT: 8}, 7),
        (events(event(LATE, each=1, repeats={"from": 2, "times": 2})), {LATE: 1}, 9),
        (events(event(LATE, each=1, repeats={"from": 2, "times": 2})), {LATE: 3}, 5),
        (events(event(LATE, each=1, repeats={"from": 3, "times": 1.5})), {LATE: 4}, 5),
        (events(DOUBLED), {VIOLENT: 2, KEY: 0}, 6),
        (events(DOUBLED), {VIOLENT: 2, KEY: 1}, 4),
        (events(DOUBLED), {VIOLENT: 2, KEY: 2}, 2),
        ({"kind": "step", "metric": LATE, "deduct": [0, 0, 4, 10]}, {LATE: 2}, 6),
        ({"kind": "step", "metric": LATE, "deduct": [0, 0, 4, 10]}, {LATE: 99}, 0),
        ({"kind": "prorate", "metric": SHARE, "name": "率", "full": 80}, {SHARE: 20}, 2.5),
        ({"kind": "prorate", "metric": SHARE, "name": "率", "full": 80}, {SHARE: 100}, 10),
        (BELOW, {OWN: 88, AVERAGE: 90}, 9),
        (BELOW, {OWN: 90, AVERAGE: 90}, 10),
        (BELOW, {OWN: 1, AVERAGE: 90}, 0),
        ({**BELOW, "floor": 4}, {OWN: 1, AVERAGE: 90}, 4),
        ({**SLOPE, "tiers": TIERS}, {OWN: 95}, 10),
        ({**SLOPE, "tiers": TIERS}, {OWN: 94}, 9.75),
        ({**SLOPE, "tiers": TIERS}, {OWN: 85}, 7.5),
        ({**SLOPE, "tiers": TIERS}, {OWN: 84}, 7),
        ({**SLOPE, "tiers": TIERS}, {OWN: 60}, 0),
        ({**SLOPE, "tiers": TIERS, "below": "zero"}, {OWN: 70}, 0),
        ({**SLOPE, "tiers": TIERS[:1]}, {OWN: 60}, 1.25),
        ({**SLOPE, "tiers": TIERS[:1], "below": "zero"}, {OWN: 85}, 7.5),
        ({**SLOPE, "tiers": TIERS[:1], "below": "zero"}, {OWN: Fraction(849, 10)}, 0),
        ({**SLOPE, "tiers": TIERS}, {OWN: Fraction(187, 2)}, 9.625),
        ({**SLOPE, "tiers": TIERS, "counting": "whole"}, {OWN: Fraction(187, 2)}, 9.75),
        ({**SLOPE, "tiers": TIERS, "counting": "started"}, {OWN: Fraction(187, 2)}, 9.5),
    ],
)
def test_what_is_left_of_ten_points(
    rule: dict[str, Any], counts: dict[str, Any], left: float
) -> None:
    assert ends(small(rule), counts) == [Fraction(str(left))] * 3


@pytest.mark.parametrize(("word", "left"), [("yes", 10), ("partly", 3), ("no", 0), ("na", 10)])
def test_a_share_of_its_own_for_partly(word: str, left: int) -> None:
    rubric = small({"kind": "verdict", "partly": 0.3})
    assert ends(rubric, {}, q1_1_1=word) == [left] * 3


@pytest.mark.parametrize(
    ("policy", "left"), [("full_marks", 10), ("rescale", 10), ("rescale_total", 10), ("zero", 0)]
)
def test_a_fixed_policy_for_what_does_not_apply_asks_nothing(policy: str, left: int) -> None:
    card = card_of(small(not_applicable={"policy": policy}), {}, q1_1_1="na")
    assert [card.score.low, card.score.high] == [left, left]
    assert card.open == ()


def test_an_answer_left_out_of_what_counts_double_is_none() -> None:
    rubric = small(events(event(VIOLENT, each=2), DOUBLED | {"metric": LATE}))
    assert ends(rubric, {}, q1_1_1=[1, 1]) == [6] * 3
    assert ends(rubric, {}, q1_1_1=[1, 1, 1]) == [4] * 3


def test_more_that_count_double_than_there_are_is_refused_in_one_answer() -> None:
    with pytest.raises(AnswerError) as refused:
        card_of(small(events(DOUBLED)), {}, q1_1_1=[1, 2])
    assert (refused.value.code, refused.value.subject) == ("too_large", LINE)
    assert refused.value.limit == 1


def test_records_that_show_fewer_than_were_answered_hold_the_answer_down() -> None:
    """A case called a false alarm after the self-check must not leave the hospital without a score."""
    rubric = small(events(DOUBLED))
    assert ends(rubric, {VIOLENT: 3}, q1_1_1=[2]) == [0] * 3
    assert ends(rubric, {VIOLENT: 1}, q1_1_1=[2]) == [6] * 3
    assert ends(rubric, {VIOLENT: 1}, q1_1_1=[3, 2]) == [6] * 3
    assert ends(rubric, {VIOLENT: 0, KEY: 2}) == [10] * 3


def test_several_that_count_as_one_count_double_once() -> None:
    readings = {"per_event": "每起", "once": "一次"}
    asked_of = [{"id": "A4", "text": "问", "default": "per_event", "readings": readings}]
    rubric = small(events(DOUBLED | {"open": "A4"}), open=asked_of)
    assert ends(rubric, {VIOLENT: 2, KEY: 2}) == [2, 6, 2]
    assert card_of(rubric, {VIOLENT: 2, KEY: 2}).open == ("A4",)


def test_only_what_nobody_counts_is_asked() -> None:
    rubric = small(BELOW)

    def wanted(*counted: str) -> list[str]:
        questions = asked(rubric, 2, counted=frozenset(counted))
        return [figure.metric for each in questions for figure in each.figures]

    assert wanted() == [OWN, AVERAGE]
    assert wanted(AVERAGE) == [OWN]
    assert wanted(OWN) == [AVERAGE]
    assert wanted(OWN, AVERAGE) == []
    assert ends(rubric, {AVERAGE: 90}, q1_1_1=[88]) == [9] * 3
    assert ends(rubric, {OWN: 88}, q1_1_1=["90"]) == [9] * 3
    assert ends(rubric, {OWN: 88, AVERAGE: 90}, q1_1_1=[1, 99]) == [9] * 3


@pytest.mark.parametrize("rule", [events(event(VIOLENT, each=2)), BELOW, {**SLOPE, "tiers": TIERS}])
def test_a_count_below_nothing_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(AnswerError) as refused:
        card_of(small(rule), {VIOLENT: -1, OWN: -1, AVERAGE: 0})
    assert refused.value.code == "negative"


VETO = {"id": "F", "name": "否", "text": "否", "clause": "否", "metric": "incidents.grave"}
BONUS = {"id": "J", "name": "加", "text": "加", "clause": "加", "points": 2, "judged": "human"}


@pytest.mark.parametrize(
    ("effect", "times", "left"),
    [
        ("zero", 0, [10, 10]),
        ("zero", 1, [0, 0]),
        ("zero", None, [0, 10]),
        ({"deduct": 4}, 1, [6, 6]),
        ({"deduct": 4}, 5, [6, 6]),
        ({"deduct": 4}, None, [6, 10]),
        ({"deduct": 40}, 1, [0, 0]),
    ],
)
def test_a_veto(effect: Any, times: int | None, left: list[int]) -> None:
    rubric = small(veto=[{**VETO, "effect": effect}])
    said: dict[str, Any] = {"q1_1_1": "yes"} | ({} if times is None else {"qF": [times]})
    assert ends(rubric, {}, **said)[:2] == left


@pytest.mark.parametrize(
    ("beyond", "said", "left"),
    [
        (True, "yes", [12, 12]),
        (True, "no", [10, 10]),
        (True, None, [10, 12]),
        (False, "yes", [10, 10]),
    ],
)
def test_a_bonus(beyond: bool, said: str | None, left: list[int]) -> None:
    rubric = small(bonus={"cap": 3, "beyond": beyond, "lines": [BONUS]})
    answers = {"q1_1_1": "yes"} | ({"qJ": said} if said else {})
    assert ends(rubric, {}, **answers)[:2] == left


def test_a_veto_of_everything_takes_the_bonus_too() -> None:
    rubric = small(
        veto=[{**VETO, "effect": "zero"}], bonus={"cap": 3, "beyond": True, "lines": [BONUS]}
    )
    assert ends(rubric, {"incidents.grave": 1}, q1_1_1="yes", qJ="yes")[:2] == [0, 0]


@pytest.mark.parametrize(
    ("raw", "where", "code"),
    [
        (raw_of(events(event(VIOLENT, each=20_000))), LINE, "not_a_number"),
        (raw_of({**BELOW, "per_point": 20_000}), LINE, "not_a_number"),
        (raw_of(None, veto=[{**VETO, "effect": {"deduct": 20_000}}]), "F", "not_a_number"),
        (raw_of(events(event(LATE, each=1), event(LATE, each=2))), LINE, "duplicate_metric"),
        (raw_of({**BELOW, "benchmark": OWN}), LINE, "duplicate_metric"),
        (raw_of(None, veto=[{**VETO, "id": LINE, "effect": "zero"}]), LINE, "duplicate_id"),
        (raw_of(None, bonus={"cap": 1, "lines": [{**BONUS, "id": "1"}]}), "1", "duplicate_id"),
    ],
)
def test_an_absurd_rule_is_refused(raw: dict[str, Any], where: str, code: str) -> None:
    with pytest.raises(RubricError) as refused:
        parse("small.yaml", yaml.safe_dump(raw, allow_unicode=True))
    assert refused.value.where.startswith(where)
    assert refused.value.code == code
    assert refused.value.line > 0


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 30_000 + "x"])
def test_parts_within_parts_without_end_are_refused(text: str) -> None:
    with pytest.raises(RubricError) as refused:
        parse("small.yaml", text)
    assert (refused.value.code, refused.value.line) == ("unreadable", 1)
