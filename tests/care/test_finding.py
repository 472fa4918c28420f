"""A cadre finds a participant by name, NIK or phone; no number ends up in an address."""

from datetime import date

import pytest
from care.caring import PHONE, extract_of, joined, month_paid, noon
from cast import make_cast
from extracts import NIK, make_nik, participant, siti
from signing_in import post, sign_in
from sqlalchemy import update

from portal import clock, vault
from portal.database.extensions import db
from portal.signups.models import SignUp

JOINED = date(2026, 8, 3)
OTHER = make_nik(serial=71)


@pytest.fixture
def cast(app):
    """Siti and Rini are Marlina's; only Siti has a phone; it is noon on 22 October."""
    clock.configure(noon(2026, 10, 22))
    found = make_cast()
    joined(found.marlina, phone_hash=vault.fingerprint("phone", PHONE))
    siti(cadre_id=found.marlina.id, reported_on=JOINED, nik=OTHER, name="Rini Astuti")
    paid = month_paid("2026-08")
    extract_of("2026-10", paid, paid | {"NIK": OTHER, "KPJ": "", "NAMA": "RINI ASTUTI"})
    return found


def text(answer) -> str:
    return answer.get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def find(client, words):
    """Search as a phone does; return the page that follows, and its address."""
    answer = post(client, "/participants/find", {"q": words}, follow_redirects=True)
    return text(answer), answer.request.full_path


def page_of_siti():
    return f"/participants/{participant(NIK).id}"


def test_a_participant_is_found_by_part_of_the_name_whatever_the_state(client, cast):
    sign_in(client, cast.marlina)

    page, address = find(client, "  AMINAH ")

    assert address == "/participants?q=AMINAH"
    assert "1 peserta cocok." in page
    assert page_of_siti() in page


def test_a_name_that_nobody_has_is_said_and_stays_in_the_field(client, cast):
    sign_in(client, cast.marlina)

    page, _ = find(client, "%_<b>Zulkifli")

    assert "Tidak ada peserta Anda bernama «%_&lt;b&gt;Zulkifli»" in page
    assert 'value="%_&lt;b&gt;Zulkifli"' in page


@pytest.mark.parametrize(
    "number",
    [
        NIK,
        "1671 0145 0785 0003",
        "0812-7744-1903",
        "+62 812 7744 1903",
        f"NIK: {NIK}",
        "HP Siti 0812 7744 1903",
    ],
)
def test_a_number_leads_straight_to_its_participant_and_stands_in_no_address(client, cast, number):
    sign_in(client, cast.marlina)

    page, address = find(client, number)

    assert address == f"{page_of_siti()}?"
    assert "Siti Aminah" in page


@pytest.mark.parametrize("number", ["16", "0812 0000 0000", "9" * 40, make_nik(serial=72)])
def test_a_number_of_nobody_is_refused_with_what_to_type(client, cast, number):
    sign_in(client, cast.marlina)

    page, address = find(client, number)

    assert address == "/participants?"
    assert "Nomor itu bukan milik peserta Anda" in page


def test_nobody_finds_the_participants_of_another(client, cast):
    sign_in(client, cast.herman)

    assert "Siti Aminah" not in find(client, "Siti")[0]
    assert "Siti Aminah" not in find(client, NIK)[0]


def test_a_phone_of_two_people_leads_to_neither(client, cast):
    db.session.execute(update(SignUp).values(phone_hash=vault.fingerprint("phone", PHONE)))
    db.session.commit()
    sign_in(client, cast.marlina)

    assert "Nomor itu bukan milik peserta Anda" in find(client, PHONE)[0]
