"""Alembic's entry: runs migrations on the engine it is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import models.album
import models.audit
import models.card
import models.case
import models.cry
import models.district
import models.draft
import models.duty
import models.entry
import models.evidence
import models.filing
import models.handover
import models.house_rule
import models.inbox
import models.incident
import models.injury
import models.inquiry
import models.invite
import models.number
import models.obligation
import models.outbox
import models.paper_plan
import models.patrol
import models.people
import models.quiet
import models.response
import models.room
import models.rubric_version
import models.ruling
import models.selfcheck
import models.setting
import models.shown
import models.threat
import models.waiver
import models.workday_override  # noqa: F401  (each import registers its tables)


@contextmanager
def unbound(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: meanwhile the rows that refer to it must not hold it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # Past SQLAlchemy, which would begin a transaction first: inside one SQLite does not listen to this.
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        # Never given back to the pool: the next connection is a fresh one that holds to its references.
        connection.invalidate()


def check_references(connection: Connection) -> None:
    """Raise where a row has lost what it refers to: nothing is committed then."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"rows without what they refer to: {broken[:5]}")


def run() -> None:
    """Migrate inside one transaction."""
    with context.config.attributes["engine"].connect() as connection, unbound(connection):
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                check_references(connection)


run()
