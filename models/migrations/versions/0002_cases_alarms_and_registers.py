"""cases, alarms and registers."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# A queue's ids are never given twice; SQLite's copy of a table forgets that unless told.
_COUNTING = {"sqlite_autoincrement": True}


def _hold_to_codes(table: str, codes: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    """Renew CHECK constraints of coded columns: by name, the column and what it may hold."""
    found = {check["name"] for check in sa.inspect(op.get_bind()).get_check_constraints(table)}
    with op.batch_alter_table(
        table, table_kwargs=_COUNTING if table == "outbox" else {}
    ) as batch_op:
        for name, (column, among) in codes.items():
            if name in found:
                batch_op.drop_constraint(op.f(name), type_="check")
            listed = ", ".join(f"'{code}'" for code in among)
            batch_op.create_check_constraint(op.f(name), f"{column} IN ({listed})")


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("post", sqltypes.AutoString(), nullable=True),
        sa.Column("began_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("until", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("offered_to", sa.Integer(), nullable=True),
        sa.Column("offered_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column(
            "ended_by",
            sa.Enum(
                "self",
                "handover",
                "sweep",
                "left",
                name="duty_ending",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospital.id"], name=op.f("fk_duty_hospital_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_duty_member_id")),
        sa.ForeignKeyConstraint(["offered_to"], ["member.id"], name=op.f("fk_duty_offered_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(
            "ix_duty_hospital_id_ended_at", ["hospital_id", "ended_at"], unique=False
        )
        batch_op.create_index(
            "uq_duty_open",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqltypes.AutoString(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hazard",
                "complaint",
                "dispute",
                "fault",
                "seizure",
                "check",
                "clue",
                "drill",
                "training",
                "meeting",
                "asset",
                "patrol",
                name="entry_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "rectified",
                "answered",
                "returned",
                "handed",
                "closed",
                "kept",
                "working",
                "fault",
                "absent",
                name="entry_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_entry_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_entry_hospital_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_entry_member_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_entry_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_entry_draft_id")),
        sa.UniqueConstraint("number", name=op.f("uq_entry_number")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_hospital_id"), ["hospital_id"], unique=False)
        batch_op.create_index(
            "ix_entry_hospital_id_kind_state", ["hospital_id", "kind", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_entry_member_id"), ["member_id"], unique=False)
        batch_op.create_index("ix_entry_owner_id_state", ["owner_id", "state"], unique=False)

    op.create_table(
        "house_rule",
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("key", sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["member.id"], name=op.f("fk_house_rule_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_house_rule_hospital_id")
        ),
        sa.PrimaryKeyConstraint("hospital_id", "key", name=op.f("pk_house_rule")),
    )
    op.create_table(
        "patrol_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["member.id"], name=op.f("fk_patrol_point_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_patrol_point_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_patrol_point_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_point")),
    )
    with op.batch_alter_table("patrol_point", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_patrol_point_hospital_id"), ["hospital_id"], unique=False
        )

    op.create_table(
        "room",
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sqltypes.AutoString(), nullable=False),
        sa.Column("topics", sa.Boolean(), nullable=False),
        sa.Column("locale", sqltypes.AutoString(), nullable=False),
        sa.Column("bound_by", sa.Integer(), nullable=False),
        sa.Column("bound_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["bound_by"], ["member.id"], name=op.f("fk_room_bound_by")),
        sa.ForeignKeyConstraint(["hospital_id"], ["hospital.id"], name=op.f("fk_room_hospital_id")),
        sa.PrimaryKeyConstraint("hospital_id", name=op.f("pk_room")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_room_chat_id")),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_card_incident_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_card_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint(
            "incident_id",
            "chat_id",
            "round",
            "level",
            name=op.f("uq_card_incident_id_chat_id_round_level"),
        ),
    )
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_card_member_id"), ["member_id"], unique=False)

    op.create_table(
        "case_file",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hospital_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "acknowledged",
                "on_scene",
                "controlled",
                "investigated",
                "closed",
                "false_alarm",
                "merged",
                "reopened",
                name="case_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "violence_staff",
                "insult",
                "threat_to_staff",
                "dispute",
                "theft",
                "fire",
                "patient_injury",
                "mental_patient",
                "violence_patient",
                "restraint",
                "mob",
                "banner",
                "wreath",
                "mourning_hall",
                "body_left",
                "driving_away",
                "extortion",
                "medical_tout",
                "ticket_tout",
                "illegal_practice",
                "illegal_ads",
                "traffic",
                "disaster",
                "drugs_lost",
                "pathogen_lost",
                "radioactive_lost",
                "explosive_lost",
                "mass_event",
                "petition",
                "media_hype",
                "gang",
                "industry_chaos",
                "bribery",
                "fraud",
                "malpractice",
                "safety_event",
                "other",
                "alarm",
                name="case_category",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "general",
                "serious",
                "major",
                "extreme",
                name="case_severity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("chain", sa.JSON(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("called_police_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("police_number", sqltypes.AutoString(), nullable=True),
        sa.Column("police_unit", sqltypes.AutoString(), nullable=True),
        sa.Column("arrived_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("controlled_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("scene_kept_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("place_now", sqltypes.AutoString(), nullable=True),
        sa.Column("occurred_now", sqltypes.UTCDateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "police",
                "mediated",
                "handled",
                "none",
                name="case_outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("located_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("live_message_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospital.id"], name=op.f("fk_case_file_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_case_file_incident_id")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["member.id"], name=op.f("fk_case_file_lead_id")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["incident.id"], name=op.f("fk_case_file_merged_into")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_case_file")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_file_hospital_id_state", ["hospital_id", "state"], unique=False
        )
        batch_op.create_index(
            "ix_case_file_next_at",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_case_step_incident_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_case_step_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_step_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "entry_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assign",
                "channel",
                "close",
                "explain",
                "fail",
                "feedback",
                "hand_over",
                "note",
                "pass",
                "recount",
                "rectify",
                "remove",
                "reopen",
                "repair",
                "settle",
                name="entry_move",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "rectified",
                "answered",
                "returned",
                "handed",
                "closed",
                "kept",
                "working",
                "fault",
                "absent",
                name="state_after",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_step_entry_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_entry_step_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_step")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_entry_step_draft_id")),
    )
    with op.batch_alter_table("entry_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_step_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("unit", sqltypes.AutoString(), nullable=False),
        sa.Column("officer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sqltypes.AutoString(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("sha256", sqltypes.AutoString(), nullable=False),
        sa.Column("handed_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_handover_incident_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_handover_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_handover_draft_id")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "injury",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column(
            "who",
            sa.Enum(
                "staff",
                "patient",
                "visitor",
                name="harmed",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "harm",
            sa.Enum(
                "none",
                "mild",
                "moderate",
                "severe",
                "death",
                name="harm",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_injury_incident_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_injury_member_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["member.id"], name=op.f("fk_injury_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_injury")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_injury_draft_id")),
    )
    with op.batch_alter_table("injury", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_injury_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "point_code",
        sa.Column("code_hash", sqltypes.AutoString(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["point_id"], ["patrol_point.id"], name=op.f("fk_point_code_point_id")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_point_code")),
    )
    with op.batch_alter_table("point_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_point_code_point_id"), ["point_id"], unique=False)

    op.create_table(
        "response",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("coming_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("on_scene_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_response_incident_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_response_member_id")),
        sa.PrimaryKeyConstraint("incident_id", "member_id", name=op.f("pk_response")),
    )
    op.create_table(
        "threat_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("threat_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "renewed",
                "expired",
                "ended",
                "level_set",
                "police_told",
                "commission_told",
                "escorted",
                "identity_opened",
                name="threat_step_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code", sqltypes.AutoString(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_threat_step_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["threat_id"], ["threat.id"], name=op.f("fk_threat_step_threat_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threat_step")),
    )
    with op.batch_alter_table("threat_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_threat_step_threat_id"), ["threat_id"], unique=False)
        batch_op.create_index(
            "uq_threat_step_once",
            ["threat_id", "kind"],
            unique=True,
            sqlite_where=sa.text("kind IN ('police_told', 'commission_told', 'escorted')"),
            postgresql_where=sa.text("kind IN ('police_told', 'commission_told', 'escorted')"),
        )

    op.create_table(
        "topic",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_topic_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_topic")),
    )
    with op.batch_alter_table("addition", schema=None) as batch_op:
        batch_op.alter_column("draft_id", existing_type=sa.INTEGER(), nullable=True)

    op.execute(
        """INSERT INTO case_file
