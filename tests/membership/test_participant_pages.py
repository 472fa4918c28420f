"""A cadre's participants, as pages: whom the cadre brought, and who needs a reminder (no JavaScript)."""

from datetime import date

from cast import make_cast
from extracts import NIK, apply, make_nik, row, siti, unpaid
from factories import make_cadre
from signing_in import sign_in


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_cadre_sees_the_own_participants_and_what_became_of_each_sign_up(app, client):
    from portal import vault

    cast = make_cast()
    phone = vault.seal("+6281277441903")
    siti(cadre_id=cast.marlina.id, phone_sealed=phone)
    siti(cadre_id=cast.marlina.id, nik=make_nik(serial=71), name="Rini Astuti")
    siti(cadre_id=cast.herman.id, nik=make_nik(serial=72), name="Orang Lain")
    apply(row(), row(nik=make_nik(serial=72), kpj="", name="ORANG LAIN"))
    apply(unpaid(nik=make_nik(serial=98), kpj="", registered="2026-01-01"), as_of=date(2026, 11, 20))
    sign_in(client, cast.marlina)

    page = text(client.get("/participants"))

    assert "Siti Aminah" in page
    assert "Rini Astuti" in page
    assert "Orang Lain" not in page
    assert NIK not in page
    assert "081277441903" not in page


def test_who_is_in_grace_gets_a_reminder_by_whatsapp(app, client):
    from portal import vault

    cast = make_cast()
    siti(cadre_id=cast.marlina.id, reported_on=date(2026, 8, 3), phone_sealed=vault.seal("+6281277441903"))
    apply(row(registered="2026-08-03", paid="2026-08-03", blth="2026-08"))
    sign_in(client, cast.marlina)

    page = text(client.get("/participants?status=grace"))

    assert "https://wa.me/6281277441903?text=" in page


def test_a_cadre_without_participants_is_told_how_they_come(app, client):
    cadre = make_cadre()
    sign_in(client, cadre)

    assert "Belum ada peserta binaan" in text(client.get("/participants"))
