"""Years of deadlines with downtimes, doubled sweeps and wrong clocks, against an oracle that looks at everything."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.db import Database
from tests.handlers.decade import Decade
from tests.handlers.decade_life import DAY

START = datetime(2027, 9, 1, 3, tzinfo=UTC)
"""The turn of two years and a 29 February lie ahead."""


def play(decade: Decade, *, hospitals: int, length: timedelta, gap: timedelta) -> None:
    for number in range(hospitals):
        decade.at(decade.now + (number % 5) * 20 * DAY, decade.found)
    decade.play(decade.now + length, gap=gap, back=0.4, ahead=0.75)
    decade.check()


def test_a_year_and_a_half_of_four_hospitals(sqlite_db: Database) -> None:
    decade = Decade(sqlite_db, seed=5, start=START)
    play(decade, hospitals=4, length=550 * DAY, gap=1.5 * DAY)
    assert decade.brought(occurrences=500, notices=1_000, messages=400)


def test_two_sweepers_at_once_for_a_year(postgres_db: Database) -> None:
    decade = Decade(postgres_db, seed=7, start=START, at_once=True)
    play(decade, hospitals=3, length=400 * DAY, gap=1.5 * DAY)
    assert decade.brought(occurrences=300, notices=800, messages=200)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_decade_of_fifty_hospitals(
    sqlite_db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    decade = Decade(sqlite_db, seed=10, start=START)
    play(decade, hospitals=50, length=3652 * DAY, gap=1.5 * DAY)
    with capsys.disabled():
        print(f"\n{decade}")  # noqa: T201 - for whoever runs the campaign
    assert decade.brought(occurrences=40_000, notices=120_000, messages=60_000)
