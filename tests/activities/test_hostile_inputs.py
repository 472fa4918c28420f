"""Bad inputs on the report's forms: never a fault, nothing typed is lost, nothing odd is guessed."""

from html import unescape

import pytest
from cast import make_cast
from factories import make_nik
from reporting import BORN, new_ref
from signing_in import post, sign_in
from sqlalchemy import select

from portal.activities.models import Activity, Draft
from portal.signups.models import SignUp

VILLAGE = "1671071005"
NIK = make_nik(BORN, serial=2)

ACCEPTED_NAMES = {
    "E1": ["D'Angelo", "Ma'ruf", "O’Neill"],
    "E2": ["Suharto"],
    "E3": ['Ir. H. Joko, S.T., "Kom"'],
    "E4": ["Siti 🌸👩🏽‍🌾", "𠮷田"],
    "E5": ["محمد Yusuf"],
    "E9": ["Аdmin"],
    "E14": ["A" * 120],
    "E16": ["Null", "None", "NaN", "true"],
    "E18": ["İI ıi ß"],
    "E19": ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'],
    "E20": ["{{7*7}}", "${7*7}", "{% raw %}"],
    "E21": ["' OR '1'='1", "'; DROP TABLE signups;--", "SLEEP(5)"],
    "E22": ["%", "_", "\\"],
    "E23": ["%s%n", "{0.__class__}"],
    "E24": ["=HYPERLINK(1)", "+62812", "-1+1", "@SUM"],
    "E25": ["javascript:alert(1)", "${jndi:ldap://x}"],
}
REFUSED_NAMES = {
    "E10": ["Siti\x00Aminah"],
    "E12": ["\x1b[31mSiti", "Siti\x07"],
    "E14": ["A" * 121, "A" * 10_000],
    "E15": ["   ", "\u00a0\u00a0", "\u200b"],
    "E17": ["e" + "\u0301" * 200],
}
REFUSED_NIKS = {
    "E28": [NIK[:15], NIK + "1"],
    "E30": ["١٦٧١٠١٤٥٠٧٨٥٠٠٠٣", "１６７１０１４５０７８５０００３"],
    "E32": [NIK.replace("0", "O"), "l" + NIK[1:]],
    "E33": [
        "1671010007850003",
        "1671013207850003",
        "1671017207850003",
        "1671014500850003",
        "1671014513850003",
        "1671014507850000",
    ],
    "E37": ["1" * 16, "0" * 16, "1234567890123456"],
    "E54": ["9" * 100_000],
}
REFUSED_DAYS = [
    "2026-02-29",
    "31/11/2026",
    "0000-00-00",
    "9999-12-31",
    "1899-12-31",
    "45000",
    "tomorrow",
    "2026-11-23",
    "١٢",
]
REFUSED_COUNTS = [
    "1.000",
    "1,000",
    "1e3",
    "-5",
    "1.5",
    "NaN",
    "1e309",
    str(2**63),
    "Rp 1.250.000,00",
    "9" * 50_000,
    "1_000",
    "１２",
    "२",
]


@pytest.fixture
def cast(app):
    return make_cast()


def worker_of(**overrides):
    values = {
        "worker": "",
        "name": "Siti Aminah",
        "nik": NIK,
        "birth_date": "1985-07-05",
        "phone": "",
        "occupation": "",
        "programmes": "JKK,JKM",
        "consent": "y",
        "act": "more",
    }
    return values | overrides


PLACE = {
    "held_on": "2026-11-20",
    "place": "Pasar",
    "village_query": "",
    "village_code": VILLAGE,
    "act": "next",
}


def shown(answer):
    return unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize("number", ACCEPTED_NAMES)
def test_names_of_all_kinds_are_kept_and_shown_as_text(client, cast, session, number):
    sign_in(client, cast.marlina)
    for name in ACCEPTED_NAMES[number]:
        ref = new_ref()
        answer = post(client, f"/report/{ref}/signups/save", worker_of(name=name))
        assert answer.status_code == 302, (name, shown(answer)[:500])
        page = client.get(f"/report/{ref}/signups").get_data(as_text=True)
        assert name in unescape(page)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("number", REFUSED_NAMES)
def test_names_that_nobody_has_are_refused_and_kept_to_be_corrected(client, cast, number):
    sign_in(client, cast.marlina)
    for name in REFUSED_NAMES[number]:
        answer = post(
            client, f"/report/{new_ref()}/signups/save", worker_of(name=name, occupation="Pedagang sayur")
        )
        assert answer.status_code == 422, name
        assert "Pedagang sayur" in shown(answer)


@pytest.mark.parametrize("number", REFUSED_NIKS)
def test_numbers_that_no_nik_can_be_are_refused(client, cast, number):
    sign_in(client, cast.marlina)
    for nik in REFUSED_NIKS[number]:
        answer = post(client, f"/report/{new_ref()}/signups/save", worker_of(nik=nik))
        assert answer.status_code == 422, nik
        assert nik in shown(answer)
        assert "Siti Aminah" in shown(answer)


