"""every obligation."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "workday_override",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("set_at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_workday_override")),
    )
    op.create_table(
        "paper_plan",
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("code", sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("stamp", sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_paper_plan_hospital_id")
        ),
        sa.PrimaryKeyConstraint("hospital_id", "code", name=op.f("pk_paper_plan")),
    )
    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("words", sqltypes.AutoString(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_bulletin_district_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_bulletin_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
    )
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletin_district_id"), ["district_id"], unique=False)

    op.create_table(
        "district_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("metric", sqltypes.AutoString(), nullable=False),
        sa.Column("value", sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_district_figure_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_district_figure_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district_figure")),
        sa.UniqueConstraint(
            "district_id", "year", "metric", name=op.f("uq_district_figure_district_id_year_metric")
        ),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_quiet_hours_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_quiet_hours")),
    )
    op.create_table(
        "learnt_incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("category", sqltypes.AutoString(), nullable=False),
        sa.Column("discovered_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "police",
                "media",
                "hotline",
                "visit",
                "other",
                name="learnt_source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_learnt_incident_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_learnt_incident_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_learnt_incident_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnt_incident")),
        sa.UniqueConstraint("obligation_id", name=op.f("uq_learnt_incident_obligation_id")),
    )
    with op.batch_alter_table("learnt_incident", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_learnt_incident_hospital_id"), ["hospital_id"], unique=False
        )

    op.create_table(
        "waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["member.id"], name=op.f("fk_waiver_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("fk_waiver_decided_by")),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_waiver_obligation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_waiver_obligation_id"), ["obligation_id"], unique=False
        )
        batch_op.create_index(
            "uq_waiver_open",
            ["obligation_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "filing_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted",
                "returned",
                name="filing_verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("comment", sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_review_filing_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_filing_review_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_review")),
    )
    with op.batch_alter_table("filing_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_review_filing_id"), ["filing_id"], unique=False)

    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1"))
        )
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "receipt",
                    "form",
                    "records",
                    name="filing_kind",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default=sa.text("'receipt'"),
            )
        )
        batch_op.add_column(
            sa.Column("content", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
        batch_op.alter_column("draft_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_filing_receipt"), ["receipt"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_filing_obligation_id_version"), ["obligation_id", "version"]
        )

    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locks_at", sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("steps", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
        )
        batch_op.add_column(sa.Column("next_at", sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "finding",
                sa.Enum(
                    "concealed",
                    "false",
                    name="obligation_finding",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.create_index(
            "ix_obligation_hospital_id_next_at",
            ["hospital_id", "next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_obligation_hospital_id_period_end", ["hospital_id", "period_end"], unique=False
        )
        batch_op.create_index(
            "ix_obligation_next_at",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_obligation_owner_id",
            ["owner_id"],
            unique=False,
            sqlite_where=sa.text("owner_id IS NOT NULL"),
            postgresql_where=sa.text("owner_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_obligation_unfiled",
            ["hospital_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("submitted_at IS NULL AND waived_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL AND waived_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_obligation_owner_id"), "member", ["owner_id"], ["id"]
        )

    op.execute(
        """
        UPDATE obligation SET next_at = opens_at
        WHERE submitted_at IS NULL AND waived_at IS NULL
        AND state IN ('scheduled', 'open', 'overdue')
        """
    )
    op.execute(
        """
        INSERT INTO paper_plan (hospital_id, code, since, stamp)
        SELECT id, 'O4H', created_at, 'before' FROM hospital
        UNION ALL SELECT id, 'O4Y', created_at, 'before' FROM hospital
        """
    )


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_obligation_owner_id"), type_="foreignkey")
        batch_op.drop_index(
            "ix_obligation_unfiled",
            sqlite_where=sa.text("submitted_at IS NULL AND waived_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL AND waived_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_obligation_owner_id",
            sqlite_where=sa.text("owner_id IS NOT NULL"),
            postgresql_where=sa.text("owner_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_obligation_next_at",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_obligation_hospital_id_period_end")
        batch_op.drop_index(
            "ix_obligation_hospital_id_next_at",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.drop_constraint(op.f("ck_obligation_obligation_finding"), type_="check")
        batch_op.drop_column("finding")
        batch_op.drop_column("owner_id")
        batch_op.drop_column("next_at")
        batch_op.drop_column("steps")
        batch_op.drop_column("locks_at")

    # What records closed by themselves has no draft, and the old table wants one.
    op.execute("DELETE FROM filing_review")
    op.execute("DELETE FROM filing WHERE draft_id IS NULL")
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_filing_obligation_id_version"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_filing_receipt"))
        batch_op.alter_column("draft_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("content")
        batch_op.drop_constraint(op.f("ck_filing_filing_kind"), type_="check")
        batch_op.drop_column("kind")
        batch_op.drop_column("version")

    with op.batch_alter_table("filing_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filing_review_filing_id"))

    op.drop_table("filing_review")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_waiver_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_waiver_obligation_id"))

    op.drop_table("waiver")
    with op.batch_alter_table("learnt_incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learnt_incident_hospital_id"))

    op.drop_table("learnt_incident")
    op.drop_table("quiet_hours")
    op.drop_table("district_figure")
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulletin_district_id"))

    op.drop_table("bulletin")
    op.drop_table("paper_plan")
    op.drop_table("workday_override")
