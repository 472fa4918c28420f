"""First pages of every role, the audit trail, and health checks."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import make_cast
from factories import actor_of, make_cadre, make_signup, make_user
from signing_in import sign_in
from sqlalchemy import text

from portal import audit, clock, jobs
from portal.activities.models import Activity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.services.posting import NewEntry, post_entry

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
ROLES = ("marlina", "fahmi", "vera", "farah", "ratna", "agus")


@pytest.fixture
def cast(app):
    return make_cast()


def give(cadre, value, *, n):
    with transaction():
        post_entry(
            NewEntry(
                cadre_id=cadre.id,
                kind="activity",
                source=f"activity:{n}",
                points=value,
                rule_version=1,
                earned_on=date(2026, 11, 3),
            ),
            by=Signature(actor_of(cadre), NOW),
        )


def make_activity(cadre, **overrides):
    values = {
        "ref": f"ACT-{cadre.id}-{overrides.get('held_on')}-{overrides.get('status')}",
        "cadre_id": cadre.id,
        "branch_id": cadre.branch_id,
        "type": "stand",
        "held_on": date(2026, 11, 3),
        "status": "submitted",
        "submitted_at": NOW,
        "submitted_by": cadre.user_id,
    }
    db.session.add(Activity(**(values | overrides)))
    db.session.commit()


@pytest.mark.parametrize("name", ROLES)
def test_every_role_has_a_first_page_on_an_empty_portal(client, cast, name):
    answer = sign_in(client, getattr(cast, name)).get("/")
    assert answer.status_code == 200
    assert "<h" in answer.text


def test_a_regional_supervisor_has_a_first_page(client, cast):
    office = make_user(
        role="supervisor", scope="region", regional_office_id=cast.palembang.regional_office_id
    )
    assert "Sumbagsel" in sign_in(client, office).get("/").text


def test_who_is_not_signed_in_is_asked_to(client, app):
    assert client.get("/").status_code == 302


def test_beranda_shows_points_rank_neighbours_and_tasks(client, cast):
    third = make_cadre(branch_id=cast.palembang.id, name="Evi Susanti")
    for n, (cadre, value) in enumerate(((cast.herman, 70), (cast.marlina, 50), (third, 20))):
        give(cadre, value, n=n)
    told = {"reason_code": "photo_unreadable", "reason": "Yang buram daftar hadirnya."}
    make_activity(cast.marlina, status="returned", decided_at=NOW, **told)
    make_signup(cadre_id=cast.marlina.id, status="disputed")
    html = sign_in(client, cast.marlina).get("/").text
    for words in (
        "Selamat siang, Marlina",
        "20 di atas Anda",
        "30 di bawah",
        "lalu kirim lagi. Yang buram daftar hadirnya.",
        "Perbaiki 1 laporan",
        "1 pendaftaran sengketa",
        "2 tugas",
        "dari 3 kader",
    ):
        assert words in html


def test_the_dashboard_counts_its_own_branch_only(client, cast):
    make_activity(cast.marlina)
    make_activity(cast.yosef)
    make_activity(cast.herman, held_on=date(2026, 10, 1), status="approved")
    make_signup(cadre_id=cast.marlina.id, reported_on=date(2026, 8, 3), status="reported")
    give(cast.marlina, 50, n=1)
    html = sign_in(client, cast.fahmi).get("/").text
    assert "Palembang, November 2026" in html
    assert '<b class="fig s">1</b><a href="/review"' in html
    assert "Herman Sawiran" in html
    assert "Yosef" not in html
    assert "dilaporkan" in html


def test_the_audit_trail_is_found_by_act_person_subject_and_day(client, cast):
    with transaction():
        for n in range(120):
            audit.record(
                by=Signature(cast.actor("fahmi"), NOW),
                act="activity.approved",
                subject=("activity", n),
                reason="rapi",
            )
        audit.record(
            by=Signature(cast.actor("vera"), NOW - timedelta(days=40)),
            act="signup.validated",
            subject=("signup", 7),
            details={"tier": "T1"},
        )
    sign_in(client, cast.agus)
    html = client.get("/audit?act=activity.approved").text
    assert html.count("<td>Menyetujui laporan<small>") == 50
    pages, address = 1, html.split('rel="next" href="')[1].split('"')[0]
    while address:
        html = client.get(address.replace("&amp;", "&")).text
        pages += 1
        parts = html.split('rel="next" href="')
        address = parts[1].split('"')[0] if len(parts) > 1 else ""
    assert pages == 3
    for query in (
        "act=signup.validated",
        "person=vera",
        "kind=signup&subject=7",
        "since=2026-10-01&until=2026-10-31",
    ):
        html = client.get(f"/audit?{query}").text
        assert html.count("<td>Disahkan<small>") == 1
        assert "T1" in html
        assert "<td>Menyetujui laporan<small>" not in html
    assert "Tidak ada jejak" in client.get("/audit?person=%25").text
    for nonsense in ("since=x", "before=x", "until=9999-12-31", "since=0001-01-01", "act=" + "x" * 300):
        assert client.get(f"/audit?{nonsense}").status_code == 200
    assert sign_in(client, cast.ratna).get("/audit").status_code == 200
    for name in ("marlina", "fahmi", "vera", "farah"):
        assert sign_in(client, getattr(cast, name)).get("/audit").status_code == 403


def test_signs_of_life(client, app):
    assert client.get("/healthz").data == b"ok\n"
    found = client.get("/readyz")
    assert found.status_code == 200
    assert found.json == {
        "ready": True,
        "database": "ok",
        "keys": "ok",
        "scheduler": "never seen",
        "scheduler_age_seconds": None,
        "pointers_late": 0,
    }
    with transaction():
        jobs.record_heartbeat("one", at=clock.now())
    assert client.get("/readyz").json["scheduler"] == "ok"
    with transaction():
        jobs.record_heartbeat("one", at=clock.now() - timedelta(minutes=10))
    assert client.get("/readyz").json["scheduler"] == "late"


def test_a_database_that_is_not_migrated_is_not_ready(client, app, monkeypatch):
    from portal.home.queries import health

    monkeypatch.setattr(health, "head_revision", lambda: "9999_later")
    found = client.get("/readyz")
    assert (found.status_code, found.json["database"]) == (503, "not migrated")


def test_a_database_that_does_not_answer_is_not_ready(client, app, monkeypatch):
    from portal.home.queries import health

    monkeypatch.setattr(health, "text", lambda _: text("SELECT version_num FROM nowhere"))
    found = client.get("/readyz")
    assert (found.status_code, found.json["database"]) == (503, "unreachable")


def test_components_are_for_developers(client, app):
    assert client.get("/components").status_code == 200
    from dataclasses import replace

    config = app.config["PORTAL"]
    app.config["PORTAL"] = replace(config, env="production")
    try:
        assert client.get("/components").status_code == 404
    finally:
        app.config["PORTAL"] = config


@pytest.mark.parametrize(
    ("state", "certified", "words"),
    [
        ("candidate", None, "Anda masih calon kader"),
        ("active", None, "Kelulusan pelatihan Anda belum tercatat"),
        ("suspended", date(2026, 1, 10), "Tugas Anda dihentikan sementara"),
    ],
)
def test_who_may_not_report_is_told_so_instead_of_asked_to(client, cast, state, certified, words):
    cadre = make_cadre(branch_id=cast.palembang.id, status=state, certified_on=certified)

    html = sign_in(client, cadre).get("/").text

    assert words in html
    assert ("Bulan ini belum ada poin." in html) == (state != "candidate")  # whose first page is the training
    for asked in ("Lapor kegiatan", "Satu laporan yang disetujui", "Kirim laporan pertama"):
        assert asked not in html


def test_who_may_report_is_asked_to(client, cast):
    html = sign_in(client, cast.marlina).get("/").text

    assert "Lapor kegiatan" in html
    assert "Satu laporan yang disetujui sudah memberi Anda tempat" in html
    assert "belum bisa melapor" not in html


@pytest.mark.parametrize("name", ROLES)
def test_every_link_of_a_first_page_opens_for_its_reader(client, cast, name):
    make_activity(cast.marlina, status="returned", decided_at=NOW)
    make_signup(cadre_id=cast.marlina.id, status="disputed")
    give(cast.marlina, 50, n=1)
    sign_in(client, getattr(cast, name))
    main = re.search(r"<main.*</main>", client.get("/").text, re.DOTALL)[0]
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)"', main)}
    assert links
    answers = {link: client.get(link).status_code for link in links}
    assert {link: status for link, status in answers.items() if status not in {200, 302}} == {}


@pytest.mark.parametrize("name", ROLES)
def test_every_page_describes_itself_in_the_readers_language(client, cast, name):
    sign_in(client, getattr(cast, name))
    for page in ("/", "/nowhere"):
        assert '<meta name="description" content="' in client.get(page).text
    english = client.get("/", headers={"Accept-Language": "en"}).text
    assert re.search(r'<meta name="description" content="[^"]+"', english)
