"""Whether a rubric also holds together: ids, open questions, points at every level."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction

from models.applicability import Place, every_kind, levels_named
from models.criteria import (
    BENCHMARK_READINGS,
    COUNTINGS,
    EVENT_READINGS,
    NOT_APPLICABLE_READINGS,
    OVER_READINGS,
    Criterion,
    Item,
    Rubric,
)
from models.fields import RubricError, exact
from models.rules import (
    BelowBenchmark,
    Gain,
    PerEvent,
    Prorate,
    Rule,
    Slope,
    Step,
    Verdict,
    metrics_of,
)

Fault = tuple[str, str, str]
"""Where, the code and the reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mismatch:
    """At one level the lines of an item do not add up to its points, as the file declares."""

    item: str
    level: int
    printed: Fraction
    points: Fraction
    question: str | None
    """The open question that says what counts; None where a fixed policy of the file's does."""


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
            printed=printed,
            points=item.points,
            question=_governing(rubric, item, printed),
        )
        for item in rubric.items
        for level in sorted(rubric.levels)
        for printed in sums_at(item, level)
        if printed != item.points
    )


def sums_at(item: Item, level: int) -> list[Fraction]:
    """What an item's lines can add up to at a level, whatever its beds and outpatients."""
    places = every_kind((line.gate for line in item.criteria), Place(level=level))
    return sorted({item.sum_at(place) for place in places})


def check_sound(file: str, rubric: Rubric, lines: Mapping[str, int]) -> None:
    """Refuse a rubric that contradicts itself; RubricError names file, line, place and reason."""
    checks = (_ids, _levels, _questions, _amounts, _sums, _declared, _worths, _figures, _ladders)
    fault = next((found for check in checks for found in check(rubric)), None)
    if fault is not None:
        raise RubricError(file, *fault, line=lines.get(fault[0], 0))


def _ids(rubric: Rubric) -> Iterator[Fault]:
    tree = [
        *(section.id for section in rubric.sections),
        *(item.id for item in rubric.items),
        *(criterion.id for criterion in rubric.criteria),
        *(line.id for line in (rubric.bonus.lines if rubric.bonus else ())),
        *(veto.id for veto in rubric.veto),
    ]
    for names in (tree, [each.id for each in rubric.open], [each.key for each in rubric.settings]):
        for name, times in Counter(names).items():
            if times > 1:
                yield name, "duplicate_id", f"the id {name} is used {times} times"
    for item in rubric.items:
        keys = Counter(each.key for each in item.criteria if each.key is not None)
        for key in (key for key, times in keys.items() if times > 1 or key == "none"):
            yield item.id, "duplicate_id", f"the key {key} cannot be told apart"


def _levels(rubric: Rubric) -> Iterator[Fault]:
    used = {level for line in rubric.criteria for level in levels_named(line.gate)}
    for level in sorted(set(rubric.levels) - used):
        yield rubric.id, "forgotten_level", f"no line is for level {level}"


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
    if rubric.not_applicable.question:
        yield Use(
            where="not_applicable",
            question=rubric.not_applicable.question,
            readings=NOT_APPLICABLE_READINGS,
        )
    for setting in rubric.settings:
        yield Use(where=setting.key, question=setting.question, readings=None)
    for item in rubric.items:
        if item.over is not None and item.over.policy.question:
            yield Use(where=item.id, question=item.over.policy.question, readings=OVER_READINGS)
    for criterion in rubric.criteria:
        yield from (Use(where=criterion.id, question=q, readings=None) for q in criterion.open)
        yield from _uses_of(criterion)


def _uses_of(criterion: Criterion) -> Iterator[Use]:
    rule, where = criterion.rule, criterion.id
    if isinstance(rule, Verdict) and rule.question:
        yield Use(where=where, question=rule.question, readings=set(rule.partly), exactly=True)
    elif isinstance(rule, PerEvent):
        for question in (each.question for each in rule.events if each.question):
            yield Use(where=where, question=question, readings=EVENT_READINGS)
    elif isinstance(rule, Step) and rule.unprinted is not None:
        rung = rule.unprinted
        yield Use(where=where, question=rung.question, readings=set(rung.deduct), exactly=True)
    elif isinstance(rule, BelowBenchmark) and rule.question:
        yield Use(where=where, question=rule.question, readings=BENCHMARK_READINGS)
    elif isinstance(rule, Slope) and rule.question:
        yield Use(where=where, question=rule.question, readings=COUNTINGS)


