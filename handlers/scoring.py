"""A hospital's scorecard as of a moment: its newest self-check and what the records count."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from handlers.papers import Paper, missed_in, papers_at
from models.criteria import MISSED, Rubric, Step
from models.people import HospitalFacts
from models.rubric import shipped
from models.scorecard import Scorecard, score
from models.selfcheck import latest_self_check

RUBRIC = "qingpu-2021"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a hospital stands in a year."""

    year: int
    rubric: Rubric
    card: Scorecard
    missed: tuple[Paper, ...]
    checked_at: datetime | None


def standing(conn: Connection, hospital: HospitalFacts, year: int, at: datetime) -> Standing:
    """The score of a year as of ``at``; nothing is written."""
    rubric = shipped(RUBRIC)
    check = latest_self_check(conn, hospital.id, year, at=at)
    missed = missed_in(papers_at(conn, hospital, at), year)
    card = score(
        rubric,
        level=hospital.level,
        answers=check.answers if check else {},
        counts={MISSED: len(missed)},
    )
    return Standing(
        year=year,
        rubric=rubric,
        card=card,
        missed=tuple(missed),
        checked_at=check.finished_at if check else None,
    )


def next_miss_costs(rubric: Rubric, missed: int) -> tuple[int, int]:
    """(points one more miss takes, points the missed ones took) by the ladder of item 4.5."""
    rule = next(c.rule for c in rubric.criteria if isinstance(c.rule, Step))
    assert isinstance(rule, Step)
    top = len(rule.deduct) - 1
    lost = rule.deduct[min(missed, top)]
    return int(rule.deduct[min(missed + 1, top)] - lost), int(lost)
