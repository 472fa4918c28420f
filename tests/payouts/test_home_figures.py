"""The home page's figures of payouts: each is the length of the list that it links to."""

from paying import NOW, OCTOBER, make_account, make_statements, prepare, refuse
from signing_in import sign_in

from portal.payouts.queries.payable import list_unpaid, total_waiting


def test_months_that_wait_show_the_same_number_on_the_home_page_and_in_the_list(client, cast, statements):
    make_account(cast.yosef)
    make_statements([(cast.yosef, 61_000)], "2026-11")
    refuse(cast, statements, "K-HERMAN")
    make_statements([(cast.marlina, 10_000)], "2026-12")
    prepare(cast, statement_ids=[list_unpaid(cast.actor("farah"), at=NOW)[-1].id])
    sign_in(client, cast.farah)
    waiting = total_waiting(cast.actor("farah"), at=NOW)

    assert (waiting.ready.count, waiting.held.count) == (0, 2)
    assert prepare_figures(client) == {
        "pembayaran siap dicairkan": 0,
        "daftar menunggu persetujuan": 1,
        "daftar menunggu hasil bank": 0,
        "pembayaran ditahan": 2,
        "di antaranya ditolak bank": 1,
        "rekening belum diperiksa": 1,
    }
    assert OCTOBER


def prepare_figures(client) -> dict[str, int]:
    """Read the home page's figures, and compare each with the list that it links to."""
    import re

    home = client.get("/").text
    found = {}
    for number, address, words in re.findall(
        r'<b class="fig s">([\d.]+)</b><a [^>]*?href="([^"]+)"[^>]*>([^<]+)</a>', home
    ):
        found[words] = int(number.replace(".", ""))
        page = client.get(address.replace("&amp;", "&").split("#")[0])
        assert page.status_code == 200
        if words == "daftar menunggu persetujuan":
            assert page.text.count("PC-2026-") == found[words]
        if "held" in address:
            assert len(re.findall(r'href="/cadres/\d+"', page.text)) == found[words]
        if "account=unverified" in address:
            assert len(re.findall(r'href="/cadres/\d+"', page.text)) == found[words]
    return found
