"""Contests: challenges with teams and results; the choice, seasons, months and places of leagues."""

import sqlalchemy as sa
from alembic import op

revision = "0033_contests"
down_revision = "0032_recognition"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "league_places",
    "league_months",
    "league_seasons",
    "league_choices",
    "challenge_team_results",
    "challenge_results",
    "challenge_members",
    "challenge_teams",
    "challenges",
)


def _foreign(table, column, target, key="id"):
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}"))


def _check(table, name, text):
    return sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))


def _column(name, kind, *, null=False, key=False):
    return sa.Column(name, kind, nullable=null, **({"autoincrement": False} if key else {}))


def upgrade() -> None:
    """Create the tables."""
    _create_challenges()
    _create_teams()
    _create_results()
    _create_seasons()
    _create_places()


def _create_challenges() -> None:
    place = "(scope = 'branch') = (branch_id IS NOT NULL) AND (scope = 'region') = (regional_office_id IS NOT NULL)"
    op.create_table(
        "challenges",
        _column("id", KEY),
        _column("code", sa.String(64)),
        _column("name_id", sa.String(80)),
        _column("name_en", sa.String(80)),
        _column("text_id", sa.String(300)),
        _column("text_en", sa.String(300)),
        _column("scope", sa.String(8)),
        _column("branch_id", KEY, null=True),
        _column("regional_office_id", KEY, null=True),
        _column("first_day", sa.Date()),
        _column("last_day", sa.Date()),
        _column("metric", sa.String(16)),
        _column("of", sa.String(24), null=True),
        _column("goal", sa.Integer()),
        _column("mode", sa.String(8)),
        _column("badge_code", sa.String(64)),
        _column("announced_by", KEY),
        _column("announced_at", INSTANT),
        _column("changed_at", INSTANT),
        _column("version", sa.Integer()),
        _column("cancelled_at", INSTANT, null=True),
        _column("cancelled_by", KEY, null=True),
        _column("cancel_reason", sa.String(300), null=True),
        _column("settled_at", INSTANT, null=True),
        _column("took_part", sa.Integer(), null=True),
        _column("reached", sa.Integer(), null=True),
        _column("rewarded_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("code", name=op.f("uq_challenges_code")),
        _check("challenges", "scope", "scope IN ('branch', 'region', 'nation')"),
        _check("challenges", "place", place),
        _check("challenges", "metric", "metric IN ('activities', 'villages', 'signups', 'retention')"),
        _check("challenges", "mode", "mode IN ('alone', 'teams')"),
        _check("challenges", "days", "last_day >= first_day"),
        _check("challenges", "goal", "goal BETWEEN 1 AND 10000"),
        _check("challenges", "cancelled", "(cancelled_at IS NULL) = (cancel_reason IS NULL)"),
        _check("challenges", "settled", "settled_at IS NULL OR cancelled_at IS NULL"),
        _foreign("challenges", "branch_id", "branches"),
        _foreign("challenges", "regional_office_id", "regional_offices"),
        _foreign("challenges", "announced_by", "users"),
        _foreign("challenges", "cancelled_by", "users"),
    )
    op.create_index("ix_challenges_last_day", "challenges", ["last_day", "id"])


def _create_teams() -> None:
    table = "challenge_teams"
    op.create_table(
        table,
        _column("id", KEY),
        _column("challenge_id", KEY),
        _column("host_body_id", KEY, null=True),
        _column("name", sa.String(40), null=True),
        _column("name_key", sa.String(80), null=True),
        _column("founded_by", KEY),
        _column("founded_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        _check(table, "name", "(name IS NULL) = (host_body_id IS NOT NULL)"),
        _check(table, "name_key", "(name IS NULL) = (name_key IS NULL)"),
        sa.UniqueConstraint("challenge_id", "name_key", name=op.f(f"uq_{table}_challenge_id_name_key")),
        sa.UniqueConstraint(
            "challenge_id", "host_body_id", name=op.f(f"uq_{table}_challenge_id_host_body_id")
        ),
        _foreign(table, "challenge_id", "challenges"),
        _foreign(table, "host_body_id", "host_bodies"),
        _foreign(table, "founded_by", "cadres"),
    )
    table = "challenge_members"
    op.create_table(
        table,
        _column("challenge_id", KEY, key=True),
        _column("cadre_id", KEY, key=True),
        _column("team_id", KEY),
        _column("joined_at", INSTANT),
        _column("left_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("challenge_id", "cadre_id", name=op.f(f"pk_{table}")),
        _foreign(table, "challenge_id", "challenges"),
        _foreign(table, "cadre_id", "cadres"),
        _foreign(table, "team_id", "challenge_teams"),
    )
    op.create_index("ix_challenge_members_team", table, ["team_id", "cadre_id"])
    op.create_index("ix_challenge_members_cadre", table, ["cadre_id"])


def _create_results() -> None:
    table = "challenge_results"
    op.create_table(
        table,
        _column("challenge_id", KEY, key=True),
        _column("cadre_id", KEY, key=True),
        _column("team_id", KEY, null=True),
        _column("branch_id", KEY),
        _column("value", sa.Integer()),
        _column("reached", sa.Boolean()),
        _column("evidence", sa.JSON(), null=True),
        _column("rewarded", sa.Boolean()),
        sa.PrimaryKeyConstraint("challenge_id", "cadre_id", name=op.f(f"pk_{table}")),
        _foreign(table, "challenge_id", "challenges"),
        _foreign(table, "cadre_id", "cadres"),
        _foreign(table, "team_id", "challenge_teams"),
        _foreign(table, "branch_id", "branches"),
    )
    op.create_index("ix_challenge_results_cadre", table, ["cadre_id"])
    table = "challenge_team_results"
    op.create_table(
        table,
        _column("team_id", KEY, key=True),
        _column("challenge_id", KEY),
        _column("members", sa.Integer()),
        _column("value", sa.Integer()),
        _column("reached", sa.Boolean()),
        sa.PrimaryKeyConstraint("team_id", name=op.f(f"pk_{table}")),
        _foreign(table, "team_id", "challenge_teams"),
        _foreign(table, "challenge_id", "challenges"),
    )
    op.create_index("ix_challenge_team_results_challenge", table, ["challenge_id"])


def _create_seasons() -> None:
    op.create_table(
        "league_choices",
        _column("cadre_id", KEY, key=True),
        _column("joined_at", INSTANT),
        _column("left_at", INSTANT, null=True),
        sa.PrimaryKeyConstraint("cadre_id", name=op.f("pk_league_choices")),
        _foreign("league_choices", "cadre_id", "cadres"),
    )
    op.create_table(
        "league_seasons",
        _column("code", sa.String(7)),
        _column("months", sa.JSON()),
        _column("opened_at", INSTANT),
        _column("members", sa.Integer()),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_league_seasons")),
    )
    op.create_table(
        "league_months",
        _column("month", sa.String(7)),
        _column("season", sa.String(7)),
        _column("formed_at", INSTANT),
        _column("settled_at", INSTANT, null=True),
        _column("risers", sa.Integer(), null=True),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_league_months")),
        _foreign("league_months", "season", "league_seasons", "code"),
    )


def _create_places() -> None:
    table = "league_places"
    op.create_table(
        table,
        _column("month", sa.String(7)),
        _column("cadre_id", KEY, key=True),
        _column("cadre_code", sa.String(64)),
        _column("division", sa.Integer()),
        _column("group_no", sa.Integer()),
        _column("points_sum", sa.BigInteger()),
        _column("months_counted", sa.Integer()),
        _column("seed_first", sa.Integer(), null=True),
        _column("seed_decided", sa.Integer(), null=True),
        _column("at_first", sa.Integer(), null=True),
        _column("decided", sa.Integer(), null=True),
        _column("points", sa.BigInteger(), null=True),
        _column("validated", sa.Integer(), null=True),
        _column("rank", sa.Integer(), null=True),
        _column("rose", sa.Boolean(), null=True),
        sa.PrimaryKeyConstraint("month", "cadre_id", name=op.f(f"pk_{table}")),
        _check(table, "division", "division BETWEEN 1 AND 5"),
        _check(table, "group_no", "group_no >= 1"),
        _check(table, "rank_above_zero", "(rank IS NULL) = (points IS NULL OR points <= 0)"),
        _foreign(table, "month", "league_months", "month"),
        _foreign(table, "cadre_id", "cadres"),
    )
    op.create_index("ix_league_places_group", table, ["month", "division", "group_no", "cadre_id"])
    op.create_index("ix_league_places_cadre", table, ["cadre_id", "month"])


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)
