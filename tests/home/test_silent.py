"""Who is silent: active cadres without a report for two weeks, longest first, those who never reported at the end."""

from datetime import date, timedelta

import pytest
from databases import NOW
from factories import actor_of, make_branch, make_cadre, make_user
from reporting import hand_in
from signing_in import post, sign_in
from sqlalchemy import delete, select, text

from portal import vault
from portal.activities.models import Activity
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.home.queries.branch import list_silent
from portal.transfers.services.terms import TermChange, move_cadre

TODAY = date(2026, 11, 22)
DAYS = {"Ani": 20, "Budi": 14, "Citra": 13, "Dewi": 20, "Eko": None, "Agus": None}


@pytest.fixture
def branch(app):
    """A branch where cadres reported so many days ago, or never; one who never did is not active any more."""
    branch = make_branch()
    for name, days in DAYS.items():
        cadre = make_cadre(name=name, branch_id=branch.id)
        if days is not None:
            hand_in(cadre, held_on=TODAY - timedelta(days=days))
            hand_in(cadre, held_on=TODAY - timedelta(days=days + 3))
    make_cadre(name="Fajar", branch_id=branch.id, status="ended")
    return branch


def silent(**page):
    found, total = list_silent(actor_of(make_user(role="admin")), TODAY, **page)
    assert [one.days for one in found] == [DAYS[one.name] for one in found]
    return [one.name for one in found], total


def test_the_longest_silent_come_first_and_those_who_never_reported_last(branch):
    assert silent() == (["Ani", "Dewi", "Budi", "Agus", "Eko"], 5)


@pytest.mark.parametrize("skip", range(6))
def test_a_page_may_begin_anywhere(branch, skip):
    assert silent(skip=skip, limit=2) == (["Ani", "Dewi", "Budi", "Agus", "Eko"][skip : skip + 2], 5)


def test_a_cadre_who_moved_is_as_silent_as_before(branch):
    """The last report counts, whichever branch it was made in."""
    citra = db.session.scalars(select(Cadre).where(Cadre.name == "Citra")).one()
    other, admin = make_branch(), actor_of(make_user(role="admin"))
    with transaction():
        move_cadre(
            cadre_id=citra.id,
            from_month="2026-11",
            change=TermChange(branch_id=other.id),
            reason="Pindah rumah",
            by=Signature(admin, NOW),
        )

    mine = actor_of(make_user(role="supervisor", scope="branch", branch_id=other.id))
    assert list_silent(mine, TODAY) == ([], 0)
    assert list_silent(mine, TODAY + timedelta(days=1))[1] == 1


def test_a_report_that_is_gone_or_held_on_another_day_is_not_the_last_one(branch):
    ani = db.session.scalars(select(Cadre).where(Cadre.name == "Ani")).one()
    with transaction():
        db.session.execute(
            delete(Activity).where(
                Activity.cadre_id == ani.id, Activity.held_on == TODAY - timedelta(days=20)
            )
        )
    db.session.refresh(ani)
    assert ani.last_report_on == TODAY - timedelta(days=23)
    with transaction():
        db.session.scalars(select(Activity).where(Activity.cadre_id == ani.id)).one().held_on = TODAY
    db.session.refresh(ani)
    assert ani.last_report_on == TODAY


def test_the_nation_reads_the_silent_in_the_order_of_an_index(branch, database):
    """However many cadres there are, a page reads only its own rows."""
    if database.url.startswith("sqlite"):
        plan = db.session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id, name, last_report_on FROM cadres WHERE status = 'active'"
                " AND last_report_on <= '2026-11-08' ORDER BY last_report_on, name, id LIMIT 5"
            )
        )
        words = " ".join(row.detail for row in plan)
        assert "ix_cadres_silent " in words
        assert "TEMP B-TREE" not in words
        return
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = db.session.execute(
        text(
            "EXPLAIN SELECT id, name, last_report_on FROM cadres WHERE status = 'active'"
            " AND last_report_on <= '2026-11-08' ORDER BY last_report_on, name, id LIMIT 5"
        )
    )
    assert "using ix_cadres_silent on" in " ".join(plan.scalars())


def test_a_greeting_is_ready_beside_the_name_and_recorded(client, branch):
    ani = db.session.scalars(select(Cadre).where(Cadre.name == "Ani")).one()
    phone = db.session.scalars(select(Cadre).where(Cadre.name == "Budi")).one()
    ani.phone_sealed, phone.phone_sealed = vault.seal("+6281277441903"), None
    db.session.commit()
    sign_in(client, make_user(role="supervisor", branch_id=branch.id, name="Fahmi Alamsyah"))

    page = client.get("/silent").get_data(as_text=True)
    assert f'formaction="/cadres/{ani.id}/greet"' in page
    assert f"/cadres/{phone.id}/greet" not in page
    shown = post(client, f"/cadres/{ani.id}/greet").get_data(as_text=True)

    assert "https://wa.me/6281277441903?text=Halo%20Ani%2C%20apa%20kabar" in shown
    acts = db.session.scalars(
        select(AuditEvent.act).where(AuditEvent.subject_kind == "cadre", AuditEvent.subject_id == str(ani.id))
    )
    assert set(acts) == {"number.revealed", "cadre.greeted"}


def test_who_has_no_number_is_not_greeted(client, branch):
    agus = db.session.scalars(select(Cadre).where(Cadre.name == "Agus")).one()
    agus.phone_sealed = None
    db.session.commit()
    sign_in(client, make_user(role="admin"))

    refused = post(client, f"/cadres/{agus.id}/greet").get_data(as_text=True)

    assert "Nomor itu belum tercatat" in refused
    assert "wa.me" not in refused
