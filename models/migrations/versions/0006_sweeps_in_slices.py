"""Sweeps in slices: what each looks for has an index; a file knows who sent it, who hears when it is lost."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = "due_on IS NOT NULL AND state NOT IN ('closed', 'kept', 'working', 'absent')"


def upgrade() -> None:
    """Expand the schema."""
    op.add_column("evidence", sa.Column("sender", sa.BigInteger(), nullable=True))
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_index(
        "ix_outbox_passing",
        "outbox",
        ["created_at"],
        sqlite_where=sa.text("kept IS 0"),
        postgresql_where=sa.text("kept IS false"),
    )
    op.create_index(
        "ix_entry_open_due_on",
        "entry",
        ["due_on", "hospital_id"],
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )


def downgrade() -> None:
    """Contract it again."""
    op.drop_index("ix_entry_open_due_on", table_name="entry")
    op.drop_index("ix_outbox_passing", table_name="outbox")
    op.drop_index("ix_inbox_received_at", table_name="inbox")
    op.drop_column("evidence", "sender")
