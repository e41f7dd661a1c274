"""What a scorecard is made of: sections, items, criteria, settings, open questions. The rules stand in ``rules``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from models.applicability import Place, Predicate, holds
from models.rules import Gain, Rule
from models.wording import Text

VERDICTS = ("yes", "partly", "no", "na")
MISSED = "missed_reports"
METRICS = frozenset(
    {
        MISSED,
        "reports.late",
        "reports.on_time_percent",
        "reports.concealed",
        "reports.false",
        "incidents.violent",
        "incidents.violent.key_period",
        "incidents.grave",
        "incidents.media_hype",
        "incidents.malpractice",
        "staff.organised_crime",
        "supervised_cases.closed_percent",
        "meetings.held",
        "inspections.held",
        "trainings.held",
        "trainings.ethics_law",
        "drills.held",
        "complaints.total",
        "complaints.closed_percent",
        "disputes.total",
        "disputes.agreed_percent",
        "disputes.median_days",
        "clues.months",
        "clues.handed",
        "hazards.total",
        "hazards.closed_percent",
        "hazards.overdue",
        "patrols.held",
        "gaps.repaired_percent",
        "qc.score",
        "district.swift_prosecution",
        "district_average",
        "survey.patient_service",
        "survey.staff_security",
    }
)
"""Every figure a rule may name under ``metric``; a rubric that names another one is refused."""

OVER_READINGS = frozenset({"cap", "rescale", "split"})
NOT_APPLICABLE_READINGS = frozenset({"full_marks", "rescale", "zero"})
NOT_APPLICABLE_POLICIES = NOT_APPLICABLE_READINGS | {"rescale_total"}
EVENT_READINGS = frozenset({"per_event", "once"})
BENCHMARK_READINGS = frozenset({"per_point", "everything"})
COUNTINGS = frozenset({"proportional", "whole", "started"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """How something is counted: by the readings of an open question, or by a fixed rule of the file's."""

    question: str | None
    fixed: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One line of the table; a choice of a ``one_of`` item has a ``key`` in place of a ``rule``."""

    id: str
    name: Text
    text: Text
    clause: str
    points: Fraction
    points_printed: str
    same_row: bool
    """Whether it is printed in the row of the line above."""
    gate: Predicate
    judged: str
    rule: Rule | None
    key: str | None
    guide: Text | None
    evidence: Text | None
    shows: tuple[str, ...]
    """The figures shown before it is asked."""
    open: tuple[str, ...]

    def applies(self, place: Place) -> bool | None:
        """Whether such a hospital is judged by it; None while a figure it depends on is missing."""
        return holds(self.gate, place)


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """Lines that add up to more than their item (A1); ``split``: what some are worth by that."""

    policy: Policy
    split: Mapping[str, Fraction]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A row; ``printed_sum`` says by level what its lines may add up to if that is not its points."""

    id: str
    name: Text
    title: Text | None
    points: Fraction
    combine: str
    printed_sum: Mapping[int, tuple[Fraction, ...]]
    over: Over | None
    criteria: tuple[Criterion, ...]

    def applying(self, place: Place) -> tuple[Criterion, ...]:
        """The lines such a hospital is judged by, those that depend on a missing figure left out."""
        return tuple(each for each in self.criteria if each.applies(place))

    def sum_at(self, place: Place) -> Fraction:
        """What its lines can add up to there; of a choice, the best."""
        points = [each.points for each in self.applying(place)]
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
class BonusLine:
    """Something beside the table that adds points: a verdict (``rule`` None), or a gain by event."""

    id: str
    name: Text
    text: Text
    clause: str
    points: Fraction
    judged: str
    rule: Gain | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bonus:
    """All of them give at most ``cap``; the total goes above the table's points only where ``beyond``."""

    cap: Fraction
    beyond: bool
    lines: tuple[BonusLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Veto:
    """一票否决: takes ``deduct`` off the total, once; None leaves no point at all."""

    id: str
    name: Text
    text: Text
    clause: str
    metric: str
    deduct: Fraction | None


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


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rubric:
    """One version of an authority's scorecard, known for ever by its ``content_hash``.

    Compared by identity: a version is read once, and what is worked out of it can be kept with it.
    """

    id: str
    version: str
    content_hash: str
    valid_from: date
    title: Text
    source: Source
    period: str
    points: Fraction
    levels: Mapping[int, Text]
    not_applicable: Policy
    settings: tuple[Setting, ...]
    sections: tuple[Section, ...]
    bonus: Bonus | None
    veto: tuple[Veto, ...]
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

    def readings(self, question_id: str | None, fixed: str) -> tuple[str, ...]:
        """How something may be read, our default first; without a question only as ``fixed``."""
        if question_id is None:
            return (fixed,)
        question = self.question(question_id)
        default = str(question.default)
        return (default, *(key for key in question.readings if key != default))
