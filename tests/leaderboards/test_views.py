"""Pages of ranks: what a cadre may see, what staff may see, and how little it weighs."""

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cast import make_cast
from factories import actor_of, make_cadre, make_crowd, make_user
from signing_in import sign_in
from sqlalchemy import Engine, event, update

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.leaderboards.services import freeze_standings
from portal.points.models import Month
from portal.points.services.months import lock_month
from portal.points.services.posting import NewEntry, post_entries, post_entry
from portal.web import assets

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def give(cadre, value, *, n, earned=date(2026, 11, 3), kind="activity"):
    with transaction():
        post_entry(
            NewEntry(
                cadre_id=cadre.id,
                kind=kind,
                source=f"{kind}:{n}",
                points=value,
                rule_version=1,
                earned_on=earned,
            ),
            by=Signature(actor_of(cadre), NOW),
        )


def close(month):
    with transaction():
        lock_month(month)
        freeze_standings(month=month)
        db.session.execute(
            update(Month).where(Month.month == month).values(status="closed", digest="d" * 64, closed_at=NOW),
        )


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def crowd(cast):
    """Thirty cadres in Palembang, the first with the most points."""
    cadres = make_crowd([f"Kader Ke{n:02}" for n in range(28)], branch_id=cast.palembang.id)
    everybody = [*cadres[:12], cast.marlina, *cadres[12:], cast.herman]
    earned = [
        NewEntry(cadre.id, "activity", f"activity:{at}", 1000 - 10 * at, 1, date(2026, 11, 3))
        for at, cadre in enumerate(everybody)
    ]
    with transaction():
        post_entries(earned, by=Signature(actor_of(cast.marlina), NOW))
    return everybody


def test_a_cadre_sees_the_own_place_first_with_two_neighbours_each_side(client, cast, crowd):
    html = sign_in(client, cast.marlina).get("/ranks").text
    assert "Peringkat 13 dari 30" in html
    ladder = re.search(r'<ol class="ladder.*?</ol>', html, re.DOTALL)[0]
    assert re.findall(r'class="p">(\d+)<', ladder) == ["11", "12", "13", "14", "15"]
    assert html.index("Peringkat 13") < html.index("Papan cabang")
    assert "22\N{NO-BREAK SPACE}Nov, 12.00" in html


def test_a_cadre_sees_no_more_than_the_top_third_of_a_board(client, cast, crowd):
    html = sign_in(client, cast.herman).get("/ranks?rows=all").text
    board = re.search(r'<table class="board".*?</table>', html, re.DOTALL)[0]
    assert board.count("<tr") == 1 + 10
    assert "Kader Ke15" not in html


def test_the_page_works_without_points(client, cast, crowd):
    newcomer = make_cadre(branch_id=cast.palembang.id)
    for address in ("/ranks", "/ranks?scope=nation", "/ranks?month=ALL", "/ranks?month=2025-01"):
        answer = sign_in(client, newcomer).get(address)
        assert answer.status_code == 200
        assert "Belum ada peringkat" in answer.text


def test_an_address_with_nonsense_is_not_found(client, cast):
    sign_in(client, cast.marlina)
    for address in ("/ranks?month=2026-13", "/ranks?month=x", "/ranks?scope=world"):
        assert client.get(address).status_code == 404
    assert client.get("/ranks?month=2099-01").status_code == 200


def test_a_closed_month_is_shown_as_it_was_frozen(client, cast):
    give(cast.marlina, 50, n=1, earned=date(2026, 10, 5))
    give(cast.herman, 70, n=2, earned=date(2026, 10, 5))
    close("2026-10")
    give(cast.marlina, 50, n=3, earned=date(2026, 10, 6))
    for scope in ("branch", "region", "nation"):
        html = sign_in(client, cast.marlina).get(f"/ranks?month=2026-10&scope={scope}").text
        assert "Peringkat 2 dari 2" in html
        assert "ditutup 22" in html
    assert "Peringkat 1 dari 1" in client.get("/ranks").text
    assert "Peringkat 1 dari 2" in client.get("/ranks?month=ALL").text
    yosef = sign_in(client, cast.yosef).get("/ranks?month=2026-10&scope=nation").text
    assert "Belum ada peringkat" in yosef
    assert "Herman Sawiran" in yosef


def test_an_alias_takes_the_place_of_the_name(client, cast):
    cast.herman.alias = "Elang Musi"
    db.session.commit()
    give(cast.marlina, 50, n=1)
    give(cast.herman, 70, n=2)
    html = sign_in(client, cast.marlina).get("/ranks").text
    assert "Elang Musi" in html
    assert "Sawiran" not in html


def test_staff_see_whole_boards_inside_their_scope_only(client, cast, crowd):
    give(cast.yosef, 5, n=99)
    sign_in(client, cast.fahmi)
    html = client.get("/boards").text
    assert "Herman Sawiran" in html
    assert "Yosef" not in html
    assert client.get(f"/boards/branch?id={cast.jayapura.id}").status_code == 404
    assert client.get("/boards/region").status_code == 404
    assert client.get("/boards/nation").status_code == 404
    sign_in(client, cast.ratna)
    assert "Yosef" in client.get("/boards/nation").text
    assert "Yosef" in client.get(f"/boards/branch?id={cast.jayapura.id}").text
    assert client.get("/boards/region").status_code == 200
    assert client.get("/boards/galaxy").status_code == 404
    assert sign_in(client, cast.marlina).get("/boards/nation").status_code == 403
    assert sign_in(client, cast.fahmi).get("/ranks").status_code == 403


