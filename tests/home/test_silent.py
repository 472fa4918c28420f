"""Who is silent: active cadres without a report for two weeks, longest first, those who never reported at the end."""

from datetime import date, timedelta

import pytest
from cast import make_cast
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


def test_a_silent_cadre_is_greeted_by_one_audited_tap(client, app):
    cast = make_cast()
    cast.marlina.phone_sealed = vault.seal("+6281277441903")
    db.session.commit()
    sign_in(client, cast.fahmi)
    page = client.get("/silent").text
    assert f"/silent/{cast.marlina.id}/reveal-phone" in page
    assert f"/silent/{cast.herman.id}/reveal-phone" not in page, "there is no number"
    assert "1277441903" not in page

    shown = post(client, f"/silent/{cast.marlina.id}/reveal-phone", {}).text

    assert "https://wa.me/6281277441903?text=Halo%20Marlina" in shown
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "number.revealed")).one()
    assert (event.reason, event.actor_id, event.subject_id) == (
        "menyapa kader yang lama diam", cast.fahmi.id, str(cast.marlina.id),
    )  # fmt: skip
    assert post(client, f"/silent/{cast.yosef.id}/reveal-phone", {}).status_code == 404
    assert post(client, f"/silent/{cast.herman.id}/reveal-phone", {}).status_code in {400, 409, 422}
    sign_in(client, cast.marlina)
    assert post(client, f"/silent/{cast.herman.id}/reveal-phone", {}).status_code == 403
