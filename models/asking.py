"""What a self-check asks of a hospital by a rubric: everything that applies and that no record counts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from models.applicability import Place
from models.criteria import VERDICTS, BonusLine, Criterion, Item, Rubric, Veto
from models.question import (
    ALWAYS_COUNTED,
    BESIDE,
    MOST_EVENTS,
    NO_CASES,
    NONE,
    UNKNOWN,
    YES_NO,
    Figure,
    Option,
    Question,
    amount_in,
    check_level,
    setting_values,
)
from models.rules import (
    BelowBenchmark,
    Event,
    Gain,
    PerEvent,
    Prorate,
    Rule,
    Slope,
    Step,
    metrics_of,
)
from models.wording import Text


def asked(
    rubric: Rubric,
    level: int,
    settings: Mapping[str, str] | None = None,
    *,
    beds: int | None = None,
    outpatients: int | None = None,
    counted: Collection[str] = frozenset(),
) -> tuple[Question, ...]:
    """Everything asked of such a hospital, in the table's order; what records count is not asked.

    A line that depends on a missing figure is asked: nobody knows yet that it does not apply.
    """
    check_level(rubric, level)
    place = Place(level=level, beds=beds, outpatients=outpatients)
    asker = _Asker(
        values=setting_values(rubric, settings), counted=frozenset(counted) | ALWAYS_COUNTED
    )
    return (
        *(
            question
            for section in rubric.sections
            for item in section.items
            for question in asker.item(section.id, item, place)
        ),
        *asker.beside(rubric),
    )


def every_question(
    rubric: Rubric, settings: Mapping[str, str] | None = None
) -> Mapping[str, Question]:
    """Everything that may be asked of any hospital whatever is counted, by id."""
    return _every_question(rubric, tuple(sorted((settings or {}).items())))


@lru_cache(maxsize=64)
def _every_question(
    rubric: Rubric, settings: tuple[tuple[str, str], ...]
) -> Mapping[str, Question]:
    asker = _Asker(values=setting_values(rubric, dict(settings)), counted=ALWAYS_COUNTED)
    found = [
        question
        for section in rubric.sections
        for item in section.items
        for question in asker.item(section.id, item, None)
    ]
    return {question.id: question for question in (*found, *asker.beside(rubric))}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asker:
    """Makes questions; ``counted`` are the figures that nobody need be asked for."""

    values: Mapping[str, str]
    counted: frozenset[str]

    def item(self, section: str, item: Item, place: Place | None) -> Iterator[Question]:
        """What is asked of one row; of any hospital where no place is given."""
        lines = tuple(
            each for each in item.criteria if place is None or each.applies(place) is not False
        )
        if item.combine == "one_of" and lines:
            yield _choice(section, item, lines)
            return
        for line in lines:
            if self._is_asked(line.rule):
                yield self._line(section, item, line)

    def beside(self, rubric: Rubric) -> Iterator[Question]:
        """What is asked of bonus and veto."""
        for line in rubric.bonus.lines if rubric.bonus else ():
            if self._is_asked(line.rule):
                yield self._beside(BESIDE[0], line, line.points, line.rule)
        for veto in rubric.veto:
            if veto.metric not in self.counted:
                yield self._beside(BESIDE[1], veto, veto.deduct or rubric.points, None)

    def _is_asked(self, rule: Rule | Gain | None) -> bool:
        metrics = metrics_of(rule)
        return not metrics or not self.counted.issuperset(metrics)

    def _line(self, section: str, item: Item, line: Criterion) -> Question:
        kind, words, figures = self._form(line.rule)
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
            judged=line.judged,
            shows=line.shows,
        )

    def _beside(
        self, section: str, line: BonusLine | Veto, points: Fraction, rule: Gain | None
    ) -> Question:
        figures: tuple[Figure, ...] = ()
        if isinstance(line, Veto):
            figures = (Figure(metric=line.metric, name=line.name, maximum=MOST_EVENTS, whole=True),)
        elif rule is not None:
            figures = self._left(_events(rule.events))
        return Question(
            id=line.id,
            section=section,
            item=section,
            kind="counts" if figures else "yes_no",
            points=points,
            name=line.name,
            text=line.text,
            clause=line.clause,
            words=(UNKNOWN,) if figures else YES_NO,
            figures=figures,
            judged=line.judged if isinstance(line, BonusLine) else "external",
        )

    def _form(self, rule: Rule | None) -> tuple[str, tuple[str, ...], tuple[Figure, ...]]:
        """The kind of answer a rule wants, the words it takes and the figures nobody counted."""
        if isinstance(rule, PerEvent):
            return "counts", (UNKNOWN,), self._left(_events(rule.events))
        if isinstance(rule, Step):
            name = Text(by_language={"zh_Hans": "次数", "en": "times"})
            only = Figure(metric=rule.metric, name=name, maximum=MOST_EVENTS, whole=True)
            return "counts", (UNKNOWN,), (only,)
        if isinstance(rule, Prorate):
            words = (UNKNOWN, NO_CASES) if rule.no_cases else (UNKNOWN,)
            full = amount_in(self.values, rule.full)
            return "number", words, (Figure(metric=rule.metric, name=rule.name, maximum=full),)
        if isinstance(rule, Slope):
            only = Figure(metric=rule.metric, name=rule.name, maximum=rule.maximum)
            return "number", (UNKNOWN,), (only,)
        if isinstance(rule, BelowBenchmark):
            return "number", (UNKNOWN,), self._left(_compared(rule))
        return "verdict", VERDICTS, ()

    def _left(self, figures: Collection[Figure]) -> tuple[Figure, ...]:
        return tuple(each for each in figures if each.metric not in self.counted)


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
        judged=lines[0].judged,
        shows=tuple(dict.fromkeys(metric for line in lines for metric in line.shows)),
    )


def _events(events: Collection[Event]) -> tuple[Figure, ...]:
    """A number for each event, then how many of them count more, which may be left out."""
    return tuple(
        figure
        for event in events
        for figure in (
            Figure(metric=event.metric, name=event.name, maximum=MOST_EVENTS, whole=True),
            *(
                Figure(
                    metric=each.metric,
                    name=each.name,
                    maximum=MOST_EVENTS,
                    whole=True,
                    optional=True,
                    among=event.metric,
                )
                for each in event.doubled
            ),
        )
    )


def _compared(rule: BelowBenchmark) -> tuple[Figure, Figure]:
    return (
        Figure(metric=rule.metric, name=rule.name, maximum=rule.maximum),
        Figure(
            metric=rule.benchmark, name=rule.benchmark_name, maximum=rule.maximum, optional=True
        ),
    )
