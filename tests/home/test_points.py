"""The ledger's pages: a month by day, each entry opened into the sentences that explain it."""

import itertools
import re
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from earning import close, sign_up
from factories import actor_of, make_crowd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recognised import approved, withdraw
from signing_in import sign_in
from sqlalchemy import event, select

from portal.accounts.queries.sessions import get_operator
from portal.activities.models import Activity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.points import BASE_KINDS, KINDS
from portal.home.queries.ledger import read_ledger
from portal.points.services.posting import NewEntry, post_entries, reverse_entry
from portal.signups.services.decide import withdraw_signup

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def post(cadre, *entries, by=None):
    rows = [
        NewEntry(cadre.id, kind, source, points, 1, date.fromisoformat(f"2026-{day}"))
        for kind, source, points, day in entries
    ]
    with transaction():
        post_entries(rows, by=Signature(actor_of(by or cadre), NOW))


def text_of(html):
    """Return what a reader reads, with single spaces."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", re.split("<main[^>]*>", html, maxsplit=1)[-1]).replace("\xa0", " ").split()
    )


def test_a_month_is_read_page_by_page_with_the_sums_of_whole_days(client, app):
    cast = make_cast()
    post(cast.marlina, *(("activity", f"activity:{n}", 15, "11-03") for n in range(70)))
    post(cast.marlina, *(("activity", f"activity:b{n}", 10, "11-04") for n in range(60)))
    post(cast.herman, ("activity", "activity:h", 15, "11-03"))
    sign_in(client, cast.marlina)
    first = client.get("/points").text
    assert first.count("<details") == 100
    assert "1.650 poin dari 130 catatan" in text_of(first)
    assert "+600 poin" in first
    assert "+1.050 poin" in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    assert second.count("<details") == 30
    assert "+1.050 poin" in second
    assert "+600 poin" not in second
    assert "Belum ada poin" in sign_in(client, cast.yosef).get("/points").text


def test_months_lie_beside_each_other_and_the_newest_opens_first(client, app):
    cast = make_cast()
    post(cast.marlina, ("activity", "activity:1", 15, "09-03"), ("activity", "activity:2", 20, "10-03"))
    sign_in(client, cast.marlina)
    newest = client.get("/points").text
    assert "20 poin dari 1 catatan" in text_of(newest)
    assert "/points?month=2026-09" in newest
    assert "month=2026-11" not in newest
    assert "15 poin dari 1 catatan" in text_of(client.get("/points?month=2026-09").text)
    assert "Belum ada poin bulan ini" in client.get("/points?month=2026-11").text
    for broken in (
        "month=x",
        "month=2026-13",
        "day=x&before=1",
        "day=2026-10-03&before=x",
        "before=9",
        "day=2026-10-03",
    ):
        assert "20 poin dari 1 catatan" in text_of(client.get(f"/points?{broken}").text)


def test_staff_read_a_ledger_inside_their_scope(client, app):
    cast = make_cast()
    post(cast.marlina, ("activity", "activity:1", 15, "11-03"))
    sign_in(client, cast.fahmi)
    assert "15 poin dari 1 catatan" in text_of(client.get(f"/cadres/{cast.marlina.id}/points").text)
    assert client.get(f"/cadres/{cast.yosef.id}/points").status_code == 404
    assert client.get("/cadres/0/points").status_code == 404
    assert sign_in(client, cast.agus).get(f"/cadres/{cast.yosef.id}/points").status_code == 200
    assert sign_in(client, cast.marlina).get(f"/cadres/{cast.marlina.id}/points").status_code == 403


def test_a_report_says_its_place_in_the_day_the_rule_and_who_approved_it(client, app):
    cast = make_cast()
    for _ in range(2):
        approved(cast.marlina, cast.fahmi, date(2026, 11, 16))
    number = db.session.scalars(select(Activity.id).order_by(Activity.id.desc())).first()
    html = sign_in(client, cast.marlina).get("/points").text
    words = text_of(html)
    assert "Diadakan 16 November 2026: kegiatan berpoin ke-2 dari paling banyak 3 sehari." in words
    assert "Aturan poin 1: kunjungan pasar +20." in words
    assert f"Disetujui {cast.fahmi.name} 22 November 2026" in words
    assert f'href="/activities/{number}"' in html
    withdraw(number, cast.fahmi)
    words = text_of(client.get("/points").text)
    assert "yang diperoleh 16 November 2026. Alasannya: Tidak diadakan." in words
    assert "Jumlahnya sebesar catatan itu: \N{MINUS SIGN}20." in words
    assert "20 poin dari 3 catatan" in words


def test_a_participant_is_named_with_a_masked_number_and_linked(client, app):
    cast = make_cast()
    (row,) = sign_up(cast.marlina, 1, on=date(2026, 11, 3))
    html = sign_in(client, cast.marlina).get("/points").text
    words = text_of(html)
    assert f"Peserta baru sah: {row.name}" in words
    assert f"NIK {row.nik_mask}, dilaporkan" in words
    assert "Aturan poin 1: peserta baru dengan 3 program +75." in words
    assert "Disahkan dengan data BPJS 22 November 2026" in words
    with transaction():
        withdraw_signup(
            signup_id=row.id, kind="fraud", reason="Dibuat-buat", by=Signature(actor_of(cast.vera), NOW)
        )
    words = text_of(client.get("/points").text)
    assert "Pendaftarannya terbukti curang." in words
    assert f"Pendaftaran curang: {row.name}" in words
    assert "Aturan poin 1: pendaftaran curang \N{MINUS SIGN}50." in words


def test_what_is_late_says_for_which_month_it_was_earned(client, app):
    cast = make_cast()
    close("2026-10")
    approved(cast.marlina, cast.fahmi, date(2026, 10, 30), at=datetime(2026, 11, 22, 5, 0, tzinfo=UTC))
    words = text_of(sign_in(client, cast.marlina).get("/points").text)
    assert "untuk Oktober 2026, dihitung di November 2026 karena bulannya sudah ditutup" in words
    assert "Diperoleh untuk Oktober 2026. Bulan itu sudah ditutup, maka dihitung di November 2026." in words


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_kind_of_entry_opens_into_sentences(client, app, language):
    """Whatever an entry's source has become: here nothing is known of it any more."""
    cast = make_cast()
    post(cast.marlina, *((kind, f"{kind}:lama:{n}", 10 + n, "11-03") for n, kind in enumerate(BASE_KINDS)))
    with transaction():
        for n, kind in enumerate(BASE_KINDS):
            reverse_entry(source=f"{kind}:lama:{n}", kind=kind, by=Signature(actor_of(cast.vera), NOW))
    sign_in(client, cast.marlina)
    with client.session_transaction() as cookie:
        cookie["locale"] = language
    html = client.get("/points").text
    opened = re.findall(r'<div class="sum">(.*?)</details>', html, flags=re.DOTALL)
    assert len(opened) == len(KINDS)
    for one in opened:
        sentences = [text_of(part) for part in re.findall(r"<p[^>]*>(.*?)</p>", one, flags=re.DOTALL)]
        assert len(sentences) >= 3
        assert all(sentence.endswith(".") and "%(" not in sentence for sentence in sentences)


