"""The names of the subjects of audit events and of the people in their details: one query per kind and page."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Row, Select, select

from portal.accounts.models import AccountRequest, User, UserSession
from portal.activities.models import Activity
from portal.agenda.models import Event
from portal.cadres.models import BankAccount, Cadre
from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.domain.months import parse_month
from portal.membership.models import ContributionConflict, ExtractImport
from portal.organisation.models import Branch, HostBody, RegionalOffice
from portal.payouts.models import Payout, PayoutBatch
from portal.signups.models import SignUp
from portal.texts.formats import bulan, tanggal
from portal.training.models import Course, TrainingCohort

_LONGEST: Final = 15  # the most digits of a number that the database can store

# For each kind: the columns to read, number first, and how they make a name.
_NAMED: Final[Mapping[str, tuple[Select[Any], Callable[[Row[Any]], str]]]] = {
    "account": (
        select(BankAccount.id, Cadre.name, BankAccount.account_tail).join(
            Cadre, Cadre.id == BankAccount.cadre_id
        ),
        lambda row: f"{row[1]} ••••{row[2]}",
    ),
    "account_request": (select(AccountRequest.id, AccountRequest.name), lambda row: row[1]),
    "activity": (
        select(Activity.id, Cadre.name, Activity.held_on).join(Cadre, Cadre.id == Activity.cadre_id),
        lambda row: f"{row[1]}, {tanggal(row[2])}",
    ),
    "event": (select(Event.id, Event.title), lambda row: row[1]),
    "branch": (select(Branch.id, Branch.name), lambda row: row[1]),
    "cadre": (select(Cadre.id, Cadre.name, Cadre.code), lambda row: f"{row[1]} ({row[2]})"),
    "conflict": (select(ContributionConflict.id, ContributionConflict.blth), lambda row: bulan(row[1])),
    "extract": (select(ExtractImport.id, ExtractImport.as_of), lambda row: tanggal(row[1])),
    "host_body": (select(HostBody.id, HostBody.name), lambda row: row[1]),
    "payout": (select(Payout.id, Payout.reference), lambda row: row[1]),
    "payout_batch": (select(PayoutBatch.id, PayoutBatch.code), lambda row: row[1]),
    "course": (select(Course.id, Course.title), lambda row: row[1]),
    "regional_office": (select(RegionalOffice.id, RegionalOffice.name), lambda row: row[1]),
    "session": (
        select(UserSession.id, User.name).join(User, User.id == UserSession.user_id),
        lambda row: row[1],
    ),
    "signup": (select(SignUp.id, SignUp.name), lambda row: row[1]),
    "training_cohort": (select(TrainingCohort.id, TrainingCohort.number), lambda row: str(row[1])),
    "user": (select(User.id, User.name), lambda row: row[1]),
}
# These are identified by a text, not by a row's number; anything else without a row has no name.
_OWN_TEXT: Final = frozenset({"file", "plan", "points_rule"})


def name_all(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the names of (kind, number as text); what is gone or has no name is left out."""
    found: dict[tuple[str, str], str] = {}
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for kind, text in wanted:
        if kind in _NAMED and text.isascii() and text.isdigit() and len(text) <= _LONGEST:
            numbers[kind].add(int(text))
        elif kind in _OWN_TEXT:
            found[kind, text] = text
        elif kind == "month":
            found[kind, text] = _month(text)
    for kind, ids in sorted(numbers.items()):
        query, name = _NAMED[kind]
        rows = db.session.execute(query.where(query.selected_columns[0].in_(sorted(ids))))
        found |= {(kind, str(row[0])): name(row) for row in rows}
    return found


def _month(text: str) -> str:
    try:
        return bulan(parse_month(text))
    except RuleBroken:
        return text
