"""Late marks: each must have a cause since the newest close; a mark somebody planted hides no difference.

A mark lets a closed month of a cadre differ until the next close processes it (rules.md 6, late money). Its
possible causes are looked up again: an entry posted late, a decision on a sign-up, a contribution counted
differently. That they happened since the close is shown by the ledger's months and by the audit trail, which nobody
can write without its key. Every new act that marks a month late has to be added here.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, select, text

from portal.audit import AuditEvent
from portal.database.columns import Instant
from portal.database.extensions import db
from portal.incentives.queries.newcomers import Pair
from portal.points.queries import last_closed_month
from portal.verification.queries.findings import Finding, found, rows

# An act that marks a month waits for a running close: it may have begun, and have its event, before the close ended.
_SETTLED: Final = timedelta(days=1)


def _happened(kind: str, subject: str, *acts: str) -> str:
    """Return the condition that an act on a subject has an event since the newest close."""
    named = ", ".join(f"'{act}'" for act in acts)
    return (
        f"EXISTS (SELECT 1 FROM audit_events v WHERE v.subject_kind = '{kind}'"
        f" AND v.subject_id = CAST({subject} AS VARCHAR(20)) AND v.act IN ({named})"
        " AND (v.id > :closing OR v.at >= :settled))"
    )


_DECIDED: Final = ("signup.validated", "signup.withdrawn", "signup.linked")
# Each cause is looked for by the marks, which are few, and no further than the first that is there.
_CLAIMED: Final = "FROM signups s"
_MINE: Final = "s.cadre_id = m.cadre_id AND"

# Points posted since the close for an earlier month, corrections included.
_BY_ENTRIES: Final = (
    "FROM ledger_entries e WHERE e.cadre_id = m.cadre_id AND e.original_month = m.month AND e.month > :last"
)
# A decision on a sign-up of that month; one linked to another participant may change any month.
_BY_SIGNUPS: Final = (
    f"{_CLAIMED} WHERE {_MINE} (s.earned_month = m.month AND {_happened('signup', 's.id', *_DECIDED)}"
    f" OR {_happened('signup', 's.id', 'signup.linked')})"
)
# Contributions count in the months of the sign-up's cadre, and of the cadres whom it was handed over to.
_WHOSE: Final = (
    (_CLAIMED, _MINE),
    ("FROM hand_overs h JOIN signups s ON s.id = h.signup_id", "h.to_cadre_id = m.cadre_id AND"),
)
# A decision on a sign-up or a conflict recounts all contributions of its participant.
_COUNTED_ANEW: Final = (
    "(EXISTS (SELECT 1 FROM signups o WHERE o.participant_id = s.participant_id"
    f" AND {_happened('signup', 'o.id', *_DECIDED)})"
    " OR EXISTS (SELECT 1 FROM contribution_conflicts k WHERE k.participant_id = s.participant_id"
    f" AND {_happened('conflict', 'k.id', 'conflict.accepted')})"
    f" OR {_happened('participant', 's.participant_id', 'participant.handed_over')})"
)
# An extract's row is numbered by payment date, then BLTH: it moves the later ones, and no others.
_MOVED: Final = (
    "EXISTS (SELECT 1 FROM contributions n WHERE n.participant_id = c.participant_id"
    " AND (n.paid_on < c.paid_on OR n.paid_on = c.paid_on AND n.blth <= c.blth)"
    f" AND {_happened('extract', 'n.import_id', 'extract.applied')})"
)


def _month(day: str) -> str:
    return f"SUBSTR(CAST({day} AS VARCHAR(10)), 1, 7)"


def _months(paid_on: str) -> str:
    """List a contribution's months: of receipt, of coverage, of retention (as domain.points has them)."""
    paid, reported = _month(paid_on), _month("s.reported_on")
    pairs = ((paid, reported), ("c.blth", reported), ("c.blth", paid))
    return ", ".join(f"CASE WHEN {one} > {other} THEN {one} ELSE {other} END" for one, other in pairs)


def _by_contributions(claimed: str, mine: str) -> str:
    """Look for a contribution of a cadre's sign-ups that is counted differently."""
    return (
        f"{claimed} JOIN contributions c ON c.participant_id = s.participant_id"
        f" WHERE {mine} (m.month IN ({_months('c.paid_on')})"
        # The pack of number 1 decides the fee.
        " OR m.month = s.earned_month AND c.number = 1 AND c.signup_id = s.id)"
        f" AND ({_MOVED} OR {_COUNTED_ANEW})"
    )


def _by_replaced(claimed: str, mine: str) -> str:
    """Look for values that an accepted row replaced: they counted too, and are kept as a conflict."""
    return (
        f"{claimed} JOIN contribution_conflicts c ON c.participant_id = s.participant_id"
        f" WHERE {mine} m.month IN ({_months('c.new_paid_on')}, s.earned_month) AND {_COUNTED_ANEW}"
    )


# A badge of that month that was awarded late, or taken back: the event of the cadre names its code.
_OF_THE_BADGE: Final = (
    "v.act IN ('badge.awarded', 'badge.taken_back') AND CAST(v.details AS VARCHAR(400)) LIKE"
)
_BY_BADGES: Final = (
    f"FROM badge_awards a WHERE a.cadre_id = m.cadre_id AND {_month('a.awarded_on')} = m.month"
    " AND EXISTS (SELECT 1 FROM audit_events v WHERE v.subject_kind = 'cadre'"
    " AND v.subject_id = CAST(a.cadre_id AS VARCHAR(20)) AND (v.id > :closing OR v.at >= :settled)"
    f""" AND {_OF_THE_BADGE} '%"code"_ "' || a.code || '"%')"""
)
_CAUSES: Final = (
    _BY_ENTRIES,
    _BY_SIGNUPS,
    _BY_BADGES,
    *(by(*whose) for whose in _WHOSE for by in (_by_contributions, _by_replaced)),
)
_CAUSED: Final = "SELECT m.cadre_id, m.month FROM late_marks m WHERE m.month <= :last AND (" + (
    " OR ".join(f"EXISTS (SELECT 1 {cause})" for cause in _CAUSES) + ")"
)


def check_marks() -> Iterator[Finding]:
    """List every late mark without a cause since the newest close."""
    known = list_marks_with_cause()
    query = "SELECT m.cadre_id, m.month, c.code FROM late_marks m JOIN cadres c ON c.id = m.cadre_id ORDER BY m.id"
    for row in rows(query):
        if (row.cadre_id, row.month) not in known:
            yield found("a late mark has no cause since the last close", row.code, row.month)


def list_marks_with_cause() -> set[Pair]:
    """List the late marks of closed months that have a cause since the newest close."""
    last = last_closed_month()
    if last is None:
        return set()
    given = {"last": last, **_newest_close(last)}
    bound = [bindparam(name, value, Instant if name == "settled" else None) for name, value in given.items()]
    return {(row.cadre_id, row.month) for row in rows(text(_CAUSED).bindparams(*bound))}


def _newest_close(last: str) -> dict[str, Any]:
    """Return the number of the newest close's event, and the instant from which acts may follow it."""
    event = AuditEvent
    row = db.session.execute(
        select(func.max(event.id), func.max(event.at)).where(
            event.act == "month.closed", event.subject_kind == "month", event.subject_id == last
        )
    ).one()
    return (
        {"closing": row[0] or 0, "settled": row[1] - _SETTLED} if row[0] else {"closing": 0, "settled": None}
    )
