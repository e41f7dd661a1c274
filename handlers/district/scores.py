"""The projected scores of many hospitals at once: what ``handlers.scoring.standing`` says of each, read together."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from handlers.rubrics import pinned, rubrics_for
from handlers.scoring import basis_of
from models.criteria import Rubric
from models.district import published
from models.judgement import Band
from models.people import HospitalFacts
from models.projection import Basis
from models.rubric import counting_period
from models.ruling import rulings_of
from models.selfcheck import submitted_of
from models.tally import Figures, tallies

_KEPT = 2048
"""Scores remembered while nothing they are made of has changed: turning a page works out none of them again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """Everything a score is worked out from, as one key."""

    key: tuple[object, ...]
    basis: Basis = field(compare=False)


def scores_of(
    conn: Connection,
    hospitals: Collection[HospitalFacts],
    district_id: int,
    year: int,
    at: datetime,
) -> dict[int, Band]:
    """By hospital: the score of a year as of ``at``; the hospitals are all of one district."""
    ids = [each.id for each in hospitals]
    rubrics = rubrics_for(conn, hospitals, year)
    answers: dict[int, Mapping[str, Any]] = {}
    for each, (check, given) in submitted_of(conn, ids, year, at=at).items():
        # What was answered is scored by the version that it answered; answers to another table do not count.
        if check.rubric == rubrics[each].id:
            rubrics[each] = pinned(conn, check.rubric_hash) or rubrics[each]
            answers[each] = given
    ruled = rulings_of(conn, ids, at=at)
    counts = _counts(conn, hospitals, rubrics, year, at)
    averages = published(conn, district_id, year, at=at)
    return {
        each.id: _score(
            _known(
                basis_of(
                    each,
                    rubrics[each.id],
                    answers=answers.get(each.id, {}),
                    counts={**counts[each.id], **averages},
                    ruled=ruled.get((each.id, rubrics[each.id].id), {}),
                )
            )
        )
        for each in hospitals
    }


def _counts(
    conn: Connection,
    hospitals: Collection[HospitalFacts],
    rubrics: Mapping[int, Rubric],
    year: int,
    at: datetime,
) -> dict[int, Figures]:
    by_period: dict[tuple[date, date], list[HospitalFacts]] = defaultdict(list)
    for each in hospitals:
        by_period[counting_period(rubrics[each.id], year)].append(each)
    found: dict[int, Figures] = {}
    for period, inside in by_period.items():
        found |= tallies(conn, inside, *period, at=at)
    return found


def _known(basis: Basis) -> _Known:
    said = {
        question: tuple(value) if isinstance(value, list) else value
        for question, value in basis.answers.items()
    }
    return _Known(
        key=(
            basis.rubric.content_hash,
            (basis.level, basis.beds, basis.outpatients),
            *(
                frozenset(each.items())
                for each in (said, basis.counts, basis.settings, basis.rulings)
            ),
        ),
        basis=basis,
    )


@lru_cache(maxsize=_KEPT)
def _score(known: _Known) -> Band:
    return known.basis.score().score
