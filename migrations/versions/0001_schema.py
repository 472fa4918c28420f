"""Create all tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001_schema"
down_revision = None
branch_labels = None
depends_on = None

# SQLite auto-increments only INTEGER primary keys.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "host_bodies",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_bodies")),
        sa.UniqueConstraint("code", name=op.f("uq_host_bodies_code")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("identifier_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index("ix_login_attempts_address", "login_attempts", ["address", "at"], unique=False)
    op.create_index("ix_login_attempts_at", "login_attempts", ["at"], unique=False)
    op.create_index("ix_login_attempts_identifier", "login_attempts", ["identifier_hash", "at"], unique=False)
    op.create_table(
        "parameters",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("from_month", sa.String(length=7), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameters")),
        sa.UniqueConstraint("name", "from_month", name=op.f("uq_parameters_name_from_month")),
    )
    op.create_table(
        "points_rules",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_points_rules")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_points_rules_valid_from")),
    )
    op.create_table(
        "regional_offices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regional_offices")),
        sa.UniqueConstraint("code", name=op.f("uq_regional_offices_code")),
    )
    op.create_table(
        "score_counts",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cadres", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "level", "bucket", name=op.f("pk_score_counts")),
    )
    op.create_table(
        "tax_tables",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.String(length=7), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_tax_tables")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_tax_tables_valid_from")),
    )
    op.create_table(
        "branches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("regional_office_id", KEY, nullable=False),
        sa.Column("time_zone", sa.String(length=32), nullable=False),
        sa.Column("region_code", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "time_zone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')",
            name=op.f("ck_branches_time_zone"),
        ),
        sa.ForeignKeyConstraint(
            ["regional_office_id"], ["regional_offices.id"], name=op.f("fk_branches_regional_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branches")),
        sa.UniqueConstraint("code", name=op.f("uq_branches_code")),
    )
    op.create_index(op.f("ix_branches_regional_office_id"), "branches", ["regional_office_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("branch_id", KEY, nullable=True),
        sa.Column("regional_office_id", KEY, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=True),
        sa.Column("theme", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('cadre', 'supervisor', 'validator', 'finance', 'admin', 'auditor', 'operator')",
            name=op.f("ck_users_role"),
        ),
        sa.CheckConstraint("scope <> 'branch' OR branch_id IS NOT NULL", name=op.f("ck_users_branch_scope")),
        sa.CheckConstraint(
            "scope <> 'region' OR regional_office_id IS NOT NULL", name=op.f("ck_users_region_scope")
        ),
        sa.CheckConstraint("scope IN ('branch', 'region', 'nation')", name=op.f("ck_users_scope")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_users_branch_id")),
        sa.ForeignKeyConstraint(
            ["regional_office_id"], ["regional_offices.id"], name=op.f("fk_users_regional_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("phone_hash", name=op.f("uq_users_phone_hash")),
    )
    op.create_index(op.f("ix_users_branch_id"), "users", ["branch_id"], unique=False)
    op.create_table(
        "audit_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version_seen", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_events_actor_id")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_audit_events_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_act"), "audit_events", ["act"], unique=False)
    op.create_index(op.f("ix_audit_events_actor_id"), "audit_events", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"], unique=False)
    op.create_index(op.f("ix_audit_events_branch_id"), "audit_events", ["branch_id"], unique=False)
    op.create_index(
        "ix_audit_events_subject", "audit_events", ["subject_kind", "subject_id", "id"], unique=False
    )
    op.create_table(
        "cadres",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("alias", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("host_body_id", KEY, nullable=True),
        sa.Column("npwp_valid", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("certified_on", sa.Date(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('candidate', 'active', 'suspended', 'under_investigation', 'ended')",
            name=op.f("ck_cadres_status"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_cadres_branch_id")),
        sa.ForeignKeyConstraint(["host_body_id"], ["host_bodies.id"], name=op.f("fk_cadres_host_body_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cadres_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadres")),
        sa.UniqueConstraint("code", name=op.f("uq_cadres_code")),
        sa.UniqueConstraint("nik_hash", name=op.f("uq_cadres_nik_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_cadres_user_id")),
    )
    op.create_index(op.f("ix_cadres_branch_id"), "cadres", ["branch_id"], unique=False)
    op.create_index(op.f("ix_cadres_host_body_id"), "cadres", ["host_body_id"], unique=False)
    op.create_index(op.f("ix_cadres_phone_hash"), "cadres", ["phone_hash"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_status")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_jobs_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_status"), "jobs", ["status"], unique=False)
    op.create_table(
        "month_releases",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("released_by", KEY, nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["released_by"], ["users.id"], name=op.f("fk_month_releases_released_by")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_releases")),
    )
    op.create_table(
        "months",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "status = 'open' OR (digest IS NOT NULL AND closed_at IS NOT NULL)",
            name=op.f("ck_months_closed_whole"),
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_months_status")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_months_closed_by")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_months")),
    )
    op.create_table(
        "payout_batches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("prepared_by", KEY, nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejected_by", KEY, nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reject_reason", sa.Text(), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('prepared', 'approved', 'rejected', 'settled')", name=op.f("ck_payout_batches_status")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> prepared_by",
            name=op.f("ck_payout_batches_approved_by_another"),
        ),
        sa.CheckConstraint(
            "rejected_by IS NULL OR rejected_by <> prepared_by",
            name=op.f("ck_payout_batches_rejected_by_another"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_payout_batches_approved_by")),
        sa.ForeignKeyConstraint(["prepared_by"], ["users.id"], name=op.f("fk_payout_batches_prepared_by")),
        sa.ForeignKeyConstraint(["rejected_by"], ["users.id"], name=op.f("fk_payout_batches_rejected_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batches")),
        sa.UniqueConstraint("code", name=op.f("uq_payout_batches_code")),
    )
    op.create_table(
        "plan_assignments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("from_month", sa.String(length=7), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=True),
        sa.Column("assigned_by", KEY, nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assigned_by"], ["users.id"], name=op.f("fk_plan_assignments_assigned_by")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_plan_assignments_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_assignments")),
        sa.UniqueConstraint("branch_id", "from_month", name=op.f("uq_plan_assignments_branch_id_from_month")),
    )
    op.create_table(
        "plan_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.String(length=7), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("loaded_by", KEY, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_plan_versions_approved_by")),
        sa.ForeignKeyConstraint(["loaded_by"], ["users.id"], name=op.f("fk_plan_versions_loaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_plan_versions_code_valid_from")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_plan_versions_code_version")),
    )
    op.create_table(
        "reset_codes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_reset_codes_made_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reset_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_reset_codes_code_hash")),
    )
    op.create_index(op.f("ix_reset_codes_user_id"), "reset_codes", ["user_id"], unique=False)
    op.create_table(
        "user_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"], unique=False)
    op.create_table(
        "activities",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("village_code", sa.String(length=10), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("attendance", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("points_given", sa.Integer(), nullable=True),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", KEY, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('submitted', 'approved', 'returned', 'rejected')", name=op.f("ck_activities_status")
        ),
        sa.CheckConstraint("attendance >= 0", name=op.f("ck_activities_attendance")),
        sa.CheckConstraint("slot BETWEEN 1 AND 3", name=op.f("ck_activities_slot")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_activities_branch_id")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_activities_cadre_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_activities_decided_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["users.id"], name=op.f("fk_activities_submitted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("cadre_id", "held_on", "slot", name=op.f("uq_activities_cadre_id_held_on_slot")),
        sa.UniqueConstraint("ref", name=op.f("uq_activities_ref")),
    )
    op.create_index("ix_activities_cadre", "activities", ["cadre_id", "held_on", "id"], unique=False)
    op.create_index(
        "ix_activities_queue", "activities", ["status", "branch_id", "submitted_at"], unique=False
    )
    op.create_table(
        "bank_accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("bank_code", sa.String(length=16), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_tail", sa.String(length=4), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("entered_by", KEY, nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by", KEY, nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_verified", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "verified_by IS NULL OR verified_by <> entered_by",
            name=op.f("ck_bank_accounts_verified_by_another"),
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_bank_accounts_cadre_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["users.id"], name=op.f("fk_bank_accounts_entered_by")),
        sa.ForeignKeyConstraint(["verified_by"], ["users.id"], name=op.f("fk_bank_accounts_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
    )
    op.create_index(op.f("ix_bank_accounts_account_hash"), "bank_accounts", ["account_hash"], unique=False)
    op.create_index(op.f("ix_bank_accounts_cadre_id"), "bank_accounts", ["cadre_id"], unique=False)
    op.create_index(
        "uq_bank_accounts_current",
        "bank_accounts",
        ["cadre_id"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "cadre_terms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("from_month", sa.String(length=7), nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("host_body_id", KEY, nullable=True),
        sa.Column("npwp_valid", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_cadre_terms_branch_id")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_cadre_terms_cadre_id")),
        sa.ForeignKeyConstraint(
            ["host_body_id"], ["host_bodies.id"], name=op.f("fk_cadre_terms_host_body_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadre_terms")),
        sa.UniqueConstraint("cadre_id", "from_month", name=op.f("uq_cadre_terms_cadre_id_from_month")),
    )
    op.create_index(op.f("ix_cadre_terms_branch_id"), "cadre_terms", ["branch_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_drafts_cadre_id")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_cadre_id"), "drafts", ["cadre_id"], unique=False)
    op.create_table(
        "extract_imports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("stored_name", sa.String(length=80), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("skip_bad", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", KEY, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", KEY, nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", KEY, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "status IN ('uploaded', 'previewed', 'applied', 'refused', 'discarded')",
            name=op.f("ck_extract_imports_status"),
        ),
        sa.ForeignKeyConstraint(["applied_by"], ["users.id"], name=op.f("fk_extract_imports_applied_by")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_extract_imports_job_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_extract_imports_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_imports")),
    )
    op.create_index(op.f("ix_extract_imports_sha256"), "extract_imports", ["sha256"], unique=False)
    op.create_table(
        "frozen_standings",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("scope_code", sa.String(length=64), nullable=False),
        sa.Column("cadre_code", sa.String(length=64), nullable=False),
        sa.Column("branch_code", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("validated_signups", sa.Integer(), nullable=False),
        sa.CheckConstraint("scope IN ('branch', 'region', 'nation')", name=op.f("ck_frozen_standings_scope")),
        sa.CheckConstraint(
            "(rank IS NULL) = (points <= 0)", name=op.f("ck_frozen_standings_rank_above_zero")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_frozen_standings_cadre_id")),
        sa.ForeignKeyConstraint(["month"], ["months.month"], name=op.f("fk_frozen_standings_month")),
        sa.PrimaryKeyConstraint("month", "scope", "cadre_id", name=op.f("pk_frozen_standings")),
    )
    op.create_index(
        "ix_frozen_standings_board",
        "frozen_standings",
        ["month", "scope", "scope_code", "rank", "cadre_id"],
        unique=False,
    )
    op.create_table(
        "host_amounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("original_month", sa.String(length=7), nullable=False),
        sa.Column("host_code", sa.String(length=64), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_host_amounts_cadre_id")),
        sa.ForeignKeyConstraint(["month"], ["months.month"], name=op.f("fk_host_amounts_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_amounts")),
        sa.UniqueConstraint(
            "month", "cadre_id", "original_month", name=op.f("uq_host_amounts_month_cadre_id_original_month")
        ),
    )
    op.create_index(op.f("ix_host_amounts_cadre_id"), "host_amounts", ["cadre_id"], unique=False)
    op.create_table(
        "late_marks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_late_marks_cadre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_marks")),
        sa.UniqueConstraint("cadre_id", "month", name=op.f("uq_late_marks_cadre_id_month")),
    )
    op.create_index(op.f("ix_late_marks_month"), "late_marks", ["month"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("original_month", sa.String(length=7), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by", KEY, nullable=False),
        sa.Column("reverses", KEY, nullable=True),
        sa.CheckConstraint(
            "(reverses IS NULL) = (kind NOT LIKE '%\\_reversal' ESCAPE '\\')",
            name=op.f("ck_ledger_entries_reversal_names_its_original"),
        ),
        sa.CheckConstraint("month >= original_month", name=op.f("ck_ledger_entries_not_before_earned")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_ledger_entries_points")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_ledger_entries_branch_id")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_ledger_entries_cadre_id")),
        sa.ForeignKeyConstraint(["month"], ["months.month"], name=op.f("fk_ledger_entries_month")),
        sa.ForeignKeyConstraint(["posted_by"], ["users.id"], name=op.f("fk_ledger_entries_posted_by")),
        sa.ForeignKeyConstraint(["reverses"], ["ledger_entries.id"], name=op.f("fk_ledger_entries_reverses")),
        sa.ForeignKeyConstraint(
            ["rule_version"], ["points_rules.version"], name=op.f("fk_ledger_entries_rule_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_entries_reverses")),
        sa.UniqueConstraint("source", "kind", name=op.f("uq_ledger_entries_source_kind")),
    )
    op.create_index("ix_ledger_entries_cadre", "ledger_entries", ["cadre_id", "id"], unique=False)
    op.create_index("ix_ledger_entries_month_cadre", "ledger_entries", ["month", "cadre_id"], unique=False)
    op.create_table(
        "photos",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("report_ref", sa.String(length=64), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("thumb_name", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("dhash", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_photos_cadre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("file_name", name=op.f("uq_photos_file_name")),
    )
    op.create_index(op.f("ix_photos_report_ref"), "photos", ["report_ref"], unique=False)
    op.create_index(op.f("ix_photos_sha256"), "photos", ["sha256"], unique=False)
    op.create_table(
        "signups",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("activity_ref", sa.String(length=64), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("nik_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("nik_mask", sa.String(length=16), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("kpj_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("kpj_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("occupation", sa.String(length=80), nullable=True),
        sa.Column("programmes", sa.String(length=12), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("consent_version", sa.String(length=16), nullable=True),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.Column("floor_month", sa.String(length=7), nullable=True),
        sa.Column("held_reason", sa.String(length=40), nullable=True),
        sa.Column("held_by_person", sa.Boolean(), nullable=False),
        sa.Column("match_tier", sa.String(length=8), nullable=True),
        sa.Column("participant_id", KEY, nullable=True),
        sa.Column("match_import_id", KEY, nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("pack", sa.String(length=12), nullable=True),
        sa.Column("earned_on", sa.Date(), nullable=True),
        sa.Column("earned_month", sa.String(length=7), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("validated_by", KEY, nullable=True),
        sa.Column("reject_code", sa.String(length=40), nullable=True),
        sa.Column("reject_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn", sa.String(length=12), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.CheckConstraint("outcome IN ('new', 'reactivated')", name=op.f("ck_signups_outcome")),
        sa.CheckConstraint("programmes IN ('JKK,JKM', 'JKK,JKM,JHT')", name=op.f("ck_signups_programmes")),
        sa.CheckConstraint(
            "status IN ('reported', 'matched', 'validated', 'rejected', 'disputed', 'expired')",
            name=op.f("ck_signups_status"),
        ),
        sa.CheckConstraint("withdrawn IN ('wrong_match', 'fraud')", name=op.f("ck_signups_withdrawn")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_signups_cadre_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_signups_created_by")),
        sa.ForeignKeyConstraint(["validated_by"], ["users.id"], name=op.f("fk_signups_validated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signups")),
        sa.UniqueConstraint("ref", name=op.f("uq_signups_ref")),
    )
    op.create_index(op.f("ix_signups_activity_ref"), "signups", ["activity_ref"], unique=False)
    op.create_index("ix_signups_cadre", "signups", ["cadre_id", "reported_on", "id"], unique=False)
    op.create_index("ix_signups_earned", "signups", ["earned_month", "cadre_id"], unique=False)
    op.create_index("ix_signups_kpj", "signups", ["kpj_hash"], unique=False)
    op.create_index("ix_signups_nik", "signups", ["nik_hash"], unique=False)
    op.create_index("ix_signups_open", "signups", ["status", "id"], unique=False)
    op.create_index(op.f("ix_signups_participant_id"), "signups", ["participant_id"], unique=False)
    op.create_index("ix_signups_phone", "signups", ["phone_hash"], unique=False)
    op.create_index(
        "uq_signups_live_nik",
        "signups",
        ["nik_hash"],
        unique=True,
        sqlite_where=sa.text("is_live AND status <> 'disputed'"),
        postgresql_where=sa.text("is_live AND status <> 'disputed'"),
    )
    op.create_table(
        "standings",
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("regional_office_id", KEY, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("validated_signups", sa.Integer(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_standings_branch_id")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_standings_cadre_id")),
        sa.ForeignKeyConstraint(
            ["regional_office_id"], ["regional_offices.id"], name=op.f("fk_standings_regional_office_id")
        ),
        sa.PrimaryKeyConstraint("cadre_id", "period", name=op.f("pk_standings")),
    )
    op.create_index(
        "ix_standings_branch", "standings", ["period", "branch_id", "score", "cadre_id"], unique=False
    )
    op.create_index("ix_standings_nation", "standings", ["period", "score", "cadre_id"], unique=False)
    op.create_index(
        "ix_standings_region",
        "standings",
        ["period", "regional_office_id", "score", "cadre_id"],
        unique=False,
    )
    op.create_table(
        "statements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("cadre_code", sa.String(length=64), nullable=False),
        sa.Column("branch_code", sa.String(length=64), nullable=False),
        sa.Column("region_code", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=32), nullable=False),
        sa.Column("host_code", sa.String(length=64), nullable=True),
        sa.Column("plan_code", sa.String(length=64), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("tax_version", sa.Integer(), nullable=False),
        sa.Column("npwp_valid", sa.Boolean(), nullable=False),
        sa.Column("minimum_payout", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("carried_in", sa.BigInteger(), nullable=False),
        sa.Column("carried_out", sa.BigInteger(), nullable=False),
        sa.Column("payable", sa.BigInteger(), nullable=False),
        sa.Column("host_amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_statements_cadre_id")),
        sa.ForeignKeyConstraint(["month"], ["months.month"], name=op.f("fk_statements_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("month", "cadre_id", name=op.f("uq_statements_month_cadre_id")),
    )
    op.create_index("ix_statements_cadre", "statements", ["cadre_id", "month"], unique=False)
    op.create_table(
        "waiting_entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("noted_by", KEY, nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_waiting_entries_cadre_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["users.id"], name=op.f("fk_waiting_entries_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entries")),
        sa.UniqueConstraint("source", "kind", name=op.f("uq_waiting_entries_source_kind")),
    )
    op.create_index(op.f("ix_waiting_entries_month"), "waiting_entries", ["month"], unique=False)
    op.create_table(
        "participants",
        sa.Column("id", KEY, nullable=False),
        sa.Column("nik_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kpj_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("first_registered_on", sa.Date(), nullable=False),
        sa.Column("pack", sa.String(length=12), nullable=False),
        sa.Column("branch_code", sa.String(length=32), nullable=False),
        sa.Column("last_paid_month", sa.String(length=7), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("signup_id", KEY, nullable=True),
        sa.Column("cadre_id", KEY, nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("import_id", KEY, nullable=False),
        sa.CheckConstraint("status IN ('active', 'grace', 'lapsed')", name=op.f("ck_participants_status")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_participants_cadre_id")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["extract_imports.id"], name=op.f("fk_participants_import_id")
        ),
        sa.ForeignKeyConstraint(["signup_id"], ["signups.id"], name=op.f("fk_participants_signup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        sa.UniqueConstraint("nik_hash", name=op.f("uq_participants_nik_hash")),
    )
    op.create_index("ix_participants_birth", "participants", ["birth_date"], unique=False)
    op.create_index("ix_participants_cadre", "participants", ["cadre_id", "status"], unique=False)
    op.create_index("ix_participants_kpj", "participants", ["kpj_hash"], unique=False)
    op.create_table(
        "payouts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("statement_id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("reference", sa.String(length=19), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("bank_code", sa.String(length=16), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("account_tail", sa.String(length=4), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", KEY, nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("is_live = (status IN ('in_batch', 'paid'))", name=op.f("ck_payouts_live")),
        sa.CheckConstraint(
            "status IN ('in_batch', 'paid', 'failed', 'dissolved')", name=op.f("ck_payouts_status")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payouts_amount")),
        sa.ForeignKeyConstraint(["batch_id"], ["payout_batches.id"], name=op.f("fk_payouts_batch_id")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_payouts_cadre_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_payouts_settled_by")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_payouts_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("reference", name=op.f("uq_payouts_reference")),
    )
    op.create_index(op.f("ix_payouts_batch_id"), "payouts", ["batch_id"], unique=False)
    op.create_index(op.f("ix_payouts_cadre_id"), "payouts", ["cadre_id"], unique=False)
    op.create_index(op.f("ix_payouts_statement_id"), "payouts", ["statement_id"], unique=False)
    op.create_index(
        "uq_payouts_live",
        "payouts",
        ["statement_id"],
        unique=True,
        sqlite_where=sa.text("is_live"),
        postgresql_where=sa.text("is_live"),
    )
    op.create_table(
        "statement_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("statement_id", KEY, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=24), nullable=False),
        sa.Column("original_month", sa.String(length=7), nullable=False),
        sa.Column("band", sa.String(length=24), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_statement_lines_cadre_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_lines_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
        sa.UniqueConstraint("statement_id", "line_no", name=op.f("uq_statement_lines_statement_id_line_no")),
    )
    op.create_index(
        "ix_statement_lines_cadre", "statement_lines", ["cadre_id", "original_month"], unique=False
    )
    op.create_table(
        "contributions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("participant_id", KEY, nullable=False),
        sa.Column("blth", sa.String(length=7), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payer_type", sa.String(length=16), nullable=False),
        sa.Column("pack", sa.String(length=12), nullable=False),
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("signup_id", KEY, nullable=True),
        sa.Column("cadre_id", KEY, nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("earned_on", sa.Date(), nullable=True),
        sa.Column("earned_month", sa.String(length=7), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_contributions_amount")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_contributions_cadre_id")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["extract_imports.id"], name=op.f("fk_contributions_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_contributions_participant_id")
        ),
        sa.ForeignKeyConstraint(["signup_id"], ["signups.id"], name=op.f("fk_contributions_signup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("participant_id", "blth", name=op.f("uq_contributions_participant_id_blth")),
    )
    op.create_index("ix_contributions_earned", "contributions", ["earned_month", "cadre_id"], unique=False)
    op.create_index(op.f("ix_contributions_import_id"), "contributions", ["import_id"], unique=False)
    op.create_index("ix_contributions_signup", "contributions", ["signup_id", "number"], unique=False)
    op.create_table(
        "line_evidence",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("ref_id", KEY, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["statement_lines.id"], name=op.f("fk_line_evidence_line_id")),
        sa.PrimaryKeyConstraint("line_id", "kind", "ref_id", name=op.f("pk_line_evidence")),
    )
    op.create_table(
        "contribution_conflicts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("contribution_id", KEY, nullable=False),
        sa.Column("new_amount", sa.BigInteger(), nullable=False),
        sa.Column("new_paid_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'accepted', 'dismissed')", name=op.f("ck_contribution_conflicts_status")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contribution_conflicts_contribution_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_contribution_conflicts_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["extract_imports.id"], name=op.f("fk_contribution_conflicts_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_conflicts")),
        sa.UniqueConstraint(
            "contribution_id",
            "new_amount",
            "new_paid_on",
            name=op.f("uq_contribution_conflicts_contribution_id_new_amount_new_paid_on"),
        ),
    )
    op.create_index(
        op.f("ix_contribution_conflicts_import_id"), "contribution_conflicts", ["import_id"], unique=False
    )
    op.create_index(
        op.f("ix_contribution_conflicts_status"), "contribution_conflicts", ["status"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_contribution_conflicts_status"), table_name="contribution_conflicts")
    op.drop_index(op.f("ix_contribution_conflicts_import_id"), table_name="contribution_conflicts")
    op.drop_table("contribution_conflicts")
    op.drop_table("line_evidence")
    op.drop_index("ix_contributions_signup", table_name="contributions")
    op.drop_index(op.f("ix_contributions_import_id"), table_name="contributions")
    op.drop_index("ix_contributions_earned", table_name="contributions")
    op.drop_table("contributions")
    op.drop_index("ix_statement_lines_cadre", table_name="statement_lines")
    op.drop_table("statement_lines")
    op.drop_index(
        "uq_payouts_live",
        table_name="payouts",
        sqlite_where=sa.text("is_live"),
        postgresql_where=sa.text("is_live"),
    )
    op.drop_index(op.f("ix_payouts_statement_id"), table_name="payouts")
    op.drop_index(op.f("ix_payouts_cadre_id"), table_name="payouts")
    op.drop_index(op.f("ix_payouts_batch_id"), table_name="payouts")
    op.drop_table("payouts")
    op.drop_index("ix_participants_kpj", table_name="participants")
    op.drop_index("ix_participants_cadre", table_name="participants")
    op.drop_index("ix_participants_birth", table_name="participants")
    op.drop_table("participants")
    op.drop_index(op.f("ix_waiting_entries_month"), table_name="waiting_entries")
    op.drop_table("waiting_entries")
    op.drop_index("ix_statements_cadre", table_name="statements")
    op.drop_table("statements")
    op.drop_index("ix_standings_region", table_name="standings")
    op.drop_index("ix_standings_nation", table_name="standings")
    op.drop_index("ix_standings_branch", table_name="standings")
    op.drop_table("standings")
    op.drop_index(
        "uq_signups_live_nik",
        table_name="signups",
        sqlite_where=sa.text("is_live AND status <> 'disputed'"),
        postgresql_where=sa.text("is_live AND status <> 'disputed'"),
    )
    op.drop_index("ix_signups_phone", table_name="signups")
    op.drop_index(op.f("ix_signups_participant_id"), table_name="signups")
    op.drop_index("ix_signups_open", table_name="signups")
    op.drop_index("ix_signups_nik", table_name="signups")
    op.drop_index("ix_signups_kpj", table_name="signups")
    op.drop_index("ix_signups_earned", table_name="signups")
    op.drop_index("ix_signups_cadre", table_name="signups")
    op.drop_index(op.f("ix_signups_activity_ref"), table_name="signups")
    op.drop_table("signups")
    op.drop_index(op.f("ix_photos_sha256"), table_name="photos")
    op.drop_index(op.f("ix_photos_report_ref"), table_name="photos")
    op.drop_table("photos")
    op.drop_index("ix_ledger_entries_month_cadre", table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_cadre", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_index(op.f("ix_late_marks_month"), table_name="late_marks")
    op.drop_table("late_marks")
    op.drop_index(op.f("ix_host_amounts_cadre_id"), table_name="host_amounts")
    op.drop_table("host_amounts")
    op.drop_index("ix_frozen_standings_board", table_name="frozen_standings")
    op.drop_table("frozen_standings")
    op.drop_index(op.f("ix_extract_imports_sha256"), table_name="extract_imports")
    op.drop_table("extract_imports")
    op.drop_index(op.f("ix_drafts_cadre_id"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_cadre_terms_branch_id"), table_name="cadre_terms")
    op.drop_table("cadre_terms")
    op.drop_index(
        "uq_bank_accounts_current",
        table_name="bank_accounts",
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )
    op.drop_index(op.f("ix_bank_accounts_cadre_id"), table_name="bank_accounts")
    op.drop_index(op.f("ix_bank_accounts_account_hash"), table_name="bank_accounts")
    op.drop_table("bank_accounts")
    op.drop_index("ix_activities_queue", table_name="activities")
    op.drop_index("ix_activities_cadre", table_name="activities")
    op.drop_table("activities")
    op.drop_index(op.f("ix_user_sessions_user_id"), table_name="user_sessions")
    op.drop_table("user_sessions")
    op.drop_index(op.f("ix_reset_codes_user_id"), table_name="reset_codes")
    op.drop_table("reset_codes")
    op.drop_table("plan_versions")
    op.drop_table("plan_assignments")
    op.drop_table("payout_batches")
    op.drop_table("months")
    op.drop_table("month_releases")
    op.drop_index(op.f("ix_jobs_status"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_index(op.f("ix_cadres_phone_hash"), table_name="cadres")
    op.drop_index(op.f("ix_cadres_host_body_id"), table_name="cadres")
    op.drop_index(op.f("ix_cadres_branch_id"), table_name="cadres")
    op.drop_table("cadres")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_branch_id"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_at"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_actor_id"), table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_act"), table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_index(op.f("ix_users_branch_id"), table_name="users")
    op.drop_table("users")
    op.drop_index(op.f("ix_branches_regional_office_id"), table_name="branches")
    op.drop_table("branches")
    op.drop_table("tax_tables")
    op.drop_table("score_counts")
    op.drop_table("regional_offices")
    op.drop_table("points_rules")
    op.drop_table("parameters")
    op.drop_index("ix_login_attempts_identifier", table_name="login_attempts")
    op.drop_index("ix_login_attempts_at", table_name="login_attempts")
    op.drop_index("ix_login_attempts_address", table_name="login_attempts")
    op.drop_table("login_attempts")
    op.drop_table("host_bodies")
    op.drop_table("heartbeats")
