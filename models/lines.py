"""From the mappings of a rubric file to its sections, items, criteria and rules."""

from collections.abc import Callable
from dataclasses import dataclass

from models.criteria import (
    METRICS,
    Amount,
    BelowBenchmark,
    Criterion,
    Event,
    Item,
    Over,
    PerEvent,
    Prorate,
    Rule,
    Section,
    Step,
    Unprinted,
    Verdict,
)
from models.fields import Fields, exact

JUDGED = frozenset({"auto", "assisted", "human", "external"})
COMBINED = frozenset({"sum", "one_of"})
PRINTED = frozenset({"line", "row"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """What the lines of one rubric share: its levels, and how an unmarked line is judged."""

    levels: frozenset[int]
    verdict: Verdict

    def section(self, fields: Fields) -> Section:
        """One part of the table."""
        section = Section(
            id=fields.word("id"),
            name=fields.text("name"),
            points=fields.number("points"),
            items=tuple(self.item(each) for each in fields.parts("items")),
        )
        fields.close()
        return section

    def item(self, fields: Fields) -> Item:
        """One row with its lines."""
        combine = fields.word("combine", COMBINED, "sum")
        item = Item(
            id=fields.word("id"),
            name=fields.text("name"),
            title=fields.text_if_any("title"),
            points=fields.number("points"),
            combine=combine,
            printed_sum=fields.numbers_by("printed_sum", int) if fields.has("printed_sum") else {},
            over=_over(fields.part("over")) if fields.has("over") else None,
            criteria=tuple(self.criterion(each, combine) for each in fields.parts("criteria")),
        )
        fields.close()
        return item

    def criterion(self, fields: Fields, combine: str) -> Criterion:
        """One line; a choice has a key, any other line is a verdict unless it says otherwise."""
        chosen = combine == "one_of"
        criterion = Criterion(
            id=fields.word("id"),
            name=fields.text("name"),
            text=fields.text("text"),
            clause=fields.word("clause"),
            points=fields.number("points"),
            points_printed=fields.word("points_printed", PRINTED, "line"),
            levels=self._gate(fields),
            judged=fields.word("judged", JUDGED),
            key=fields.word("key") if chosen else None,
            rule=None if chosen else self._rule(fields),
            guide=fields.text_if_any("guide"),
            evidence=fields.text_if_any("evidence"),
            open=_ids(fields, "open"),
        )
        fields.close()
        return criterion

    def _gate(self, fields: Fields) -> frozenset[int]:
        if not fields.has("levels"):
            return self.levels
        gate = frozenset(fields.items("levels"))
        if not gate <= self.levels:
            raise fields.error("unknown_level", f"levels must be among {sorted(self.levels)}")
        return gate

    def _rule(self, fields: Fields) -> Rule:
        if not fields.has("rule"):
            return self.verdict
        rule = fields.part("rule")
        built = RULES[rule.word("kind", frozenset(RULES))](rule)
        rule.close()
        return built


def _per_event(fields: Fields) -> PerEvent:
    return PerEvent(
        events=tuple(_event(each) for each in fields.parts("events")),
        floor=fields.number("floor"),
    )


def _event(fields: Fields) -> Event:
    event = Event(
        metric=fields.word("metric", METRICS),
        name=fields.text("name"),
        each=fields.number("each"),
        question=fields.word("open") if fields.has("open") else None,
    )
    fields.close()
    return event


def _step(fields: Fields) -> Step:
    step = Step(
        metric=fields.word("metric", METRICS),
        deduct=fields.numbers("deduct"),
        unprinted=_unprinted(fields.part("unprinted")) if fields.has("unprinted") else None,
    )
    if list(step.deduct) != sorted(step.deduct):
        raise fields.error("not_a_ladder", "a rung may not cost less than the one before")
    if step.unprinted is not None and step.unprinted.at >= len(step.deduct):
        raise fields.error("not_a_ladder", "the unprinted rung is not on the ladder")
    return step


def _unprinted(fields: Fields) -> Unprinted:
    at = fields.number("at")
    if at.denominator != 1:
        raise fields.error("not_a_number", "at must be a whole number")
    unprinted = Unprinted(
        at=int(at), question=fields.word("open"), deduct=fields.numbers_by("deduct", str)
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
        floor=fields.number("floor"),
        question=fields.word("open"),
    )


def _over(fields: Fields) -> Over:
    split = fields.numbers_by("split", str) if fields.has("split") else {}
    over = Over(question=fields.word("open"), split=split)
    fields.close()
    return over


def _amount(fields: Fields, key: str) -> Amount:
    raw = fields.take(key)
    number = exact(raw)
    if number is not None and number > 0:
        return number
    if isinstance(raw, str) and raw.isidentifier():
        return raw
    raise fields.error("not_a_number", f"{key} must be a number above 0 or the key of a setting")


def _ids(fields: Fields, key: str) -> tuple[str, ...]:
    if not fields.has(key):
        return ()
    return tuple(str(each) for each in fields.items(key))


RULES: dict[str, Callable[[Fields], Rule]] = {
    "per_event": _per_event,
    "step": _step,
    "prorate": _prorate,
    "below_benchmark": _below_benchmark,
}
"""Every rule kind a line may name; without one it is a verdict, or a choice of its item."""
