"""The agenda: events of a branch, seats, attendance, addresses of calendars; an activity may name its event."""

import sqlalchemy as sa
from alembic import op

revision = "0027_agenda"
down_revision = "0026_training"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OF_AN_EVENT = sa.text("event_id IS NOT NULL")


def _foreign(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _check(table, name, text):
    return sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Create the tables, then let activities name an event."""
    _create_events()
    _create_people()
    if op.get_bind().dialect.name == "sqlite":
        named = "CONSTRAINT fk_activities_event_id REFERENCES events (id)"
        op.execute(f"ALTER TABLE activities ADD COLUMN event_id INTEGER {named}")
    else:
        op.add_column("activities", sa.Column("event_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key("fk_activities_event_id", "activities", "events", ["event_id"], ["id"])
    op.create_index(
        "uq_activities_event",
        "activities",
        ["event_id", "cadre_id"],
        unique=True,
        sqlite_where=OF_AN_EVENT,
        postgresql_where=OF_AN_EVENT,
    )


def _create_events() -> None:
    states = "status IN ('planned', 'published', 'closed', 'cancelled')"
    op.create_table(
        "events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("type", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("village_code", sa.String(length=10), nullable=True),
        sa.Column("notes", sa.String(length=500), nullable=True),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cancel_reason", sa.String(length=300), nullable=True),
        sa.Column("planned_by", KEY, nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        _check("events", "status", states),
        _check("events", "seats", "seats BETWEEN 1 AND 500"),
        _check("events", "hours", "ends_at > starts_at"),
        _check("events", "figures", "target >= 0 AND expected >= 0 AND came >= 0"),
        _check("events", "closed", "(status = 'closed') = (closed_at IS NOT NULL)"),
        _check("events", "cancelled", "(status = 'cancelled') = (cancel_reason IS NOT NULL)"),
        _foreign("events", "branch_id", "branches"),
        _foreign("events", "planned_by", "users"),
        _foreign("events", "closed_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("ref", name=op.f("uq_events_ref")),
    )
    op.create_index("ix_events_branch", "events", ["branch_id", "starts_at"])


def _create_people() -> None:
    for table, columns in (
        (
            "event_seats",
            (
                sa.Column("signed_up_at", INSTANT, nullable=False),
                sa.Column("stepped_back_at", INSTANT, nullable=True),
            ),
        ),
        (
            "event_attendance",
            (
                sa.Column("how", sa.String(length=8), nullable=False),
                sa.Column("at", INSTANT, nullable=False),
                sa.Column("entered_by", KEY, nullable=True),
                sa.Column("reason", sa.String(length=300), nullable=True),
                sa.Column("obstacle", sa.String(length=40), nullable=True),
                _check("event_attendance", "how", "how IN ('code', 'entered')"),
                _check("event_attendance", "reason", "(how = 'code') = (reason IS NULL)"),
                _foreign("event_attendance", "entered_by", "users"),
            ),
        ),
    ):
        op.create_table(
            table,
            sa.Column("event_id", KEY, autoincrement=False, nullable=False),
            sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
            *columns,
            _foreign(table, "event_id", "events"),
            _foreign(table, "cadre_id", "cadres"),
            sa.PrimaryKeyConstraint("event_id", "cadre_id", name=op.f(f"pk_{table}")),
        )
    op.create_index("ix_event_seats_cadre", "event_seats", ["cadre_id", "event_id"])
    op.create_index("ix_event_attendance_cadre", "event_attendance", ["cadre_id"])
    op.create_table(
        "calendar_links",
        sa.Column("cadre_id", KEY, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        _foreign("calendar_links", "cadre_id", "cadres"),
        sa.PrimaryKeyConstraint("cadre_id", name=op.f("pk_calendar_links")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("uq_activities_event", table_name="activities")
    op.execute("ALTER TABLE activities DROP COLUMN event_id")
    for table in ("calendar_links", "event_attendance", "event_seats"):
        op.drop_table(table)
    op.drop_table("events")
