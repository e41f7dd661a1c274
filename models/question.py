"""What a self-check asks for a rubric and a level, and whether an answer makes sense."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from models.criteria import MISSED, Rubric
from models.rules import (
    Amount,
)
from models.wording import Text

UNKNOWN = "unknown"
YES_NO = ("yes", "no")
NONE = "none"
NO_CASES = "no_cases"
BESIDE = ("bonus", "veto")
"""The sections of what stands beside the table."""
MOST_EVENTS = Fraction(9999)
ALWAYS_COUNTED = frozenset({MISSED})
"""Figures that are the product's own records and never asked."""
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
    """One number a question wants, from 0 to ``maximum``; an optional one may be left out.

    ``among`` is the figure that it is a part of: those in key periods of all the events.
    """

    metric: str
    name: Text
    maximum: Fraction
    whole: bool = False
    optional: bool = False
    among: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One message of a self-check; the answer is one of ``words``, or a number for each figure."""

    id: str
    section: str
    item: str
    kind: str
    """``one_of``, ``verdict``, ``yes_no``, ``counts`` or ``number``."""
    points: Fraction
    name: Text
    text: Text | None
    clause: str
    words: tuple[str, ...]
    options: tuple[Option, ...] = ()
    figures: tuple[Figure, ...] = ()
    guide: Text | None = None
    evidence: Text | None = None
    judged: str = "human"
    shows: tuple[str, ...] = ()
    """The figures shown before it is asked."""


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
    read = tuple(
        _figure(question, figure, each)
        for figure, each in zip(question.figures, padded, strict=True)
    )
    _check_parts(question, read)
    return read


def _check_parts(question: Question, read: Figures) -> None:
    values = {figure.metric: value for figure, value in zip(question.figures, read, strict=True)}
    for figure in question.figures:
        whole, part = values.get(figure.among or ""), values[figure.metric]
        if whole is not None and part is not None and part > whole:
            raise AnswerError("too_large", question.id, whole)


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
