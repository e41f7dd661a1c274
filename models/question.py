"""What a self-check asks for a rubric and a level, and whether an answer makes sense."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from models.criteria import (
    VERDICTS,
    Amount,
    BelowBenchmark,
    Criterion,
    Item,
    PerEvent,
    Prorate,
    Rubric,
    Step,
    Text,
)

UNKNOWN = "unknown"
NONE = "none"
NO_CASES = "no_cases"
MOST_EVENTS = Fraction(9999)
DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")

Figures = tuple[Fraction | None, ...]


class AnswerError(ValueError):
    """An answer, count or setting that cannot be: ``code``, what it was for, the limit it broke."""

    def __init__(self, code: str, subject: str, limit: Fraction | None = None) -> None:
        super().__init__(f"{subject}: {code}")
        self.code = code
        self.subject = subject
        self.limit = limit


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A choice of a ``one_of`` question."""

    key: str
    name: Text
    text: Text
    points: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One number a question wants, from 0 to ``maximum``; an optional one may be left out."""

    metric: str
    name: Text
    maximum: Fraction
    whole: bool = False
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One message of a self-check; the answer is one of ``words``, or a number for each figure."""

    id: str
    section: str
    item: str
    kind: str
    """``one_of``, ``verdict``, ``counts`` or ``number``."""
    points: Fraction
    name: Text
    text: Text | None
    clause: str
    words: tuple[str, ...]
    options: tuple[Option, ...] = ()
    figures: tuple[Figure, ...] = ()
    guide: Text | None = None
    evidence: Text | None = None


def asked(
    rubric: Rubric, level: int, settings: Mapping[str, str] | None = None
) -> tuple[Question, ...]:
    """Everything asked at a level, in the table's order; what is computed is not asked."""
    check_level(rubric, level)
    values = setting_values(rubric, settings)
    return tuple(
        question
        for section in rubric.sections
        for item in section.items
        for question in _asked_of(section.id, item, level, values)
    )


def check_level(rubric: Rubric, level: int) -> None:
    """AnswerError when the rubric says nothing about a level."""
    if level not in rubric.levels:
        raise AnswerError("unknown_level", str(level))


def check_answer(question: Question, value: object) -> str | Figures:
    """The answer read exactly, a word or figures (None: left out); AnswerError if absurd."""
    if isinstance(value, str) and value in question.words:
        return value
    if not question.figures:
        raise AnswerError("not_a_choice", question.id)
    values = value if isinstance(value, list | tuple) else [value]
    wanted = sum(not figure.optional for figure in question.figures)
    if not wanted <= len(values) <= len(question.figures):
        raise AnswerError("wrong_length", question.id, Fraction(len(question.figures)))
    padded = [*values, *[None] * (len(question.figures) - len(values))]
    return tuple(
        _figure(question, figure, each)
        for figure, each in zip(question.figures, padded, strict=True)
    )


def setting_values(rubric: Rubric, settings: Mapping[str, str] | None) -> Mapping[str, str]:
    """Every setting of a rubric with its value in force; AnswerError for one it does not have."""
    chosen = settings or {}
    defaults = {each.key: each.default for each in rubric.settings}
    for key in chosen:
        if key not in defaults:
            raise AnswerError("unknown_setting", key)
    return defaults | dict(chosen)


def amount_in(values: Mapping[str, str], amount: Amount) -> Fraction:
    """A rule's number, perhaps kept in a setting; AnswerError if that is no number above 0."""
    if isinstance(amount, Fraction):
        return amount
    if not DECIMAL.fullmatch(values[amount]) or Fraction(values[amount]) <= 0:
        raise AnswerError("not_a_number", amount)
    return Fraction(values[amount])


def _asked_of(
    section: str, item: Item, level: int, values: Mapping[str, str]
) -> Iterator[Question]:
    lines = item.applying(level)
    if item.combine == "one_of" and lines:
        yield _choice(section, item, lines)
        return
    for line in lines:
        if not isinstance(line.rule, Step):
            yield _line(section, item, line, values)


def _choice(section: str, item: Item, lines: tuple[Criterion, ...]) -> Question:
    options = tuple(
        Option(key=str(line.key), name=line.name, text=line.text, points=line.points)
        for line in lines
    )
    return Question(
        id=item.id,
        section=section,
        item=item.id,
        kind="one_of",
        points=item.points,
        name=item.title or item.name,
        text=None,
        clause=" ".join(line.clause for line in lines),
        words=(*(option.key for option in options), NONE),
        options=options,
        evidence=next((line.evidence for line in lines if line.evidence), None),
    )


def _line(section: str, item: Item, line: Criterion, values: Mapping[str, str]) -> Question:
    kind, words, figures = _form(line, values)
    return Question(
        id=line.id,
        section=section,
        item=item.id,
        kind=kind,
        points=line.points,
        name=line.name,
        text=line.text,
        clause=line.clause,
        words=words,
        figures=figures,
        guide=line.guide,
        evidence=line.evidence,
    )


def _form(
    line: Criterion, values: Mapping[str, str]
) -> tuple[str, tuple[str, ...], tuple[Figure, ...]]:
    """The kind of answer a rule wants, the words it takes and the figures."""
    rule = line.rule
    if isinstance(rule, PerEvent):
        return (
            "counts",
            (UNKNOWN,),
            tuple(
                Figure(metric=event.metric, name=event.name, maximum=MOST_EVENTS, whole=True)
                for event in rule.events
            ),
        )
    if isinstance(rule, Prorate):
        words = (UNKNOWN, NO_CASES) if rule.no_cases else (UNKNOWN,)
        full = amount_in(values, rule.full)
        return "number", words, (Figure(metric=rule.metric, name=rule.name, maximum=full),)
    if isinstance(rule, BelowBenchmark):
        return "number", (UNKNOWN,), _compared(rule)
    return "verdict", VERDICTS, ()


def _compared(rule: BelowBenchmark) -> tuple[Figure, Figure]:
    return (
        Figure(metric=rule.metric, name=rule.name, maximum=rule.maximum),
        Figure(
            metric=rule.benchmark, name=rule.benchmark_name, maximum=rule.maximum, optional=True
        ),
    )


def _figure(question: Question, figure: Figure, value: object) -> Fraction | None:
    if figure.optional and value in (None, UNKNOWN):
        return None
    number = _exact(value)
    if number is None:
        raise AnswerError("not_a_number", question.id)
    if number < 0:
        raise AnswerError("negative", question.id, Fraction(0))
    if number > figure.maximum:
        raise AnswerError("too_large", question.id, figure.maximum)
    if figure.whole and number.denominator != 1:
        raise AnswerError("not_whole", question.id)
    return number


def _exact(value: object) -> Fraction | None:
    """A number as it was written: a float is its shortest decimal, never its binary value."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return Fraction(value.strip()) if DECIMAL.fullmatch(value.strip()) else None
    return Fraction(repr(value)) if math.isfinite(value) else None
