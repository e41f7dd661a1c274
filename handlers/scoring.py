"""A hospital's scorecard as of a moment: the table of the year, its newest self-check, what the records count."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from handlers.papers import Paper, counted_left, counted_misses
from handlers.rubrics import pinned, rubric_for
from models.criteria import Rubric
from models.district import district_of, published
from models.people import HospitalFacts
from models.projection import Basis, Outlook, project
from models.rubric import counting_period
from models.ruling import in_force, list_rulings
from models.scores import Scorecard
from models.selfcheck import CheckAnswers, answers_at
from models.tally import tally


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a hospital stands in a year.

    ``missed`` and ``left`` are papers that count in the item on reporting; the latter are neither filed nor
    missed, also those not open yet.
    ``check`` is the self-check whose answers count; ``other_table`` says that the newest one answers
    another table, so that its answers do not. ``rulings`` are the rulings in force, by key.
    """

    year: int
    hospital: HospitalFacts
    period: tuple[date, date]
    basis: Basis
    card: Scorecard
    rulings: Mapping[str, Any]
    missed: tuple[Paper, ...]
    left: tuple[Paper, ...]
    check: CheckAnswers | None
    other_table: bool
    at: datetime

    @property
    def rubric(self) -> Rubric:
        """The version that it is scored by."""
        return self.basis.rubric

    def read_as(self, question: str, reading: str) -> Scorecard:
        """The card with one open question read in one way."""
        rulings = {**self.basis.rulings, question: reading}
        return replace(self.basis, rulings=rulings).score()

    def unruled(self) -> Scorecard:
        """The card as the table alone leaves it, whatever was ruled."""
        return replace(self.basis, rulings={}).score()

    def answering(self, answers: Mapping[str, Any]) -> Scorecard:
        """The card with other answers, such as those of an earlier version."""
        return replace(self.basis, answers=answers).score()

    def outlook(self) -> Outlook:
        """How the year may end."""
        return project(self.basis, self.card, papers_left=len(self.left))


def standing(conn: Connection, hospital: HospitalFacts, year: int, at: datetime) -> Standing:
    """The score of a year as of ``at``; nothing is written."""
    rubric = rubric_for(conn, hospital, year)
    check = answers_at(conn, hospital.id, year, at=at)
    other = check is not None and check.rubric != rubric.id
    if check is not None and not other:
        # What was answered is scored by the version that it answered.
        rubric = pinned(conn, check.rubric_hash) or rubric
    period = counting_period(rubric, year)
    rulings = in_force(list_rulings(conn, hospital.id, rubric.id, at=at))
    basis = basis_of(
        hospital,
        rubric,
        answers=check.answers if check and not other else {},
        counts=counted(conn, hospital, rubric, year, at),
        ruled={key: row.value for key, row in rulings.items()},
    )
    return Standing(
        year=year,
        hospital=hospital,
        period=period,
        basis=basis,
        card=basis.score(),
        rulings=rulings,
        missed=tuple(counted_misses(conn, hospital, period, at)),
        left=tuple(counted_left(conn, hospital, period, at)),
        check=None if other else check,
        other_table=other,
        at=at,
    )


def basis_of(
    hospital: HospitalFacts,
    rubric: Rubric,
    *,
    answers: Mapping[str, Any],
    counts: Mapping[str, int | Fraction],
    ruled: Mapping[str, str],
) -> Basis:
    """What a hospital is scored by: ``ruled`` are settings and readings, each by its key."""
    return Basis(
        rubric=rubric,
        level=hospital.level,
        beds=hospital.beds,
        outpatients=hospital.outpatients_a_day,
        answers=answers,
        counts=counts,
        settings={each.key: ruled[each.key] for each in rubric.settings if each.key in ruled},
        # A later version of the table may read a question in other ways than the one ruled on.
        rulings={
            each.id: ruled[each.id]
            for each in rubric.open
            if each.id in ruled and ruled[each.id] in each.readings
        },
    )


def counted(
    conn: Connection, hospital: HospitalFacts, rubric: Rubric, year: int, at: datetime
) -> dict[str, int | Fraction]:
    """What the records count for a table's year as of ``at``, and what the district has published for it."""
    figures = tally(conn, hospital, *counting_period(rubric, year), at=at)
    return {**figures, **published(conn, district_of(conn, hospital.id), year, at=at)}
