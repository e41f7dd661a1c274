"""From the ``rule`` of a line in a rubric file to the rule itself."""

from collections.abc import Callable
from fractions import Fraction

from models.criteria import COUNTINGS, METRICS
from models.fields import Fields, exact
from models.rules import (
    PLAIN,
    Amount,
    BelowBenchmark,
    Doubled,
    Event,
    Gain,
    PerEvent,
    Prorate,
    Repeats,
    Rule,
    Slope,
    Step,
    Tier,
    Unprinted,
    Verdict,
)


def read_rule(fields: Fields) -> Rule:
    """The rule of a line of the table."""
    rule = RULES[fields.word("kind", frozenset(RULES))](fields)
    fields.close()
    return rule


def read_verdict(fields: Fields) -> Verdict:
    """What "partly" is worth: a share, or one by each reading of an open question."""
    if fields.has("open"):
        return Verdict(partly=fields.numbers_by("partly", str), question=fields.word("open"))
    share = fields.number("partly")
    if share > 1:
        raise fields.error("not_a_number", "partly is a share from 0 to 1", "partly")
    return Verdict(partly={PLAIN: share}, question=None)


def read_gain(fields: Fields) -> Gain:
    """A bonus by event: each gives so many points."""
    fields.word("kind", frozenset({"gain"}))
    events = tuple(_gain(each) for each in fields.parts("events"))
    fields.close()
    return Gain(events=events)


def _gain(fields: Fields) -> Event:
    event = _plain_event(fields, each=fields.number("each"))
    fields.close()
    return event


def _plain_event(fields: Fields, *, each: Fraction) -> Event:
    return Event(
        metric=fields.word("metric", METRICS),
        name=fields.text("name"),
        each=each,
        ladder=(),
        cap=None,
        question=None,
        doubled=(),
        repeats=None,
    )


def _per_event(fields: Fields) -> PerEvent:
    return PerEvent(
        events=tuple(_event(each) for each in fields.parts("events")),
        floor=fields.number("floor") if fields.has("floor") else Fraction(0),
        cap=fields.number("cap") if fields.has("cap") else None,
    )


def _event(fields: Fields) -> Event:
    each, ladder = _cost(fields)
    event = Event(
        metric=fields.word("metric", METRICS),
        name=fields.text("name"),
        each=each,
        ladder=ladder,
        cap=fields.number("cap") if fields.has("cap") else None,
        question=fields.word("open") if fields.has("open") else None,
        doubled=tuple(_doubled(part) for part in fields.parts("doubled"))
        if fields.has("doubled")
        else (),
        repeats=_repeats(fields.part("repeats")) if fields.has("repeats") else None,
    )
    if each is None and (event.question or event.doubled or event.repeats):
        told = "open, doubled and repeats need a number under each"
        raise fields.error("not_an_event", told)
    fields.close()
    return event


def _cost(fields: Fields) -> tuple[Fraction | None, tuple[Fraction, ...]]:
    """``each: 1``, ``each: all`` (no number, no ladder) or ``ladder: [0, 1, 2]``."""
    if fields.has("ladder"):
        ladder = fields.numbers("ladder")
        _climbs(fields, ladder, "ladder")
        return None, ladder
    raw = fields.take("each")
    if raw == "all":
        return None, ()
    if not exact(raw):
        told = f"each must be a number above 0 or all, not {raw!r}"
        raise fields.error("not_a_number", told, "each")
    return fields.as_number("each", raw), ()


def _doubled(fields: Fields) -> Doubled:
    doubled = Doubled(
        metric=fields.word("metric", METRICS),
        name=fields.text("name"),
        times=_multiple(fields),
    )
    fields.close()
    return doubled


def _repeats(fields: Fields) -> Repeats:
    repeats = Repeats(start=fields.whole("from"), times=_multiple(fields))
    if repeats.start < 1:
        raise fields.error(
            "not_a_number", "from is the number of the first such event, from 1", "from"
        )
    fields.close()
    return repeats


def _multiple(fields: Fields) -> Fraction:
    times = fields.number("times")
    if times < 1:
        raise fields.error("not_a_number", "times must be 1 or more", "times")
    return times


