"""The pages of a long queue: who decides on one of them stays on it, and finds the way back."""

import re
from datetime import timedelta

import pytest
from cast import make_cast
from reporting import hand_in, hand_in_clean
from signing_in import post, sign_in

from portal import clock


@pytest.fixture
def cast(app, monkeypatch):
    """Queue pages of three flagged and two unflagged reports."""
    monkeypatch.setattr("portal.activities.queries.queue.PAGE", 2)
    monkeypatch.setattr("portal.activities.queries.queue.FLAGGED_SHOWN", 3)
    return make_cast()


@pytest.fixture
def waiting(cast):
    """Hand in five flagged and five unflagged reports of one branch, all at other moments."""
    start = clock.now() - timedelta(hours=12)
    flagged = [
        hand_in(cast.herman, place=f"Balai {n}", at=start + timedelta(minutes=n)).activity_id
        for n in range(5)
    ]
    clean = [
        hand_in_clean(cast.marlina, place=f"Pasar {n}", at=start + timedelta(hours=1, minutes=n)).activity_id
        for n in range(5)
    ]
    return flagged, clean


@pytest.fixture
def fahmi(client, cast, waiting):
    return sign_in(client, cast.fahmi)


def text(answer):
    return answer.get_data(as_text=True)


def listed(page):
    """Read the reports of the left pane, in order."""
    return [int(number) for number in re.findall(r'<h3>\s*<a href="/activities/(\d+)', page)]


def way(page, rel):
    """Return where the link to the page before or after leads; None without one."""
    found = re.search(rf'rel="{rel}"\s+href="([^"]*)"', page)
    return found.group(1).replace("&amp;", "&") if found else None


def walk(client, page, rel):
    """Follow the links of one direction; return the reports of each page."""
    pages = [listed(page)]
    while url := way(page, rel):
        page = text(client.get(url))
        pages.append(listed(page))
    return page, pages


@pytest.mark.slow
def test_the_pages_lead_forth_and_back(fahmi, waiting):
    flagged, clean = waiting
    wanted = [flagged[:3], [*flagged[3:], *clean[:2]], clean[2:4], clean[4:]]

    last, forth = walk(fahmi, text(fahmi.get("/review")), "next")
    first, back = walk(fahmi, last, "prev")

    assert forth == wanted
    assert back == wanted[::-1]
    assert way(first, "prev") is None


def test_a_report_of_a_later_page_opens_beside_its_own_page(fahmi, waiting):
    _flagged, clean = waiting
    queue = text(fahmi.get(f"/review?after={clean[1]}"))
    url = f"/activities/{clean[3]}?after={clean[1]}"
    assert f'href="{url}"' in queue

    page = text(fahmi.get(url))

    assert listed(page) == clean[2:4]
    assert "9 dari 10" in page
    assert f'href="/activities/{clean[2]}?after={clean[1]}"' in page
    assert page.count('aria-current="true">Marlina') == 1
    assert f'href="/review?after={clean[1]}"' in page


@pytest.mark.parametrize("act", ["approve", "return", "reject"])
def test_a_decision_returns_to_the_page_it_was_made_on(fahmi, waiting, act):
    _flagged, clean = waiting
    url = f"/activities/{clean[3]}/{act}?show=clean&after={clean[1]}"
    given = {"version": "1", "code": "other", "reason": "Daftar hadir belum terbaca"}
    assert url.replace("&", "&amp;") in text(fahmi.get(f"/activities/{clean[3]}?show=clean&after={clean[1]}"))

    answer = post(fahmi, url, given)

    assert answer.headers["Location"] == f"/review?show=clean&after={clean[1]}"


def test_a_reason_that_is_missing_is_asked_for_beside_the_same_page(fahmi, waiting):
    _flagged, clean = waiting

    answer = post(fahmi, f"/activities/{clean[3]}/reject?after={clean[1]}", {"code": "other", "reason": ""})

    assert answer.status_code == 422
    assert listed(text(answer)) == clean[2:4]


def test_a_batch_returns_to_its_page_and_from_an_empty_page_to_the_first(fahmi, waiting):
    _flagged, clean = waiting
    page = text(fahmi.get(f"/review?show=clean&after={clean[1]}"))
    action = re.search(r'id="batch"\s+method="post"\s+action="([^"]*)"', page).group(1).replace("&amp;", "&")
    assert "Pilih 2 di halaman ini" in page

    stayed = post(fahmi, action, {"pick": [f"{clean[2]}:1", f"{clean[3]}:1"]}, follow_redirects=True)
    assert listed(text(stayed)) == clean[4:]

    emptied = post(fahmi, action, {"pick": [f"{clean[4]}:1"]}, follow_redirects=True)
    assert listed(text(emptied)) == clean[:2]
    assert emptied.request.path == "/review"
    assert "1 laporan disetujui" in text(emptied)


def test_the_unflagged_are_a_filter_of_their_own_with_their_number(fahmi, waiting):
    _flagged, clean = waiting

    page = text(fahmi.get("/review?show=clean"))

    assert listed(page) == clean[:2]
    assert re.search(r'aria-current="true"[^>]*>\s*Tanpa tanda\s+5<', page)
    assert re.search(r"Bertanda\s+5<", page)
    assert "Bertanda, lihat satu per satu" not in page
