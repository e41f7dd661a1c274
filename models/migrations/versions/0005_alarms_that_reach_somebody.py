"""alarms that reach somebody."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "cry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("calls", sa.Boolean(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "pressed",
                "raised",
                "dismissed",
                "filed",
                name="cry_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("said_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_cry_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cry")),
    )
    with op.batch_alter_table("cry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cry_member_id"), ["member_id"])
        batch_op.create_index(
            "ix_cry_due_at",
            ["due_at"],
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rung_at", sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("calling", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(
            "ix_case_file_calling",
            ["incident_id"],
            sqlite_where=sa.text("calling"),
            postgresql_where=sa.text("calling"),
        )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.alter_column("calling", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("superseded", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.alter_column("superseded", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Contract the schema again."""
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.drop_column("superseded")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_file_calling",
            sqlite_where=sa.text("calling"),
            postgresql_where=sa.text("calling"),
        )
        batch_op.drop_column("calling")
        batch_op.drop_column("rung_at")
    op.drop_table("cry")
