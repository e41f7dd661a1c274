"""Alembic's entry: runs migrations on the engine it is given."""

from alembic import context
from sqlmodel import SQLModel

import models.audit
import models.draft
import models.evidence
import models.inbox
import models.incident
import models.invite
import models.number
import models.obligation
import models.outbox
import models.people
import models.selfcheck
import models.setting
import models.threat  # noqa: F401  (each import registers its tables)


def run() -> None:
    """Migrate inside one transaction."""
    with context.config.attributes["engine"].connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
