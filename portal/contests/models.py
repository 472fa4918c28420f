"""Tables of contests: challenges, their teams and results; the choice, seasons, months and places of leagues."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Code, Instant, Json, Key, LocalDate, MonthKey

_CADRE = "cadres.id"


class Challenge(Base):
    """A challenge of a scope (rules.md 11.4): what counts within a window of local dates, the goal, the badge.

    It stands on the day it was announced and may be changed until it begins. `settled_at`: when reached or not was
    frozen; `took_part` and `reached` count cadres. `rewarded_at`: when every badge was handed out.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        CheckConstraint("scope IN ('branch', 'region', 'nation')", name="scope"),
        CheckConstraint(
            "(scope = 'branch') = (branch_id IS NOT NULL)"
            " AND (scope = 'region') = (regional_office_id IS NOT NULL)",
            name="place",
        ),
        CheckConstraint("metric IN ('activities', 'villages', 'signups', 'retention')", name="metric"),
        CheckConstraint("mode IN ('alone', 'teams')", name="mode"),
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("goal BETWEEN 1 AND 10000", name="goal"),
        CheckConstraint("(cancelled_at IS NULL) = (cancel_reason IS NULL)", name="cancelled"),
        CheckConstraint("settled_at IS NULL OR cancelled_at IS NULL", name="settled"),
        Index("ix_challenges_last_day", "last_day", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name_id: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    text_id: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300))
    scope: Mapped[str] = mapped_column(String(8))
    branch_id: Mapped[int | None] = mapped_column(Key, ForeignKey("branches.id"))
    regional_office_id: Mapped[int | None] = mapped_column(Key, ForeignKey("regional_offices.id"))
    first_day: Mapped[date] = mapped_column(LocalDate)
    last_day: Mapped[date] = mapped_column(LocalDate)
    metric: Mapped[str] = mapped_column(String(16))
    of: Mapped[str | None] = mapped_column(String(24))
    goal: Mapped[int] = mapped_column()
    mode: Mapped[str] = mapped_column(String(8))
    badge_code: Mapped[str] = mapped_column(Code)
    announced_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    announced_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    cancel_reason: Mapped[str | None] = mapped_column(String(300))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    took_part: Mapped[int | None] = mapped_column()
    reached: Mapped[int | None] = mapped_column()
    rewarded_at: Mapped[datetime | None] = mapped_column(Instant)


class ChallengeTeam(Base):
    """A team of a challenge: that of a host body, without a name of its own, or one that a cadre founded.

    `name_key` is the name without regard to case and spaces, so that no two teams are taken for one.
    """

    __tablename__ = "challenge_teams"
    __table_args__ = (
        CheckConstraint("(name IS NULL) = (host_body_id IS NOT NULL)", name="name"),
        CheckConstraint("(name IS NULL) = (name_key IS NULL)", name="name_key"),
        UniqueConstraint("challenge_id", "name_key"),
        UniqueConstraint("challenge_id", "host_body_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    challenge_id: Mapped[int] = mapped_column(Key, ForeignKey("challenges.id"))
    host_body_id: Mapped[int | None] = mapped_column(Key, ForeignKey("host_bodies.id"))
    name: Mapped[str | None] = mapped_column(String(40))
    name_key: Mapped[str | None] = mapped_column(String(80))
    founded_by: Mapped[int] = mapped_column(Key, ForeignKey(_CADRE))
    founded_at: Mapped[datetime] = mapped_column(Instant)


class ChallengeMember(Base):
    """The team of a cadre in a challenge; who left has none and may choose again until the window ends."""

    __tablename__ = "challenge_members"
    __table_args__ = (
        Index("ix_challenge_members_team", "team_id", "cadre_id"),
        Index("ix_challenge_members_cadre", "cadre_id"),
    )

    challenge_id: Mapped[int] = mapped_column(
        Key, ForeignKey("challenges.id"), primary_key=True, autoincrement=False
    )
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey(_CADRE), primary_key=True, autoincrement=False)
    team_id: Mapped[int] = mapped_column(Key, ForeignKey("challenge_teams.id"))
    joined_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class ChallengeResult(Base):
    """What a cadre came to in a challenge, frozen once; in a team, the own share of what the team reached.

    `branch_id` is the branch held when it was frozen: its zone gave the days of decisions. `evidence`: the sources it
    stands on, where the goal was reached. `rewarded`: the badge was handed out, or had been before.
    """

    __tablename__ = "challenge_results"
    __table_args__ = (Index("ix_challenge_results_cadre", "cadre_id"),)

    challenge_id: Mapped[int] = mapped_column(
        Key, ForeignKey("challenges.id"), primary_key=True, autoincrement=False
    )
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey(_CADRE), primary_key=True, autoincrement=False)
    team_id: Mapped[int | None] = mapped_column(Key, ForeignKey("challenge_teams.id"))
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    value: Mapped[int] = mapped_column()
    reached: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    rewarded: Mapped[bool] = mapped_column(Boolean, default=False)