def _step(fields: Fields) -> Step:
    step = Step(
        metric=fields.word("metric", METRICS),
        deduct=fields.numbers("deduct"),
        unprinted=_unprinted(fields.part("unprinted")) if fields.has("unprinted") else None,
    )
    _climbs(fields, step.deduct, "deduct")
    if step.unprinted is not None and step.unprinted.at >= len(step.deduct):
        raise fields.error("not_a_ladder", "the unprinted rung is not on the ladder")
    return step


def _climbs(fields: Fields, rungs: tuple[Fraction, ...], key: str) -> None:
    if list(rungs) != sorted(rungs):
        raise fields.error("not_a_ladder", "a rung may not cost less than the one before", key)


def _unprinted(fields: Fields) -> Unprinted:
    unprinted = Unprinted(
        at=fields.whole("at"),
        question=fields.word("open"),
        deduct=fields.numbers_by("deduct", str),
    )
    fields.close()
    return unprinted


def _prorate(fields: Fields) -> Prorate:
    return Prorate(
        metric=fields.word("metric", METRICS),
        name=fields.text("name"),
        full=_amount(fields, "full"),
        no_cases=fields.has("no_cases")
        and fields.word("no_cases", frozenset({"full_marks"})) == "full_marks",
    )


def _below_benchmark(fields: Fields) -> BelowBenchmark:
    return BelowBenchmark(
        metric=fields.word("metric", METRICS),
        name=fields.text("name"),
        benchmark=fields.word("benchmark", METRICS),
        benchmark_name=fields.text("benchmark_name"),
        maximum=fields.number("maximum"),
        per_point=_amount(fields, "per_point"),
        floor=fields.number("floor") if fields.has("floor") else Fraction(0),
        question=fields.word("open") if fields.has("open") else None,
    )


def _slope(fields: Fields) -> Slope:
    counting, question = _counting(fields)
    slope = Slope(
        metric=fields.word("metric", METRICS),
        name=fields.text("name"),
        maximum=fields.number("maximum"),
        full_from=fields.number("full_from"),
        tiers=tuple(_tier(each) for each in fields.parts("tiers")),
        below_zero=fields.has("below") and fields.word("below", frozenset({"zero"})) == "zero",
        counting=counting,
        question=question,
    )
    edges = [slope.maximum, slope.full_from, *(tier.down_to for tier in slope.tiers)]
    if edges != sorted(edges, reverse=True) or len(set(edges[1:])) < len(edges) - 1:
        raise fields.error("not_a_slope", "full_from and the tiers must go down from maximum")
    return slope


def _counting(fields: Fields) -> tuple[str, str | None]:
    raw = fields.take("counting") if fields.has("counting") else "proportional"
    if isinstance(raw, dict) and set(raw) == {"open"} and isinstance(raw["open"], str):
        return "proportional", raw["open"]
    if not isinstance(raw, str) or raw not in COUNTINGS:
        told = f"counting must be one of {' '.join(sorted(COUNTINGS))}, or {{open: ...}}"
        raise fields.error("unknown_counting", told, "counting")
    return raw, None


def _tier(fields: Fields) -> Tier:
    tier = Tier(
        down_to=fields.number("from"), per=fields.number("per"), deduct=fields.number("deduct")
    )
    if tier.per == 0:
        raise fields.error("not_a_number", "per must be above 0", "per")
    fields.close()
    return tier


def _amount(fields: Fields, key: str) -> Amount:
    raw = fields.take(key)
    if exact(raw):
        return fields.as_number(key, raw)
    if isinstance(raw, str) and raw.isidentifier():
        return raw
    told = f"{key} must be a number above 0 or the key of a setting"
    raise fields.error("not_a_number", told, key)


RULES: dict[str, Callable[[Fields], Rule]] = {
    "verdict": read_verdict,
    "per_event": _per_event,
    "step": _step,
    "prorate": _prorate,
    "below_benchmark": _below_benchmark,
    "slope": _slope,
}
"""Every rule kind a line may name; without one it is a verdict, or a choice of its item."""
