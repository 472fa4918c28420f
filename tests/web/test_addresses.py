"""No address contains a person's number, a NUL or overlong words, and no answer leads to another site."""

import pytest
from cast import make_cast
from signing_in import csrf_token, post, sign_in

from portal import vault
from portal.database.extensions import db

PHONE = "+6281277441903"


@pytest.fixture
def cast(app):
    cast = make_cast()
    for cadre, phone in ((cast.marlina, PHONE), (cast.yosef, "+6281255550002")):
        cadre.phone_sealed, cadre.phone_hash = vault.seal(phone), vault.fingerprint("phone", phone)
    user = cast.debora
    user.phone_sealed, user.phone_hash = (
        vault.seal("+6281255550003"),
        vault.fingerprint("phone", "+6281255550003"),
    )
    db.session.commit()
    return cast


@pytest.mark.parametrize(
    "query",
    [
        "q=0812%207744-1903",
        "q=%2B6281277441903",
        "q=1671014507850003",
        "name=1671+0145+0785+0003",
        "q=a%00b",
        "1671014507850003=x",
        "q=" + "a" * 3_000,
    ],
)
def test_an_address_with_what_no_page_puts_there_is_refused(client, cast, query):
    sign_in(client, cast.ratna)

    answer = client.get(f"/cadres?{query}")

    assert answer.status_code == 400
    assert "1671014507850003" not in answer.text


def test_a_null_in_the_path_names_nothing(client, cast):
    sign_in(client, cast.marlina)
    assert client.get("/photos/a%00b").status_code == 404


def test_a_cadre_is_found_by_phone_without_an_address_that_holds_it(client, cast):
    sign_in(client, cast.fahmi)

    assert post(client, "/cadres/find", {"q": "0812 7744 1903"}).location == f"/cadres/{cast.marlina.id}"
    assert post(client, "/cadres/find", {"q": "herm", "status": "active"}).location == (
        "/cadres?q=herm&status=active"
    )
    foreign, unknown = (post(client, "/cadres/find", {"q": q}) for q in ("081255550002", "081299999999"))
    assert foreign.location == unknown.location == "/cadres"


def test_an_account_is_found_by_phone_without_an_address_that_holds_it(client, cast):
    sign_in(client, cast.ratna)

    assert post(client, "/users/find", {"q": "0812 5555 0003"}).location == f"/users/{cast.debora.id}"
    assert post(client, "/users/find", {"q": "fahmi"}).location == "/users?q=fahmi"
    assert post(client, "/users/find", {"q": "081299999999"}).location == "/users"


def test_the_way_back_from_a_refusal_stays_in_the_portal(client, cast):
    sign_in(client, cast.ratna)
    url = f"/cadres/{cast.marlina.id}/move"
    form = {
        "from_month": "2040-01", "branch_id": cast.palembang.id, "host_body_id": 0, "reason": "pindah rumah",
    }  # fmt: skip

    answer = post(client, url, form, headers={"Referer": "http://localhost//evil.example/x"})

    assert answer.status_code == 409
    assert 'href="//evil' not in answer.text
    assert 'href="/evil.example/x"' in answer.text


def multipart(token=""):
    """Make a form with a file of 3 MB byte by byte: the test client's own way keeps temporary files open."""
    fields = {"as_of": "2026-10-31", "csrf_token": token}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    file = '--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n' + "x" * 3_000_000
    body = "".join([*parts, file, "\r\n--b--\r\n"])
    return {"data": body.encode(), "content_type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize("url", ["/login", "/preferences/update", "/extracts/upload"])
def test_whoever_is_not_signed_in_sends_no_files(client, cast, url):
    assert client.post(url, **multipart()).status_code == 413


def test_files_are_taken_where_they_belong_only(client, cast):
    sign_in(client, cast.vera)
    token = csrf_token(client)

    assert client.post("/profile/alias/set", **multipart(token)).status_code == 413
    assert client.post("/extracts/upload", **multipart(token)).status_code in {302, 409, 422}


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "1899-12", "2026", "oktober", "2026-10-01", "-1"])
@pytest.mark.parametrize("path", ["/months/{}", "/months/{}/preview", "/incentives/{}/K1", "/statements/{}"])
def test_what_is_no_month_is_no_address(client, cast, path, month):
    sign_in(client, cast.marlina if "statements" in path else cast.farah)

    assert client.get(path.format(month)).status_code == 404


def test_every_month_in_a_path_is_parsed_by_its_converter(app):
    named = [rule for rule in app.url_map.iter_rules() if "month" in rule.arguments]

    assert named
    assert all("<month:month>" in rule.rule for rule in named)
