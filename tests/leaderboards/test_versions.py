"""The ETag of the own page: never the same for other bytes, whatever others do; the same while nothing of it changes."""

import io
import random
from datetime import date

import pytest
from cast import make_cast
from databases import NOW
from factories import actor_of, make_branch, make_cadre, make_user
from signing_in import sign_in
from sqlalchemy import select, update

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.cadres.models import Cadre
from portal.cadres.services.cadres import set_alias
from portal.database.extensions import db
from portal.database.transaction import act_prepared, transaction
from portal.domain.actors import Signature
from portal.leaderboards.services import freeze_standings
from portal.months.services.closing import close_month
from portal.months.services.preparing import prepare_close
from portal.organisation.models import Branch, RegionalOffice
from portal.organisation.services import BranchDetails
from portal.points.models import LedgerEntry, Month, Standing
from portal.points.services.months import lock_month
from portal.points.services.posting import NewEntry, post_entries, reverse_entry
from portal.points.services.rebuilding import place_standings, rebuild_standings
from portal.transfers.imports.branches import import_branches
from portal.transfers.imports.cadres import import_cadres
from portal.transfers.services.branches import edit_branch
from portal.transfers.services.terms import TermChange, move_cadre

pytestmark = [pytest.mark.slow]

ADDRESSES = [
    f"/ranks?scope={scope}{month}"
    for scope in ("branch", "region", "nation")
    for month in ("", "&month=ALL", "&month=2026-10")
]
ROUNDS = 30


class Others:
    """What other people do, drawn at random: each act is a transaction of its own."""

    def __init__(self, cast, seed: int) -> None:
        self.cast, self.chance, self.number = cast, random.Random(seed), 0
        self.by = Signature(get_operator(), NOW)
        self.admin = Signature(actor_of(cast.ratna), NOW)

    def act(self) -> str:
        acts = (self.earn, self.earn, self.earn, self.lose, self.rename, self.move, self.edit, self.rebuild)
        act = self.chance.choice(acts)
        with transaction():
            act()
        return act.__name__

    def _cadre(self) -> Cadre:
        return self.chance.choice(db.session.scalars(select(Cadre).order_by(Cadre.id)).all())

    def earn(self) -> None:
        self.number += 1
        earned = date(2026, self.chance.choice((10, 11)), 5)
        kind, points = self.chance.choice((("activity", 20), ("activity", 65), ("signup", 50)))
        post_entries([NewEntry(self._cadre().id, kind, f"x:{self.number}", points, 1, earned)], by=self.by)

    def lose(self) -> None:
        entry = self.chance.choice(db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all())
        if entry.reverses is None:
            reverse_entry(source=entry.source, kind=entry.kind, by=self.by)

    def rename(self) -> None:
        cadre = self._cadre()
        set_alias(
            alias=self.chance.choice(("", f"Elang {cadre.code}", f"Merpati {cadre.code}")),
            by=Signature(actor_of(cadre), NOW),
        )

    def move(self) -> None:
        cadre, branches = self._cadre(), db.session.scalars(select(Branch.id).order_by(Branch.id)).all()
        held = {*branches} - {cadre.branch_id}
        month = self.chance.choice(("2026-11", "2026-12"))
        change = TermChange(branch_id=self.chance.choice(sorted(held)))
        with pytest.MonkeyPatch.context():
            move_cadre(
                cadre_id=cadre.id, from_month=month, change=change, reason="dekat rumah", by=self.admin
            )

    def edit(self) -> None:
        branch = self.chance.choice(db.session.scalars(select(Branch).order_by(Branch.id)).all())
        office = self.chance.choice(db.session.scalars(select(RegionalOffice.name)).all())
        name = self.chance.choice((branch.name, f"{branch.code} Baru", f"{branch.code} Lama"))
        details = BranchDetails(name, office, branch.time_zone)
        edit_branch(branch_id=branch.id, details=details, by=self.admin)

    def rebuild(self) -> None:
        self.chance.choice((rebuild_standings, place_standings))()

    def rename_by_file(self) -> None:
        cadre = self.chance.choice(db.session.scalars(select(Cadre).where(Cadre.user_id.is_not(None))).all())
        self.number += 1
        code = db.session.get(Branch, cadre.branch_id).code
        row = f"{cadre.code},{cadre.code} Baru {self.number},{code}"
        self._import(import_cadres, f"cadre_code,name,branch_code\n{row}\n")

    def edit_by_file(self) -> None:
        branch = self.chance.choice(db.session.scalars(select(Branch).order_by(Branch.id)).all())
        self.number += 1
        self._import(import_branches, f"branch_code,name\n{branch.code},{branch.code} Berkas {self.number}\n")

    def _import(self, read, rows: str) -> None:
        read(io.BytesIO(rows.encode()), by=self.by, filename="berkas.csv")

    def mend(self) -> None:
        """Rebuild standings that were wrong, which nobody was told of."""
        rebuild_standings()

    def mend_places(self) -> None:
        place_standings()

    def close(self) -> None:
        with transaction():
            lock_month("2026-10")
            freeze_standings(month="2026-10")
            row = db.session.get(Month, "2026-10")
            row.status, row.digest, row.closed_at = "closed", "d" * 64, NOW


