"""What most tests begin with: a migrated database of their own on either engine, and the same people in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.db import Database
from bot.i18n import use_locale
from bot.migrate import ensure_migrated
from tests.people import HOSPITALS, Cast, owe_only_reports
from tests.postgres import Postgres, running


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the night what is long and hardly about the database; here, before markers are chosen from."""
    for item in items:
        if item.get_closest_marker("postgres_nightly") and "[postgresql" in item.name:
            item.add_marker(pytest.mark.nightly)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let no test be skipped where it matters: in CI, which installs what every test needs, a skip fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} skipped: in CI nothing may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of this process."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a migrated, empty database, to be copied."""
    url = postgres.fresh()
    _migrate(url)
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "ward.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    db = Database(url)
    ensure_migrated(db.engine)
    db.close()


@pytest.fixture
def postgres_url(postgres: Postgres, migrated_postgres: str) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own."""
    url = postgres.fresh(like=migrated_postgres)
    yield url
    postgres.drop(url)


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of the test's own."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'ward.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the test's database is, on each engine in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """The test's database, on each engine in turn."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    """A database for what does not depend on the engine."""
    yield from _opened(sqlite_url)


@pytest.fixture
def postgres_db(postgres_url: str) -> Iterator[Database]:
    """A database where transactions really run side by side."""
    yield from _opened(postgres_url)


def _opened(url: str) -> Iterator[Database]:
    db = Database(url)
    yield db
    db.close()


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences as they are written in the code."""
    with use_locale("en"):
        yield


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Cast:
    """The people, in whichever database the test asks for; their hospitals owe reports and summaries only."""
    name = next(n for n in ("db", "sqlite_db", "postgres_db") if n in request.fixturenames)
    found: Database = request.getfixturevalue(name)

    def settle(conn: Connection) -> Cast:
        cast = Cast(conn)
        for code in HOSPITALS:
            owe_only_reports(conn, cast.hospital(code))
        return cast

    return found.run_now(settle)
