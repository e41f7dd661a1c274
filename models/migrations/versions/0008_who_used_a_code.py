"""who used a code; what is major has a chain of its own."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "invite_use",
        sa.Column("invite_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invite_id"], ["invite.id"], name=op.f("fk_invite_use_invite_id")),
        sa.PrimaryKeyConstraint("invite_id", "telegram_id", name=op.f("pk_invite_use")),
    )
    # One chain was for what is major and for violence alike: a hospital that changed it meant both.
    op.execute(
        "INSERT INTO house_rule (hospital_id, key, value, changed_by, changed_at) "
        "SELECT hospital_id, 'chain:grave', value, changed_by, changed_at "
        "FROM house_rule WHERE key = 'chain:severe'"
    )


def downgrade() -> None:
    """Back to one chain for both; who used which code is forgotten."""
    op.execute("DELETE FROM house_rule WHERE key = 'chain:grave'")
    op.drop_table("invite_use")
