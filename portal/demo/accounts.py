"""The demo accounts: the only ones with a password, printed for people who try the portal out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.services.passwords import hash_password
from portal.config import DEMO_PASSWORD
from portal.database.extensions import db
from portal.organisation.models import Branch, RegionalOffice


@dataclass(frozen=True)
class Account:
    """One demo account; `place` is the code of its branch or regional office, empty for the nation.

    `state` is that of a cadre who does not work yet.
    """

    role: str
    name: str
    email: str
    scope: str = "nation"
    place: str = ""
    state: str = ""

    @property
    def label(self) -> str:
        """Return the role as it is printed, with what is special about it."""
        special = self.state or ("" if self.scope in {"nation", "branch"} else self.scope)
        return f"{self.role} ({special})" if special else self.role


CADRE: Final = Account("cadre", "Marlina", "marlina@demo.test", "branch", "L00")
CANDIDATE: Final = Account("cadre", "Bambang Hadi", "bambang@demo.test", "branch", "L00", "candidate")
CANDIDATE_NUMBER: Final = (
    15  # the candidate's place among the branch's cadres; the cadre at work is the first
)
STAFF: Final = (
    Account("supervisor", "Fahmi Alamsyah", "fahmi@demo.test", "branch", "L00"),
    Account("supervisor", "Yohana Wanggai", "yohana@demo.test", "branch", "Z00"),
    Account("validator", "Vera Anggraini", "vera@demo.test"),
    Account("finance", "Farah Oktaviani", "farah@demo.test"),
    Account("finance", "Omar Zulkarnain", "omar@demo.test"),
    Account("admin", "Ratna Kusumawati", "ratna@demo.test"),
    Account("admin", "Sekar Ayuningtyas", "sekar@demo.test"),
    Account("admin", "Wahyu Nugroho", "wahyu@demo.test", "region", "W03"),
    Account("auditor", "Agus Prasetyo", "agus@demo.test"),
)


def account_at(branch_code: str, number: int) -> Account | None:
    """Return the account that is printed for the cadre at a place of a branch."""
    return {0: CADRE, CANDIDATE_NUMBER: CANDIDATE}.get(number) if branch_code == CADRE.place else None


def list_demo_accounts() -> list[tuple[str, str, str]]:
    """List (role, login, password) of the demo accounts that are in this database and have a password."""
    known = set(
        db.session.scalars(
            select(User.email).where(
                User.email.in_([one.email for one in (CADRE, CANDIDATE, *STAFF)]),
                User.password_hash.is_not(None),
                User.is_active,
            ),
        ),
    )
    return [(one.label, one.email, DEMO_PASSWORD) for one in (CADRE, CANDIDATE, *STAFF) if one.email in known]


def add_staff(*, at: datetime) -> dict[str, User]:
    """Store the staff's accounts and return them by e-mail address."""
    branches = {branch.code: branch.id for branch in db.session.scalars(select(Branch))}
    offices = {office.code: office.id for office in db.session.scalars(select(RegionalOffice))}
    for one in STAFF:
        db.session.add(
            User(
                name=one.name,
                email=one.email,
                password_hash=hash_password(DEMO_PASSWORD),
                role=one.role,
                scope=one.scope,
                branch_id=branches.get(one.place),
                regional_office_id=offices.get(one.place),
                created_at=at,
            ),
        )
    db.session.flush()
    emails = [one.email for one in STAFF]
    return {str(user.email): user for user in db.session.scalars(select(User).where(User.email.in_(emails)))}
