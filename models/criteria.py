"""What a scorecard is made of: sections, items, criteria, rules, settings, open questions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

LANGUAGES = ("zh_Hans", "en")

VERDICTS = ("yes", "partly", "no", "na")
MISSED = "missed_reports"
METRICS = frozenset(
    {
        MISSED,
        "incidents.grave",
        "incidents.malpractice",
        "incidents.media_hype",
        "staff.organised_crime",
        "qc.score",
        "district.swift_prosecution",
        "supervised_cases.closed_percent",
        "survey.patient_service",
        "district_average",
    }
)
"""Every figure a rule may name under ``metric``; a rubric that names another one is refused."""

OVER_READINGS = frozenset({"cap", "rescale", "split"})
NOT_APPLICABLE_READINGS = frozenset({"full_marks", "rescale", "zero"})
EVENT_READINGS = frozenset({"per_event", "once"})
BENCHMARK_READINGS = frozenset({"per_point", "everything"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One text in every language the product speaks; Chinese is the authority's own."""

    by_language: Mapping[str, str]

    def in_language(self, locale: str) -> str:
        """The text for a locale; English for one we do not have."""
        return self.by_language.get(locale, self.by_language["en"])


Amount = Fraction | str
"""A number of the rubric's own, or the key of the setting that holds it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Yes, partly, no or not applicable; ``partly`` is the share of the points by reading (A12)."""

    partly: Mapping[str, Fraction]
    question: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that costs ``each`` points; with a question, perhaps once only (A4)."""

    metric: str
    name: Text
    each: Fraction
    question: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PerEvent:
    """Deductions by event down to a floor (扣完为止)."""

    events: tuple[Event, ...]
    floor: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Unprinted:
    """A rung the table does not print: its deduction by reading."""

    at: int
    question: str
    deduct: Mapping[str, Fraction]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A ladder over a counted figure: ``deduct[n]``, the last rung for any more. Never asked."""

    metric: str
    deduct: tuple[Fraction, ...]
    unprinted: Unprinted | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prorate:
    """Points in proportion to a figure out of ``full``; ``no_cases``: "none" gets full marks."""

    metric: str
    name: Text
    full: Amount
    no_cases: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BelowBenchmark:
    """A deduction for each point below a benchmark (低于全区平均数扣分), or of everything (A10)."""

    metric: str
    name: Text
    benchmark: str
    benchmark_name: Text
    maximum: Fraction
    per_point: Amount
    floor: Fraction
    question: str


Rule = Verdict | PerEvent | Step | Prorate | BelowBenchmark


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One line of the table; a choice of a ``one_of`` item has a ``key`` in place of a ``rule``."""

    id: str
    name: Text
    text: Text
    clause: str
    points: Fraction
    points_printed: str
    levels: frozenset[int]
    judged: str
    rule: Rule | None
    key: str | None
    guide: Text | None
    evidence: Text | None
    open: tuple[str, ...]

    def applies(self, level: int) -> bool:
        """Whether a hospital of this level is judged by it at all."""
        return level in self.levels


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """Lines that add up to more than their item (A1); ``split``: what some are worth by that."""

    question: str
    split: Mapping[str, Fraction]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A row; ``printed_sum`` says by level what its lines add up to if that is not its points."""

    id: str
    name: Text
    title: Text | None
    points: Fraction
    combine: str
    printed_sum: Mapping[int, Fraction]
    over: Over | None
    criteria: tuple[Criterion, ...]

    def applying(self, level: int) -> tuple[Criterion, ...]:
        """The lines a hospital of this level is judged by."""
        return tuple(each for each in self.criteria if each.applies(level))

    def sum_at(self, level: int) -> Fraction:
        """What its lines can add up to at this level; of a choice, the best."""
        points = [each.points for each in self.applying(level)]
        if self.combine == "one_of":
            return max(points, default=Fraction(0))
        return sum(points, Fraction(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of the table with its items."""

    id: str
    name: Text
    points: Fraction
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A default of ours where the table is silent; never a range."""

    key: str
    question: str
    default: str
    text: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenQuestion:
    """Something to ask the authority. With readings, it makes a range while they differ."""

    id: str
    text: Text
    default: str | None
    readings: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where the table was published."""

    document: str
    number: str
    issuer: str
    issued: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rubric:
    """One version of an authority's scorecard, known for ever by its ``content_hash``."""

    id: str
    version: str
    content_hash: str
    title: Text
    source: Source
    period: str
    points: Fraction
    levels: Mapping[int, Text]
    not_applicable: str
    settings: tuple[Setting, ...]
    sections: tuple[Section, ...]
    open: tuple[OpenQuestion, ...]

    @property
    def items(self) -> Iterator[Item]:
        """Every item in the table's order."""
        return (item for section in self.sections for item in section.items)

    @property
    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in the table's order, whatever the level."""
        return (criterion for item in self.items for criterion in item.criteria)

    def question(self, question_id: str) -> OpenQuestion:
        """An open question by its id; KeyError when there is none."""
        return {each.id: each for each in self.open}[question_id]
