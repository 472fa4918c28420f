"""The ledger's pages."""

from datetime import UTC, date, datetime

from cast import make_cast
from factories import actor_of, make_signup
from signing_in import sign_in

from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.services.posting import NewEntry, post_entries, reverse_entry

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def fill(cadre, count):
    entries = [
        NewEntry(cadre.id, "activity", f"activity:{cadre.id}-{n}", 15, 1, date(2026, 10 + n % 2, 3))
        for n in range(count)
    ]
    with transaction():
        post_entries(entries, by=Signature(actor_of(cadre), NOW))
        reverse_entry(source=entries[0].source, kind="activity", by=Signature(actor_of(cadre), NOW))


def test_a_cadre_reads_the_own_entries_page_by_page(client, app):
    cast = make_cast()
    fill(cast.marlina, 60)
    fill(cast.herman, 1)
    sign_in(client, cast.marlina)
    html = client.get("/points").text
    assert html.count("Kegiatan disetujui") == 49
    assert html.count("Kegiatan ditarik") == 1
    assert "\N{MINUS SIGN}15" in html
    older = html.split('rel="next" href="')[1].split('"')[0]
    assert client.get(older).text.count("Kegiatan disetujui") == 11
    assert "Belum ada poin" in sign_in(client, cast.yosef).get("/points").text


def test_staff_read_a_ledger_inside_their_scope(client, app):
    cast = make_cast()
    fill(cast.marlina, 2)
    sign_in(client, cast.fahmi)
    assert client.get(f"/cadres/{cast.marlina.id}/points").text.count("Kegiatan disetujui") == 2
    assert client.get(f"/cadres/{cast.yosef.id}/points").status_code == 404
    assert client.get("/cadres/0/points").status_code == 404
    assert sign_in(client, cast.agus).get(f"/cadres/{cast.yosef.id}/points").status_code == 200
    assert sign_in(client, cast.marlina).get(f"/cadres/{cast.marlina.id}/points").status_code == 403


def test_points_of_a_signup_name_the_worker(client, app):
    cast = make_cast()
    signup = make_signup(cadre_id=cast.marlina.id, name="SITI AMINAH")
    kinds = (("signup", 50), ("retention_3", 25))
    entries = [
        NewEntry(cast.marlina.id, kind, f"signup:{signup.ref}", points, 1, date(2026, 11, 3))
        for kind, points in kinds
    ]
    with transaction():
        post_entries(entries, by=Signature(actor_of(cast.marlina), NOW))
    html = sign_in(client, cast.marlina).get("/points").text
    assert "Peserta baru sah: SITI AMINAH" in html
    assert "SITI AMINAH sudah membayar 3 bulan" in html
