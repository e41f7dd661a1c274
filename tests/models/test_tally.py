"""What records count for a scorecard: each figure by the records it is made of, papers against a walk over them."""

import random
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from time import process_time
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.db import Database
from handlers.papers import missed_in, papers_at
from handlers.scoring import standing
from models.base import insert_row
from models.case import CASE
from models.entry import ENTRY
from models.incident import INCIDENT
from models.obligation import OBLIGATION
from models.people import HospitalFacts
from models.tally import numbers_of, tally
from tests.people import NOW, Cast

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


class Ledger:
    """Records put straight into the tables."""

    def __init__(self, conn: Connection, cast: Cast) -> None:
        self.conn, self.cast = conn, cast
        self.hospital: HospitalFacts = cast.hospital("QP01")
        self.count = 0

    def incident(
        self, category: str, *, state: str = "new", flags: tuple[str, ...] = (), **when: datetime
    ) -> str:
        """One incident with its case; its number."""
        self.count += 1
        found = when.get("at", NOW)
        number = f"QP01-2026-{self.count:05d}"
        incident_id = insert_row(
            self.conn,
            INCIDENT,
            number=number,
            hospital_id=self.hospital.id,
            kind="report",
            confidential=False,
            reporter_id=self.cast.guard.id,
            reporter_role="guard",
            draft_id=10_000 + self.count,
            category=category,
            severity="general",
            state="new",
            place="ER",
            description="",
            occurred_at=found,
            discovered_at=found,
            reported_at=when.get("reported", found),
        )
        self.conn.execute(
            CASE.insert().values(
                incident_id=incident_id,
                hospital_id=self.hospital.id,
                state=state,
                category=category,
                severity="general",
                chain=[],
                step=0,
                round=0,
                flags=list(flags),
                changed_at=found,
            )
        )
        return number

    def entry(self, kind: str, state: str = "kept", at: datetime = NOW, **figures: Any) -> None:
        """One entry of a register."""
        self.count += 1
        self.conn.execute(
            ENTRY.insert().values(
                number=f"E{self.count}",
                hospital_id=self.hospital.id,
                kind=kind,
                state=state,
                member_id=self.cast.officer.id,
                occurred_at=at,
                closed_at=at + timedelta(days=4) if state == "closed" else None,
                data={},
                figures=figures,
                created_at=at,
            )
        )

    def paper(self, subject: str, due: datetime, *, filed: datetime | None, waived: bool) -> None:
        """One stored report of an incident."""
        self.conn.execute(
            OBLIGATION.insert().values(
                hospital_id=self.hospital.id,
                code="O2",
                subject=subject,
                period_start=due.date(),
                period_end=due.date(),
                opens_at=due - timedelta(days=1),
                due_at=due,
                missed_at=due + timedelta(hours=12),
                steps=[],
                state="waived" if waived else "open",
                submitted_at=filed,
                waived_at=due - timedelta(hours=1) if waived else None,
                created_at=due - timedelta(days=1),
            )
        )

    def figures(self, at: datetime = datetime(2026, 12, 1, tzinfo=UTC)) -> dict[str, Any]:
        return dict(tally(self.conn, self.hospital, *YEAR, at=at))


def on(db: Database, cast: Cast, work: Any) -> Any:
    return db.run_now(lambda conn: work(Ledger(conn, cast)))


def test_incidents_count_by_category_and_flag_once_they_are_real(db: Database, cast: Cast) -> None:
    def work(ledger: Ledger) -> dict[str, Any]:
        first = ledger.incident("violence_staff")
        ledger.incident("violence_staff", state="false_alarm")
        ledger.incident("violence_staff", state="merged")
        ledger.incident("industry_chaos")
        ledger.incident("gang")
        second = ledger.incident("theft", flags=("grave_impact", "media_hype"))
        ledger.incident("theft", state="closed", flags=("supervised",))
        ledger.incident("theft", flags=("supervised",))
        ledger.incident(
            "theft", at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC), flags=("media_hype",)
        )
        found = ledger.figures()
        numbers = {
            metric: numbers_of(ledger.conn, ledger.hospital, metric, YEAR, at=NOW, limit=10)
            for metric in ("incidents.violent", "incidents.grave", "meetings.held")
        }
        assert numbers == {
            "incidents.violent": [first],
            "incidents.grave": [second],
            "meetings.held": [],
        }
        return found

    found = on(db, cast, work)
    assert found["incidents.violent"] == 1
    assert found["incidents.malpractice"] == 1
    assert found["staff.organised_crime"] == 1
    assert (found["incidents.grave"], found["incidents.media_hype"]) == (1, 1)
    assert found["supervised_cases.closed_percent"] == 50


def test_a_year_begins_and_ends_at_the_hospitals_own_midnight(db: Database, cast: Cast) -> None:
    def work(ledger: Ledger) -> Any:
        for moment in (
            "2025-12-31T15:59:59",
            "2025-12-31T16:00",
            "2026-12-31T15:59:59",
            "2026-12-31T16:00",
        ):
            ledger.incident("gang", at=datetime.fromisoformat(moment).replace(tzinfo=UTC))
        return ledger.figures(at=datetime(2027, 6, 1, tzinfo=UTC))["staff.organised_crime"]

    assert on(db, cast, work) == 2


