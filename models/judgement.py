"""What one line is worth by each reading: pure functions of rule, answer and counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from models.criteria import BonusLine, Criterion, Rubric
from models.question import MOST_EVENTS, NO_CASES, UNKNOWN, AnswerError, Figures, amount_in
from models.rules import (
    PLAIN,
    BelowBenchmark,
    Event,
    Gain,
    PerEvent,
    Prorate,
    Rule,
    Slope,
    Step,
    Verdict,
    metrics_of,
)

ZERO = Fraction(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Points from ``low`` to ``high``; ``points`` by our default readings, None if unknown."""

    low: Fraction
    high: Fraction
    points: Fraction | None

    def __add__(self, other: "Band") -> "Band":
        known = self.points is not None and other.points is not None
        return Band(
            low=self.low + other.low,
            high=self.high + other.high,
            points=(self.points or ZERO) + (other.points or ZERO) if known else None,
        )

    def mapped(self, change: Callable[[Fraction], Fraction]) -> "Band":
        """The band after a change that never turns more into less."""
        points = None if self.points is None else change(self.points)
        return Band(low=change(self.low), high=change(self.high), points=points)

    def __or__(self, other: "Band") -> "Band":
        """What lies in either; the points of the first."""
        return Band(
            low=min(self.low, other.low), high=max(self.high, other.high), points=self.points
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a score is what it is: a code, the criterion or item, the figures for a sentence."""

    code: str
    where: str
    params: Mapping[str, Fraction | int | str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A line's bands by the readings of one open question (or of none), and why."""

    bands: Mapping[str, Band]
    question: str | None = None
    reasons: tuple[Reason, ...] = ()
    not_applicable: bool = False

    def within(self, rubric: Rubric) -> tuple[Band, str | None]:
        """The band over every reading, and the question if another reading than ours changes it."""
        if self.question is None:
            return next(iter(self.bands.values())), None
        default = self.bands[str(rubric.question(self.question).default)]
        low = min(band.low for band in self.bands.values())
        high = max(band.high for band in self.bands.values())
        changed = (low, high) != (default.low, default.high)
        return Band(low=low, high=high, points=default.points), self.question if changed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a judgement rests on besides the answer: counted records and settings in force."""

    rubric: Rubric
    counts: Mapping[str, Fraction]
    settings: Mapping[str, str]

    def counted(self, rule: Rule | Gain | None) -> bool:
        """Whether records alone say everything that a rule reads."""
        metrics = metrics_of(rule)
        return bool(metrics) and all(metric in self.counts for metric in metrics)


def exactly(points: Fraction) -> Band:
    """A band without width."""
    return Band(low=points, high=points, points=points)


def anything(points: Fraction) -> Band:
    """From nothing to everything: nobody has said yet."""
    return Band(low=ZERO, high=points, points=None)


def judge(line: Criterion, answer: str | Figures | None, facts: Facts) -> Outcome:
    """What a criterion is worth for an answer read by ``check_answer``; None: not answered.

    Where records count everything the rule reads, no answer is looked at.
    """
    if facts.counted(line.rule):
        answer = ()
    if answer is None or answer == UNKNOWN:
        code = "unanswered" if answer is None else "unknown"
        if isinstance(line.rule, PerEvent):
            return _by_some_events(line, line.rule, code, facts)
        if not (isinstance(line.rule, BelowBenchmark) and line.rule.metric in facts.counts):
            return _open(line, code)
        # The average alone is missing: what is known of ourselves already narrows it.
        answer = ()
    if isinstance(answer, str):
        return _by_word(line, answer, facts)
    values = figures_of(line.rule, answer, facts.counts)
    return _BY_RULE[type(line.rule)](line, line.rule, values, facts)


def gain(line: BonusLine, answer: str | Figures | None, facts: Facts) -> tuple[Band, Reason | None]:
    """What a bonus line gives, and why it gives something."""
    if facts.counted(line.rule):
        answer = ()
    if answer is None or answer == UNKNOWN:
        return anything(line.points), Reason(code="unanswered", where=line.id)
    if isinstance(answer, str):
        got = line.points if answer == "yes" else ZERO
        return exactly(got), Reason(code="given", where=line.id) if got else None
    assert line.rule is not None
    values = figures_of(line.rule, answer, facts.counts)
    got = sum(
        (event.costs(_count(values, event.metric), (), ZERO) for event in line.rule.events), ZERO
    )
    why = Reason(code="given", where=line.id) if got else None
    return exactly(min(got, line.points)), why


def figures_of(
    rule: Rule | Gain | None, answer: Figures, counts: Mapping[str, Fraction]
) -> dict[str, Fraction | None]:
    """Every figure a rule reads: counted where records say it, else in the order it was asked."""
    asked = iter(answer)
    return {
        metric: counts[metric] if metric in counts else next(asked, None)
        for metric in dict.fromkeys(metrics_of(rule))
    }


def _count(values: Mapping[str, Fraction | None], metric: str) -> int:
    number = values[metric] or ZERO
    if number.denominator != 1:
        raise AnswerError("not_whole", metric)
    return int(number)


def _because(line: Criterion, code: str, **params: Fraction | int | str) -> Reason:
    return Reason(code=code, where=line.id, params=params)


def _open(line: Criterion, code: str) -> Outcome:
    if isinstance(line.rule, Step):
        code = "not_counted"
    return Outcome(bands={PLAIN: anything(line.points)}, reasons=(_because(line, code),))


def _by_word(line: Criterion, word: str, facts: Facts) -> Outcome:
    """Yes, no, no cases: plain. Partly (A12) and not applicable (A2): by the readings."""
    rule = line.rule
    if word == "na":
        policy = facts.rubric.not_applicable
        readings = facts.rubric.readings(policy.question, str(policy.fixed))
        return Outcome(
            bands={key: exactly(ZERO if key == "zero" else line.points) for key in readings},
            question=policy.question,
            reasons=(_because(line, "not_applicable"),),
            not_applicable=True,
        )
    if word == "partly" and isinstance(rule, Verdict):
        readings = facts.rubric.readings(rule.question, PLAIN)
        return Outcome(
            bands={key: exactly(line.points * rule.partly[key]) for key in readings},
            question=rule.question,
            reasons=(_because(line, "partly"),),
        )
    if word == "no":
        return Outcome(bands={PLAIN: exactly(ZERO)}, reasons=(_because(line, "not_met"),))
    reasons = (_because(line, NO_CASES),) if word == NO_CASES else ()
    return Outcome(bands={PLAIN: exactly(line.points)}, reasons=reasons)


def _by_events(
    line: Criterion, rule: PerEvent, values: Mapping[str, Fraction | None], facts: Facts
) -> Outcome:
    """发生一起扣…分,扣完为止: never below the floor, never more than the cap."""
    return Outcome(
        bands={key: exactly(left) for key, left in _left(line, rule, values, facts).items()},
        question=_once_or_each(rule),
        reasons=_event_reasons(line, rule, values),
    )


def _by_some_events(line: Criterion, rule: PerEvent, code: str, facts: Facts) -> Outcome:
    """Some figures counted, the others said by nobody: from none of them to any number."""
    known = figures_of(rule, (), facts.counts)
    none = {metric: value or ZERO for metric, value in known.items()}
    many = {m: MOST_EVENTS if value is None else value for m, value in known.items()}
    best, worst = (_left(line, rule, values, facts) for values in (none, many))
    settled = best == worst
    return Outcome(
        bands={
            key: exactly(best[key])
            if settled
            else Band(low=worst[key], high=best[key], points=None)
            for key in best
        },
        question=_once_or_each(rule),
        reasons=(
            *_event_reasons(line, rule, none),
            *(() if settled else (_because(line, code),)),
        ),
    )


def _once_or_each(rule: PerEvent) -> str | None:
    return next((event.question for event in rule.events if event.question), None)


def _left(
    line: Criterion, rule: PerEvent, values: Mapping[str, Fraction | None], facts: Facts
) -> dict[str, Fraction]:
    """The points left by each reading."""
    counted = [
        (event, _count(values, event.metric), _among(event, values)) for event in rule.events
    ]
    found = {}
    for reading in facts.rubric.readings(_once_or_each(rule), PLAIN):
        once = reading == "once"
        lost = sum(
            (_cost(event, times, among, line.points, once=once) for event, times, among in counted),
            ZERO,
        )
        lost = lost if rule.cap is None else min(lost, rule.cap)
        found[reading] = max(rule.floor, line.points - lost)
    return found


def _event_reasons(
    line: Criterion, rule: PerEvent, values: Mapping[str, Fraction | None]
) -> tuple[Reason, ...]:
    return tuple(
        _event_reason(line, event, times, _among(event, values))
        for event in rule.events
        if (times := _count(values, event.metric))
    )


def _cost(
    event: Event, times: int, among: tuple[int, ...], whole: Fraction, *, once: bool
) -> Fraction:
    """What so many cost; where several count as one (A4), at most one of them counts more."""
    if event.question and once:
        times, among = min(times, 1), tuple(min(each, 1) for each in among)
    return event.costs(times, among, whole)


def _among(event: Event, values: Mapping[str, Fraction | None]) -> tuple[int, ...]:
    """How many of the events count more: records may have come to show fewer than were answered."""
    times = _count(values, event.metric)
    return tuple(min(_count(values, each.metric), times) for each in event.doubled)


def _event_reason(line: Criterion, event: Event, times: int, among: tuple[int, ...]) -> Reason:
    params: dict[str, Fraction | int | str] = {"metric": event.metric, "count": times}
    if event.each is not None and not sum(among) and not event.repeats:
        return _because(line, "events", **params, each=event.each)
    lost = min(event.costs(times, among, line.points), line.points)
    return _because(line, "events_cost", **params, lost=lost)


def _by_ladder(
    line: Criterion, rule: Step, values: Mapping[str, Fraction | None], facts: Facts
) -> Outcome:
    """漏报2次扣1分,漏报3次及以上不得分; a rung the table does not print by the readings (A3)."""
    times = _count(values, rule.metric)
    lost = rule.deduct[min(times, len(rule.deduct) - 1)]
    reasons = (
        (_because(line, "missed", metric=rule.metric, count=times, deduct=lost),) if times else ()
    )
    rung = rule.unprinted
    if rung is None or times != rung.at:
        return Outcome(bands={PLAIN: exactly(line.points - lost)}, reasons=reasons)
    readings = facts.rubric.readings(rung.question, PLAIN)
    return Outcome(
        bands={key: exactly(line.points - rung.deduct[key]) for key in readings},
        question=rung.question,
        reasons=reasons,
    )


def _by_share(
    line: Criterion, rule: Prorate, values: Mapping[str, Fraction | None], facts: Facts
) -> Outcome:
    """折合: in proportion to a figure out of its full mark."""
    value = values[rule.metric] or ZERO
    full = amount_in(facts.settings, rule.full)
    value = min(value, full)
    reasons = (_because(line, "prorated", value=value, full=full),) if value < full else ()
    return Outcome(bands={PLAIN: exactly(line.points * value / full)}, reasons=reasons)


def _by_benchmark(
    line: Criterion, rule: BelowBenchmark, values: Mapping[str, Fraction | None], facts: Facts
) -> Outcome:
    """低于全区平均数扣分; while a figure is missing it may be anything up to the best mark."""
    own, benchmark = values[rule.metric], values[rule.benchmark]
    if own is None:
        return _open(line, "unanswered")
    slope = amount_in(facts.settings, rule.per_point)
    gap = max(ZERO, (rule.maximum if benchmark is None else benchmark) - own)
    if gap == 0:
        return Outcome(bands={PLAIN: exactly(line.points)})
    worst = {"per_point": max(rule.floor, line.points - gap * slope), "everything": rule.floor}
    readings = facts.rubric.readings(rule.question, "per_point")
    if benchmark is None:
        return Outcome(
            bands={key: Band(low=worst[key], high=line.points, points=None) for key in readings},
            question=rule.question,
            reasons=(_because(line, "benchmark_missing", own=own),),
        )
    return Outcome(
        bands={key: exactly(worst[key]) for key in readings},
        question=rule.question,
        reasons=(_because(line, "below_benchmark", own=own, benchmark=benchmark, gap=gap),),
    )


_STEPS: Mapping[str, Callable[[Fraction], Fraction]] = {
    "proportional": lambda steps: steps,
    "whole": lambda steps: Fraction(floor(steps)),
    "started": lambda steps: Fraction(ceil(steps)),
}


def _by_slope(
    line: Criterion, rule: Slope, values: Mapping[str, Fraction | None], facts: Facts
) -> Outcome:
    """每降低1个百分点扣0.25分, tier by tier; under the last one perhaps no points at all."""
    value = values[rule.metric] or ZERO
    if value >= rule.full_from:
        return Outcome(bands={PLAIN: exactly(line.points)})
    readings = facts.rubric.readings(rule.question, rule.counting)
    return Outcome(
        bands={
            key: exactly(max(ZERO, line.points - _slid(rule, value, line.points, _STEPS[key])))
            for key in readings
        },
        question=rule.question,
        reasons=(_because(line, "slope", value=value, full=rule.full_from),),
    )


def _slid(
    rule: Slope, value: Fraction, whole: Fraction, steps: Callable[[Fraction], Fraction]
) -> Fraction:
    if rule.below_zero and value < rule.tiers[-1].down_to:
        return whole
    lost, top = ZERO, rule.full_from
    for tier in rule.tiers:
        goes_on = tier is rule.tiers[-1]
        bottom = value if goes_on else max(value, tier.down_to)
        lost += steps((top - min(top, bottom)) / tier.per) * tier.deduct
        top = min(top, max(bottom, tier.down_to) if not goes_on else bottom)
    return lost


_BY_RULE: Mapping[type, Callable[..., Outcome]] = {
    PerEvent: _by_events,
    Step: _by_ladder,
    Prorate: _by_share,
    BelowBenchmark: _by_benchmark,
    Slope: _by_slope,
}
