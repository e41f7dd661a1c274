"""Whether a rubric also holds together: ids, open questions, points at every level."""

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from fractions import Fraction

from models.criteria import (
    BENCHMARK_READINGS,
    EVENT_READINGS,
    NOT_APPLICABLE_READINGS,
    OVER_READINGS,
    Amount,
    BelowBenchmark,
    Criterion,
    Item,
    PerEvent,
    Prorate,
    Rubric,
    Step,
    Verdict,
)
from models.fields import RubricError, exact

Fault = tuple[str, str, str]
"""Where, the code and the reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mismatch:
    """At one level the lines of an item do not add up to its points, as the file declares."""

    item: str
    level: int
    printed: Fraction
    points: Fraction
    question: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """A place that reads an open question; ``readings`` is what it understands, None for a note."""

    where: str
    question: str
    readings: Set[str] | None
    exactly: bool = False


def mismatches(rubric: Rubric) -> tuple[Mismatch, ...]:
    """Every declared place where points do not add up, and the question that governs it."""
    return tuple(
        Mismatch(
            item=item.id,
            level=level,
            printed=item.sum_at(level),
            points=item.points,
            question=_governing(rubric, item, level),
        )
        for item in rubric.items
        for level in sorted(rubric.levels)
        if item.sum_at(level) != item.points
    )


def check_sound(file: str, rubric: Rubric) -> None:
    """Refuse a rubric that contradicts itself; RubricError names file, place and reason."""
    checks = (_ids, _questions, _amounts, _sums, _declared, _rungs)
    fault = next((found for check in checks for found in check(rubric)), None)
    if fault is not None:
        raise RubricError(file, *fault)


def _ids(rubric: Rubric) -> Iterator[Fault]:
    tree = [
        *(section.id for section in rubric.sections),
        *(item.id for item in rubric.items),
        *(criterion.id for criterion in rubric.criteria),
    ]
    for names in (tree, [each.id for each in rubric.open], [each.key for each in rubric.settings]):
        for name, times in Counter(names).items():
            if times > 1:
                yield name, "duplicate_id", f"the id {name} is used {times} times"
    for item in rubric.items:
        keys = Counter(each.key for each in item.criteria if each.key is not None)
        for key in (key for key, times in keys.items() if times > 1 or key == "none"):
            yield item.id, "duplicate_id", f"the key {key} cannot be told apart"


def _questions(rubric: Rubric) -> Iterator[Fault]:
    known = {each.id: each for each in rubric.open}
    for question in rubric.open:
        if question.readings and question.default not in question.readings:
            yield question.id, "unknown_reading", f"the default {question.default} is not a reading"
    for use in _uses(rubric):
        if use.question not in known:
            yield use.where, "unknown_open", f"open question {use.question} is not in the file"
        elif use.readings is not None:
            found = set(known[use.question].readings)
            if not found or not found <= use.readings or (use.exactly and found != use.readings):
                expected = ", ".join(sorted(use.readings))
                yield use.where, "unknown_reading", f"{use.question} must be read as {expected}"


def _uses(rubric: Rubric) -> Iterator[Use]:
    yield Use(
        where="not_applicable", question=rubric.not_applicable, readings=NOT_APPLICABLE_READINGS
    )
    for setting in rubric.settings:
        yield Use(where=setting.key, question=setting.question, readings=None)
    for item in rubric.items:
        if item.over is not None:
            yield Use(where=item.id, question=item.over.question, readings=OVER_READINGS)
    for criterion in rubric.criteria:
        yield from _uses_of(criterion)


def _uses_of(criterion: Criterion) -> Iterator[Use]:
    rule, where = criterion.rule, criterion.id
    for question in criterion.open:
        yield Use(where=where, question=question, readings=None)
    if isinstance(rule, Verdict):
        yield Use(where=where, question=rule.question, readings=set(rule.partly), exactly=True)
    elif isinstance(rule, PerEvent):
        for question in (each.question for each in rule.events if each.question):
            yield Use(where=where, question=question, readings=EVENT_READINGS)
    elif isinstance(rule, Step) and rule.unprinted is not None:
        rung = rule.unprinted
        yield Use(where=where, question=rung.question, readings=set(rung.deduct), exactly=True)
    elif isinstance(rule, BelowBenchmark):
        yield Use(where=where, question=rule.question, readings=BENCHMARK_READINGS)


def _amounts(rubric: Rubric) -> Iterator[Fault]:
    defaults = {each.key: each.default for each in rubric.settings}
    for criterion in rubric.criteria:
        amount = _amount(criterion)
        if isinstance(amount, str) and not exact(defaults.get(amount)):
            yield criterion.id, "unknown_setting", f"no setting {amount} with a number above 0"


def _amount(criterion: Criterion) -> Amount | None:
    if isinstance(criterion.rule, Prorate):
        return criterion.rule.full
    return criterion.rule.per_point if isinstance(criterion.rule, BelowBenchmark) else None


def _sums(rubric: Rubric) -> Iterator[Fault]:
    for section in rubric.sections:
        found = sum((item.points for item in section.items), Fraction(0))
        if found != section.points:
            yield (
                section.id,
                "points_mismatch",
                f"its items add up to {found}, not {section.points}",
            )
    found = sum((section.points for section in rubric.sections), Fraction(0))
    if found != rubric.points:
        yield rubric.id, "points_mismatch", f"its sections add up to {found}, not {rubric.points}"


def _declared(rubric: Rubric) -> Iterator[Fault]:
    for item in rubric.items:
        if item.combine == "one_of" and item.printed_sum:
            yield item.id, "points_mismatch", "a choice is worth its best option: no printed_sum"
        if not set(item.printed_sum) <= set(rubric.levels):
            yield item.id, "unknown_level", "printed_sum names a level the rubric does not have"
        for level in sorted(rubric.levels):
            found = item.sum_at(level)
            declared = item.printed_sum.get(level, None if item.printed_sum else item.points)
            if found != declared:
                reason = f"at level {level} its criteria add up to {found}, declared is {declared}"
                yield item.id, "points_mismatch", reason
            elif found > item.points and item.over is None:
                yield (
                    item.id,
                    "points_mismatch",
                    f"at level {level} {found} of {item.points}: no over",
                )
        lines = {each.id for each in item.criteria}
        if item.over is not None and not set(item.over.split) <= lines:
            yield item.id, "unknown_criterion", "split names a criterion of another item"


def _rungs(rubric: Rubric) -> Iterator[Fault]:
    for criterion in rubric.criteria:
        rule = criterion.rule
        if criterion.points == 0:
            yield criterion.id, "points_mismatch", "a criterion must be worth something"
        if isinstance(rule, PerEvent) and len({each.question for each in rule.events} - {None}) > 1:
            yield criterion.id, "two_questions", "one rule can read one open question only"
        if isinstance(rule, Step):
            most = max((*rule.deduct, *(rule.unprinted.deduct.values() if rule.unprinted else ())))
            if most > criterion.points:
                yield criterion.id, "points_mismatch", f"{most} off {criterion.points} points"
            yield from _unprinted(rubric, criterion.id, rule)
        if isinstance(rule, PerEvent | BelowBenchmark) and rule.floor > criterion.points:
            yield criterion.id, "points_mismatch", "the floor is above the points"


def _unprinted(rubric: Rubric, where: str, rule: Step) -> Iterator[Fault]:
    """The ladder itself is our default reading of a rung that the table does not print."""
    rung = rule.unprinted
    if rung and rule.deduct[rung.at] != rung.deduct[str(rubric.question(rung.question).default)]:
        yield where, "not_a_ladder", "deduct and the default reading of the unprinted rung differ"


def _governing(rubric: Rubric, item: Item, level: int) -> str:
    if item.sum_at(level) > item.points and item.over is not None:
        return item.over.question
    return rubric.not_applicable
