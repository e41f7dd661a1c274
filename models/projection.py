"""What a score can still become by the end of its period: lost for good, to be won back, the next miss, the ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Any

from models.criteria import MISSED, BonusLine, Criterion, Item, Rubric
from models.judgement import ZERO
from models.rules import BelowBenchmark, PerEvent, Prorate, Slope, Step, Verdict, metrics_of
from models.scorecard import score
from models.scores import CriterionScore, ItemScore, Scorecard

MOST_MISSES = 20
"""How many further misses are looked at; every ladder is at its end long before."""
_UNSAID = frozenset({"unanswered", "unknown", "not_counted", "benchmark_missing"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """Everything a score is worked out from."""

    rubric: Rubric
    level: int
    beds: int | None
    outpatients: int | None
    answers: Mapping[str, Any]
    counts: Mapping[str, int | Fraction]
    settings: Mapping[str, str]
    rulings: Mapping[str, str]

    def score(self) -> Scorecard:
        """The card; AnswerError for what cannot be."""
        return score(
            self.rubric,
            level=self.level,
            beds=self.beds,
            outpatients=self.outpatients,
            answers=self.answers,
            counts=self.counts,
            settings=self.settings,
            rulings=self.rulings,
        )

    def counting(self, metric: str, value: int | Fraction) -> "Basis":
        """The same with one figure changed."""
        return replace(self, counts={**self.counts, metric: value})


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """Points that one line is short of, by our default readings; ``kind`` says what can be done.

    ``gone``: what happened cannot be undone. ``winnable``: it can be made good by the end of the
    period. ``open``: nobody has said yet.
    """

    item: str
    criterion: str
    kind: str
    points: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """How a year may end; ``next_misses`` is what each further miss costs until nothing is left."""

    losses: tuple[Loss, ...]
    next_misses: tuple[Fraction, ...]
    worst: Fraction
    best: Fraction

    def of(self, kind: str) -> tuple[Loss, ...]:
        """The losses of a kind, the greatest first."""
        found = (loss for loss in self.losses if loss.kind == kind)
        return tuple(sorted(found, key=lambda loss: -loss.points))


def project(basis: Basis, card: Scorecard, *, papers_left: int) -> Outlook:
    """The outlook from a card; ``papers_left`` may still be filed, and may still be missed."""
    missed = basis.counts.get(MISSED, 0)
    return Outlook(
        losses=tuple(losses(basis.rubric, card)),
        next_misses=next_misses(basis, card),
        worst=basis.counting(MISSED, missed + papers_left).score().score.low,
        best=max(_at_best(basis).score().score.high, card.score.high),
    )


def reporting(rubric: Rubric) -> tuple[tuple[Item, Criterion], ...]:
    """The lines that count missed reports."""
    return tuple(
        (item, line)
        for item in rubric.items
        for line in item.criteria
        if MISSED in metrics_of(line.rule)
    )


def next_misses(basis: Basis, card: Scorecard) -> tuple[Fraction, ...]:
    """Points by our default readings that the next miss takes, the one after it, until no more can be lost.

    Empty where nothing is left; one zero where a cap keeps what is left.
    """
    lines = {line.id for _item, line in reporting(basis.rubric)}
    found: list[Fraction] = []
    end = max((_rungs(line) for _item, line in reporting(basis.rubric)), default=0)
    left = _held(card, lines)
    missed = basis.counts.get(MISSED, 0)
    for further in range(1, MOST_MISSES + 1):
        if left == 0:
            break
        after = _held(basis.counting(MISSED, missed + further).score(), lines)
        found.append(left - after)
        if left == after and missed + further >= end:
            break
        left = after
    while found[1:] and found[-1] == 0:
        found.pop()
    return tuple(found)


def _rungs(line: Criterion) -> int:
    """Up to which number of misses a rung may be free and a later one not."""
    if isinstance(line.rule, Step):
        return len(line.rule.deduct)
    events = line.rule.events if isinstance(line.rule, PerEvent) else ()
    return max((len(event.ladder) for event in events), default=0)


def _held(card: Scorecard, lines: set[str]) -> Fraction:
    """The points that these lines hold; of an unknown one, the most it can."""
    return sum(
        (
            line.score.high if line.score.points is None else line.score.points
            for item in card.items
            for line in item.criteria
            if line.id in lines
        ),
        ZERO,
    )


def losses(rubric: Rubric, card: Scorecard) -> Iterator[Loss]:
    """What each line is short of, in the table's order; where an item has its points, nothing is."""
    rules = {line.id: line for line in rubric.criteria}
    for item in card.items:
        short = _short(item)
        if short > 0:
            yield from _of_item(item, short, rules)