class ChallengeTeamResult(Base):
    """What a team came to in a challenge, frozen once with the number of its members."""

    __tablename__ = "challenge_team_results"
    __table_args__ = (Index("ix_challenge_team_results_challenge", "challenge_id"),)

    team_id: Mapped[int] = mapped_column(
        Key, ForeignKey("challenge_teams.id"), primary_key=True, autoincrement=False
    )
    challenge_id: Mapped[int] = mapped_column(Key, ForeignKey("challenges.id"))
    members: Mapped[int] = mapped_column()
    value: Mapped[int] = mapped_column()
    reached: Mapped[bool] = mapped_column(Boolean)


class LeagueChoice(Base):
    """A cadre's choice to take part in the league, from the next season on; `left_at`: from then on no longer."""

    __tablename__ = "league_choices"

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey(_CADRE), primary_key=True, autoincrement=False)
    joined_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class LeagueSeason(Base):
    """A season, a calendar quarter ('2026-Q4'), opened once; `months`: the closed months whose mean divided it."""

    __tablename__ = "league_seasons"

    code: Mapped[str] = mapped_column(String(7), primary_key=True)
    months: Mapped[list[str]] = mapped_column(Json)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    members: Mapped[int] = mapped_column()


class LeagueMonth(Base):
    """A month of a season: when its groups were formed, and when who rises was settled, after its close."""

    __tablename__ = "league_months"

    month: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    season: Mapped[str] = mapped_column(String(7), ForeignKey("league_seasons.code"))
    formed_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    risers: Mapped[int | None] = mapped_column()


class LeaguePlace(Base):
    """A cadre's place in a month: division (5 the highest) and group, with the sum that ordered the neighbours.

    `months_counted` is 0 for who had nothing in the months of the mean. Points, sign-ups and rank (within the group)
    are written when the month is settled. `at_first` of `decided` reports is what the gate of the top division saw
    then, where it was asked, `seed_first` of `seed_decided` what it saw when the season opened; `rose` tells who
    begins the next month one division higher.
    """

    __tablename__ = "league_places"
    __table_args__ = (
        CheckConstraint("division BETWEEN 1 AND 5", name="division"),
        CheckConstraint("group_no >= 1", name="group_no"),
        CheckConstraint("(rank IS NULL) = (points IS NULL OR points <= 0)", name="rank_above_zero"),
        Index("ix_league_places_group", "month", "division", "group_no", "cadre_id"),
        Index("ix_league_places_cadre", "cadre_id", "month"),
    )

    month: Mapped[str] = mapped_column(MonthKey, ForeignKey("league_months.month"), primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey(_CADRE), primary_key=True, autoincrement=False)
    cadre_code: Mapped[str] = mapped_column(Code)
    division: Mapped[int] = mapped_column()
    group_no: Mapped[int] = mapped_column()
    points_sum: Mapped[int] = mapped_column(BigInt)
    months_counted: Mapped[int] = mapped_column()
    seed_first: Mapped[int | None] = mapped_column()
    seed_decided: Mapped[int | None] = mapped_column()
    at_first: Mapped[int | None] = mapped_column()
    decided: Mapped[int | None] = mapped_column()
    points: Mapped[int | None] = mapped_column(BigInt)
    validated: Mapped[int | None] = mapped_column()
    rank: Mapped[int | None] = mapped_column()
    rose: Mapped[bool | None] = mapped_column(Boolean)