def test_what_was_not_on_record_yet_does_not_count(sqlite_db: Database, cast: Cast) -> None:
    def work(ledger: Ledger) -> Any:
        ledger.incident("gang", at=NOW, reported=NOW + timedelta(days=3))
        return [
            ledger.figures(at=NOW + timedelta(days=days))["staff.organised_crime"]
            for days in (2, 4)
        ]

    assert on(sqlite_db, cast, work) == [0, 1]


def test_registers_are_counted_and_a_share_of_nothing_is_left_out(db: Database, cast: Cast) -> None:
    def work(ledger: Ledger) -> tuple[dict[str, Any], dict[str, Any]]:
        empty = ledger.figures()
        ledger.entry("meeting", form="meeting")
        ledger.entry("meeting", form="inspection")
        ledger.entry("meeting", form="inspection")
        ledger.entry("training", topic="ethics_law")
        ledger.entry("training", topic="safety")
        ledger.entry("drill")
        ledger.entry("complaint", "closed")
        ledger.entry("complaint", "open")
        ledger.entry("dispute", "closed", outcome="agreed")
        ledger.entry("dispute", "closed", outcome="litigation")
        ledger.entry("dispute", "open")
        ledger.entry("clue", "kept")
        ledger.entry("clue", "handed", at=NOW + timedelta(days=31))
        return empty, ledger.figures()

    empty, found = on(db, cast, work)
    shares = [metric for metric in empty if metric.endswith("percent")]
    assert shares == ["reports.on_time_percent"], "two summaries of the half-year were due by then"
    assert "disputes.median_days" not in empty
    assert (found["meetings.held"], found["inspections.held"]) == (1, 2)
    assert (found["trainings.held"], found["trainings.ethics_law"], found["drills.held"]) == (
        2,
        1,
        1,
    )
    assert found["complaints.closed_percent"] == 50
    assert found["disputes.agreed_percent"] == 50
    assert found["disputes.median_days"] == 4
    assert (found["clues.months"], found["clues.handed"]) == (2, 1)


@pytest.mark.parametrize("seed", range(6))
def test_papers_are_counted_as_they_are_listed(db: Database, cast: Cast, seed: int) -> None:
    rnd = random.Random(seed)

    def work(ledger: Ledger) -> None:
        for number in range(60):
            due = NOW + timedelta(hours=rnd.randrange(0, 3000))
            filed = due + timedelta(hours=rnd.randrange(-20, 30)) if rnd.random() < 0.7 else None
            ledger.paper(f"QP01-2026-{number:04d}", due, filed=filed, waived=rnd.random() < 0.1)
        for _ in range(8):
            at = NOW + timedelta(hours=rnd.randrange(0, 5000))
            listed = papers_at(ledger.conn, ledger.hospital, at)
            found = ledger.figures(at)
            late = [
                p for p in listed if p.state in ("late", "overdue") and p.period_end.year == 2026
            ]
            on_time = [p for p in listed if p.state == "on_time" and p.period_end.year == 2026]
            missed = missed_in(listed, 2026)
            assert found["missed_reports"] == len(missed)
            assert found["reports.late"] == len(late)
            due_all = len(missed) + len(late) + len(on_time)
            share = Fraction(100 * len(on_time), due_all) if due_all else None
            assert found.get("reports.on_time_percent") == share

    on(db, cast, work)


def test_ten_thousand_records_are_counted_by_as_many_statements_as_none(
    sqlite_db: Database, cast: Cast
) -> None:
    def statements(ledger: Ledger) -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(ledger.conn.engine, "before_cursor_execute", note)
        try:
            ledger.figures()
        finally:
            event.remove(ledger.conn.engine, "before_cursor_execute", note)
        return len(seen)

    def work(ledger: Ledger) -> tuple[int, int, int]:
        before = statements(ledger)
        for _ in range(1000):
            ledger.incident("violence_staff")
        for _ in range(9000):
            ledger.entry("hazard", "open")
        found = ledger.figures()
        return before, statements(ledger), found["incidents.violent"] + found["hazards.total"]

    before, after, counted = on(sqlite_db, cast, work)
    assert before == after <= 16
    assert counted == 10_000


def test_the_whole_score_with_ten_thousand_records_takes_under_fifty_milliseconds(
    sqlite_db: Database, cast: Cast
) -> None:
    """Not the scoring alone: everything that /score reads, papers among it."""

    def work(ledger: Ledger) -> float:
        for n in range(4000):
            ledger.incident("insult")
            due = NOW - timedelta(days=2)
            ledger.paper(f"QP01-2026-{n:04d}", due, filed=due if n % 50 else None, waived=False)
        for _ in range(6000):
            ledger.entry("hazard", "open")
        best = 9.0
        for _ in range(5):
            began = process_time()
            found = standing(ledger.conn, ledger.hospital, 2026, NOW)
            best = min(best, process_time() - began)
        assert len(found.missed) == 80
        return best

    assert on(sqlite_db, cast, work) < 0.05
