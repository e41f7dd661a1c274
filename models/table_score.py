"""The table scored: sections and items, also where beds or outpatients are missing and lines may or may not apply."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from models.applicability import Place
from models.combination import Part, combine
from models.criteria import Criterion, Item, Rubric, Section
from models.judgement import (
    ZERO,
    Band,
    Facts,
    Outcome,
    Reason,
    anything,
    exactly,
    judge,
)
from models.question import NONE, Figures
from models.scores import CriterionScore, ItemScore, SectionScore

NOTHING = exactly(ZERO)


def total(bands: Iterable[Band]) -> Band:
    """The sum of bands."""
    return reduce(Band.__add__, bands, NOTHING)


def score_section(
    section: Section, place: Place, read: Mapping[str, str | Figures], facts: Facts
) -> SectionScore:
    items = tuple(_item(item, place, read, facts) for item in section.items)
    return SectionScore(
        id=section.id,
        name=section.name,
        points=section.points,
        score=total(item.score for item in items),
        items=items,
    )


def either_sections(
    one: tuple[SectionScore, ...], other: tuple[SectionScore, ...]
) -> tuple[SectionScore, ...]:
    """The table of a hospital whose beds or outpatients are missing: whatever lies in either."""
    return tuple(_either_section(a, b) for a, b in zip(one, other, strict=True))


def _either_section(one: SectionScore, other: SectionScore) -> SectionScore:
    items = tuple(_either(a, b) for a, b in zip(one.items, other.items, strict=True))
    return replace(one, score=total(item.score for item in items), items=items)


def either_band(one: Band, other: Band) -> Band:
    """Their union; known points only where both agree on everything."""
    return one if one == other else replace(one | other, points=None)


def _either(one: ItemScore, other: ItemScore) -> ItemScore:
    """An item whose lines may or may not apply: whatever lies in either."""
    if all(a.applies == b.applies for a, b in zip(one.criteria, other.criteria, strict=True)):
        return one
    reasons = (*one.reasons, Reason(code="facts_missing", where=one.id), *other.reasons)
    return replace(
        one,
        score=either_band(one.score, other.score),
        absent=min(one.absent, other.absent),
        reasons=tuple({(why.code, why.where): why for why in reasons}.values()),
        open=tuple(dict.fromkeys((*one.open, *other.open))),
        criteria=tuple(
            line if line.applies == second.applies else _maybe(line, second)
            for line, second in zip(one.criteria, other.criteria, strict=True)
        ),
    )


def _maybe(line: CriterionScore, second: CriterionScore) -> CriterionScore:
    applying = line if line.applies else second
    return replace(applying, score=replace(line.score | second.score, points=None), applies=None)


def _item(item: Item, place: Place, read: Mapping[str, str | Figures], facts: Facts) -> ItemScore:
    if item.combine == "one_of":
        return _choice(item, place, read)
    return _summed(item, place, read, facts)


def _choice(item: Item, place: Place, read: Mapping[str, str | Figures]) -> ItemScore:
    """An exclusive choice: the points of the line chosen, never their sum."""
    chosen = read.get(item.id)
    code = "unanswered" if chosen is None else "none_chosen" if chosen == NONE else "chosen"
    lines = tuple(
        CriterionScore(
            id=line.id,
            name=line.name,
            points=line.points,
            score=anything(line.points)
            if chosen is None
            else exactly(line.points if line.key == chosen else ZERO),
            applies=bool(line.applies(place)),
            reasons=(),
            open=(),
        )
        for line in item.criteria
    )
    known = total(line.score for line in lines)
    return ItemScore(
        id=item.id,
        name=item.name,
        points=item.points,
        score=anything(item.points) if chosen is None else known,
        absent=ZERO,
        reasons=() if known.points == item.points else (Reason(code=code, where=item.id),),
        open=(),
        criteria=lines,
    )


def _summed(item: Item, place: Place, read: Mapping[str, str | Figures], facts: Facts) -> ItemScore:
    outcomes = {line.id: judge(line, read.get(line.id), facts) for line in item.applying(place)}
    lines = tuple(_line(line, outcomes.get(line.id), facts.rubric) for line in item.criteria)
    parts = [
        Part(
            id=line.id,
            band=line.score,
            points=line.points,
            not_applicable=outcomes[line.id].not_applicable,
        )
        for line in lines
        if line.applies
    ]
    printed = item.sum_at(place)
    combined = combine(facts.rubric, item, printed, parts)
    left = sum((part.points for part in parts if not part.not_applicable), ZERO)
    return ItemScore(
        id=item.id,
        name=item.name,
        points=item.points,
        score=combined.band,
        absent=max(item.points - left, ZERO),
        reasons=combined.reasons,
        open=combined.open,
        criteria=lines,
    )


def _line(line: Criterion, outcome: Outcome | None, rubric: Rubric) -> CriterionScore:
    """One line judged; None for a line that does not apply at this level."""
    if outcome is None:
        band, question = NOTHING, None
        reasons: tuple[Reason, ...] = (Reason(code="level_not_applicable", where=line.id),)
    else:
        band, question = outcome.within(rubric)
        reasons = outcome.reasons
    return CriterionScore(
        id=line.id,
        name=line.name,
        points=line.points,
        score=band,
        applies=outcome is not None,
        reasons=reasons,
        open=() if question is None else (question,),
    )
