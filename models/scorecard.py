"""A hospital's score by a rubric: a pure function of answers, counts, settings; exact numbers.

Every place has a range. It is wide where something is not answered, and where an open question of
the table (A1, A2, ...) can be read in ways that give different points; ``open`` then names it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from models.applicability import Place, every_kind
from models.asking import every_question
from models.beside import score_bonus, score_veto, whole
from models.criteria import OpenQuestion, Rubric
from models.judgement import (
    ZERO,
    Facts,
)
from models.question import (
    AnswerError,
    Figures,
    Question,
    check_answer,
    check_level,
    setting_values,
)
from models.scores import Scorecard, SectionScore, SettingInForce
from models.table_score import either_band, either_sections, score_section


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
        tuple(score_section(section, each, read, facts) for section in ruled.sections)
        for each in every_kind((line.gate for line in ruled.criteria), place)
    ]
    sections = reduce(either_sections, every)
    bonus = score_bonus(ruled, read, facts)
    vetoes = tuple(score_veto(ruled, veto, read, facts) for veto in ruled.veto)
    wholes = [whole(ruled, each, bonus, vetoes) for each in every]
    return Scorecard(
        rubric=rubric.id,
        version=rubric.version,
        content_hash=rubric.content_hash,
        level=level,
        points=rubric.points,
        score=reduce(either_band, wholes),
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
