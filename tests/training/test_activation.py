"""From candidate to cadre: each obstacle refused with its reason; who a candidate is; running out and renewal."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import make_cast
from extracts import apply, row
from factories import make_cadre, make_nik
from reporting import hand_in
from signing_in import csrf_token, sign_in
from sqlalchemy import select
from training.exam_worlds import DAY, SATURDAY, make_attendance, make_cohort, sit

from portal import clock, vault
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.cadres.services.cadres import certify_cadre, change_status
from portal.cadres.services.identity import enter_identity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.training.models import Certificate
from portal.training.services.activation import activate_candidate
from portal.training.services.certificates import warn_ending
from portal.transfers.imports.cadres import import_cadres
from portal.verification.queries import list_findings

AT = datetime(2026, 7, 25, 3, tzinfo=UTC)
BORN = date(1990, 3, 14)
NIK = make_nik(BORN, serial=7)


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def nia(cast):
    return make_cadre(name="Nia Kurnia", status="candidate", branch_id=cast.palembang.id, certified_on=None)


def by(cast, name="fahmi", at=AT):
    return Signature(cast.actor(name), at)


def certify(cast, cadre, *, begins=SATURDAY, number=1):
    """Train a cadre from the first session to the certificate."""
    cohort = make_cohort(cast.palembang, cadre, begins=begins, number=number)
    make_attendance(cohort, cadre, 1, 2)
    sit(cadre, right=20, at=begins + DAY)
    db.session.rollback()
    return db.session.scalars(select(Certificate).where(Certificate.cohort_id == cohort.id)).one()


def identify(cast, cadre, nik=NIK, born=BORN, who="fahmi"):
    with transaction():
        enter_identity(cadre_id=cadre.id, nik=nik, birth_date=born, by=by(cast, who))


def pay(nik=NIK, on="2026-07-05"):
    """An applied extract in which the cadre pays for themselves."""
    made = row(nik=nik, birth=str(BORN), registered="2026-05-01", blth=on[:7], paid=on)
    apply(made, as_of=date(2026, 7, 20), at=AT - timedelta(days=2))


def activate(cast, cadre, *, version=None, who="fahmi", at=AT):
    db.session.rollback()
    seen = version or db.session.get(Cadre, cadre.id).version
    with transaction():
        return activate_candidate(cadre_id=cadre.id, version_seen=seen, by=by(cast, who, at)).status


def refused(act):
    with pytest.raises(RuleBroken) as broken:
        act()
    db.session.rollback()
    return broken.value.values.get("obstacles", broken.value.code)


def test_every_obstacle_is_named_and_the_last_one_mended_activates(cast, nia):
    assert refused(lambda: activate(cast, nia)) == ["not_certified", "no_birth_date", "no_nik"]
    certify(cast, nia)
    assert refused(lambda: activate(cast, nia)) == ["no_birth_date", "no_nik"]
    identify(cast, nia)
    assert refused(lambda: activate(cast, nia)) == ["not_paying"]
    pay()

    assert activate(cast, nia) == "active"
    assert activate(cast, nia) == "active"  # once more finds them active
    events = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act == "cadre.activated")).all()
    assert events == ["cadre.activated"]
    assert db.session.get(Cadre, nia.id).active_since == AT.date()
    assert list_findings() == []


def test_a_payment_of_more_than_three_months_ago_does_not_count(cast, nia):
    certify(cast, nia)
    identify(cast, nia)
    pay(on="2026-04-24")
    assert refused(lambda: activate(cast, nia)) == ["not_paying"]
    assert activate(cast, nia, at=AT - DAY) == "active"


def test_another_branch_does_not_see_the_candidate_and_an_old_page_is_refused(cast, nia):
    certify(cast, nia)
    identify(cast, nia)
    pay()
    with pytest.raises(NotFound):
        activate(cast, nia, who="debora")
    assert refused(lambda: activate(cast, nia, version=1)) == "people.changed_meanwhile"


def test_no_other_way_activates(cast, nia):
    with pytest.raises(RuleBroken, match=r"activated_by_training"), transaction():
        change_status(cadre_id=nia.id, act="activate", reason="Sudah siap", version_seen=1, by=by(cast))


@pytest.mark.parametrize(
    ("nik", "born", "code"),
    [
        ("123", BORN, "nik.length"),
        ("16710154039000ab", BORN, "nik.letters"),
        ("1671015403900000", BORN, "nik.serial"),
        (NIK, date(1890, 1, 1), "cadre.birth_date"),
        (NIK, AT.date(), "cadre.birth_date"),
    ],
)
def test_an_impossible_identity_is_refused(cast, nia, nik, born, code):
    assert refused(lambda: identify(cast, nia, nik, born)) == code


def test_the_nik_of_another_cadre_is_refused_and_a_known_one_stays(cast, nia):
    other = make_cadre(branch_id=cast.palembang.id)
    other.nik_hash, other.birth_date = vault.fingerprint("nik", NIK), BORN
    db.session.commit()
    assert refused(lambda: identify(cast, nia)) == "cadre.nik_taken"
    assert refused(lambda: identify(cast, other)) == "cadre.identity_known"
    other.birth_date = None
    db.session.commit()
    assert refused(lambda: identify(cast, other, nik=make_nik(BORN, serial=8))) == "cadre.nik_differs"
    identify(cast, other)
    assert db.session.get(Cadre, other.id).birth_date == BORN
    with pytest.raises(NotFound):
        identify(cast, nia, who="debora")


def test_what_runs_out_is_renewed_by_another_cohort(cast, nia):
    first = certify(cast, nia)
    later = SATURDAY.replace(year=2028)
    second = certify(cast, nia, begins=later, number=2)
    assert (first.number, second.number) == (
        f"0001/PK-{cast.palembang.code}/VII/2026",
        f"0001/PK-{cast.palembang.code}/VII/2028",
    )
    assert first.code != second.code
    assert db.session.get(Cadre, nia.id).certified_until == date(2030, 7, 19)
    assert list_findings() == []


def test_a_date_entered_by_hand_has_an_end_too(cast, nia):
    with transaction():
        certify_cadre(cadre_id=nia.id, certified_on=date(2024, 2, 29), by=by(cast))
    cadre = db.session.get(Cadre, nia.id)
    assert (cadre.certified_until, cadre.submits_until) == (date(2026, 2, 28), date(2026, 4, 29))


def test_no_date_from_elsewhere_takes_a_newer_certificate_away(cast, nia):
    certify(cast, nia)
    until = db.session.get(Cadre, nia.id).certified_until
    with pytest.raises(RuleBroken, match=r"people\.certificate_newer"), transaction():
        certify_cadre(cadre_id=nia.id, certified_on=date(2026, 7, 18), by=by(cast, at=AT))
    db.session.rollback()
    with transaction():
        certify_cadre(cadre_id=nia.id, certified_on=date(2026, 7, 19), by=by(cast, at=AT))
    assert db.session.get(Cadre, nia.id).certified_until == until
    assert list_findings() == []


def test_the_coming_end_is_told_once_and_only_to_who_is_at_work(cast, nia):
    certificate = certify(cast, nia)
    soon = datetime(2028, 6, 1, 3, tzinfo=UTC)

    def warn(at):
        with transaction():
            return warn_ending(by=by(cast, "ratna", at))

    assert warn(soon) == 0  # a candidate
    cadre = db.session.get(Cadre, nia.id)
    cadre.status = "active"
    db.session.commit()
    assert warn(datetime(2028, 5, 1, 3, tzinfo=UTC)) == 0
    assert warn(datetime(2028, 7, 20, 3, tzinfo=UTC)) == 0  # over: that is no warning any more
    assert [warn(soon), warn(soon)] == [1, 0]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "certificate.ending")).one()
    assert (event.subject_kind, event.subject_id) == ("cadre", str(nia.id))
    assert event.details["number"] == certificate.number


def test_the_office_activates_from_the_page_of_conditions(client, cast, nia):
    clock.configure(AT)
    certify(cast, nia)
    sign_in(client, cast.fahmi)
    page = f"/training/cadres/{nia.id}/activation"
    shown = client.get(page).get_data(as_text=True)
    assert "Tanggal lahirnya belum diketahui" in shown
    assert "Tombol Aktifkan muncul" in shown

    def send(what, **values):
        data = {"csrf_token": csrf_token(client), **values}
        return client.post(f"/training/cadres/{nia.id}/{what}", data=data)

    wrong = send("enter-identity", nik="12", birth_date="1990-03-14")
    assert wrong.status_code == 400
    assert 'value="12"' in wrong.get_data(as_text=True)
    assert send("enter-identity", nik=NIK, birth_date="1990-03-14").status_code == 302
    pay()
    db.session.rollback()
    version = db.session.get(Cadre, nia.id).version
    assert "Tombol Aktifkan muncul" not in client.get(page).get_data(as_text=True)
    assert send("activate", version=version).status_code == 302
    db.session.rollback()
    assert db.session.get(Cadre, nia.id).status == "active"


def test_who_ran_out_may_not_submit_until_renewed(client, cast, nia):
    certify(cast, nia)
    cadre = db.session.get(Cadre, nia.id)
    cadre.status = "active"
    db.session.commit()
    until = date(2028, 7, 19)

    def submit(day):
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        return hand_in(nia, at=at, held_on=day)

    assert submit(until + timedelta(days=60)).status == "submitted"
    with pytest.raises(RuleBroken, match=r"certificate_over"):
        submit(until + timedelta(days=61))
    db.session.rollback()

    clock.configure(datetime(2028, 9, 20, 4, tzinfo=UTC))
    sign_in(client, nia)
    assert "Sertifikat Anda sudah habis" in client.get("/").get_data(as_text=True)
    certify(cast, nia, begins=datetime(2028, 9, 25, 1, tzinfo=UTC), number=2)
    assert submit(date(2028, 9, 27)).status == "submitted"


def test_an_old_master_file_takes_no_renewal_away(cast, nia):
    certify(cast, nia)
    until = db.session.get(Cadre, nia.id).certified_until
    for day, expected in (("2024-05-01", until), ("2026-08-01", date(2028, 8, 1))):
        text = (
            f"cadre_code,name,branch_code,certified_on\n{nia.code},Nia Kurnia,{cast.palembang.code},{day}\n"
        )
        with transaction():
            import_cadres(io.BytesIO(text.encode()), by=by(cast, "ratna", AT + timedelta(days=20)))
        db.session.rollback()
        assert db.session.get(Cadre, nia.id).certified_until == expected