@pytest.mark.parametrize(
    "nik", ["1671 0145-0785.0003", " 1671014507850003\r\n", "0171014507850003", "1671012902000003"]
)
def test_odd_but_possible_niks_are_taken(client, cast, nik):
    sign_in(client, cast.marlina)

    assert post(client, f"/report/{new_ref()}/signups/save", worker_of(nik=nik)).status_code == 302


def test_days_that_are_none_are_refused(client, cast):
    sign_in(client, cast.marlina)
    for day in REFUSED_DAYS:
        answer = post(client, f"/report/{new_ref()}/place/save", PLACE | {"held_on": day})
        assert answer.status_code == 422, day
        assert day in shown(answer)
        born = post(client, f"/report/{new_ref()}/signups/save", worker_of(birth_date=day))
        assert born.status_code == 422, day


def test_a_real_leap_day_is_taken(client, cast):
    sign_in(client, cast.marlina)

    assert (
        post(client, f"/report/{new_ref()}/place/save", PLACE | {"held_on": "29/02/2024"}).status_code == 302
    )


def test_counts_that_are_no_plain_number_are_refused_with_a_hint(client, cast):
    sign_in(client, cast.marlina)
    for count in REFUSED_COUNTS:
        answer = post(client, f"/report/{new_ref()}/people/save", {"attendance": count, "notes": "Ramai"})
        assert answer.status_code == 422, count[:20]
        assert "misalnya 24" in shown(answer)
        assert "Ramai" in shown(answer)
        assert count in shown(answer)


def test_two_spellings_of_one_letter_are_the_same_name(client, cast, session):
    sign_in(client, cast.marlina)
    ref = new_ref()
    for step, data in (
        ("type", {"type": "radio"}),
        ("place", PLACE),
        ("people", {"attendance": "0", "notes": "a\r\nb\x0b"[:4]}),
    ):
        assert post(client, f"/report/{ref}/{step}/save", data).status_code == 302
    post(client, f"/report/{ref}/signups/save", worker_of(name="Rene\u0301\u200b Siti"))

    assert post(client, f"/report/{ref}/submit").status_code == 302

    assert session.scalars(select(SignUp.name)).one() == "Ren\u00e9 Siti"
    assert session.scalars(select(Activity.notes)).one() == "a\nb"


@pytest.mark.parametrize(
    "extra",
    [
        {"role": "admin"},
        {"points": "99"},
        {"branch_id": "1"},
        {"approved_by": "1"},
        {"attendance": ["1", "2"]},
    ],
)
def test_fields_that_no_page_sends_are_refused(client, cast, session, extra):
    sign_in(client, cast.marlina)

    assert (
        post(client, f"/report/{new_ref()}/people/save", {"attendance": "1", "notes": ""} | extra).status_code
        == 400
    )
    assert session.scalars(select(Draft)).all() == []


def test_a_text_beyond_all_measure_is_refused_before_it_is_read(client, cast):
    sign_in(client, cast.marlina)

    assert (
        post(
            client, f"/report/{new_ref()}/people/save", {"attendance": "1", "notes": "x" * 1_100_000}
        ).status_code
        == 413
    )
    long = post(client, f"/report/{new_ref()}/people/save", {"attendance": "7", "notes": "x" * 300_000})
    assert long.status_code == 422
    assert (
        post(client, f"/report/{new_ref()}/signups/save", worker_of(name="A" * 1_100_000)).status_code == 413
    )


@pytest.mark.parametrize(
    "path",
    [
        "/report/%zz/type",
        "/report/%c0%af/type",
        "/report/%00/type",
        "/report/1/type",
        "/report/..%2f..%2f/type",
        "/photos/..%2f..%2fetc",
        "/activities/0",
        "/activities/-1",
        "/activities/" + "9" * 30,
        "/photos/" + "x" * 3000,
    ],
)
def test_addresses_that_name_nothing_are_not_found(client, cast, path):
    sign_in(client, cast.marlina)

    assert client.get(path).status_code in {400, 404}


def test_a_nik_is_never_in_an_address(client, cast):
    sign_in(client, cast.marlina)
    answer = post(client, f"/report/{new_ref()}/signups/save", worker_of())

    assert NIK not in answer.location


@pytest.mark.parametrize(
    "files",
    [
        [b""],
        [b"x"],
        [b"<?php echo 1; ?>"],
        [b"\xff\xd8\xff\xe0 cut"],
        [b"GIF89a"],
        [b"%PDF-1.7"],
        [b"x"] * 20,
    ],
)
def test_what_is_no_photo_is_refused_with_words(client, cast, files):
    import io

    sign_in(client, cast.marlina)
    data = {"act": "add", "photos": [(io.BytesIO(file), "foto.jpg") for file in files]}

    answer = post(client, f"/report/{new_ref()}/photos/add", data, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Ada 1 yang perlu diperbaiki" in shown(answer)
