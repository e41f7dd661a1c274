"""What holds for every table that ships, whatever it says."""

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

import pytest

from models.applicability import Place
from models.asking import asked
from models.criteria import MISSED, Rubric
from models.judgement import ZERO, Band
from models.rubric import shipped, shipped_ids
from models.rules import BelowBenchmark, PerEvent, Prorate, Slope, Step, metrics_of
from models.scorecard import score
from models.wording import LANGUAGES, Text
from tests.models.rubric_states import card_of, random_state, read_in_ways

every_table = pytest.mark.parametrize("rubric_id", shipped_ids())


def inside(inner: Band, outer: Band) -> bool:
    return outer.low <= inner.low and inner.high <= outer.high


@every_table
def test_totals_stay_in_range_and_sums_are_exact(rubric_id: str) -> None:
    rnd = random.Random(1)
    rubric = shipped(rubric_id)
    most = rubric.points + (rubric.bonus.cap if rubric.bonus and rubric.bonus.beyond else 0)
    for _ in range(150):
        card = card_of(rubric_id, random_state(rnd, rubric_id))
        assert 0 <= card.score.low <= card.score.high <= most
        assert all(type(end) is Fraction for end in (card.score.low, card.score.high))
        for section in card.sections:
            assert section.score.low == sum((i.score.low for i in section.items), ZERO)
            assert section.score.high == sum((i.score.high for i in section.items), ZERO)
            assert all(0 <= i.score.low <= i.score.high <= i.points for i in section.items)
        if rubric.not_applicable.fixed != "rescale_total" and not rubric.bonus and not rubric.veto:
            assert card.score.low == sum(each.score.low for each in card.sections)
            assert card.score.high == sum(each.score.high for each in card.sections)


def costly(rubric: Rubric) -> dict[str, str | None]:
    """Every figure of which more costs points; of those that say how many count double, also of which."""
    found: dict[str, str | None] = {each.metric: None for each in rubric.veto}
    for rule in (line.rule for line in rubric.criteria):
        if isinstance(rule, Step):
            found[rule.metric] = None
        for event in rule.events if isinstance(rule, PerEvent) else ():
            found[event.metric] = None
            found |= {each.metric: event.metric for each in event.doubled}
    return found


@every_table
def test_more_of_what_costs_never_adds_a_point(rubric_id: str) -> None:
    rnd = random.Random(2)
    tried = set()
    for _ in range(60):
        state = random_state(rnd, rubric_id)
        before = card_of(rubric_id, state)
        for metric, among in costly(shipped(rubric_id)).items():
            if metric not in state["counts"]:
                continue
            more = {each: state["counts"][each] + 1 for each in (metric, among) if each}
            after = card_of(rubric_id, {**state, "counts": state["counts"] | more})
            assert after.score.low <= before.score.low, (metric, state)
            assert after.score.high <= before.score.high, (metric, state)
            tried.add(metric)
    assert tried == set(costly(shipped(rubric_id)))


@every_table
def test_a_better_figure_never_takes_a_point(rubric_id: str) -> None:
    rnd = random.Random(5)
    rules = [line.rule for line in shipped(rubric_id).criteria]
    better = {r.metric for r in rules if isinstance(r, Prorate | Slope | BelowBenchmark)}
    for _ in range(60):
        state = random_state(rnd, rubric_id)
        before = card_of(rubric_id, state)
        for metric in sorted(better & set(state["counts"])):
            more = {**state["counts"], metric: state["counts"][metric] + Fraction(1, 3)}
            after = card_of(rubric_id, {**state, "counts": more})
            assert after.score.low >= before.score.low, (metric, state)
            assert after.score.high >= before.score.high, (metric, state)


@every_table
def test_a_ruling_narrows_and_stays_inside(rubric_id: str) -> None:
    rnd = random.Random(3)
    for _ in range(40):
        state = random_state(rnd, rubric_id) | {"rulings": {}}
        open_card = card_of(rubric_id, state)
        for question, readings in read_in_ways(rubric_id).items():
            for reading in readings:
                ruled = card_of(rubric_id, {**state, "rulings": {question: reading}})
                assert inside(ruled.score, open_card.score), (question, reading, state)
                for one, other in zip(ruled.items, open_card.items, strict=True):
                    assert inside(one.score, other.score), (question, reading, state)
                assert question not in ruled.open


@every_table
def test_an_answer_taken_back_only_widens(rubric_id: str) -> None:
    rnd = random.Random(4)
    for _ in range(80):
        state = random_state(rnd, rubric_id)
        known = card_of(rubric_id, state)
        for gone in rnd.sample(sorted(state["answers"]), min(4, len(state["answers"]))):
            fewer = {key: value for key, value in state["answers"].items() if key != gone}
            assert inside(known.score, card_of(rubric_id, {**state, "answers": fewer}).score), (
                gone,
                state,
            )


@every_table
def test_beds_or_outpatients_not_entered_only_widen(rubric_id: str) -> None:
    rnd = random.Random(6)
    for _ in range(60):
        state = random_state(rnd, rubric_id)
        known = card_of(rubric_id, state)
        for figure in ("beds", "outpatients"):
            assert inside(known.score, card_of(rubric_id, {**state, figure: None}).score), state


def texts(part: object) -> Iterator[Text]:
    """Every text of a table."""
    if isinstance(part, Text):
        yield part
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from texts(each)
    elif isinstance(part, tuple):
        for each in part:
            yield from texts(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from texts(getattr(part, field.name))


@every_table
def test_what_ships_speaks_both_languages(rubric_id: str) -> None:
    found = list(texts(shipped(rubric_id)))
    assert len(found) > 60
    for text in found:
        assert set(text.by_language) == set(LANGUAGES)
        assert text.in_language("en").isascii()
        assert not text.in_language("zh_Hans").isascii()


@every_table
def test_a_hospital_year_scores_in_under_fifty_milliseconds(rubric_id: str) -> None:
    state: dict[str, Any] = random_state(random.Random(7), rubric_id)
    state |= {"level": 2, "beds": None, "outpatients": None, "rulings": {}}
    taken = []
    for _ in range(5):
        start = time.process_time()
        card_of(rubric_id, state)
        taken.append(time.process_time() - start)
    print(f"{rubric_id}: {1000 * min(taken):.2f} ms of CPU")  # noqa: T201
    assert min(taken) < 0.05


@every_table
@pytest.mark.parametrize("level", [1, 2, 3])
def test_what_is_counted_is_not_asked(rubric_id: str, level: int) -> None:
    rubric = shipped(rubric_id)
    everything = frozenset(metric for line in rubric.criteria for metric in metrics_of(line.rule))
    left = asked(rubric, level, beds=0, outpatients=0, counted=everything)
    place = Place(level=level, beds=0, outpatients=0)
    lines = {line.id: line for line in rubric.criteria if line.applies(place)}
    assert all(not metrics_of(lines[each.id].rule) for each in left if each.id in lines)


@every_table
def test_nothing_answered_and_nothing_counted_is_open(rubric_id: str) -> None:
    card = score(shipped(rubric_id), level=3, answers={}, counts={MISSED: 0})
    assert card.score.points is None
    assert card.score.low < card.score.high