@pytest.fixture(autouse=True)
def stopped(monkeypatch):
    """A clock that stands still: pages say the minute they were computed at, which is none of their versions."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def cast(app):
    """The cast, a second branch in the same region with three more cadres."""
    cast = make_cast()
    other = make_branch(code="L01", name="Prabumulih", regional_office_id=cast.palembang.regional_office_id)
    for n, branch in enumerate((cast.palembang, other, other)):
        made = make_cadre(code=f"K-{n}", name=f"Kader {n}", branch_id=branch.id)
        made.user_id = make_user(name=made.name, role="cadre").id
    db.session.commit()
    return cast


@pytest.fixture
def readers(app, cast):
    """Three cadres, each with a browser."""
    return [sign_in(app.test_client(), cadre) for cadre in (cast.marlina, cast.herman, cast.yosef)]


def look(readers):
    """What each reader sees at each address: the ETag and the bytes."""
    db.session.rollback()
    answers = {(n, at): reader.get(at) for n, reader in enumerate(readers) for at in ADDRESSES}
    return {place: (answer.headers["ETag"], answer.data) for place, answer in answers.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_pages_that_differ_have_different_tags_whatever_others_do(readers, cast, seed):
    others, seen, done = Others(cast, seed), {}, []
    with transaction():
        others.earn()
    for n in range(ROUNDS):
        if n == ROUNDS // 2:
            others.close()
        done.append("close" if n == ROUNDS // 2 else others.act())
        for place, (tag, shown) in look(readers).items():
            assert seen.setdefault((*place, tag), shown) == shown, (place, done)


def spoil_standings():
    """Change standings past everybody who counts versions up."""
    db.session.execute(update(Standing).values(points=Standing.points + 7, score=Standing.score + 7_000_000))


def spoil_places(cast):
    other = db.session.scalars(select(Branch).where(Branch.code == "L01")).one()
    db.session.execute(
        update(Standing).where(Standing.cadre_id == cast.marlina.id).values(branch_id=other.id)
    )


ACTS = ["earn", "lose", "rename", "move", "edit", "rename_by_file", "edit_by_file"]


def assert_seen(before, after):
    """Pages changed, and each that did has another tag."""
    changed = [place for place in before if before[place][1] != after[place][1]]
    assert changed
    assert [place for place in changed if before[place][0] == after[place][0]] == []


@pytest.mark.parametrize("act", ACTS)
def test_each_act_of_others_is_seen_by_itself(readers, cast, act):
    others = Others(cast, 1)
    for _ in range(4):
        with transaction():
            others.earn()
    before = look(readers)
    for _ in range(6):
        with transaction():
            getattr(others, act)()
    assert_seen(before, look(readers))


def test_standings_that_are_mended_are_seen(readers, cast):
    others = Others(cast, 1)
    for spoil, mend in ((spoil_standings, others.mend), (lambda: spoil_places(cast), others.mend_places)):
        with transaction():
            others.earn()
            post_entries(
                [NewEntry(cast.marlina.id, "activity", f"x:{mend.__name__}", 20, 1, date(2026, 11, 5))],
                by=others.by,
            )
        with transaction():
            spoil()
        before = look(readers)
        with transaction():
            mend()
        assert_seen(before, look(readers))


@pytest.mark.parametrize("prepared", [False, True], ids=["in one go", "made ready beside the database"])
def test_a_close_is_seen(readers, cast, prepared):
    others = Others(cast, 1)
    for cadre in (cast.marlina, cast.herman):
        with transaction():
            entry = NewEntry(cadre.id, "activity", f"x:{cadre.code}", 20, 1, date(2026, 10, 5))
            post_entries([entry], by=others.by)
    before = look(readers)
    if prepared:
        act_prepared(
            lambda rows: prepare_close(month="2026-10", at=NOW, rows=rows),
            lambda ready: close_month(month="2026-10", by=others.by, ready=ready),
        )
    else:
        others.close()
    assert_seen(before, look(readers))


def test_a_branch_is_spared_what_happens_elsewhere(readers, cast):
    others = Others(cast, 1)
    before = look(readers)
    with transaction():
        post_entries([NewEntry(cast.yosef.id, "activity", "x:y", 20, 1, date(2026, 11, 5))], by=others.by)
    after = look(readers)
    same = {place for place in before if before[place][0] == after[place][0]}
    assert same == {
        (n, at)
        for n in (0, 1)
        for at in ADDRESSES
        if "nation" not in at and at != "/ranks?scope=region&month=2026-10"
    }


def test_what_is_taken_back_before_the_commit_changes_no_version(readers, cast):
    before = look(readers)
    post_entries(
        [NewEntry(cast.herman.id, "activity", "x:h", 20, 1, date(2026, 11, 5))],
        by=Signature(get_operator(), NOW),
    )
    db.session.rollback()
    with transaction():
        set_alias(alias="", by=Signature(actor_of(cast.yosef), NOW))
    assert look(readers) == before


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_began_earlier_and_commits_later_is_seen(app, readers, cast):
    by = Signature(get_operator(), NOW)
    db.session.rollback()
    with app.app_context():  # a session of its own
        post_entries([NewEntry(cast.herman.id, "activity", "x:h", 20, 1, date(2026, 11, 5))], by=by)
        with app.app_context(), transaction():
            post_entries([NewEntry(cast.yosef.id, "activity", "x:y", 20, 1, date(2026, 11, 5))], by=by)
        with app.app_context():
            before = look(readers)
        db.session.commit()
    after = look(readers)

    assert "Herman" in after[0, ADDRESSES[0]][1].decode()
    assert all(after[place][0] != before[place][0] for place in before if before[place][1] != after[place][1])
    assert after[0, ADDRESSES[0]][0] != before[0, ADDRESSES[0]][0]
