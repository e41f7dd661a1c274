"""Threats: how grave by a rule anyone can read, when reviewed, what is noted once, what an upgrade keeps."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.db import Database
from models.threat import (
    FACTORS,
    LEVEL_BY_GROUNDS,
    LEVELS,
    WEAPONS,
    add_step,
    expire_threat,
    grounds,
    insert_threat,
    level,
    list_steps,
    move_threat,
    open_threats,
    reminders_due,
    review_after,
    threat_by_number,
)
from tests.models.test_migrations import config
from tests.people import NOW, Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEMANDS, ACTS, THREATENED, TENDENCY = FACTORS
RULE = [
    ([], "none", "low"),
    ([], "unknown", "low"),
    ([DEMANDS], "none", "low"),
    ([DEMANDS], "unknown", "low"),
    ([ACTS], "none", "medium"),
    ([THREATENED], "none", "medium"),
    ([THREATENED], "unknown", "medium"),
    ([DEMANDS, ACTS, THREATENED], "none", "medium"),
    ([], "spoken", "medium"),
    ([DEMANDS], "seen", "medium"),
    ([THREATENED], "spoken", "high"),
    ([THREATENED], "seen", "high"),
    ([ACTS], "seen", "high"),
    ([TENDENCY], "none", "high"),
    ([TENDENCY], "unknown", "high"),
]
WORSE = {"none": 0, "unknown": 0, "spoken": 1, "seen": 1}
"""How much a weapon weighs; not knowing of one weighs nothing."""


@pytest.mark.parametrize(("factors", "weapon", "expected"), RULE)
def test_the_rule(factors: list[str], weapon: str, expected: str) -> None:
    assert level(factors, weapon) == expected


def test_every_combination_has_a_level_and_a_reason() -> None:
    every = [list(c) for n in range(len(FACTORS) + 1) for c in combinations(FACTORS, n)]
    found = {grounds(factors, weapon) for factors in every for weapon in WEAPONS}
    assert found == set(LEVEL_BY_GROUNDS)
    assert {level(factors, weapon) for factors in every for weapon in WEAPONS} == set(LEVELS)


@given(
    st.sets(st.sampled_from(FACTORS)),
    st.sets(st.sampled_from(FACTORS)),
    st.sampled_from(WEAPONS),
    st.sampled_from(WEAPONS),
)
def test_one_more_sign_or_a_weapon_never_lowers_the_level(
    factors: set[str], more: set[str], weapon: str, worse: str
) -> None:
    if WORSE[worse] < WORSE[weapon]:
        weapon, worse = worse, weapon
    before, after = level(factors, weapon), level(factors | more, worse)
    assert LEVELS.index(before) <= LEVELS.index(after)


# -- review --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of_level", "day"), [("low", "04-15"), ("medium", "04-15"), ("high", "03-23")]
)
def test_the_review_is_at_the_end_of_a_local_day(of_level: str, day: str) -> None:
    until = review_after(NOW, of_level, SHANGHAI)
    assert f"{until.astimezone(SHANGHAI):%m-%d %H:%M:%S}" == f"{day} 23:59:59"
    assert until.tzinfo is UTC


def test_an_evening_in_utc_counts_from_the_local_day() -> None:
    late = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)  # 1:00 on the 17th in Shanghai
    assert review_after(late, "high", SHANGHAI).astimezone(SHANGHAI).day == 24


def local(moment: str) -> datetime:
    return datetime.fromisoformat(f"2026-{moment}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("03-20 07:59", []),
        ("03-20 08:00", [3]),
        ("03-23 07:59", [3]),
        ("03-23 08:00", [3, 0]),
        ("03-23 23:59", [3, 0]),
        ("03-24 00:00", []),
    ],
)
def test_reminders_come_three_days_before_and_on_the_day_at_eight(
    moment: str, due: list[int]
) -> None:
    assert reminders_due(review_after(NOW, "high", SHANGHAI), SHANGHAI, local(moment)) == due


# -- rows ----------------------------------------------------------------------------------------


def threat_of(cast: Cast, **changed: Any) -> dict[str, Any]:
    """What a threat of QP01's doctor holds."""
    values = {
        "number": "QP01-2026-0001",
        "hospital_id": cast.hospital("QP01").id,
        "reporter_id": cast.doctor.id,
        "unnamed": False,
        "draft_id": 1,
        "factors": [THREATENED],
        "weapon": "none",
        "level": "medium",
        "escort": False,
        "place_sealed": b"p",
        "account_sealed": b"a",
        "who_sealed": None,
        "reported_at": NOW,
        "review_at": NOW + timedelta(days=30),
    }
    return values | changed


