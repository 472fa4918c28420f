"""Makers of rows: make_x(**overrides) stores one and returns its model."""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from portal import vault
from portal.accounts.models import User
from portal.cadres.models import Cadre, CadreTerm
from portal.database.extensions import db
from portal.demo import agency
from portal.domain.actors import Actor
from portal.domain.nik import mask_nik
from portal.organisation.models import Branch, HostBody, RegionalOffice
from portal.signups.models import SignUp

LONG_AGO = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
_number = itertools.count(1)
Row = TypeVar("Row")


_together: list[bool] = []


@contextmanager
def together() -> Iterator[None]:
    """Store what the block makes in one transaction: many people are made in half the time."""
    _together.append(True)
    try:
        yield
    finally:
        _together.pop()
    if not _together:
        db.session.commit()


def _store(row: Any) -> Any:
    """Store a row and commit it: the tests see what a new request would see."""
    db.session.add(row)
    if _together:
        db.session.flush()
    else:
        db.session.commit()
    return row


def store_all(rows: Iterable[Row]) -> list[Row]:
    """Store rows of one kind in one statement, inside `together`; they have their keys afterwards."""
    rows = list(rows)
    db.session.add_all(rows)
    db.session.flush()
    return rows


def new_region(**overrides: Any) -> RegionalOffice:
    n = next(_number)
    return RegionalOffice(**({"code": f"W{n:02}", "name": f"Kantor Wilayah {n}"} | overrides))


def make_region(**overrides: Any) -> RegionalOffice:
    return _store(new_region(**overrides))


def new_branch(**overrides: Any) -> Branch:
    n = next(_number)
    values = {"code": f"B{n:02}", "name": f"Cabang {n}", "time_zone": "Asia/Jakarta", "region_code": "1671"}
    return Branch(**(values | overrides))


def make_branch(**overrides: Any) -> Branch:
    if "regional_office_id" not in overrides:
        overrides["regional_office_id"] = make_region().id
    return _store(new_branch(**overrides))


def make_host(**overrides: Any) -> HostBody:
    n = next(_number)
    return _store(HostBody(**({"code": f"H{n:02}", "name": f"Wadah {n}"} | overrides)))


def new_user(**overrides: Any) -> User:
    n = next(_number)
    values: dict[str, Any] = {
        "name": f"Orang {n}",
        "email": f"orang{n}@contoh.test",
        "role": "supervisor",
        "scope": "nation",
        "created_at": LONG_AGO,
    }
    return User(**(values | overrides))


def make_user(**overrides: Any) -> User:
    """Store a user; the password is hashed only when given, since hashing is slow on purpose."""
    password = overrides.pop("password", None)
    user = new_user(**overrides)
    if password is not None:
        from portal.accounts.services.passwords import hash_password

        user.password_hash = hash_password(password)
    return _store(user)


def new_cadre(**overrides: Any) -> Cadre:
    n = next(_number)
    values: dict[str, Any] = {
        "code": f"K{n:04}",
        "name": f"Kader {n}",
        "status": "active",
        "certified_on": date(2026, 1, 5),
        "joined_on": date(2026, 1, 5),
        "created_at": LONG_AGO,
    }
    return Cadre(**(values | overrides))


def new_account(cadre: Cadre) -> User:
    """A cadre's own account, not stored yet."""
    return new_user(role="cadre", scope="branch", branch_id=cadre.branch_id, name=cadre.name)


def new_term(cadre: Cadre) -> CadreTerm:
    """The first term of a stored cadre, not stored yet."""
    return CadreTerm(
        cadre_id=cadre.id,
        from_month="0000-00",
        branch_id=cadre.branch_id,
        host_body_id=cadre.host_body_id,
        npwp_valid=bool(cadre.npwp_valid),
    )


def make_cadre(**overrides: Any) -> Cadre:
    """Store an active cadre with an account and the first term; `account=False` leaves the account out."""
    account = overrides.pop("account", True)
    if "branch_id" not in overrides:
        overrides["branch_id"] = make_branch().id
    cadre = new_cadre(**overrides)
    with together():
        if account and cadre.user_id is None:
            cadre.user_id = _store(new_account(cadre)).id
        _store(cadre)
        _store(new_term(cadre))
    return cadre


def make_crowd(names: Iterable[str], **overrides: Any) -> list[Cadre]:
    """Store many cadres without accounts, and their first terms, in two statements."""
    with together():
        cadres = store_all(new_cadre(name=name, **overrides) for name in names)
        store_all(map(new_term, cadres))
    return cadres


def actor_of(person: User | Cadre) -> Actor:
    """Return the actor that a user or a cadre is."""
    if isinstance(person, Cadre):
        return Actor(
            user_id=person.user_id or 0,
            role="cadre",
            name=person.name,
            scope="branch",
            branch_id=person.branch_id,
            cadre_id=person.id,
        )
    return Actor(
        user_id=person.id,
        role=person.role,
        name=person.name,
        scope=person.scope,
        branch_id=person.branch_id,
        region_id=person.regional_office_id,
    )


def make_nik(
    birth: date = date(1985, 7, 5), *, district: str = "167101", serial: int | None = None, woman: bool = True
) -> str:
    # None of our own ends in 0: an extract in which most do is refused.
    n = next(n for n in _number if (n % 9998 + 1) % 10) if serial is None else serial
    return agency.make_nik(district, birth, n % 9998 + 1, woman=woman)


def new_signup(**overrides: Any) -> SignUp:
    """A sign-up that is not stored yet."""
    n = next(_number)
    birth = overrides.get("birth_date", date(1985, 7, 5))
    nik = overrides.pop("nik", None) or make_nik(birth, serial=n)
    values: dict[str, Any] = {
        "ref": f"SU-{n}",
        "reported_on": date(2026, 11, 3),
        "name": f"SITI AMINAH {n}",
        "nik_sealed": vault.seal(nik),
        "nik_hash": vault.fingerprint("nik", nik),
        "nik_mask": mask_nik(nik),
        "birth_date": birth,
        "programmes": "JKK,JKM",
        "status": "reported",
        "is_live": True,
        "created_at": LONG_AGO,
        "created_by": 1,
    }
    return SignUp(**(values | overrides))


def make_signup(**overrides: Any) -> SignUp:
    if "cadre_id" not in overrides:
        overrides["cadre_id"] = make_cadre().id
    return _store(new_signup(**overrides))