(incident_id, hospital_id, state, category, severity, chain, step, round, flags, next_at, changed_at)
SELECT id, hospital_id, state, category, severity, '[]', 0, 0, '[]', reported_at, reported_at FROM incident"""
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "report",
                    "alarm",
                    name="incident_kind",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default=sa.text("'report'"),
            )
        )
        batch_op.add_column(
            sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
        batch_op.alter_column("draft_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.drop_constraint(op.f("ck_incident_incident_state"), type_="check")
        batch_op.drop_column("state")

    with op.batch_alter_table("number_series", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("series", sqltypes.AutoString(), nullable=False, server_default=sa.text("''"))
        )
        batch_op.drop_constraint("pk_number_series", type_="primary")
        batch_op.create_primary_key("pk_number_series", ["hospital_id", "series", "year"])

    with op.batch_alter_table("outbox", schema=None, table_kwargs=_COUNTING) as batch_op:
        batch_op.add_column(sa.Column("follows", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("topic", sqltypes.AutoString(), nullable=True))
        batch_op.add_column(
            sa.Column("kept", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
        batch_op.create_index(
            "ix_outbox_follows",
            ["follows"],
            unique=False,
            sqlite_where=sa.text("follows IS NOT NULL"),
            postgresql_where=sa.text("follows IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_topic",
            ["topic"],
            unique=False,
            sqlite_where=sa.text("topic IS NOT NULL"),
            postgresql_where=sa.text("topic IS NOT NULL"),
        )

    with op.batch_alter_table("threat", schema=None) as batch_op:
        batch_op.add_column(sa.Column("named_department_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("unnamed", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
        batch_op.add_column(
            sa.Column(
                "weapon",
                sa.Enum(
                    "none",
                    "spoken",
                    "seen",
                    "unknown",
                    name="threat_weapon",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default=sa.text("'unknown'"),
            )
        )
        batch_op.add_column(
            sa.Column(
                "level",
                sa.Enum(
                    "low",
                    "medium",
                    "high",
                    name="threat_level",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default=sa.text("'low'"),
            )
        )
        batch_op.add_column(sa.Column("who_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "open",
                    "expired",
                    "ended",
                    name="threat_state",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default=sa.text("'open'"),
            )
        )
        batch_op.add_column(sa.Column("review_at", sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index("ix_threat_hospital_id_state", ["hospital_id", "state"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_threat_named_department_id"),
            "department",
            ["named_department_id"],
            ["id"],
        )

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
    _hold_to_codes(
        "incident",
        {
            "ck_incident_category": (
                "category",
                (
                    "violence_staff",
                    "insult",
                    "threat_to_staff",
                    "dispute",
                    "theft",
                    "fire",
                    "patient_injury",
                    "mental_patient",
                    "violence_patient",
                    "restraint",
                    "mob",
                    "banner",
                    "wreath",
                    "mourning_hall",
                    "body_left",
                    "driving_away",
                    "extortion",
                    "medical_tout",
                    "ticket_tout",
                    "illegal_practice",
                    "illegal_ads",
                    "traffic",
                    "disaster",
                    "drugs_lost",
                    "pathogen_lost",
                    "radioactive_lost",
                    "explosive_lost",
                    "mass_event",
                    "petition",
                    "media_hype",
                    "gang",
                    "industry_chaos",
                    "bribery",
                    "fraud",
                    "malpractice",
                    "safety_event",
                    "other",
                    "alarm",
                ),
            )
        },
    )
    _hold_to_codes(
        "outbox",
        {"ck_outbox_outbox_state": ("state", ("queued", "sent", "dead", "overtaken", "revoked"))},
    )
    op.execute(
        """UPDATE threat SET level = CASE
