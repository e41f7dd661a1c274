"""albums, what was shown, and what messages said before they were edited."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "album",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("media_group_id", sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("reply", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "media_group_id", name=op.f("pk_album")),
    )
    op.create_table(
        "shown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("shown", schema=None) as batch_op:
        batch_op.create_index("ix_shown_chat_id_id", ["chat_id", "id"], unique=False)

    # Not in a batch: both engines add a column in place, and a batch would copy every update that is remembered.
    op.add_column("inbox", sa.Column("message_id", sa.BigInteger(), nullable=True))
    op.add_column("inbox", sa.Column("digest", sqltypes.AutoString(), nullable=True))
    op.create_index(
        "ix_inbox_message",
        "inbox",
        ["chat_id", "message_id"],
        unique=False,
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Back to what was before."""
    op.drop_index(
        "ix_inbox_message",
        table_name="inbox",
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.drop_column("inbox", "digest")
    op.drop_column("inbox", "message_id")
    with op.batch_alter_table("shown", schema=None) as batch_op:
        batch_op.drop_index("ix_shown_chat_id_id")

    op.drop_table("shown")
    op.drop_table("album")
