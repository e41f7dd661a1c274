"""What one criterion is worth by each reading: pure functions of rule, answer and counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from models.criteria import (
    BelowBenchmark,
    Criterion,
    PerEvent,
    Prorate,
    Rubric,
    Step,
    Verdict,
)
from models.question import NO_CASES, UNKNOWN, AnswerError, Figures, amount_in

ZERO = Fraction(0)
ONE = Fraction(1)
PLAIN = ""
"""The only reading of a rule that reads no open question."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a score is what it is: a code, the criterion or item, the figures for a sentence."""

    code: str
    where: str
    params: Mapping[str, Fraction | int | str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A criterion's bands by the readings of one open question (or of none), and why."""

    bands: Mapping[str, Band]
    question: str | None = None
    reasons: tuple[Reason, ...] = ()
    not_applicable: bool = False

    def within(self, rubric: Rubric) -> tuple[Band, str | None]:
        """The band over every reading, and the question if another reading than ours changes it."""
        if self.question is None:
            return self.bands[PLAIN], None
        default = self.bands[str(rubric.question(self.question).default)]
        low = min(band.low for band in self.bands.values())
        high = max(band.high for band in self.bands.values())
        changed = (low, high) != (default.low, default.high)
        return Band(low=low, high=high, points=default.points), self.question if changed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a judgement rests on besides the answer: counted records and settings in force."""

    rubric: Rubric
    counts: Mapping[str, int]
    settings: Mapping[str, str]


def exactly(points: Fraction) -> Band:
    """A band without width."""
    return Band(low=points, high=points, points=points)


def anything(points: Fraction) -> Band:
    """From nothing to everything: nobody has said yet."""
    return Band(low=ZERO, high=points, points=None)


def judge(line: Criterion, answer: str | Figures | None, facts: Facts) -> Outcome:
    """What a criterion is worth for an answer read by ``check_answer``; None: not answered."""
    rule = line.rule
    if isinstance(rule, Step):
        return _by_ladder(line, rule, facts.counts)
    if answer is None or answer == UNKNOWN:
        code = "unanswered" if answer is None else "unknown"
        return Outcome(bands={PLAIN: anything(line.points)}, reasons=(_because(line, code),))
    if isinstance(answer, str):
        return _by_word(line, answer, facts)
    if isinstance(rule, PerEvent):
        return _by_events(line, rule, answer, facts)
    if isinstance(rule, Prorate):
        return _by_share(line, rule, answer, facts)
    assert isinstance(rule, BelowBenchmark)
    return _by_benchmark(line, rule, answer, facts)


def _because(line: Criterion, code: str, **params: Fraction | int | str) -> Reason:
    return Reason(code=code, where=line.id, params=params)


def _by_word(line: Criterion, word: str, facts: Facts) -> Outcome:
    """Yes, no, no cases: plain. Partly (A12) and not applicable (A2): by the readings."""
    rule = line.rule
    if word == "na":
        question = facts.rubric.not_applicable
        readings = facts.rubric.question(question).readings
        return Outcome(
            bands={key: exactly(ZERO if key == "zero" else line.points) for key in readings},
            question=question,
            reasons=(_because(line, "not_applicable"),),
            not_applicable=True,
        )
    if word == "partly" and isinstance(rule, Verdict):
        return Outcome(
            bands={key: exactly(line.points * share) for key, share in rule.partly.items()},
            question=rule.question,
            reasons=(_because(line, "partly"),),
        )
    if word == "no":
        return Outcome(bands={PLAIN: exactly(ZERO)}, reasons=(_because(line, "not_met"),))
    reasons = (_because(line, NO_CASES),) if word == NO_CASES else ()
    return Outcome(bands={PLAIN: exactly(line.points)}, reasons=reasons)


def _by_events(line: Criterion, rule: PerEvent, happened: Figures, facts: Facts) -> Outcome:
    """发生一起扣…分,扣完为止: never below the floor."""
    counted = [(event, times or ZERO) for event, times in zip(rule.events, happened, strict=True)]
    question = next((event.question for event in rule.events if event.question), None)
    readings = facts.rubric.question(question).readings if question else (PLAIN,)

    def lost(reading: str) -> Fraction:
        return sum(
            (
                event.each * (min(times, ONE) if event.question and reading == "once" else times)
                for event, times in counted
            ),
            ZERO,
        )

    return Outcome(
        bands={key: exactly(max(rule.floor, line.points - lost(key))) for key in readings},
        question=question,
        reasons=tuple(
            _because(line, "events", metric=event.metric, count=int(times), each=event.each)
            for event, times in counted
            if times
        ),
    )


def _by_ladder(line: Criterion, rule: Step, counts: Mapping[str, int]) -> Outcome:
    """漏报2次扣1分,漏报3次及以上不得分; a rung the table does not print by the readings (A3)."""
    times = counts.get(rule.metric)
    if times is None:
        return Outcome(
            bands={PLAIN: anything(line.points)}, reasons=(_because(line, "not_counted"),)
        )
    if times < 0:
        raise AnswerError("negative", rule.metric, ZERO)
    lost = rule.deduct[min(times, len(rule.deduct) - 1)]
    reasons = (_because(line, "missed", count=times, deduct=lost),) if times else ()
    if rule.unprinted is None or times != rule.unprinted.at:
        return Outcome(bands={PLAIN: exactly(line.points - lost)}, reasons=reasons)
    return Outcome(
        bands={key: exactly(line.points - off) for key, off in rule.unprinted.deduct.items()},
        question=rule.unprinted.question,
        reasons=reasons,
    )


def _by_share(line: Criterion, rule: Prorate, answer: Figures, facts: Facts) -> Outcome:
    """折合: in proportion to a figure out of its full mark."""
    value = answer[0] or ZERO
    full = amount_in(facts.settings, rule.full)
    reasons = (_because(line, "prorated", value=value, full=full),) if value < full else ()
    return Outcome(bands={PLAIN: exactly(line.points * value / full)}, reasons=reasons)


def _by_benchmark(line: Criterion, rule: BelowBenchmark, answer: Figures, facts: Facts) -> Outcome:
    """低于全区平均数扣分; while the average is missing it may be anything up to the best mark."""
    own, benchmark = answer[0] or ZERO, answer[1]
    slope = amount_in(facts.settings, rule.per_point)
    gap = max(ZERO, (rule.maximum if benchmark is None else benchmark) - own)
    if gap == 0:
        return Outcome(bands={PLAIN: exactly(line.points)})
    worst = {"per_point": max(rule.floor, line.points - gap * slope), "everything": rule.floor}
    readings = facts.rubric.question(rule.question).readings
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