WHEN CAST(factors AS TEXT) LIKE '%violent_tendency%' THEN 'high'
WHEN CAST(factors AS TEXT) LIKE '%threatened_violence%' OR CAST(factors AS TEXT) LIKE '%extreme_acts%' THEN 'medium'
ELSE 'low' END"""
    )
    op.execute("""UPDATE draft SET answers = '{}', held = '{}' WHERE form = 'threat'""")


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("threat", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_threat_named_department_id"), type_="foreignkey")
        batch_op.drop_index("ix_threat_hospital_id_state")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("review_at")
        batch_op.drop_constraint(op.f("ck_threat_threat_state"), type_="check")
        batch_op.drop_column("state")
        batch_op.drop_column("who_sealed")
        batch_op.drop_constraint(op.f("ck_threat_threat_level"), type_="check")
        batch_op.drop_column("level")
        batch_op.drop_constraint(op.f("ck_threat_threat_weapon"), type_="check")
        batch_op.drop_column("weapon")
        batch_op.drop_column("unnamed")
        batch_op.drop_column("named_department_id")

    with op.batch_alter_table("outbox", schema=None, table_kwargs=_COUNTING) as batch_op:
        batch_op.drop_index(
            "ix_outbox_topic",
            sqlite_where=sa.text("topic IS NOT NULL"),
            postgresql_where=sa.text("topic IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_outbox_follows",
            sqlite_where=sa.text("follows IS NOT NULL"),
            postgresql_where=sa.text("follows IS NOT NULL"),
        )
        batch_op.drop_column("kept")
        batch_op.drop_column("topic")
        batch_op.drop_column("follows")

    op.execute("DELETE FROM number_series WHERE series <> ''")
    with op.batch_alter_table("number_series", schema=None) as batch_op:
        batch_op.drop_constraint("pk_number_series", type_="primary")
        batch_op.create_primary_key("pk_number_series", ["hospital_id", "year"])
        batch_op.drop_column("series")

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.VARCHAR(length=32), nullable=False, server_default="new")
        )
        batch_op.alter_column("draft_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("confidential")
        batch_op.drop_constraint(op.f("ck_incident_incident_kind"), type_="check")
        batch_op.drop_column("kind")

    with op.batch_alter_table("addition", schema=None) as batch_op:
        batch_op.alter_column("draft_id", existing_type=sa.INTEGER(), nullable=False)

    op.drop_table("topic")
    with op.batch_alter_table("threat_step", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_threat_step_once",
            sqlite_where=sa.text("kind IN ('police_told', 'commission_told', 'escorted')"),
            postgresql_where=sa.text("kind IN ('police_told', 'commission_told', 'escorted')"),
        )
        batch_op.drop_index(batch_op.f("ix_threat_step_threat_id"))

    op.drop_table("threat_step")
    op.drop_table("response")
    with op.batch_alter_table("point_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_point_code_point_id"))

    op.drop_table("point_code")
    with op.batch_alter_table("injury", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_injury_incident_id"))

    op.drop_table("injury")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_incident_id"))

    op.drop_table("handover")
    with op.batch_alter_table("entry_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_step_entry_id"))

    op.drop_table("entry_step")
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_step_incident_id"))

    op.drop_table("case_step")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_file_next_at",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_case_file_hospital_id_state")

    op.drop_table("case_file")
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_member_id"))
        batch_op.drop_index(batch_op.f("ix_card_incident_id"))

    op.drop_table("card")
    op.drop_table("room")
    with op.batch_alter_table("patrol_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_patrol_point_hospital_id"))

    op.drop_table("patrol_point")
    op.drop_table("house_rule")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_owner_id_state")
        batch_op.drop_index(batch_op.f("ix_entry_member_id"))
        batch_op.drop_index("ix_entry_hospital_id_kind_state")
        batch_op.drop_index(batch_op.f("ix_entry_hospital_id"))

    op.drop_table("entry")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_duty_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_duty_hospital_id_ended_at")

    op.drop_table("duty")
    _hold_to_codes(
        "evidence",
        {"ck_evidence_evidence_subject": ("subject", ("incident", "addition", "threat", "filing"))},
    )
    _hold_to_codes(
        "incident",
        {
            "ck_incident_category": (
                "category",
                (
                    "violence_staff",
                    "insult",
                    "threat_to_staff",
                    "dispute",
                    "theft",
                    "fire",
                    "patient_injury",
                    "mental_patient",
                    "violence_patient",
                    "restraint",
                    "mob",
                    "banner",
                    "wreath",
                    "mourning_hall",
                    "body_left",
                    "driving_away",
                    "extortion",
                    "medical_tout",
                    "ticket_tout",
                    "illegal_practice",
                    "illegal_ads",
                    "traffic",
                    "disaster",
                    "drugs_lost",
                    "pathogen_lost",
                    "radioactive_lost",
                    "explosive_lost",
                    "mass_event",
                    "petition",
                    "media_hype",
                    "gang",
                    "industry_chaos",
                    "bribery",
                    "fraud",
                    "malpractice",
                    "safety_event",
                    "other",
                ),
            )
        },
    )
    _hold_to_codes("outbox", {"ck_outbox_outbox_state": ("state", ("queued", "sent", "dead"))})
