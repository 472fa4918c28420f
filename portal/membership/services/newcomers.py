"""The plain case of numbering: a participant whose only sign-up was just validated, and its first months paid."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from portal.database import bulk
from portal.domain.months import month_of
from portal.domain.points import RETENTION_MONTHS, earned_on_signup
from portal.membership.models import Contribution
from portal.membership.services.numbering import cohort_of, load_holders, store_numbers, values_of
from portal.points.queries import last_closed_month
from portal.signups.models import SignUp

Months = Mapping[int, Sequence[Row[Any]]]


def load_months(participant_ids: Collection[int]) -> Months:
    """Load the months that these participants paid."""
    c = Contribution
    rows = bulk.plain_rows(
        select(c.id, c.participant_id, c.blth, c.paid_on, c.pack, c.signup_id).where(
            bulk.one_of(c.participant_id, participant_ids)
        )
    )
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.participant_id].append(row)
    return found


def number_newcomers(signups: Sequence[Row[Any]], *, months: Months, counted: Months) -> set[int]:
    """Number the months of plain participants; return the participants that need the whole computation.

    Plain: nobody's until now, not imported as history, too few months for retention points, and nothing in a closed
    month, so that the sign-up's own months, `counted`, are the whole answer.
    """
    ids = {row.participant_id for row in signups}
    free = {row.id for row in load_holders(sorted(ids)) if row.signup_id is None} & _claimed_once(ids)
    last = last_closed_month() or ""
    participants, contributions = [], []
    for row in signups:
        mine = counted[row.id]
        if row.participant_id not in free or not _is_plain(row, mine, last):
            continue
        if any(one.signup_id is not None for one in months[row.participant_id]):
            continue
        earned = month_of(earned_on_signup(row.reported_on, row.first_registered_on))
        participants.append((row.participant_id, row.id, row.cadre_id, *cohort_of(row, earned)))
        contributions += [
            (one.id, *values_of(row, one, number, cadre_id=row.cadre_id))
            for number, one in enumerate(mine, 1)
        ]
    store_numbers(sorted(participants), sorted(contributions))
    return ids - {participant_id for participant_id, *_ in participants}


def _is_plain(signup: Row[Any], counted: Sequence[Row[Any]], last_closed: str) -> bool:
    few = len(counted) < min(RETENTION_MONTHS)
    earliest = month_of(min(signup.reported_on, counted[0].paid_on))
    return few and signup.floor_month is None and earliest > last_closed


def _claimed_once(participant_ids: Collection[int]) -> set[int]:
    """Find the participants with a single validated sign-up."""
    owner = SignUp.participant_id
    claims = bulk.plain_rows(select(owner, SignUp.status).where(bulk.one_of(owner, participant_ids)))
    count = Counter(owner_id for owner_id, status in claims if status == "validated")
    return {owner_id for owner_id, claimed in count.items() if claimed == 1}
