"""Journey: what the phone makes of the server's answers, of two people who share it, and of a new version."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from phone import KEPT, Phone
from playwright.sync_api import expect
from test_offline import new_ref
from wire import Answer, Asked, Wire, problem

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("theatre", ["sqlite"], indirect=True)]


@pytest.fixture
def outbox(phone) -> Phone:
    """A phone whose person looks at the outbox."""
    phone.sign_in("marlina").page.goto("/outbox")
    expect(phone.page.locator("[data-live]")).to_be_visible()
    return phone


def answer_with(wire: Wire, ref: str, status: int, **more: object) -> None:
    """Let the portal answer this report once with a problem."""
    headers = more.pop("headers", {})
    number, own, body = problem(status, **more)
    wire.once(lambda asked: asked.is_report and ref in asked.path, (number, own | headers, body))


def session_is_over(asked: Asked) -> Answer | None:
    """Answer as to somebody who is signed in no longer."""
    return problem(401) if asked.path.startswith("/api/") else None


def row(phone: Phone, place: str):
    return phone.page.locator("li").filter(has_text=place)


def test_each_answer_leads_to_its_state_and_a_bad_report_stops_no_other(outbox, wire):
    wanted, conflict, forbidden, good = (new_ref() for _ in range(4))
    for n, ref in enumerate((wanted, conflict, forbidden, good)):
        outbox.write(ref, place=f"Pasar {n}")
    told = [{"field": "signups/0/nik", "code": "nik.length", "detail": "NIK Bu Nuraini baru 15 angka."}]
    answer_with(wire, wanted, 422, errors=told)
    answer_with(wire, conflict, 409, code="other_content", detail="Sudah tersimpan dengan isi lain.")
    answer_with(wire, forbidden, 403, detail="Sertifikat Anda sudah habis.")
    outbox.queue(wanted, conflict, forbidden, good)
    outbox.wait_until("received", good)

    assert outbox.states() == {wanted: "fix", conflict: "fix", forbidden: "queued", good: "received"}
    assert outbox.reports()[wanted]["errors"] == told
    expect(row(outbox, "Pasar 0")).to_contain_text("1 isian perlu diperbaiki")
    expect(row(outbox, "Pasar 0")).to_contain_text("NIK Bu Nuraini baru 15 angka.")
    expect(row(outbox, "Pasar 0")).to_contain_text("sesudah diperbaiki")
    expect(row(outbox, "Pasar 1")).to_contain_text("berbeda dari yang di server")
    expect(row(outbox, "Pasar 2")).to_contain_text("Sertifikat Anda sudah habis.")
    number = outbox.reports()[good]["receipt"]["number"]
    expect(row(outbox, "Pasar 3")).to_contain_text(f"No. {number}")
    expect(outbox.page.get_by_role("status").first).to_contain_text("2 laporan perlu diperbaiki")

    outbox.page.evaluate(AXE_SCRIPT)
    assert outbox.page.evaluate("axe.run().then((found) => found.violations.map((one) => one.id))") == []

    row(outbox, "Pasar 1").get_by_role("button", name="Buang laporan").click()
    expect(row(outbox, "Pasar 1")).to_have_count(0)
    outbox.write(wanted, place="Pasar 0, Blok B")
    outbox.queue(wanted)
    outbox.wait_until("received", wanted)


def test_waits_grow_and_what_the_server_asks_for_is_obeyed(outbox, wire):
    ref = new_ref()
    outbox.write(ref)
    waits = []
    for times in range(4):
        answer_with(wire, ref, 500)
        outbox.queue(ref) if times == 0 else outbox.page.get_by_role("button", name="Kirim sekarang").click()
        outbox.wait_for(
            lambda n=times + 1: outbox.reports()[ref]["tries"] == n and not outbox.is_sending(ref)
        )
        waits.append(outbox.seconds_to_wait(ref))
    for waited, planned in zip(waits, (30, 120, 600, 3600), strict=True):
        assert 0.75 * planned <= waited <= 1.21 * planned
    expect(row(outbox, "Pasar Kamboja")).to_contain_text("percobaan ke-4")
    expect(row(outbox, "Pasar Kamboja")).to_contain_text("server sedang terganggu")

    answer_with(wire, ref, 429, headers={"Retry-After": "7200"})
    outbox.page.get_by_role("button", name="Kirim sekarang").click()
    outbox.wait_for(lambda: outbox.reports()[ref]["tries"] == 5 and not outbox.is_sending(ref))
    assert 7195 <= outbox.seconds_to_wait(ref) <= 7205
    outbox.page.get_by_role("button", name="Kirim sekarang").click()
    outbox.page.wait_for_timeout(300)
    assert outbox.reports()[ref]["tries"] == 5


def test_a_token_that_another_tab_replaced_is_fetched_anew(outbox, wire):
    ref = new_ref()
    answer_with(wire, ref, 400, code="stale_page", detail="Halaman ini sudah terlalu lama terbuka.")
    outbox.write(ref)
    outbox.queue(ref)
    outbox.wait_until("received", ref)

    assert outbox.reports()[ref]["tries"] == 1


def test_a_session_that_is_over_keeps_the_report_for_its_person(outbox, wire):
    ref = new_ref()
    wire.faults.append(session_is_over)
    outbox.write(ref)
    outbox.queue(ref)
    outbox.wait_until("sign_in", ref)
    expect(outbox.page.get_by_role("status").first).to_contain_text("Masuk dulu untuk mengirim")
    outbox.wait_for(lambda: outbox.kept_pages() == [])

    wire.faults.clear()
    outbox.page.goto("/outbox")
    outbox.wait_until("received", ref)
    assert len(wire.puts(201)) == 1


def sign_out(phone) -> None:
    """Sign out once the part for no signal is there: it is loaded after the page."""
    phone.page.goto("/profile")
    phone.page.locator("form[data-watched]").wait_for(state="attached")
    phone.page.get_by_role("button", name="Keluar dari portal").click()
    phone.page.wait_for_url("**/login")


def test_two_people_on_one_phone_see_nothing_of_each_other(phone, wire):
    phone.sign_in("marlina")
    mine = new_ref()
    wire.is_cut = True
    phone.write(mine, photos=1, place="Rahasia Marlina")
    phone.queue(mine)
    phone.page.goto("/outbox")
    phone.shows("Rahasia Marlina")
    wire.is_cut = False
    wire.faults.append(session_is_over)
    phone.asked = []
    sign_out(phone)
    assert "1 laporan di HP ini belum terkirim" in phone.asked[0]
    assert phone.kept_pages() == phone.whose_keys() == []
    wire.faults.clear()

    phone.sign_in("herman")
    assert phone.reports() == {}
    assert "Rahasia" not in phone.everything_stored()
    wire.is_cut = True
    for path in KEPT:
        phone.page.goto(path)
        expect(phone.page.locator("body")).not_to_contain_text("Marlina")
        expect(phone.page.locator("body")).not_to_contain_text("Rahasia")
    wire.is_cut = False
    sign_out(phone)
    assert wire.puts() == []

    phone.sign_in("marlina")
    phone.wait_until("received", mine)
    assert len(wire.puts(201)) == 2


def test_pages_open_without_a_signal_and_say_how_old_they_are(outbox, wire):
    outbox.wait_for(outbox.has_villages)
    wire.is_cut = True
    for path in KEPT:
        outbox.page.goto(path)
        expect(outbox.page.get_by_text(re.compile(r"Data pukul \d\d\.\d\d"))).to_be_visible()
    outbox.page.goto("/incentives")
    outbox.shows("Halaman itu perlu sinyal")
    villages = outbox.page.evaluate("fetch('/report/villages?of=1671').then((answer) => answer.text())")
    assert "Ulu" in villages

    wire.is_cut = False
    outbox.page.goto("/")
    expect(outbox.page.get_by_text("Data pukul")).to_have_count(0)


def test_the_portal_can_be_installed(outbox):
    devtools = outbox.context.new_cdp_session(outbox.page)

    assert devtools.send("Page.getAppManifest")["errors"] == []
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


def test_a_slow_answer_is_shown_once_it_comes(outbox, wire):
    gate = wire.gate(lambda asked: asked.path == "/", done=True, then=None)
    outbox.page.goto("/")
    expect(outbox.page.get_by_text("Data pukul")).to_be_visible()
    gate.open.set()
    expect(outbox.page.get_by_text("Data pukul")).to_have_count(0)


def test_a_new_version_waits_until_nothing_is_being_done(outbox, wire):
    ref, written = new_ref(), new_ref()
    outbox.write(written, place="Pasar Lama")
    before = outbox.caches()
    gate = wire.gate(lambda asked: asked.is_report, done=False, then=None)
    outbox.write(ref)
    outbox.queue(ref)
    outbox.wait_for(gate.reached.is_set)
    outbox.offer_version("new")
    outbox.page.wait_for_timeout(300)
    assert outbox.has_version_waiting()
    assert before <= outbox.caches()

    gate.open.set()
    outbox.wait_until("received", ref)
    outbox.wait_for(lambda: not outbox.has_version_waiting())
    outbox.wait_for(lambda: not before & outbox.caches())
    assert outbox.states() == {ref: "received", written: "draft"}
    assert wire.puts(201) == wire.puts()


def test_a_form_that_is_being_filled_in_keeps_the_new_version_waiting(phone, wire):
    phone.sign_in("marlina").page.goto("/profile")
    phone.page.get_by_label("Nama di papan peringkat").fill("Lina")
    phone.offer_version("new")
    phone.page.wait_for_timeout(300)
    assert phone.has_version_waiting()

    phone.page.goto("/outbox")
    phone.wait_for(lambda: not phone.has_version_waiting())


def test_a_full_phone_says_so_before_it_is_too_late(outbox, wire):
    wire.is_cut = True
    refs = [new_ref() for _ in range(30)]
    for ref in refs[:25]:
        outbox.write(ref)
    expect(outbox.page.get_by_text("Tempat di HP hampir penuh")).to_be_visible()
    for ref in refs[25:]:
        outbox.write(ref)
    refused = outbox.store(
        "return store.saveDraft({ref: 'one-more', body: {}}).then(() => 'kept', (problem) => problem.code);"
    )
    assert refused == "full"
