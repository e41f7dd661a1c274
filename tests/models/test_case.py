"""Cases: which state may follow which, moves that cannot cross, and what is counted of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from bot.db import Database
from models.case import (
    MOVES,
    SETTLED,
    STATES,
    WAITING,
    case_by_id,
    find_case,
    find_cases,
    list_open_cases,
    move_case,
    open_case,
    set_case,
    take_lead,
)
from models.caseload import (
    count_records,
    evidence_of,
    list_records,
    own_records,
    said_after,
    uncalled_cases,
)
from models.evidence import want_files
from models.handover import digest_of, list_evidence
from models.incident import insert_addition, insert_incident
from models.injury import (
    HARMS,
    add_injury,
    count_harmed,
    find_injury,
    injured_ids,
    list_injuries,
    withdraw_injury,
)
from tests.people import NOW, Cast
from tests.postgres import held


def begin(
    conn: Connection,
    cast: Cast,
    n: int = 1,
    *,
    code: str = "QP01",
    kind: str = "report",
    category: str = "theft",
    severity: str = "general",
    at: datetime = NOW,
    **changed: Any,
) -> int:
    """An incident of the guard with its case; its id."""
    hospital = cast.hospital(code)
    incident_id = insert_incident(
        conn,
        number=f"{code}-2026-{n:04d}",
        kind=kind,
        confidential=False,
        hospital_id=hospital.id,
        reporter_id=cast[code]["guard"].id,
        reporter_role="guard",
        category=category,
        severity=severity,
        place="ER",
        description="" if kind == "alarm" else "words",
        occurred_at=at,
        discovered_at=at,
        reported_at=at,
    )
    open_case(
        conn,
        incident_id=incident_id,
        hospital_id=hospital.id,
        category=category,
        severity=severity,
        chain=[],
        changed_at=at,
    )
    if changed:
        set_case(conn, incident_id, **changed)
    return incident_id


# -- the table of moves ----------------------------------------------------------------------------


def test_every_case_can_be_settled_and_every_settled_one_opened_again() -> None:
    reached = {state: _reachable(state) for state in STATES}
    for state in STATES:
        assert set(SETTLED) <= reached[state], state
        assert "reopened" in reached[state]
    assert set(WAITING) | set(SETTLED) <= set(STATES)


def _reachable(state: str) -> set[str]:
    found: set[str] = set()
    ahead = [state]
    while ahead:
        for new in MOVES[ahead.pop()] - found:
            found.add(new)
            ahead.append(new)
    return found


def test_nothing_leads_back_to_new_and_only_findings_to_a_close() -> None:
    assert not [state for state, onward in MOVES.items() if "new" in onward]
    assert [state for state, onward in MOVES.items() if "closed" in onward] == ["investigated"]
    for state in SETTLED:
        assert MOVES[state] == {"reopened"}


@given(path=st.lists(st.sampled_from(STATES), max_size=8))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_case_goes_exactly_where_the_table_says(
    sqlite_db: Database, cast: Cast, path: list[str]
) -> None:
    def walk(conn: Connection) -> None:
        conn.execute(text("DELETE FROM case_file"))
        conn.execute(text("DELETE FROM incident"))
        incident_id, state = begin(conn, cast), "new"
        for new in path:
            case = case_by_id(conn, incident_id)
            assert case is not None
            assert move_case(conn, case, new, changed_at=NOW) == (new in MOVES[state])
            state = new if new in MOVES[state] else state
        now = case_by_id(conn, incident_id)
        assert now is not None
        assert now.state == state

    sqlite_db.run_now(walk)


def test_of_two_moves_from_the_same_reading_one_wins(postgres_db: Database, cast: Cast) -> None:
    incident_id = postgres_db.run_now(lambda conn: begin(conn, cast))
    # Both have read the case before either writes: the condition in the statement decides, not the reading.
    case = postgres_db.run_now(lambda conn: case_by_id(conn, incident_id))

    def go(new: str) -> bool:
        with postgres_db.engine.begin() as conn:
            return move_case(conn, case, new, changed_at=NOW)

    with (
        ThreadPoolExecutor(2) as pool,
        held(postgres_db, "SELECT * FROM case_file FOR UPDATE") as meet,
    ):
        tried = [pool.submit(go, new) for new in ("acknowledged", "false_alarm")]
        meet(2)
    done = [each.result(timeout=10) for each in tried]
    won = [new for new, each in zip(("acknowledged", "false_alarm"), done, strict=True) if each]
    now = postgres_db.run_now(lambda conn: case_by_id(conn, incident_id))
    assert [now.state] == won  # type: ignore[union-attr]


def test_cases_are_taken_in_one_order_so_that_two_never_wait_for_each_other(
    postgres_db: Database, cast: Cast
) -> None:
    numbers = ["QP01-2026-0001", "QP01-2026-0002"]
    postgres_db.run_now(lambda conn: [begin(conn, cast, n) for n in (1, 2)])
    hospital_id = cast.hospital("QP01").id

    def take(order: list[str]) -> list[str]:
        with postgres_db.engine.begin() as conn:
            return [row.number for row in find_cases(conn, hospital_id, order)]

    with (
        ThreadPoolExecutor(2) as pool,
        held(postgres_db, "SELECT * FROM case_file FOR UPDATE") as meet,
    ):
        tried = [pool.submit(take, order) for order in (numbers, numbers[::-1])]
        meet(2)
    assert [each.result(timeout=10) for each in tried] == [numbers, numbers]


def test_nobody_finds_a_case_of_another_hospital(db: Database, cast: Cast) -> None:
    incident_id = db.run_now(lambda conn: begin(conn, cast))
    for code, found in (("QP01", True), ("QP02", False)):
        hospital_id = cast.hospital(code).id
        case = db.run_now(lambda conn, h=hospital_id: find_case(conn, h, "QP01-2026-0001"))  # type: ignore[misc]
        assert (case is not None) == found
        rows = db.run_now(
            lambda conn, h=hospital_id: find_cases(conn, h, ["QP01-2026-0001"])  # type: ignore[misc]
        )
        assert bool(rows) == found
    assert db.run_now(lambda conn: find_injury(conn, cast.hospital("QP02").id, 1)) is None
    assert incident_id


def test_one_leads(db: Database, cast: Cast) -> None:
    def take(conn: Connection) -> list[bool]:
        incident_id = begin(conn, cast)
        return [take_lead(conn, incident_id, p.id) for p in (cast.officer, cast.admin)]

    assert db.run_now(take) == [True, False]


# -- as it stands now ------------------------------------------------------------------------------


def test_what_was_amended_is_read_in_place_of_what_was_filed(db: Database, cast: Cast) -> None:
    earlier = NOW - timedelta(minutes=5)

    def amend(conn: Connection) -> Any:
        incident_id = begin(conn, cast)
        before = case_by_id(conn, incident_id)
        set_case(conn, incident_id, place_now="gate 2", occurred_now=earlier)
        return before, case_by_id(conn, incident_id), list_records(conn, 1)[0]

    before, now, listed = db.run_now(amend)
    assert (before.place, before.occurred_at) == ("ER", NOW)
    assert (now.place, now.occurred_at) == ("gate 2", earlier)
    assert now.occurred_at.tzinfo is not None
    assert listed.occurred_at == earlier


def test_records_are_counted_as_they_are_classified_now(db: Database, cast: Cast) -> None:
    def file(conn: Connection) -> Any:
        begin(conn, cast, 1)
        begin(conn, cast, 2, kind="alarm", category="alarm", severity="major")
        begin(conn, cast, 3, state="false_alarm")
        begin(conn, cast, 4, state="merged", merged_into=1)
        begin(conn, cast, 5, category="fire", severity="major")
        begin(conn, cast, 6, at=NOW - timedelta(days=1))
        begin(conn, cast, 1, code="QP02")
        set_case(conn, 2, category="fire")
        since = NOW - timedelta(hours=1)
        return count_records(conn, 1, since=since, until=NOW + timedelta(hours=1))

    assert sorted(db.run_now(file)) == [("fire", "major", 2), ("theft", "general", 1)]


def test_lists_are_of_one_hospital_and_one_member(db: Database, cast: Cast) -> None:
    def file(conn: Connection) -> Any:
        begin(conn, cast, 1)
        begin(conn, cast, 2, state="closed")
        begin(conn, cast, 1, code="QP02")
        own = own_records(conn, cast.guard.id, limit=1)
        return list_records(conn, 1), own, list_open_cases(conn, 1)

    records, own, open_ones = db.run_now(file)
    assert [row.number for row in records] == ["QP01-2026-0001", "QP01-2026-0002"]
    assert [row.number for row in own] == ["QP01-2026-0002"]
    assert [row.number for row in open_ones] == ["QP01-2026-0001"]


def test_what_was_said_and_sent_after_an_alarm_belongs_to_it(db: Database, cast: Cast) -> None:
    def add(conn: Connection) -> Any:
        first, other = begin(conn, cast, 1, kind="alarm"), begin(conn, cast, 2)
        added = [
            insert_addition(
                conn, incident_id=which, member_id=cast.guard.id, words=words, created_at=NOW
            )
            for which, words in (
                (first, "he has a knife"),
                (other, "else"),
                (first, ""),
                (first, "room 3"),
            )
        ]
        for subject, which in (
            ("incident", first),
            ("addition", added[0]),
            ("addition", added[1]),
            ("case", first),
            ("handover", first),
        ):
            want_files(
                conn,
                [{"kind": "photo", "file_id": f"{subject}{which}"}],
                hospital_id=1,
                subject=subject,
                subject_id=which,
                now=NOW,
            )
        return said_after(conn, [first]), [row.file_id for row in evidence_of(conn, first)]

    said, files = db.run_now(add)
    assert said == {1: ["he has a knife", "room 3"]}
    assert files == ["incident1", "addition1", "case1"]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, True),
        ({"called_police_at": NOW}, False),
        ({"state": "closed"}, False),
        ({"state": "controlled"}, True),
        ({"category": "theft"}, False),
    ],
)
def test_which_cases_still_lack_a_police_call(
    sqlite_db: Database, cast: Cast, changed: dict[str, Any], found: bool
) -> None:
    def look(conn: Connection) -> list[Any]:
        set_case(conn, begin(conn, cast, category="violence_staff"), **changed, changed_at=NOW)
        return uncalled_cases(conn, ("violence_staff",))

    assert bool(sqlite_db.run_now(look)) == found


# -- injuries and hand-overs -----------------------------------------------------------------------


def test_an_injury_is_withdrawn_once_and_stays(db: Database, cast: Cast) -> None:
    def harm(conn: Connection) -> Any:
        incident_id = begin(conn, cast)
        made = [
            add_injury(
                conn,
                incident_id=incident_id,
                draft_id=n,
                who="staff",
                harm="mild",
                member_id=cast.guard.id,
                at=NOW,
            )
            for n in (1, 2)
        ]
        gone = [withdraw_injury(conn, made[0], by=cast.officer.id, now=NOW) for _ in range(2)]
        kept = conn.execute(text("SELECT withdrawn_by FROM injury ORDER BY id")).scalars().all()
        left = [row.id for row in list_injuries(conn, incident_id)]
        return gone, kept, left == [made[1]], injured_ids(conn, [incident_id])

    gone, kept, left, injured = db.run_now(harm)
    assert gone == [True, False]
    assert kept == [cast.officer.id, None]
    assert left
    assert injured == {1}


class Hurt:
    """Somebody hurt, as far as counting goes."""

    def __init__(self, who: str, harm: str) -> None:
        self.who, self.harm = who, harm


def test_the_harmed_are_counted_by_who_and_from_the_gravest_down() -> None:
    people = [
        Hurt("patient", "mild"),
        Hurt("staff", "none"),
        Hurt("staff", "death"),
        Hurt("staff", "none"),
    ]
    assert list(count_harmed(people).items()) == [
        (("staff", "death"), 1),
        (("staff", "none"), 2),
        (("patient", "mild"), 1),
    ]
    assert HARMS[0] == "none"


class File:
    """An evidence row."""

    id, subject, kind, created_at, size = 7, "incident", "photo", NOW, 120
    state, sha256 = "kept", "ab" * 32


def test_the_hash_of_a_list_changes_with_anything_in_it() -> None:
    (line,) = list_evidence([File()])
    assert line["n"] == 1
    assert digest_of([line]) == digest_of([dict(line)])
    for field, value in (("kind", "voice"), ("size", 121), ("sha256", None), ("n", 2), ("at", "x")):
        assert digest_of([{**line, field: value}]) != digest_of([line]), field
    assert digest_of([line, {**line, "n": 2}]) != digest_of([{**line, "n": 2}, line])