def _amounts(rubric: Rubric) -> Iterator[Fault]:
    defaults = {each.key: each.default for each in rubric.settings}
    for criterion in rubric.criteria:
        rule = criterion.rule
        amount = rule.full if isinstance(rule, Prorate) else None
        amount = rule.per_point if isinstance(rule, BelowBenchmark) else amount
        if isinstance(amount, str) and not exact(defaults.get(amount)):
            yield criterion.id, "unknown_setting", f"no setting {amount} with a number above 0"


def _sums(rubric: Rubric) -> Iterator[Fault]:
    for section in rubric.sections:
        found = sum((item.points for item in section.items), Fraction(0))
        if found != section.points:
            told = f"its items add up to {found}, not {section.points}"
            yield section.id, "points_mismatch", told
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
            yield from _declared_at(item, level)
        lines = {each.id for each in item.criteria}
        if item.over is not None and not set(item.over.split) <= lines:
            yield item.id, "unknown_criterion", "split names a criterion of another item"


def _declared_at(item: Item, level: int) -> Iterator[Fault]:
    found = sums_at(item, level)
    declared = [item.points]
    if item.printed_sum:
        declared = sorted(set(item.printed_sum.get(level, ())))
    if found != declared:
        told = f"at level {level} its criteria add up to {_listed(found)}, declared is {_listed(declared)}"
        yield item.id, "points_mismatch", told
    elif found[-1] > item.points and item.over is None:
        told = f"at level {level} {found[-1]} of {item.points}: no over"
        yield item.id, "points_mismatch", told


def _listed(numbers: list[Fraction]) -> str:
    return " or ".join(str(each) for each in numbers) or "nothing"


def _worths(rubric: Rubric) -> Iterator[Fault]:
    """Whether no rule takes or leaves more than its line is worth."""
    for criterion in rubric.criteria:
        rule = criterion.rule
        if criterion.points == 0:
            yield criterion.id, "points_mismatch", "a criterion must be worth something"
        if isinstance(rule, PerEvent):
            if len({each.question for each in rule.events} - {None}) > 1:
                yield criterion.id, "two_questions", "one rule can read one open question only"
            caps = [rule.cap, *(each.cap for each in rule.events)]
            if any(cap is not None and (cap == 0 or cap > criterion.points) for cap in caps):
                yield criterion.id, "points_mismatch", "a cap is above 0 and at most the points"
        if isinstance(rule, PerEvent | BelowBenchmark) and rule.floor > criterion.points:
            yield criterion.id, "points_mismatch", "the floor is above the points"
    for line in rubric.bonus.lines if rubric.bonus else ():
        if line.points == 0:
            yield line.id, "points_mismatch", "a bonus must be worth something"


def _figures(rubric: Rubric) -> Iterator[Fault]:
    """Whether each rule reads a figure once: it is asked for once, and answers go by their order."""
    rules: dict[str, Rule | Gain | None] = {line.id: line.rule for line in rubric.criteria}
    rules |= {line.id: line.rule for line in (rubric.bonus.lines if rubric.bonus else ())}
    for where, rule in rules.items():
        for metric, times in Counter(metrics_of(rule)).items():
            if times > 1:
                yield where, "duplicate_metric", f"the rule names {metric} {times} times"


def _ladders(rubric: Rubric) -> Iterator[Fault]:
    for criterion in rubric.criteria:
        rule = criterion.rule
        if isinstance(rule, PerEvent):
            rungs = [rung for event in rule.events for rung in event.ladder]
            if max(rungs, default=Fraction(0)) > criterion.points:
                yield criterion.id, "points_mismatch", f"{max(rungs)} off {criterion.points} points"
        if isinstance(rule, Step):
            most = max((*rule.deduct, *(rule.unprinted.deduct.values() if rule.unprinted else ())))
            if most > criterion.points:
                yield criterion.id, "points_mismatch", f"{most} off {criterion.points} points"
            yield from _unprinted(rubric, criterion.id, rule)


def _unprinted(rubric: Rubric, where: str, rule: Step) -> Iterator[Fault]:
    """The ladder itself is our default reading of a rung that the table does not print."""
    rung = rule.unprinted
    if rung and rule.deduct[rung.at] != rung.deduct[str(rubric.question(rung.question).default)]:
        yield where, "not_a_ladder", "deduct and the default reading of the unprinted rung differ"


def _governing(rubric: Rubric, item: Item, printed: Fraction) -> str | None:
    if printed > item.points and item.over is not None:
        return item.over.policy.question
    return rubric.not_applicable.question
