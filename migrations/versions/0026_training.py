"""Training: courses and their versions, exams, cohorts with attendance, certificates; how long a cadre is certified.

Who is certified already holds it for 24 months from that day, and may submit for 60 days more (rules.md 10.3).
"""

import calendar
from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0026_training"
down_revision = "0025_decided"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MONTHS = 24
GRACE_DAYS = 60


def upgrade() -> None:
    """Create the tables, and say until when each cadre is certified."""
    op.create_table(
        "courses",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("code", name=op.f("uq_courses_code")),
    )
    op.create_table(
        "certificate_counters",
        sa.Column("branch_id", KEY, autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name=op.f("fk_certificate_counters_branch_id")
        ),
        sa.PrimaryKeyConstraint("branch_id", "year", name=op.f("pk_certificate_counters")),
    )
    op.create_table(
        "course_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.String(length=7), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tries_days", sa.Integer(), nullable=False),
        sa.Column("loaded_by", KEY, nullable=False),
        sa.Column("loaded_at", INSTANT, nullable=False),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_course_versions_pass_mark")),
        sa.CheckConstraint(
            "questions > 0 AND minutes > 0 AND tries > 0 AND tries_days > 0",
            name=op.f("ck_course_versions_exam"),
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_versions_course_id")),
        sa.ForeignKeyConstraint(["loaded_by"], ["users.id"], name=op.f("fk_course_versions_loaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_versions")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_versions_course_id_number")),
    )
    op.create_table(
        "training_cohorts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_by", KEY, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.CheckConstraint("status IN ('open', 'cancelled')", name=op.f("ck_training_cohorts_status")),
        sa.CheckConstraint("seats BETWEEN 1 AND 500", name=op.f("ck_training_cohorts_seats")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_training_cohorts_branch_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_training_cohorts_course_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_training_cohorts_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_cohorts")),
        sa.UniqueConstraint("branch_id", "number", name=op.f("uq_training_cohorts_branch_id_number")),
    )
    op.create_table(
        "exam_attempts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("handed_in_at", INSTANT, nullable=True),
        sa.Column("right_answers", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(handed_in_at IS NULL) = (score IS NULL)", name=op.f("ck_exam_attempts_marked")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_exam_attempts_cadre_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_exam_attempts_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_attempts")),
    )
    op.create_index(
        "ix_exam_attempts_cadre", "exam_attempts", ["cadre_id", "version_id", "begun_at"], unique=False
    )
    op.create_index(
        "ix_exam_attempts_ends",
        "exam_attempts",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("handed_in_at IS NULL"),
        postgresql_where=sa.text("handed_in_at IS NULL"),
    )
    op.create_index(
        "uq_exam_attempts_open",
        "exam_attempts",
        ["cadre_id"],
        unique=True,
        sqlite_where=sa.text("handed_in_at IS NULL"),
        postgresql_where=sa.text("handed_in_at IS NULL"),
    )
    op.create_table(
        "freed_tries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("freed_by", KEY, nullable=False),
        sa.Column("freed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_freed_tries_cadre_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_freed_tries_course_id")),
        sa.ForeignKeyConstraint(["freed_by"], ["users.id"], name=op.f("fk_freed_tries_freed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freed_tries")),
    )
    op.create_index(
        "ix_freed_tries_cadre", "freed_tries", ["cadre_id", "course_id", "freed_at"], unique=False
    )
    op.create_table(
        "lessons_read",
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        sa.Column("course_id", KEY, autoincrement=False, nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_lessons_read_cadre_id")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_lessons_read_course_id")),
        sa.PrimaryKeyConstraint("cadre_id", "course_id", "lesson", name=op.f("pk_lessons_read")),
    )
    op.create_table(
        "training_seats",
        sa.Column("cohort_id", KEY, autoincrement=False, nullable=False),
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        sa.Column("seated_by", KEY, nullable=False),
        sa.Column("seated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_training_seats_cadre_id")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["training_cohorts.id"], name=op.f("fk_training_seats_cohort_id")
        ),
        sa.ForeignKeyConstraint(["seated_by"], ["users.id"], name=op.f("fk_training_seats_seated_by")),
        sa.PrimaryKeyConstraint("cohort_id", "cadre_id", name=op.f("pk_training_seats")),
    )
    op.create_index("ix_training_seats_cadre", "training_seats", ["cadre_id", "cohort_id"], unique=False)
    op.create_table(
        "training_sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("cohort_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_training_sessions_hours")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["training_cohorts.id"], name=op.f("fk_training_sessions_cohort_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_sessions")),
        sa.UniqueConstraint("cohort_id", "number", name=op.f("uq_training_sessions_cohort_id_number")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("cadre_id", KEY, nullable=False),
        sa.Column("cohort_id", KEY, nullable=False),
        sa.Column("attempt_id", KEY, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("shows", sa.String(length=8), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("warned_at", INSTANT, nullable=True),
        sa.CheckConstraint("shows IN ('name', 'initials', 'nothing')", name=op.f("ck_certificates_shows")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["exam_attempts.id"], name=op.f("fk_certificates_attempt_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_certificates_branch_id")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_certificates_cadre_id")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["training_cohorts.id"], name=op.f("fk_certificates_cohort_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_certificates_attempt_id")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("cohort_id", "cadre_id", name=op.f("uq_certificates_cohort_id_cadre_id")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
    )
    op.create_index("ix_certificates_cadre", "certificates", ["cadre_id", "issued_on"], unique=False)
    op.create_index("ix_certificates_until", "certificates", ["valid_until"], unique=False)
    op.create_table(
        "exam_answers",
        sa.Column("attempt_id", KEY, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["exam_attempts.id"], name=op.f("fk_exam_answers_attempt_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "place", name=op.f("pk_exam_answers")),
    )
    op.create_table(
        "training_attendance",
        sa.Column("session_id", KEY, autoincrement=False, nullable=False),
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("entered_by", KEY, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("(how = 'code') = (reason IS NULL)", name=op.f("ck_training_attendance_reason")),
        sa.CheckConstraint("how IN ('code', 'entered', 'excused')", name=op.f("ck_training_attendance_how")),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadres.id"], name=op.f("fk_training_attendance_cadre_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["users.id"], name=op.f("fk_training_attendance_entered_by")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_sessions.id"], name=op.f("fk_training_attendance_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "cadre_id", name=op.f("pk_training_attendance")),
    )
    add_ends()


def add_ends() -> None:
    """Add the days to each cadre."""
    op.add_column("cadres", sa.Column("certified_until", sa.Date(), nullable=True))
    op.add_column("cadres", sa.Column("submits_until", sa.Date(), nullable=True))
    op.add_column("cadres", sa.Column("certificate_on", sa.Date(), nullable=True))
    cadres = sa.table(
        "cadres", *(sa.column(name, sa.Date) for name in ("certified_on", "certified_until", "submits_until"))
    )
    days = op.get_bind().scalars(
        sa.select(cadres.c.certified_on).where(cadres.c.certified_on.is_not(None)).distinct()
    )
    for day in days.all():
        until = _months_on(day)
        ends = {"certified_until": until, "submits_until": until + timedelta(days=GRACE_DAYS)}
        op.get_bind().execute(cadres.update().where(cadres.c.certified_on == day).values(ends))


def _months_on(day: date) -> date:
    """Return the same day 24 months on, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + MONTHS, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def downgrade() -> None:
    """Drop them."""
    for column in ("certificate_on", "submits_until", "certified_until"):
        op.drop_column("cadres", column)
    op.drop_table("training_attendance")
    op.drop_table("exam_answers")
    op.drop_table("certificates")
    op.drop_table("training_sessions")
    op.drop_table("training_seats")
    op.drop_table("lessons_read")
    op.drop_table("freed_tries")
    op.drop_table("exam_attempts")
    op.drop_table("training_cohorts")
    op.drop_table("course_versions")
    op.drop_table("certificate_counters")
    op.drop_table("courses")
