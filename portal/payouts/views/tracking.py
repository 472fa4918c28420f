"""How far a statement's money is.

Payouts are above statements, so the pages of statements ask through the templates for the payment status.
"""

from portal import clock
from portal.payouts.queries.tracking import Payments, read_payments
from portal.payouts.views.blueprint import bp


@bp.app_template_global()
def find_payments(statement_ids: list[int]) -> Payments:
    """Return how far the money of some statements is."""
    return read_payments(statement_ids, at=clock.now())
