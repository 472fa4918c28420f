"""How long a cadre is certified: what a certificate says of it stands on the cadre, where reporting reads it."""

from dataclasses import dataclass
from datetime import date

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.months import month_of
from portal.domain.training import submits_until, valid_until
from portal.organisation.queries import ByMonth, parameter_by_month


@dataclass(frozen=True)
class Terms:
    """For how long certificates hold: months, and days of grace, by the month of their day."""

    months: ByMonth
    grace_days: ByMonth

    def ends(self, certified_on: date | None) -> tuple[date | None, date | None]:
        """Return the last day of a certificate of this day, and the last day on which one may submit under it."""
        if certified_on is None:
            return None, None
        month = month_of(certified_on)
        until = valid_until(certified_on, int(self.months.held_in(month)))
        return until, submits_until(until, int(self.grace_days.held_in(month)))


def read_terms() -> Terms:
    """Read for how long certificates hold."""
    return Terms(parameter_by_month("certificate_months"), parameter_by_month("certificate_grace_days"))


def set_certificate(cadre: Cadre, issued_on: date) -> None:
    """Write on the cadre from when and until when they are certified (rules.md 10.3)."""
    cadre.certified_on = issued_on
    cadre.certified_until, cadre.submits_until = read_terms().ends(issued_on)
    cadre.version += 1
    db.session.flush()
