"""Migrations: what they build is what the models say, on both engines, and the way back works."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Enum, Table, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from bot.db import Database
from bot.migrate import HEAD, current_revision, ensure_migrated
from models.house_rule import read_rule
from models.selfcheck import answers_at, list_sections
from tests.postgres import Postgres

FOLDER = Path(__file__).resolve().parent.parent.parent / "models" / "migrations"


def config(db: Database) -> Config:
    """Alembic's way to our migrations."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = db.engine
    return config


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'empty.db'}")
    postgres: Postgres = request.getfixturevalue("postgres")
    return Database(postgres.fresh())


def test_what_is_built_is_what_the_models_say(db: Database) -> None:
    with db.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def codes_in_models(table: Table) -> dict[str, set[str]]:
    """The codes each coded column may hold, by column."""
    columns = [column for column in table.columns if isinstance(column.type, Enum)]
    return {column.name: set(column.type.enums) for column in columns}


def test_every_coded_column_is_held_to_its_codes(db: Database) -> None:
    """Alembic does not compare CHECKs: a category without a migration would be found by its first report."""
    inspector = inspect(db.engine)
    for table in SQLModel.metadata.sorted_tables:
        assert not {c for c in table.constraints if isinstance(c, CheckConstraint) and not c.name}
        checks = [check["sqltext"] for check in inspector.get_check_constraints(table.name)]
        for column, codes in codes_in_models(table).items():
            held = [check for check in checks if re.search(rf"\b{column}\b", check)]
            assert len(held) == 1, (table.name, column)
            assert set(re.findall(r"'(\w+)'", held[0])) == codes, (table.name, column)


def test_from_empty_to_the_newest_and_back(empty: Database) -> None:
    assert current_revision(empty.engine) is None
    assert ensure_migrated(empty.engine)
    assert current_revision(empty.engine) == HEAD
    assert not ensure_migrated(empty.engine), "there is nothing left to do"
    command.downgrade(config(empty), "base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    assert ensure_migrated(empty.engine)
    empty.close()


FIRST_VERSION = {
    "district": {"id": 1, "name": "Qingpu"},
    "hospital": {
        "id": 1,
        "district_id": 1,
        "code": "QP01",
        "name": "first",
        "level": 3,
        "timezone": "Asia/Shanghai",
        "created_at": "2026-01-01",
    },
    "member": {
        "id": 1,
        "telegram_id": 7,
        "hospital_id": 1,
        "role": "guard",
        "display_name": "Li",
        "locale": "en",
        "locale_chosen": False,
        "joined_at": "2026-01-01",
    },
    "number_series": {"hospital_id": 1, "year": 2026, "last": 2},
    "incident": {
        "id": 1,
        "number": "QP01-2026-0001",
        "hospital_id": 1,
        "reporter_id": 1,
        "reporter_role": "guard",
        "draft_id": 1,
        "category": "fire",
        "severity": "major",
        "state": "new",
        "place": "ER",
        "description": "smoke",
        "occurred_at": "2026-01-02",
        "discovered_at": "2026-01-02",
        "reported_at": "2026-01-02",
    },
    "addition": {
        "id": 1,
        "incident_id": 1,
        "member_id": 1,
        "draft_id": 2,
        "words": "more smoke",
        "created_at": "2026-01-03",
    },
    "evidence": {
        "id": 1,
        "hospital_id": 1,
        "subject": "incident",
        "subject_id": 1,
        "kind": "photo",
        "file_id": "x",
        "state": "wanted",
        "created_at": "2026-01-02",
    },
    "threat": {
        "id": 1,
        "number": "QP01-2026-0002",
        "hospital_id": 1,
        "reporter_id": 1,
        "draft_id": 3,
        "factors": "[]",
        "escort": False,
        "place_sealed": b"a",
        "account_sealed": b"b",
        "reported_at": "2026-01-02",
    },
    "self_check": {
        "id": 1,
        "hospital_id": 1,
        "member_id": 1,
        "draft_id": 4,
        "year": 2026,
        "rubric": "qingpu-2021",
        "rubric_hash": "0" * 64,
        "level": 3,
        "answers": '{"1.1": "none", "4.2.2": ["1", "0"]}',
        "started_at": "2026-01-03",
        "finished_at": "2026-01-04",
    },
}
"""Rows of the first version that refer to each other."""


def test_records_of_the_first_version_are_carried_over(empty: Database) -> None:
    command.upgrade(config(empty), "0001")
    with empty.engine.begin() as conn:
        for table, values in FIRST_VERSION.items():
            names = ", ".join(values)
            holes = ", ".join(f":{name}" for name in values)
            conn.execute(text(f"INSERT INTO {table} ({names}) VALUES ({holes})"), values)
    assert ensure_migrated(empty.engine)
    with empty.engine.connect() as conn:
        for table in FIRST_VERSION:
            assert conn.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1, table
        case = conn.execute(text("SELECT * FROM case_file")).one()
        assert (case.incident_id, case.state, case.category, case.severity) == (
            1,
            "new",
            "fire",
            "major",
        )
        assert conn.execute(text("SELECT confidential FROM incident")).scalar() in (0, False)
        check = answers_at(conn, 1, 2026, at=datetime(2026, 2, 1, tzinfo=UTC))
        assert check is not None
        assert (check.check_id, check.version_no, check.reviewed) == (1, 1, False)
        assert check.answers == {"1.1": "none", "4.2.2": ["1", "0"]}
        states = {row.section: row.state for row in list_sections(conn, 1)}
        assert states == {"1": "submitted", "4": "submitted"}
        with pytest.raises(IntegrityError):
            conn.execute(text("INSERT INTO response VALUES (99, 1, '2026-01-02', NULL)"))
    empty.close()


def test_a_chain_changed_for_what_is_severe_goes_on_for_what_is_major(empty: Database) -> None:
    command.upgrade(config(empty), "0004")
    rule = {"hospital_id": 1, "changed_at": "2026-01-01", "value": '[{"wait": 0}]'}
    with empty.engine.begin() as conn:
        for table in ("district", "hospital"):
            values = FIRST_VERSION[table]
            names = ", ".join(values)
            holes = ", ".join(f":{name}" for name in values)
            conn.execute(text(f"INSERT INTO {table} ({names}) VALUES ({holes})"), values)
        for key in ("chain:severe", "chain:alarm"):
            insert = "INSERT INTO house_rule (hospital_id, key, value, changed_at) "
            holes = "VALUES (:hospital_id, :key, :value, :changed_at)"
            conn.execute(text(insert + holes), {**rule, "key": key})
    assert ensure_migrated(empty.engine)
    with empty.engine.connect() as conn:
        keys = {"chain:severe": True, "chain:grave": True, "chain:alarm": True}
        kept = {key: read_rule(conn, 1, key) == [{"wait": 0}] for key in keys}
        assert kept == keys
        assert read_rule(conn, 1, "chain:ordinary") is None
    empty.close()


def test_the_newest_migration_is_the_one_the_code_wants(sqlite_db: Database) -> None:
    heads = ScriptDirectory.from_config(config(sqlite_db)).get_heads()
    assert heads == [HEAD]
    newest = sorted((FOLDER / "versions").glob("*.py"))[-1]
    assert newest.name.startswith(f"{HEAD}_")


def test_ids_that_buttons_and_queues_carry_are_never_given_twice(sqlite_db: Database) -> None:
    """SQLite gives the highest id again after a delete unless told not to; PostgreSQL never does."""
    query = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
    names = set(sqlite_db.run_now(lambda conn: list(conn.exec_driver_sql(query).scalars())))
    assert names >= {"draft", "inbox", "outbox"}
