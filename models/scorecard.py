"""A hospital's score by a rubric: a pure function of answers, counts, settings; exact numbers.

Every place has a range. It is wide where something is not answered, and where an open question of
the table (A1, A2, ...) can be read in ways that give different points; ``open`` then names it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from models.combination import Part, combine
from models.criteria import Criterion, Item, Rubric, Section, Setting, Text
from models.judgement import ZERO, Band, Facts, Outcome, Reason, anything, exactly, judge
from models.question import (
    NONE,
    AnswerError,
    Figures,
    asked,
    check_answer,
    setting_values,
)

NOTHING = exactly(ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionScore:
    """One line; it does not count where ``applies`` is false."""

    id: str
    name: Text
    points: Fraction
    score: Band
    applies: bool
    reasons: tuple[Reason, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemScore:
    """One row; its own reasons say what was done because its lines do not add up to its points."""

    id: str
    name: Text
    points: Fraction
    score: Band
    reasons: tuple[Reason, ...]
    open: tuple[str, ...]
    criteria: tuple[CriterionScore, ...]

    @property
    def every_reason(self) -> tuple[Reason, ...]:
        """The item's own reasons, then those of the criteria that apply."""
        lines = (line for line in self.criteria if line.applies)
        return (*self.reasons, *(why for line in lines for why in line.reasons))


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionScore:
    """One part of the table: the sum of its items."""

    id: str
    name: Text
    points: Fraction
    score: Band
    items: tuple[ItemScore, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingInForce:
    """A default of ours, or what the hospital put in its place."""

    setting: Setting
    value: str
    is_default: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorecard:
    """A whole score: sections, items, criteria; the open questions that bear on it; settings."""

    rubric: str
    version: str
    content_hash: str
    level: int
    points: Fraction
    score: Band
    sections: tuple[SectionScore, ...]
    open: tuple[str, ...]
    settings: tuple[SettingInForce, ...]

    @property
    def items(self) -> tuple[ItemScore, ...]:
        """Every item in the table's order."""
        return tuple(item for section in self.sections for item in section.items)


def score(
    rubric: Rubric,
    *,
    level: int,
    answers: Mapping[str, object],
    counts: Mapping[str, int],
    settings: Mapping[str, str] | None = None,
) -> Scorecard:
    """The points at a level, [0, points] where not answered; AnswerError for what cannot be."""
    values = setting_values(rubric, settings)
    read = _read(rubric, level, answers, settings)
    facts = Facts(rubric=rubric, counts=counts, settings=values)
    sections = tuple(_section(section, level, read, facts) for section in rubric.sections)
    found = {
        question
        for section in sections
        for item in section.items
        for question in (*item.open, *(key for line in item.criteria for key in line.open))
    }
    return Scorecard(
        rubric=rubric.id,
        version=rubric.version,
        content_hash=rubric.content_hash,
        level=level,
        points=rubric.points,
        score=_total(section.score for section in sections),
        sections=sections,
        open=tuple(each.id for each in rubric.open if each.id in found),
        settings=tuple(
            SettingInForce(
                setting=each, value=values[each.key], is_default=values[each.key] == each.default
            )
            for each in rubric.settings
        ),
    )


def _read(
    rubric: Rubric, level: int, answers: Mapping[str, object], settings: Mapping[str, str] | None
) -> Mapping[str, str | Figures]:
    """The answers read exactly. One to a line that does not apply at this level is left alone."""
    questions = {each.id: each for each in asked(rubric, level, settings)}
    elsewhere = set(answers) - set(questions)
    if elsewhere:
        known = {each.id for other in rubric.levels for each in asked(rubric, other, settings)}
        for name in sorted(elsewhere - known):
            raise AnswerError("unknown_question", name)
    return {
        name: check_answer(questions[name], value)
        for name, value in answers.items()
        if name in questions and value is not None
    }


def _total(bands: Iterable[Band]) -> Band:
    return reduce(Band.__add__, bands, NOTHING)


def _section(
    section: Section, level: int, read: Mapping[str, str | Figures], facts: Facts
) -> SectionScore:
    items = tuple(
        _choice(item, level, read) if item.combine == "one_of" else _item(item, level, read, facts)
        for item in section.items
    )
    return SectionScore(
        id=section.id,
        name=section.name,
        points=section.points,
        score=_total(item.score for item in items),
        items=items,
    )


def _choice(item: Item, level: int, read: Mapping[str, str | Figures]) -> ItemScore:
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
            applies=line.applies(level),
            reasons=(),
            open=(),
        )
        for line in item.criteria
    )
    known = _total(line.score for line in lines)
    return ItemScore(
        id=item.id,
        name=item.name,
        points=item.points,
        score=anything(item.points) if chosen is None else known,
        reasons=() if known.points == item.points else (Reason(code=code, where=item.id),),
        open=(),
        criteria=lines,
    )


def _item(item: Item, level: int, read: Mapping[str, str | Figures], facts: Facts) -> ItemScore:
    outcomes = {line.id: judge(line, read.get(line.id), facts) for line in item.applying(level)}
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
    combined = combine(facts.rubric, item, level, parts)
    return ItemScore(
        id=item.id,
        name=item.name,
        points=item.points,
        score=combined.band,
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
