"""The plain case is a short cut: on random extracts it stores the very rows that the careful path stores."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from extracts import apply, everything, make_nik, row, unpaid, validator
from factories import make_cadre, make_signup, make_user, together
from sqlalchemy import false, insert, select, update

from portal import vault
from portal.activities.models import Activity
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.membership.models import Contribution, Participant
from portal.membership.queries import undecided
from portal.membership.services import confirming, newcomers, staging
from portal.organisation.models import Parameter
from portal.points.models import Month
from portal.signups.models import SignUp

pytestmark = [pytest.mark.slow]

WORKERS = 60
FIRST, SECOND = (date(2026, 10, 31), date(2026, 11, 20))
AT = (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), datetime(2026, 11, 22, 5, 0, tzinfo=UTC))
SPELLINGS = ("{0}", "{0}", "{0}", "{1}", "X{0}", "BAMBANG", "--", "é {0}")


class World:
    """Workers whom cadres reported in many ways, and two extracts about them, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.workers = [self._worker(number) for number in range(WORKERS)]

    def _worker(self, number: int) -> dict:
        born = date(1970, 1, 1) + timedelta(days=self.chance.randrange(9000))
        name = self.chance.choice(["SITI AMINAH", "Budi Santoso", "Rina  Lestari", "Ójo Ömar"])
        return {
            "nik": make_nik(born, serial=(number * 10 + 1)),
            "kpj": f"260112{number // 2:05}",  # some share a card
            "birth": born,
            "name": name,
            "reported": date(2026, 10, 1) + timedelta(days=self.chance.randrange(45)),
        }

    def store(self) -> None:
        with together():
            validator()
            cadres = [make_cadre() for _ in range(4)]
            other = make_user(role="supervisor")
            if self.chance.random() < 0.5:
                closed = {"status": "closed", "digest": "0" * 64, "closed_at": AT[0], "closed_by": other.id}
                db.session.execute(insert(Month).values(month="2026-09", **closed))
                db.session.execute(insert(Month).values(month="2026-10", **closed))
            if self.chance.random() < 0.5:
                db.session.add(Parameter(name="window_before", from_month="2026-11", value=6))
            for worker in self.workers:
                for _ in range(self.chance.choice([0, 1, 1, 1, 1, 1, 2])):
                    self._report(worker, self.chance.choice(cadres).id)

    def _report(self, worker: dict, cadre_id: int) -> None:
        taken = db.session.scalar(
            select(SignUp.id).where(SignUp.nik_hash == vault.fingerprint("nik", worker["nik"]))
        )
        state = self.chance.choice([{}] * 6 + self._odd_states())
        if taken is not None:
            state = {"status": "disputed"}
            db.session.execute(
                update(SignUp).where(SignUp.id == taken, SignUp.status == "reported").values(**state)
            )
        values = {"nik": worker["nik"], "birth_date": worker["birth"], "reported_on": worker["reported"]}
        if self.chance.random() < 0.5:
            values["kpj_hash"] = vault.fingerprint("kpj", worker["kpj"])
        make_signup(cadre_id=cadre_id, name=worker["name"], **values | state)

    def _odd_states(self) -> list[dict]:
        return [
            {"held_by_person": True, "held_reason": "match.person"},
            {"held_reason": "match.nik_only"},
            {"status": "expired", "is_live": False},
            {"status": "matched", "held_reason": "match.expired"},
            {
                "status": "validated",
                "history": True,
                "floor_month": "2026-11",
                "earned_on": date(2026, 10, 1),
                "earned_month": "2026-10",
            },
            {"activity_ref": self._activity("returned")},
            {"activity_ref": self._activity("approved")},
        ]

    def _activity(self, status: str) -> str:
        known = db.session.scalar(select(Activity.ref).where(Activity.status == status))
        if known is None:
            cadre = make_cadre()
            known = f"A-{status}"
            where = {"cadre_id": cadre.id, "branch_id": cadre.branch_id, "held_on": date(2026, 10, 1)}
            sent = {"submitted_at": AT[0], "submitted_by": cadre.user_id}
            db.session.add(Activity(ref=known, status=status, type="stand", **where, **sent))
            db.session.flush()
        return known

    def extract(self) -> list[dict[str, str]]:
        rows = []
        for worker in self.workers:
            if self.chance.random() < 0.85:
                rows += self._rows(worker)
        return rows

    def _rows(self, worker: dict) -> list[dict[str, str]]:
        draw = self.chance
        registered = worker["reported"] + timedelta(days=draw.choice([0, 0, 0, 2, -3, -4, -40, 7, 61]))
        registered = min(registered, FIRST)
        birth = worker["birth"] + timedelta(days=draw.choice([0, 0, 0, 0, 0, 1]))
        name = draw.choice(SPELLINGS).format(worker["name"], worker["name"].swapcase())
        person = {"nik": worker["nik"], "kpj": draw.choice([worker["kpj"], ""]), "name": name}
        person |= {
            "birth": str(birth),
            "registered": str(registered),
            "pack": draw.choice(["JKK,JKM", "JKK,JKM,JHT"]),
        }
        if draw.random() < 0.1:
            return [unpaid(**person)]
        months = draw.sample(
            ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12"], draw.choice([1, 1, 1, 2, 4])
        )
        paid = [
            row(**person, blth=month, paid=str(min(FIRST, registered + timedelta(days=draw.randrange(20)))))
            for month in months
        ]
        if draw.random() < 0.1:
            paid.append(row(**person, blth=months[0], paid="2026-10-03", amount="20000"))
        return paid


def stored() -> dict:
    """All rows of all tables; of sealed names what they say."""
    found = everything()
    people = db.session.execute(select(*Participant.__table__.columns).order_by(Participant.id)).all()
    found["participants"] = [one._asdict() | {"name_sealed": vault.unseal(one.name_sealed)} for one in people]
    db.session.rollback()
    return found


def run(seed: int) -> dict:
    world = World(seed)
    for as_of, at in zip((FIRST, SECOND), AT, strict=True):
        apply(*world.extract(), as_of=as_of, at=at, confirm=at == AT[1] or seed % 2 == 0)
    return stored()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_short_cut_stores_what_the_careful_path_stores(app, database, monkeypatch, seed):
    World(seed).store()
    database.keep("before")
    database.restore("before")
    quick = run(seed)

    database.restore("before")
    with monkeypatch.context() as careful:
        careful.setattr(undecided, "_is_plain", lambda *_: false())
        careful.setattr(newcomers, "_is_plain", lambda *_: false())
        slow = run(seed)

    for table, rows in slow.items():
        assert quick[table] == rows, table


def test_an_extract_sorted_in_many_slices_stores_the_same(app, database, monkeypatch):
    World(1).store()
    database.keep("before")
    database.restore("before")
    whole = run(1)

    database.restore("before")
    monkeypatch.setattr(staging, "_SORTED", 3)

    assert run(1) == whole


def test_the_random_worlds_take_both_ways(app, monkeypatch):
    ways = []
    number = confirming.number_newcomers

    def watch(chosen, counted):
        careful = number(chosen, counted)
        ways.extend(db.session.scalars(select(chosen.c.plain)))
        return careful

    monkeypatch.setattr(confirming, "number_newcomers", watch)
    World(1).store()

    run(1)

    assert {1, 0} == set(ways)
    acts = set(db.session.scalars(select(AuditEvent.act)))
    assert acts >= {"signup.matched", "signup.validated", "signup.rejected", "extract.applied"}
    assert db.session.scalar(select(Contribution.id).where(Contribution.number == 3)) is not None
