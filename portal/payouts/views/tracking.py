"""How far a statement's money is.

Payouts are above statements, so the pages of statements ask through the templates for the payment status.
"""

from portal import clock
from portal.payouts.queries.tracking import PaymentStatus, Track, payment_status, payment_track
from portal.payouts.views.blueprint import bp


@bp.app_template_global()
def find_payment_track(cadre_id: int, month: str) -> Track | None:
    """Return the steps of a cadre's payment for a closed month."""
    return payment_track(cadre_id, month, at=clock.now())


@bp.app_template_global()
def find_payment_status(statement_ids: list[int]) -> dict[int, PaymentStatus]:
    """Return the payment status of each statement."""
    return payment_status(statement_ids, at=clock.now())
