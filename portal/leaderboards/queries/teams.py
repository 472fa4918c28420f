"""Host bodies as teams: the average of their members with an entry in the period (rules.md 4.1).

Triggers keep each team's points and members by period (portal/tallies/), in the host body that a cadre had in a month,
for longer periods in today's. Nothing is posted to a closed month, and terms in it never change: so its teams stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.domain.periods import is_month
from portal.domain.ranking import MIN_MEMBERS, average_tenths, rank_teams
from portal.leaderboards.queries.scopes import constant, read

NEIGHBOURS: Final = 2


@dataclass(frozen=True)
class Team:
    """A host body on a board; `tenths` is its average in tenths of a point. No rank: too few members, or no points."""

    rank: int | None
    host_id: int
    code: str
    name: str
    points: int
    members: int

    @property
    def tenths(self) -> int:
        """Return the average in tenths of a point, rounded half up."""
        return average_tenths(self.points, self.members)

    @property
    def is_small(self) -> bool:
        """Tell whether it has too few members to be ranked."""
        return self.members < MIN_MEMBERS


@dataclass(frozen=True)
class TeamBoard:
    """The ranked teams of a period in order, those too small by name, and the cadre's own team's number."""

    ranked: list[Team]
    small: list[Team]
    own_id: int | None = None

    @property
    def own(self) -> Team | None:
        """Return the cadre's own team, ranked or not; None without one with an entry."""
        return next((team for team in (*self.ranked, *self.small) if team.host_id == self.own_id), None)

    def around_own(self) -> list[Team]:
        """Return the own team with two on each side; nothing without a rank."""
        at = next((n for n, team in enumerate(self.ranked) if team.host_id == self.own_id), None)
        return [] if at is None else self.ranked[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]


_TEAMS: Final = constant("""
  SELECT host.id AS host_id, host.code, host.name, CAST(sums.points AS BIGINT) AS points,
    CAST(sums.members AS BIGINT) AS members
  FROM (SELECT t.branch_id AS host_id, SUM(CASE WHEN t.kind = 'team_points' THEN t.n ELSE 0 END) AS points,
      SUM(CASE WHEN t.kind = 'team_members' THEN t.n ELSE 0 END) AS members
    FROM tallies AS t WHERE t.kind IN ('team_members', 'team_points') AND t.state = '' AND t.month = :period
    GROUP BY t.branch_id) AS sums
  JOIN host_bodies AS host ON host.id = sums.host_id
  WHERE sums.members > 0 ORDER BY host.code
""")
_OWN: Final = {
    True: constant("""
  SELECT term.host_body_id AS host_id FROM cadre_terms AS term
  WHERE term.cadre_id = :cadre_id AND term.from_month <= :period ORDER BY term.from_month DESC LIMIT 1
"""),
    False: constant("SELECT cadre.host_body_id AS host_id FROM cadres AS cadre WHERE cadre.id = :cadre_id"),
}


def team_board(period: str, *, cadre_id: int | None = None) -> TeamBoard:
    """Rank all host bodies of a period, and mark a cadre's own; the caller checks who may see how much."""
    rows = read(_TEAMS, {"period": period})
    ranks = rank_teams((row.host_id, row.points, row.members) for row in rows)
    teams = [Team(ranks[row.host_id], *row) for row in rows]
    ranked = sorted((team for team in teams if team.rank), key=lambda team: (team.rank or 0, team.code))
    small = sorted((team for team in teams if team.is_small), key=lambda team: (team.name, team.code))
    return TeamBoard(ranked, small, None if cadre_id is None else find_host(cadre_id, period))


def find_host(cadre_id: int, period: str) -> int | None:
    """Return the host body that a cadre had in a month, or for a longer period has today; None without one."""
    monthly = is_month(period)
    values: dict[str, Any] = {"cadre_id": cadre_id} | ({"period": period} if monthly else {})
    found: Sequence[Any] = read(_OWN[monthly], values)
    return found[0].host_id if found else None