def test_a_regional_supervisor_sees_region_and_branches(client, cast, crowd):
    office = make_user(
        role="supervisor", scope="region", regional_office_id=cast.palembang.regional_office_id
    )
    sign_in(client, office)
    assert client.get("/boards").status_code == 200
    assert client.get(f"/boards/branch?id={cast.palembang.id}").status_code == 200
    assert client.get(f"/boards/branch?id={cast.jayapura.id}").status_code == 404
    assert client.get(f"/boards/region?id={cast.jayapura.regional_office_id}").status_code == 404


def test_staff_page_through_a_long_board_and_search_it(client, cast):
    cadres = make_crowd([f"Orang {n % 7}.x" for n in range(230)], branch_id=cast.palembang.id)
    entries = [
        NewEntry(cadre.id, "activity", f"activity:{at}", 5 + at // 3, 1, date(2026, 11, 3))
        for at, cadre in enumerate(cadres)
    ]
    with transaction():
        post_entries(entries, by=Signature(cast.actor("ratna"), NOW))
    sign_in(client, cast.ratna)
    address, seen = "/boards/nation", []
    while address:
        html = client.get(address).text
        seen += re.findall(r'href="/cadres/(\d+)"', html)
        found = re.search(r'rel="next" href="([^"]+)"', html)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == 230 == len(set(seen))
    html = client.get(f"/boards/nation?q={cadres[0].code.lower()}").text
    assert html.count('href="/cadres/') == 1
    assert ">228<" in html
    assert "Tidak ada yang cocok" in client.get("/boards/nation?q=100%25").text
    for nonsense in (
        "after=x.y.z",
        "id=x",
        "after=999999999999999.1.a",
        "after=²2.1.a",
        "after=5.5.",
        "after=5",
        "after=5.5.Orang 1.x",
    ):
        assert client.get(f"/boards/branch?{nonsense}").status_code == 200


def test_numbers_out_of_all_bounds_find_nothing(client, cast):
    sign_in(client, cast.ratna)
    huge = "9" * 15
    assert client.get(f"/cadres/{'9' * 30}/points").status_code == 404
    assert client.get("/boards/branch?id=99999999").status_code == 404
    assert client.get(f"/boards/region?id={huge}").status_code == 404
    assert client.get(f"/boards/region?id={'9' * 30}").status_code == 400
    for address in (
        "/boards/branch?id=-1",
        f"/audit?before={huge}",
        "/audit?before=-1",
        f"/cadres/{cast.marlina.id}/points?before={huge}",
    ):
        assert client.get(address).status_code == 200
    assert sign_in(client, cast.marlina).get(f"/points?before={huge}").status_code == 200


def test_the_page_of_the_own_rank_is_light(client, cast, crowd):
    for n, month in enumerate((6, 7, 8, 9, 10)):
        give(cast.marlina, 500 + 37 * n, n=f"m{n}", earned=date(2026, month, 5))
    sign_in(client, cast.marlina)
    first = gzip.compress(client.get("/ranks").data, 6)
    assert len(first) <= 14 * 1024
    built = {name: (assets.BUILT / name) for name in assets.NAMES.values()}
    linked = {
        name: path for name, path in built.items() if name.startswith(("portal.", "icons.", "favicon."))
    }
    sizes = {name: len(gzip.compress(Path(path).read_bytes(), 6)) for name, path in linked.items()}
    script = sum(size for name, size in sizes.items() if name.endswith(".js"))
    assert script <= 10 * 1024
    assert len(first) + sum(sizes.values()) <= 40 * 1024
    with client.session_transaction():
        pass
    client.set_cookie("css", assets.VERSION)
    assert len(gzip.compress(client.get("/ranks").data, 6)) <= 5 * 1024


def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(client, cast):
    give(cast.marlina, 50, n=1)
    sign_in(client, cast.marlina)
    first = client.get("/ranks")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get("/ranks", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/ranks?scope=nation", headers=tag).status_code == 200
    nation = {"If-None-Match": client.get("/ranks?scope=nation").headers["ETag"]}
    give(cast.yosef, 70, n=2)  # somebody else, far away
    assert client.get("/ranks?scope=nation", headers=nation).status_code == 200
    assert client.get("/ranks", headers=tag).status_code == 304
    give(cast.herman, 70, n=3)  # on the same board
    changed = client.get("/ranks", headers=tag)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert (
        sign_in(client, cast.herman)
        .get("/ranks", headers={"If-None-Match": changed.headers["ETag"]})
        .status_code
        == 200
    )


def test_a_page_reads_little(client, cast, crowd):
    sign_in(client, cast.marlina)
    client.get("/ranks")
    seen = []

    def listen(_conn, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        client.get("/ranks")
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len(seen) <= 2, "\n".join(seen)
    assert not any("Palembang" in statement for statement in seen)