def _short(item: ItemScore) -> Fraction:
    points = item.score.low if item.score.points is None else item.score.points
    return item.points - points


def _of_item(item: ItemScore, short: Fraction, rules: Mapping[str, Criterion]) -> Iterator[Loss]:
    if any(rules[line.id].key for line in item.criteria):
        kind = "open" if item.score.points is None else "winnable"
        yield Loss(item=item.id, criterion=item.id, kind=kind, points=short)
        return
    found = [
        Loss(
            item=item.id,
            criterion=line.id,
            kind=_kind(rules[line.id], line),
            points=min(line.points - held, short),
        )
        for line in item.criteria
        if line.applies is not False and line.points > (held := _least(line))
    ]
    # Where lines add up to more than their item, winning one back may make up for another.
    left = max(short - sum((loss.points for loss in found if loss.kind != "gone"), ZERO), ZERO)
    for loss in found:
        points = min(loss.points, left) if loss.kind == "gone" else loss.points
        left -= points if loss.kind == "gone" else ZERO
        if points > 0:
            yield replace(loss, points=points)


def _least(line: CriterionScore) -> Fraction:
    return line.score.low if line.score.points is None else line.score.points


def _kind(line: Criterion, scored: CriterionScore) -> str:
    if scored.score.points is None or any(why.code in _UNSAID for why in scored.reasons):
        return "open"
    return "gone" if isinstance(line.rule, PerEvent | Step) else "winnable"


def _at_best(basis: Basis) -> Basis:
    """Everything that can be made good made good; what happened stays."""
    answers, counts = dict(basis.answers), dict(basis.counts)
    for item in basis.rubric.items:
        if item.combine == "one_of":
            answers[item.id] = max(item.criteria, key=lambda line: line.points).key
            continue
        for line in item.criteria:
            _make_good(line, answers, counts, basis)
    for bonus in basis.rubric.bonus.lines if basis.rubric.bonus else ():
        _earn(bonus, answers, counts)
    return replace(basis, answers=answers, counts=counts)


def _earn(line: BonusLine, answers: dict[str, Any], counts: dict[str, int | Fraction]) -> None:
    """A bonus may still come about."""
    if line.rule is None:
        answers[line.id] = "yes"
        return
    for event in line.rule.events:
        assert event.each is not None
        needed = ceil(line.points / event.each)
        counts[event.metric] = max(counts.get(event.metric, 0), needed)


def _make_good(
    line: Criterion, answers: dict[str, Any], counts: dict[str, int | Fraction], basis: Basis
) -> None:
    rule = line.rule
    if isinstance(rule, Verdict):
        if answers.get(line.id) != "na":
            answers[line.id] = "yes"
    elif isinstance(rule, Prorate):
        full = rule.full if isinstance(rule.full, Fraction) else _setting(basis, rule.full)
        counts[rule.metric] = full
    elif isinstance(rule, Slope | BelowBenchmark):
        counts[rule.metric] = rule.maximum


def _setting(basis: Basis, key: str) -> Fraction:
    defaults = {each.key: each.default for each in basis.rubric.settings}
    return Fraction(basis.settings.get(key, defaults[key]))
