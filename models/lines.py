"""From the mappings of a rubric file to its sections, items, criteria, bonus and veto."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from models.applicability import AllOf, AnyOf, AtLeast, AtLevels, Not, Predicate
from models.criteria import (
    METRICS,
    NOT_APPLICABLE_POLICIES,
    OVER_READINGS,
    Bonus,
    BonusLine,
    Criterion,
    Item,
    Over,
    Policy,
    Section,
    Veto,
)
from models.fields import Fields, exact
from models.rule_lines import read_gain, read_rule
from models.rules import Rule, Verdict

JUDGED = frozenset({"auto", "assisted", "human", "external"})
COMBINED = frozenset({"sum", "one_of"})
PRINTED = frozenset({"line", "row"})
_FIGURES = {"beds_from": "beds", "outpatients_from": "outpatients"}


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
            printed_sum=_printed_sums(fields) if fields.has("printed_sum") else {},
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
            same_row=fields.flag("same_row"),
            gate=self._gate(fields),
            judged=fields.word("judged", JUDGED),
            key=fields.word("key") if chosen else None,
            rule=None if chosen else self._rule(fields),
            guide=fields.text_if_any("guide"),
            evidence=fields.text_if_any("evidence"),
            shows=_metrics(fields, "shows"),
            open=_ids(fields, "open"),
        )
        fields.close()
        return criterion

    def _rule(self, fields: Fields) -> Rule:
        return read_rule(fields.part("rule")) if fields.has("rule") else self.verdict

    def _gate(self, fields: Fields) -> Predicate:
        if fields.has("levels"):
            if fields.has("applies"):
                raise fields.error("two_gates", "a line has levels or applies, not both", "levels")
            return self._levels(fields, "levels")
        return (
            self.predicate(fields.part("applies"))
            if fields.has("applies")
            else AtLevels(self.levels)
        )

    def _levels(self, fields: Fields, key: str) -> AtLevels:
        gate = fields.items(key)
        if not all(type(each) is int for each in gate) or not self.levels >= set(gate):
            told = f"{key} must be among {sorted(self.levels)}"
            raise fields.error("unknown_level", told, key)
        return AtLevels(frozenset(gate))

    def predicate(self, fields: Fields) -> Predicate:
        """One mapping of a predicate, which says exactly one thing."""
        found: list[Predicate] = []
        if fields.has("level"):
            found.append(self._levels(fields, "level"))
        found += [
            AtLeast(figure, fields.whole(key))
            for key, figure in _FIGURES.items()
            if fields.has(key)
        ]
        if fields.has("all"):
            found.append(AllOf(tuple(self.predicate(each) for each in fields.parts("all"))))
        if fields.has("any"):
            found.append(AnyOf(tuple(self.predicate(each) for each in fields.parts("any"))))
        if fields.has("not"):
            found.append(Not(self.predicate(fields.part("not"))))
        fields.close()
        if len(found) != 1:
            told = "one of level, beds_from, outpatients_from, all, any, not"
            raise fields.error("not_a_predicate", told)
        return found[0]


def read_bonus(fields: Fields) -> Bonus:
    """What gives points beside the table."""
    bonus = Bonus(
        cap=fields.number("cap"),
        beyond=fields.flag("beyond"),
        lines=tuple(_bonus_line(each) for each in fields.parts("lines")),
    )
    fields.close()
    return bonus


def _bonus_line(fields: Fields) -> BonusLine:
    line = BonusLine(
        id=fields.word("id"),
        name=fields.text("name"),
        text=fields.text("text"),
        clause=fields.word("clause"),
        points=fields.number("points"),
        judged=fields.word("judged", JUDGED),
        rule=read_gain(fields.part("rule")) if fields.has("rule") else None,
    )
    fields.close()
    return line


def read_veto(fields: Fields) -> Veto:
    """What leaves nothing, or takes points off the total."""
    veto = Veto(
        id=fields.word("id"),
        name=fields.text("name"),
        text=fields.text("text"),
        clause=fields.word("clause"),
        metric=fields.word("metric", METRICS),
        deduct=_effect(fields),
    )
    fields.close()
    return veto


def _effect(fields: Fields) -> Fraction | None:
    raw = fields.take("effect")
    if raw == "zero":
        return None
    if not isinstance(raw, dict) or set(raw) != {"deduct"} or not exact(raw["deduct"]):
        raise fields.error("unknown_effect", "effect must be zero or {deduct: points}", "effect")
    return fields.as_number("effect", raw["deduct"])


def read_not_applicable(fields: Fields) -> Policy:
    """What a line that does not apply counts."""
    return _policy(fields, NOT_APPLICABLE_POLICIES)


def _policy(fields: Fields, allowed: frozenset[str]) -> Policy:
    open_question = fields.word("open") if fields.has("open") else None
    fixed = None if open_question else fields.word("policy", allowed)
    fields.close()
    return Policy(question=open_question, fixed=fixed)


def _over(fields: Fields) -> Over:
    split = fields.numbers_by("split", str) if fields.has("split") else {}
    return Over(policy=_policy(fields, OVER_READINGS), split=split)


def _printed_sums(fields: Fields) -> Mapping[int, tuple[Fraction, ...]]:
    raw = fields.take("printed_sum")
    if not isinstance(raw, dict) or not all(type(level) is int for level in raw):
        raise fields.error("not_a_mapping", "printed_sum must be a mapping by level", "printed_sum")
    return {level: tuple(_numbers(fields, each)) for level, each in raw.items()}


def _numbers(fields: Fields, raw: object) -> list[Fraction]:
    listed = raw if isinstance(raw, list) else [raw]
    if not listed:
        raise fields.error("not_a_number", "printed_sum must hold a number", "printed_sum")
    return [fields.as_number("printed_sum", each) for each in listed]


def _metrics(fields: Fields, key: str) -> tuple[str, ...]:
    found = _ids(fields, key)
    for each in found:
        if each not in METRICS:
            raise fields.error("unknown_metric", f"unknown metric {each!r}", key)
    return found


def _ids(fields: Fields, key: str) -> tuple[str, ...]:
    if not fields.has(key):
        return ()
    found = fields.items(key)
    if not all(isinstance(each, str) for each in found):
        raise fields.error("not_a_text", f"{key} must hold texts in quotes", key)
    return tuple(found)
