"""The kinds of rule a line of a scorecard may have, as the file says them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from models.wording import Text

Amount = Fraction | str
"""A number of the rubric's own, or the key of the setting that holds it."""
PLAIN = ""
"""The only reading of what reads no open question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Yes, partly, no or not applicable; ``partly`` is the share of the points by reading (A12)."""

    partly: Mapping[str, Fraction]
    question: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubled:
    """How many of the events count ``times`` as much (加倍扣分), such as those in key periods."""

    metric: str
    name: Text
    times: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeats:
    """From the ``start``-th event on each counts ``times`` as much."""

    start: int
    times: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that costs points: ``each``, or by a ladder of their number, or all of them (``each`` None).

    With a question, perhaps once only (A4); never more than ``cap`` (本项限扣5分).
    """

    metric: str
    name: Text
    each: Fraction | None
    ladder: tuple[Fraction, ...]
    cap: Fraction | None
    question: str | None
    doubled: tuple[Doubled, ...]
    repeats: Repeats | None

    @property
    def takes_all(self) -> bool:
        """Whether one of these leaves nothing of the line (瞒报不得分)."""
        return self.each is None and not self.ladder

    def costs(self, times: int, among: tuple[int, ...], whole: Fraction) -> Fraction:
        """What so many cost, ``among`` them those that count more; ``whole`` is what the line is worth."""
        if self.takes_all:
            lost = whole if times else Fraction(0)
        elif self.ladder:
            lost = self.ladder[min(times, len(self.ladder) - 1)]
        else:
            assert self.each is not None
            counted = Fraction(times)
            if self.repeats:
                counted += max(0, times - self.repeats.start + 1) * (self.repeats.times - 1)
            for doubled, number in zip(self.doubled, among, strict=True):
                counted += number * (doubled.times - 1)
            lost = self.each * counted
        return lost if self.cap is None else min(lost, self.cap)


@dataclass(frozen=True, kw_only=True, slots=True)
class PerEvent:
    """Deductions by event down to a floor (扣完为止), of at most ``cap`` points."""

    events: tuple[Event, ...]
    floor: Fraction
    cap: Fraction | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unprinted:
    """A rung the table does not print: its deduction by reading."""

    at: int
    question: str
    deduct: Mapping[str, Fraction]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A ladder over a counted figure: ``deduct[n]``, the last rung for any more."""

    metric: str
    deduct: tuple[Fraction, ...]
    unprinted: Unprinted | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prorate:
    """Points in proportion to a figure out of ``full``; ``no_cases``: "none" gets full marks."""

    metric: str
    name: Text
    full: Amount
    no_cases: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BelowBenchmark:
    """A deduction for each point below a benchmark (低于全区平均数扣分), or of everything (A10)."""

    metric: str
    name: Text
    benchmark: str
    benchmark_name: Text
    maximum: Fraction
    per_point: Amount
    floor: Fraction
    question: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """A stretch of a slope down to ``down_to``: each ``per`` of it costs ``deduct``."""

    down_to: Fraction
    per: Fraction
    deduct: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Slope:
    """每降低1个百分点扣0.25分: full points from ``full_from`` up, then tier by tier."""

    metric: str
    name: Text
    maximum: Fraction
    full_from: Fraction
    tiers: tuple[Tier, ...]
    below_zero: bool
    """Whether a value under the last tier leaves no points; else the last tier goes on."""
    counting: str
    question: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gain:
    """A bonus by event: so many points each, up to what the line is worth."""

    events: tuple[Event, ...]


Rule = Verdict | PerEvent | Step | Prorate | BelowBenchmark | Slope


def metrics_of(rule: Rule | Gain | None) -> tuple[str, ...]:
    """Every figure that a rule reads."""
    if isinstance(rule, PerEvent | Gain):
        return tuple(
            metric
            for event in rule.events
            for metric in (event.metric, *(each.metric for each in event.doubled))
        )
    if isinstance(rule, BelowBenchmark):
        return (rule.metric, rule.benchmark)
    if rule is None or isinstance(rule, Verdict):
        return ()
    return (rule.metric,)
