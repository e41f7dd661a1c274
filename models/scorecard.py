"""A hospital's score by a rubric: a pure function of answers, counts, settings; exact numbers.

Every place has a range. It is wide where something is not answered, and where an open question of
the table (A1, A2, ...) can be read in ways that give different points; ``open`` then names it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from models.applicability import Place, every_kind
from models.combination import Part, combine
from models.criteria import Criterion, Item, OpenQuestion, Rubric, Section, Setting, Veto
from models.judgement import (
    ZERO,
    Band,
    Facts,
    Outcome,
    Reason,
    anything,
    exactly,
    gain,
    judge,
)
from models.question import (
    NONE,
    UNKNOWN,
    AnswerError,
    Figures,
    Question,
    check_answer,
    check_level,
    every_question,
    setting_values,
)
from models.wording import Text

NOTHING = exactly(ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class CriterionScore:
    """One line; it does not count where ``applies`` is false, and perhaps where that is None."""

    id: str
    name: Text
    points: Fraction
    score: Band
    applies: bool | None
    reasons: tuple[Reason, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemScore:
    """One row; its own reasons say what was done because its lines do not add up to its points."""

    id: str
    name: Text
    points: Fraction
    score: Band
    absent: Fraction
    """What its lines that apply fall short of its points."""
    reasons: tuple[Reason, ...]
    open: tuple[str, ...]
    criteria: tuple[CriterionScore, ...]

    @property
    def every_reason(self) -> tuple[Reason, ...]:
        """The item's own reasons, then those of the criteria that apply."""
        lines = (line for line in self.criteria if line.applies is not False)
        return (*self.reasons, *(why for line in lines for why in line.reasons))


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionScore:
    """One part of the table: the sum of its items."""

    id: str
    name: Text
    points: Fraction
    score: Band
    items: tuple[ItemScore, ...]

    @property
    def absent(self) -> Fraction:
        """What its lines that apply fall short of its points."""
        return sum((item.absent for item in self.items), ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class BesideScore:
    """A bonus (points from 0 up) or a veto (from 0 down) with its reason."""

    id: str
    name: Text
    points: Fraction
    score: Band
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingInForce:
    """A default of ours, or what the hospital put in its place."""

    setting: Setting
    value: str
    is_default: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorecard:
    """A whole score: sections, items, criteria, what stands beside the table; open questions; settings."""

    rubric: str
    version: str
    content_hash: str
    level: int
    points: Fraction
    score: Band
    sections: tuple[SectionScore, ...]
    bonus: tuple[BesideScore, ...]
    vetoes: tuple[BesideScore, ...]
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
    counts: Mapping[str, int | Fraction],
    settings: Mapping[str, str] | None = None,
    beds: int | None = None,
    outpatients: int | None = None,
    rulings: Mapping[str, str] | None = None,
) -> Scorecard:
    """The points of such a hospital, [0, points] where not answered; AnswerError for what cannot be.

    ``counts`` are figures from records: what they say is not taken from answers. ``rulings`` say
    how an open question is to be read.
    """
    check_level(rubric, level)
    ruled = rule_on(rubric, rulings or {})
    values = setting_values(ruled, settings)
    place = Place(level=level, beds=beds, outpatients=outpatients)
    exact = _exact(counts)
    read = _read(rubric, answers, settings, counted=exact)
    facts = Facts(rubric=ruled, counts=exact, settings=values)
    every = [
        tuple(_section(section, each, read, facts) for section in ruled.sections)
        for each in every_kind((line.gate for line in ruled.criteria), place)
    ]
    sections = reduce(_either_sections, every)
    bonus = _bonus(ruled, read, facts)
    vetoes = tuple(_veto(ruled, veto, read, facts) for veto in ruled.veto)
    wholes = [_whole(ruled, each, bonus, vetoes) for each in every]
    return Scorecard(
        rubric=rubric.id,
        version=rubric.version,
        content_hash=rubric.content_hash,
        level=level,
        points=rubric.points,
        score=reduce(_either_band, wholes),
        sections=sections,
        bonus=bonus,
        vetoes=vetoes,
        open=_open(rubric, sections),
        settings=tuple(
            SettingInForce(
                setting=each, value=values[each.key], is_default=values[each.key] == each.default
            )
            for each in rubric.settings
        ),
    )


def _exact(counts: Mapping[str, int | Fraction]) -> Mapping[str, Fraction]:
    for metric in (metric for metric, value in counts.items() if value < 0):
        raise AnswerError("negative", metric, ZERO)
    return {metric: Fraction(value) for metric, value in counts.items()}


def rule_on(rubric: Rubric, rulings: Mapping[str, str]) -> Rubric:
    """The rubric with each ruled question read in that one way; AnswerError for an unknown one."""
    known = {each.id: each for each in rubric.open}
    for name, reading in rulings.items():
        if name not in known or reading not in known[name].readings:
            raise AnswerError("unknown_reading", f"{name}={reading}")
    if not rulings:
        return rubric
    return replace(rubric, open=tuple(_ruled(each, rulings.get(each.id)) for each in rubric.open))


def _ruled(question: OpenQuestion, reading: str | None) -> OpenQuestion:
    if reading is None:
        return question
    return replace(question, default=reading, readings={reading: question.readings[reading]})


def _open(rubric: Rubric, sections: Sequence[SectionScore]) -> tuple[str, ...]:
    """The questions that bear on the score, in the file's order."""
    found = {
        question
        for section in sections
        for item in section.items
        for question in (*item.open, *(key for line in item.criteria for key in line.open))
    }
    return tuple(each.id for each in rubric.open if each.id in found)