def test_what_is_noted_once_is_refused_twice_and_the_rest_is_not(db: Database, cast: Cast) -> None:
    with db.engine.begin() as conn:
        key = insert_threat(conn, **threat_of(cast))
        for kind in ("police_told", "commission_told", "escorted"):
            assert add_step(conn, key, kind, at=NOW, member_id=cast.officer.id)
            assert not add_step(conn, key, kind, at=NOW, member_id=cast.admin.id)
        assert add_step(conn, key, "renewed", at=NOW, member_id=cast.officer.id)
        assert add_step(conn, key, "renewed", at=NOW)
        steps = [(step.kind, step.role) for step in list_steps(conn, key)]
    assert steps == [
        ("police_told", "officer"),
        ("commission_told", "officer"),
        ("escorted", "officer"),
        ("renewed", "officer"),
        ("renewed", None),
    ]


def test_a_threat_moves_only_from_where_it_is_expected(db: Database, cast: Cast) -> None:
    with db.engine.begin() as conn:
        key = insert_threat(conn, **threat_of(cast))
        assert not move_threat(conn, key, among=("expired",), state="open")
        assert move_threat(conn, key, among=("open",), state="ended")
        assert not move_threat(conn, key, among=("open", "expired"), state="open")
        assert open_threats(conn, cast.hospital("QP01").id) == []


def test_a_threat_expires_after_its_review_and_only_while_it_is_open(
    db: Database, cast: Cast
) -> None:
    with db.engine.begin() as conn:
        row = threat_of(cast)
        key = insert_threat(conn, **row)
        assert not expire_threat(conn, key, now=row["review_at"])
        assert expire_threat(conn, key, now=row["review_at"] + timedelta(seconds=1))
        assert not expire_threat(conn, key, now=row["review_at"] + timedelta(days=1))


def test_a_threat_is_found_only_in_its_own_hospital(db: Database, cast: Cast) -> None:
    with db.engine.begin() as conn:
        insert_threat(conn, **threat_of(cast))
        assert threat_by_number(conn, cast.hospital("QP02").id, "QP01-2026-0001") is None
        found: Any = threat_by_number(conn, cast.hospital("QP01").id, "QP01-2026-0001")
    assert (found.reporter_role, found.department, found.named_department) == ("doctor", None, None)


# -- an upgrade ----------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database of version 0.1 with a threat of each kind and an unfinished one."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'old.db'}" if sqlite else None
    db = Database(url or request.getfixturevalue("postgres").fresh())
    command.upgrade(config(db), "0001")
    with db.engine.begin() as conn:
        Cast(conn)
        for number, factors in enumerate(([], [DEMANDS], [ACTS, DEMANDS], [TENDENCY]), start=1):
            conn.execute(
                text(
                    "INSERT INTO threat (number, hospital_id, reporter_id, draft_id, factors, escort, "
                    "place_sealed, account_sealed, reported_at) "
                    "VALUES (:number, 1, 1, :draft, :factors, false, :seal, :seal, :at)"
                ),
                {
                    "number": f"QP01-2026-000{number}",
                    "draft": number,
                    "factors": json.dumps(factors),
                    "seal": b"x",
                    "at": "2026-03-01 00:00:00.000000" if sqlite else NOW,
                },
            )
        for form, state in (("threat", "active"), ("report", "parked")):
            conn.execute(
                text(
                    "INSERT INTO draft (member_id, form, version, state, params, answers, held, "
                    "created_at, updated_at) VALUES (1, :form, 1, :state, '{}', :words, '{}', :at, :at)"
                ),
                {
                    "form": form,
                    "state": state,
                    "words": '{"what": "typed"}',
                    "at": "2026-03-01 00:00:00.000000" if sqlite else NOW,
                },
            )
    return db


def test_old_threats_get_their_level_and_old_drafts_keep_no_words(old: Database) -> None:
    command.upgrade(config(old), "head")
    with old.engine.begin() as conn:
        rows = conn.execute(
            text("SELECT level, weapon, unnamed, state, review_at FROM threat ORDER BY id")
        ).all()
        drafts = dict(conn.execute(text("SELECT form, CAST(answers AS TEXT) FROM draft")).all())  # type: ignore[arg-type]
    assert [row.level for row in rows] == ["low", "low", "medium", "high"]
    assert {(row.weapon, bool(row.unnamed), row.state, row.review_at) for row in rows} == {
        ("unknown", False, "open", None)
    }
    assert drafts == {"threat": "{}", "report": '{"what": "typed"}'}
    old.close()