@pytest.fixture
def crowd(app):
    """Cadres without entries, one for each example, and numbers for their sources."""
    cast = make_cast()
    return iter(make_crowd([f"Kader {n}" for n in range(200)], branch_id=cast.palembang.id)), itertools.count(
        1
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 28), st.integers(-90, 90).filter(bool)), min_size=1, max_size=40))
def test_the_sums_of_a_month_are_those_of_its_entries(crowd, entries):
    cadres, numbers = crowd
    cadre = next(cadres)
    with transaction():
        post_entries(
            [
                NewEntry(cadre.id, "activity", f"activity:z{next(numbers)}", n, 1, date(2026, 11, day))
                for day, n in entries
            ],
            by=Signature(get_operator(), NOW),
        )
    ledger = read_ledger(cadre_id=cadre.id, month="2026-11", asked=True)
    assert (ledger.points, ledger.count) == (sum(n for _, n in entries), len(entries))
    assert [day.day.day for day in ledger.days] == sorted({day for day, _ in entries}, reverse=True)
    for day in ledger.days:
        assert day.points == sum(n for at, n in entries if at == day.day.day)
        assert day.points == sum(entry.points for entry in day.entries)


def test_a_page_asks_the_same_few_statements_however_many_entries_it_has(client, app):
    cast, asked = make_cast(), []
    number = cast.marlina.id
    event.listen(db.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    for count in (1, 60):
        post(cast.marlina, *(("activity", f"activity:{count}-{n}", 15, "11-03") for n in range(count)))
        asked.clear()
        read_ledger(cadre_id=number, month="2026-11", asked=False)
        assert len([one for one in asked if one.startswith("SELECT")]) == 3
