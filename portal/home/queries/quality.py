"""How the cadres of a branch worked in a month: reports, approvals at first look, sign-ups, who still pays."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import bindparam, text

from portal.database.columns import LocalDate
from portal.database.extensions import db
from portal.domain.months import first_day, last_day

# One statement over the branch's own rows: each part is read through an index that begins with the cadre. How many
# participants a cadre has is kept.
_QUALITY: Final = (
    text(
        """
    SELECT c.id AS cadre_id, c.code, c.name, c.status, c.last_report_on,
      COALESCE(a.reports, 0) AS reports, COALESCE(a.approved, 0) AS approved, COALESCE(a.returned, 0) AS returned,
      COALESCE(a.rejected, 0) AS rejected, COALESCE(a.looked_at, 0) AS looked_at, COALESCE(a.at_first, 0) AS at_first,
      COALESCE(s.reported, 0) AS reported, COALESCE(s.validated, 0) AS validated,
      COALESCE(p.active, 0) AS active, COALESCE(p.grace, 0) AS grace, COALESCE(p.lapsed, 0) AS lapsed
    FROM cadres AS c
    LEFT JOIN (
      SELECT a.cadre_id, COUNT(*) AS reports,
        COUNT(CASE WHEN a.status = 'approved' THEN 1 END) AS approved,
        COUNT(CASE WHEN a.status = 'returned' THEN 1 END) AS returned,
        COUNT(CASE WHEN a.status = 'rejected' THEN 1 END) AS rejected,
        COUNT(CASE WHEN a.status <> 'submitted' OR a.version > 1 THEN 1 END) AS looked_at,
        COUNT(CASE WHEN a.status = 'approved' AND a.version = 1 THEN 1 END) AS at_first
      FROM cadres AS k JOIN activities AS a ON a.cadre_id = k.id AND a.held_on BETWEEN :first AND :last
      WHERE k.branch_id = :branch GROUP BY a.cadre_id
    ) AS a ON a.cadre_id = c.id
    LEFT JOIN (
      SELECT s.cadre_id, COUNT(*) AS reported, COUNT(CASE WHEN s.status = 'validated' THEN 1 END) AS validated
      FROM cadres AS k JOIN signups AS s ON s.cadre_id = k.id AND s.reported_on BETWEEN :first AND :last
      WHERE k.branch_id = :branch GROUP BY s.cadre_id
    ) AS s ON s.cadre_id = c.id
    LEFT JOIN (
      SELECT p.cadre_id, SUM(p.active) AS active, SUM(p.grace) AS grace, SUM(p.lapsed) AS lapsed
      FROM cadres AS k JOIN cadre_sums AS p ON p.cadre_id = k.id
      WHERE k.branch_id = :branch GROUP BY p.cadre_id
    ) AS p ON p.cadre_id = c.id
    WHERE c.branch_id = :branch AND (c.status = 'active' OR a.reports > 0 OR s.reported > 0)
    ORDER BY c.name, c.id
    """
    )
    .bindparams(bindparam("first", type_=LocalDate), bindparam("last", type_=LocalDate))
    .columns(last_report_on=LocalDate)
)


@dataclass(frozen=True)
class CadreMonth:
    """A cadre's month. `looked_at`: reports that somebody decided on; `at_first`: approved without going back.

    `reported` and `validated` are sign-ups of the month; `active`, `grace` and `lapsed` all participants in the
    cadre's care as they are now.
    """

    cadre_id: int
    code: str
    name: str
    status: str
    last_report_on: date | None
    reports: int
    approved: int
    returned: int
    rejected: int
    looked_at: int
    at_first: int
    reported: int
    validated: int
    active: int
    grace: int
    lapsed: int

    @property
    def first_time_rate(self) -> int | None:
        """Return the share of decided reports that were approved at first look, in whole percent; None without one."""
        return percent(self.at_first, self.looked_at)

    @property
    def paying_rate(self) -> int | None:
        """Return the share of the participants in care who are active, in whole percent; None without one."""
        return percent(self.active, self.active + self.grace + self.lapsed)


def percent(part: int, whole: int) -> int | None:
    """Return a share in whole percent, rounded half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def list_quality(branch_id: int, month: str) -> list[CadreMonth]:
    """List the cadres of a branch, active ones and those who reported in the month, by name."""
    values = {"branch": branch_id, "first": first_day(month), "last": last_day(month)}
    return [CadreMonth(**row) for row in db.session.execute(_QUALITY, values).mappings()]
