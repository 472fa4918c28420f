"""Journey by clicking: an event is planned and announced, ten cadres come, it is closed into approved activities."""

import re
from datetime import UTC, datetime

from agenda.events import attend, sign_up
from factories import make_cadre
from playwright.sync_api import expect
from sqlalchemy import func, select
from visitors import DESK, Visitor

from portal.activities.models import Activity
from portal.agenda.models import Event
from portal.agenda.services.attendance import secret_of
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.training import code_of
from portal.organisation.models import Branch
from portal.points.models import LedgerEntry

DAY = "2026-11-23"
BEFORE, DURING, AFTER = f"{DAY}T07:00:00+07:00", f"{DAY}T09:30:00+07:00", f"{DAY}T13:00:00+07:00"


def before_the_play() -> None:
    """Nine more cadres of Palembang."""
    branch = db.session.execute(select(Branch.id).where(Branch.name == "Palembang")).scalar_one()
    for number in range(9):
        make_cadre(branch_id=branch, name=f"Kader Regu {number}", code=f"REGU-{number}")


def plan(theatre, chromium) -> None:
    """The supervisor plans a mass socialisation and announces it."""
    with Visitor(chromium, theatre.portal.url, size=DESK, scripts=False) as fahmi:
        page = fahmi.sign_in("fahmi@contoh.test").open("/agenda/manage/plan")
        page.get_by_label("Jenis kegiatan").select_option("mass_meeting")
        page.get_by_label("Nama acara").fill("Sosialisasi Pasar 16 Ilir")
        page.get_by_label("Tempat", exact=True).fill("Pintu barat")
        page.get_by_label("Tanggal").fill(DAY)
        page.get_by_label("Mulai").fill("09:00")
        page.get_by_label("Selesai").fill("12:00")
        page.get_by_label("Tempat untuk kader").fill("10")
        page.get_by_label("Perkiraan yang datang").fill("500")
        page.get_by_role("button", name=re.compile("Simpan|Rencanakan")).last.click()
        page.get_by_role("button", name="Umumkan").click()
        expect(page.get_by_text("0 dari 10 kader").first).to_be_visible()


def team() -> list[Cadre]:
    wanted = select(Cadre).where(Cadre.code.like("REGU-%")).order_by(Cadre.code)
    return list(db.session.scalars(wanted))


def close(theatre, chromium) -> None:
    """Close it after looking at who gets what; once more is not possible."""
    with Visitor(chromium, theatre.portal.url, size=DESK, scripts=False) as fahmi:
        page = fahmi.sign_in("fahmi@contoh.test").open("/agenda/manage/1")
        page.get_by_role("link", name="Tutup acara").click()
        expect(page.get_by_text("10 kader").first).to_be_visible()
        page.get_by_role("button", name="Tutup acara").click()
        expect(page.get_by_role("link", name="Tutup acara")).to_have_count(0)
        page = fahmi.open("/agenda/manage/1/close")
        expect(page.get_by_role("button", name="Tutup acara")).to_have_count(0)


def test_an_event_from_plan_to_the_points_of_ten_cadres(theatre, chromium, pictures):
    portal = theatre.portal
    plan(theatre, chromium)
    portal.move_clock(BEFORE)
    with Visitor(chromium, portal.url, scripts=False) as marlina:
        page = marlina.sign_in("marlina@contoh.test").open("/agenda")
        page.get_by_role("link", name=re.compile("Sosialisasi Pasar 16 Ilir")).first.click()
        page.get_by_role("button", name="Ikut", exact=True).click()
        expect(page.get_by_role("button", name=re.compile("Batal ikut")).first).to_be_visible()
    with theatre.backstage():
        event_id = db.session.scalars(select(Event.id)).one()
        sign_up(event_id, *team(), at=datetime.fromisoformat(BEFORE).astimezone(UTC))

    portal.move_clock(DURING)
    with theatre.backstage():
        during = datetime.fromisoformat(DURING).astimezone(UTC)
        code = code_of(secret_of(event_id), during)
        attend(event_id, *team(), at=during)
    with Visitor(chromium, portal.url, scripts=False) as marlina:
        page = marlina.sign_in("marlina@contoh.test").open(f"/agenda/attend/{event_id}?code={code}")
        page.get_by_role("button", name="Saya hadir").click()
        expect(page.get_by_text(re.compile("[Kk]ehadiran|Hadir")).first).to_be_visible()

    portal.move_clock(AFTER)
    close(theatre, chromium)
    with theatre.backstage():
        activities = select(func.count(Activity.id)).where(
            Activity.event_id == event_id, Activity.status == "approved"
        )
        assert db.session.scalar(activities) == 10
        earned = select(func.count(LedgerEntry.id), func.sum(LedgerEntry.points)).where(
            LedgerEntry.kind == "activity"
        )
        assert tuple(db.session.execute(earned).one()) == (10, 250)
    with Visitor(chromium, portal.url, scripts=False) as marlina:
        page = marlina.sign_in("marlina@contoh.test").open("/")
        expect(page.get_by_role("banner")).to_contain_text("25")
