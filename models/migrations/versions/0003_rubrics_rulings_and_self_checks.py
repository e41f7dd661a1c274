"""rubrics, rulings and self-checks."""

import json

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _hold_to_codes(table: str, codes: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    """Renew CHECK constraints of coded columns: by name, the column and what it may hold."""
    found = {check["name"] for check in sa.inspect(op.get_bind()).get_check_constraints(table)}
    with op.batch_alter_table(table) as batch_op:
        for name, (column, among) in codes.items():
            if name in found:
                batch_op.drop_constraint(op.f(name), type_="check")
            listed = ", ".join(f"'{code}'" for code in among)
            batch_op.create_check_constraint(op.f(name), f"{column} IN ({listed})")


def _keep_answers() -> None:
    """Move the answers of finished self-checks into rows of their own, their sections submitted."""
    bind = op.get_bind()
    query = "SELECT id, member_id, draft_id, answers, finished_at FROM self_check ORDER BY id"
    for row in bind.execute(sa.text(query)).all():
        answers = json.loads(row.answers) if isinstance(row.answers, str) else row.answers
        for question, value in answers.items():
            bind.execute(
                sa.text(
                    "INSERT INTO check_answer (check_id, question, value, member_id, answered_at, draft_id) "
                    "VALUES (:check, :question, :value, :member, :at, :draft)"
                ),
                {
                    "check": row.id,
                    "question": question,
                    "value": json.dumps(value),
                    "member": row.member_id,
                    "at": row.finished_at,
                    "draft": row.draft_id,
                },
            )
        for section in sorted({question.partition(".")[0] for question in answers}):
            bind.execute(
                sa.text(
                    "INSERT INTO check_section (check_id, section, state, submitted_by, submitted_at) "
                    "VALUES (:check, :section, 'submitted', :member, :at)"
                ),
                {
                    "check": row.id,
                    "section": section,
                    "member": row.member_id,
                    "at": row.finished_at,
                },
            )


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "rubric_version",
        sa.Column("content_hash", sqltypes.AutoString(), nullable=False),
        sa.Column("rubric", sqltypes.AutoString(), nullable=False),
        sa.Column("version", sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("published_at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_rubric_version")),
        sa.UniqueConstraint("rubric", "version", name=op.f("uq_rubric_version_rubric_version")),
    )
    op.create_table(
        "inspection_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item", sqltypes.AutoString(), nullable=False),
        sa.Column("points", sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_inspection_score_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_inspection_score_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_score")),
    )
    with op.batch_alter_table("inspection_score", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_score_hospital_id"), ["hospital_id"], unique=False
        )

    op.create_table(
        "ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("rubric", sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqltypes.AutoString(), nullable=False),
        sa.Column("value", sqltypes.AutoString(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_ruling_hospital_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_ruling_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    with op.batch_alter_table("ruling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ruling_hospital_id"), ["hospital_id"], unique=False)

    op.create_table(
        "check_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("question", sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("carried_from", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["carried_from"], ["check_answer.id"], name=op.f("fk_check_answer_carried_from")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["self_check.id"], name=op.f("fk_check_answer_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_check_answer_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answer")),
    )
    with op.batch_alter_table("check_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_answer_check_id"), ["check_id"], unique=False)

    op.create_table(
        "check_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("section", sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "submitted",
                "returned",
                "accepted",
                name="check_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("comment", sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["self_check.id"], name=op.f("fk_check_section_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_check_section_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["member.id"], name=op.f("fk_check_section_reviewed_by")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["member.id"], name=op.f("fk_check_section_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_section")),
        sa.UniqueConstraint("check_id", "section", name=op.f("uq_check_section_check_id_section")),
    )
    op.create_table(
        "rectification",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("question", sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["self_check.id"], name=op.f("fk_rectification_check_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_rectification_entry_id")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_rectification_hospital_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_rectification")),
    )
    with op.batch_alter_table("rectification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rectification_hospital_id"), ["hospital_id"], unique=False
        )

    _keep_answers()
    with op.batch_alter_table("self_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beds", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("outpatients", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reopened_from", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sqltypes.AutoString(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_self_check_draft_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_self_check_reopened_from"), ["reopened_from"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_self_check_reopened_from"), "self_check", ["reopened_from"], ["id"]
        )
        batch_op.drop_column("finished_at")
        batch_op.drop_column("draft_id")
        batch_op.drop_column("answers")

    _hold_to_codes(
        "evidence",
        {
            "ck_evidence_evidence_subject": (
                "subject",
                (
                    "incident",
                    "addition",
                    "threat",
                    "threat_step",
                    "filing",
                    "case",
                    "handover",
                    "entry",
                    "entry_step",
                    "ruling",
                    "check_answer",
                ),
            )
        },
    )


def downgrade() -> None:
    """Undo it."""
    # The old table cannot say who answered which section.
    op.execute("DELETE FROM rectification")
    op.execute("DELETE FROM check_answer")
    op.execute("DELETE FROM check_section")
    op.execute("DELETE FROM self_check")
    with op.batch_alter_table("self_check", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers", sa.JSON(), nullable=False))
        batch_op.add_column(sa.Column("draft_id", sa.INTEGER(), nullable=False))
        batch_op.add_column(sa.Column("finished_at", sqltypes.UTCDateTime(), nullable=False))
        batch_op.drop_constraint(batch_op.f("fk_self_check_reopened_from"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_self_check_reopened_from"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_self_check_draft_id"), ["draft_id"])
        batch_op.drop_column("reason")
        batch_op.drop_column("reopened_from")
        batch_op.drop_column("outpatients")
        batch_op.drop_column("beds")

    with op.batch_alter_table("rectification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rectification_hospital_id"))

    op.drop_table("rectification")
    op.drop_table("check_section")
    with op.batch_alter_table("check_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_answer_check_id"))

    op.drop_table("check_answer")
    with op.batch_alter_table("ruling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ruling_hospital_id"))

    op.drop_table("ruling")
    with op.batch_alter_table("inspection_score", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_score_hospital_id"))

    op.drop_table("inspection_score")
    op.drop_table("rubric_version")
    _hold_to_codes(
        "evidence",
        {
            "ck_evidence_evidence_subject": (
                "subject",
                (
                    "incident",
                    "addition",
                    "threat",
                    "threat_step",
                    "filing",
                    "case",
                    "handover",
                    "entry",
                    "entry_step",
                ),
            )
        },
    )
