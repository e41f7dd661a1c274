"""corrections and questions."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOVES = (
    "'assign', 'channel', 'close', 'explain', 'fail', 'feedback', 'hand_over', 'note', 'pass', "
    "'recount', 'rectify', 'remove', 'reopen', 'repair', 'settle'"
)


def _allow_moves(listed: str) -> None:
    """Renew the CHECK on what a step about an entry is."""
    name = op.f("ck_entry_step_entry_move")
    with op.batch_alter_table("entry_step", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"kind IN ({listed})")


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lost_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["asker_id"], ["member.id"], name=op.f("fk_inquiry_asker_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_inquiry_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_asked_at"), ["asked_at"], unique=False)

    with op.batch_alter_table("addition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("inquiry_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_addition_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_addition_inquiry_id"), "inquiry", ["inquiry_id"], ["id"]
        )

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words_now", sa.Text(), nullable=True))

    _allow_moves(f"{_MOVES}, 'correct'")


def downgrade() -> None:
    """Back to the schema before."""
    op.execute("DELETE FROM entry_step WHERE kind = 'correct'")
    _allow_moves(_MOVES)

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_column("words_now")

    with op.batch_alter_table("addition", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_addition_inquiry_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_addition_inquiry_id"))
        batch_op.drop_column("inquiry_id")

    op.drop_table("inquiry")
