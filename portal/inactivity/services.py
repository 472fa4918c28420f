"""Proposing to suspend inactive cadres, and deciding on a proposal."""

from datetime import UTC, datetime, time
from typing import Final

from sqlalchemy import bindparam, text, update

from portal import audit
from portal.cadres.services.cadres import suspend_for_inactivity
from portal.database.columns import Instant, LocalDate
from portal.database.guarded import change, change_one
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.inactivity import idle_window, return_month
from portal.domain.matching import LAST_EARNING_NUMBER
from portal.domain.months import first_day, local_date, month_of
from portal.domain.names import check_reason
from portal.inactivity.models import InactivityProposal
from portal.inactivity.queries import Proposal, get_proposal, get_terms
from portal.points.queries import last_closed_month

# New participants and contributions since a month; those beyond the last number that earns have a day of payment alone.
_WORK: Final = """
  EXISTS (
    SELECT 1 FROM signups AS s WHERE s.cadre_id = c.id AND s.earned_month >= :first
    AND s.status = 'validated' AND s.outcome = 'new'
  ) OR EXISTS (SELECT 1 FROM contributions AS p WHERE p.cadre_id = c.id AND p.earned_month >= :first)
  OR EXISTS (SELECT 1 FROM contributions AS p WHERE p.cadre_id = c.id AND p.number > :last AND p.paid_on >= :begins)
"""
_LAST_WORK: Final = """(
  SELECT max(month) FROM (
    SELECT max(s.earned_month) AS month FROM signups AS s
    WHERE s.cadre_id = c.id AND s.status = 'validated' AND s.outcome = 'new'
    UNION ALL SELECT max(p.earned_month) FROM contributions AS p WHERE p.cadre_id = c.id
  ) AS worked
)"""
_PROPOSE: Final = text(f"""
  INSERT INTO inactivity_proposals (cadre_id, month, last_work_month, status, proposed_at)
  SELECT c.id, :month, {_LAST_WORK}, 'open', :at FROM cadres AS c
  WHERE c.status = 'active' AND NOT ({_WORK})
    AND (c.active_since IS NULL OR c.active_since < :begins) AND c.created_at < :midnight
    AND NOT EXISTS (
      SELECT 1 FROM inactivity_proposals AS earlier
      WHERE earlier.cadre_id = c.id AND (earlier.status = 'open' OR earlier.month >= :first)
    )
  ORDER BY c.id ON CONFLICT DO NOTHING
""").bindparams(  # noqa: S608 constants of this module
    bindparam("at", type_=Instant), bindparam("midnight", type_=Instant), bindparam("begins", type_=LocalDate)
)
_END: Final = text(f"""
  UPDATE inactivity_proposals SET status = 'over', decided_at = :at
  WHERE status = 'open' AND EXISTS (
    SELECT 1 FROM cadres AS c WHERE c.id = inactivity_proposals.cadre_id AND (c.status <> 'active' OR {_WORK})
  )
""").bindparams(  # noqa: S608 constants of this module
    bindparam("at", type_=Instant), bindparam("begins", type_=LocalDate)
)


def propose_inactive(*, at: datetime) -> int:
    """End the proposals about whoever is at work again, and propose whoever is not; return how many are new.

    A month counts once it is closed: until then its contributions may not have come in yet. Doing it twice, or two
    schedulers at once, changes nothing: one open proposal per cadre is unique in the database.
    """
    month = last_closed_month()
    if month is None:
        return 0
    first, _last = idle_window(month, get_terms(month).months)
    begins = first_day(first)
    since = {"first": first, "begins": begins, "last": LAST_EARNING_NUMBER}
    change(_END, {**since, "at": at})
    midnight = datetime.combine(begins, time(), tzinfo=UTC)
    values = {"month": month, **since, "midnight": midnight, "at": at}
    return change(_PROPOSE, values).rowcount


def suspend_inactive(*, proposal_id: int, reason: str, by: Signature) -> None:
    """Suspend the cadre of an open proposal; the way back opens some months later."""
    proposal = get_proposal(proposal_id, actor=by.actor)
    text_ = check_reason(reason, "people.reason_needed")
    _decide(proposal, "suspended", text_, by)
    month = month_of(local_date(by.at, proposal.zone))
    _record("suspended", proposal, text_, by)
    suspend_for_inactivity(
        cadre_id=proposal.cadre_id,
        reason=text_,
        returns_from=return_month(month, get_terms(month).return_months),
        by=by,
    )


def keep_active(*, proposal_id: int, reason: str, by: Signature) -> None:
    """Leave the cadre of an open proposal active; nobody proposes again for as many months as it takes anew."""
    proposal = get_proposal(proposal_id, actor=by.actor)
    text_ = check_reason(reason, "people.reason_needed")
    _decide(proposal, "kept", text_, by)
    _record("kept", proposal, text_, by)


def _record(act: str, proposal: Proposal, reason: str, by: Signature) -> None:
    audit.record(
        by=by,
        act=f"inactivity.{act}",
        subject=audit.Subject("cadre", proposal.cadre_id, proposal.branch_id),
        reason=reason,
        details={"month": proposal.month},
    )


def _decide(proposal: Proposal, status: str, reason: str, by: Signature) -> None:
    """Record the decision; of two at once the second is told that it is decided already."""
    change_one(
        update(InactivityProposal)
        .where(InactivityProposal.id == proposal.id, InactivityProposal.status == "open")
        .values(status=status, decided_by=by.actor.user_id, decided_at=by.at, reason=reason),
        otherwise=RuleBroken("inactivity.decided"),
    )