def _read(
    rubric: Rubric,
    answers: Mapping[str, object],
    settings: Mapping[str, str] | None,
    *,
    counted: Mapping[str, Fraction],
) -> Mapping[str, str | Figures]:
    """The answers read exactly. What was counted since it was asked is taken out of its answer."""
    questions = every_question(rubric, settings)
    for name in sorted(set(answers) - set(questions)):
        raise AnswerError("unknown_question", name)
    return {
        name: read
        for name, value in answers.items()
        if value is not None and (read := _uncounted(questions[name], value, counted)) is not None
    }


def _uncounted(
    question: Question, value: object, counted: Mapping[str, Fraction]
) -> str | Figures | None:
    """An answer to all its figures, or to those that were not counted; None where all are counted."""
    left = tuple(each for each in question.figures if each.metric not in counted)
    if question.figures and not left:
        return None
    if isinstance(value, list | tuple) and len(value) == len(question.figures):
        pairs = zip(question.figures, value, strict=True)
        value = [each for figure, each in pairs if figure.metric not in counted]
    whole = len(left) == len(question.figures)
    return check_answer(question if whole else replace(question, figures=left), value)


def _whole(
    rubric: Rubric,
    sections: Sequence[SectionScore],
    bonus: Sequence[BesideScore],
    vetoes: Sequence[BesideScore],
) -> Band:
    """Sections, then bonus up to its cap, held to the table's points, then vetoes; never below 0."""
    table = _total(section.score for section in sections)
    if rubric.not_applicable.fixed == "rescale_total":
        table = _rescaled(rubric, sections, table)
    if rubric.bonus is not None:
        cap = rubric.bonus.cap
        table += _total(each.score for each in bonus).mapped(lambda got: min(got, cap))
    if rubric.bonus is None or not rubric.bonus.beyond:
        table = table.mapped(lambda got: min(got, rubric.points))
    return (table + _total(each.score for each in vetoes)).mapped(lambda got: max(got, ZERO))


def _rescaled(rubric: Rubric, sections: Sequence[SectionScore], table: Band) -> Band:
    """The whole table over what applies; with nothing left, full marks."""
    absent = sum((section.absent for section in sections), ZERO)
    left = rubric.points - absent
    if left <= 0:
        return exactly(rubric.points)
    return table.mapped(lambda got: got * rubric.points / left)


def _bonus(
    rubric: Rubric, read: Mapping[str, str | Figures], facts: Facts
) -> tuple[BesideScore, ...]:
    found = []
    for line in rubric.bonus.lines if rubric.bonus else ():
        band, reason = gain(line, read.get(line.id), facts)
        found.append(
            BesideScore(
                id=line.id,
                name=line.name,
                points=line.points,
                score=band,
                reasons=(reason,) if reason else (),
            )
        )
    return tuple(found)


def _veto(
    rubric: Rubric, veto: Veto, read: Mapping[str, str | Figures], facts: Facts
) -> BesideScore:
    """一票否决: nobody said whether it happened, so it may have."""
    points = rubric.points if veto.deduct is None else veto.deduct
    if rubric.bonus and rubric.bonus.beyond and veto.deduct is None:
        points += rubric.bonus.cap
    answer = read.get(veto.id)
    times = facts.counts.get(veto.metric)
    if times is None and isinstance(answer, tuple):
        times = answer[0]
    if times is None:
        code = "unanswered" if answer is None else UNKNOWN
        band = Band(low=-points, high=ZERO, points=None)
        reason: Reason | None = Reason(code=code, where=veto.id)
    elif times > 0:
        band = exactly(-points)
        reason = Reason(
            code="veto",
            where=veto.id,
            params={"metric": veto.metric, "count": int(times), "lost": points},
        )
    else:
        band, reason = NOTHING, None
    return BesideScore(
        id=veto.id,
        name=veto.name,
        points=points,
        score=band,
        reasons=(reason,) if reason else (),
    )


def _total(bands: Iterable[Band]) -> Band:
    return reduce(Band.__add__, bands, NOTHING)


def _section(
    section: Section, place: Place, read: Mapping[str, str | Figures], facts: Facts
) -> SectionScore:
    items = tuple(_item(item, place, read, facts) for item in section.items)
    return SectionScore(
        id=section.id,
        name=section.name,
        points=section.points,
        score=_total(item.score for item in items),
        items=items,
    )


def _either_sections(
    one: tuple[SectionScore, ...], other: tuple[SectionScore, ...]
) -> tuple[SectionScore, ...]:
    """The table of a hospital whose beds or outpatients are missing: whatever lies in either."""
    return tuple(_either_section(a, b) for a, b in zip(one, other, strict=True))


def _either_section(one: SectionScore, other: SectionScore) -> SectionScore:
    items = tuple(_either(a, b) for a, b in zip(one.items, other.items, strict=True))
    return replace(one, score=_total(item.score for item in items), items=items)


def _either_band(one: Band, other: Band) -> Band:
    """Their union; known points only where both agree on everything."""
    return one if one == other else replace(one | other, points=None)


def _either(one: ItemScore, other: ItemScore) -> ItemScore:
    """An item whose lines may or may not apply: whatever lies in either."""
    if all(a.applies == b.applies for a, b in zip(one.criteria, other.criteria, strict=True)):
        return one
    reasons = (*one.reasons, Reason(code="facts_missing", where=one.id), *other.reasons)
    return replace(
        one,
        score=_either_band(one.score, other.score),
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
    known = _total(line.score for line in lines)
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
