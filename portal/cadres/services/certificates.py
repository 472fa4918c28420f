"""How long a cadre is certified: what a certificate says of it stands on the cadre, where reporting reads it."""

from datetime import date

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.months import month_of
from portal.domain.training import submits_until, valid_until
from portal.organisation.queries import parameter


def certificate_ends(issued_on: date) -> tuple[date, date]:
    """Return the last day of a certificate of this day, and the last day on which one may submit under it."""
    month = month_of(issued_on)
    until = valid_until(issued_on, int(parameter("certificate_months", month=month)))
    return until, submits_until(until, int(parameter("certificate_grace_days", month=month)))


def set_certificate(cadre: Cadre, issued_on: date) -> None:
    """Write on the cadre from when and until when they are certified (rules.md 10.3)."""
    cadre.certified_on = issued_on
    cadre.certified_until, cadre.submits_until = certificate_ends(issued_on)
    cadre.version += 1
    db.session.flush()
