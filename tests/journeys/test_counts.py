"""Every figure on a home page equals the list that it links to, for every role, in a demo-like world.

A link that promises n items carries data-figure; its list carries data-total, and each item data-item.
"""

import re
from html import unescape

import pytest
from known_worlds import restore_demo
from signing_in import post, sign_in
from sqlalchemy import select

from portal.accounts.models import User
from portal.database.extensions import db
from portal.organisation.models import RegionalOffice
from portal.payouts.models import PayoutBatch

pytestmark = [pytest.mark.slow]

ROLES = ("cadre", "supervisor", "validator", "finance", "admin", "auditor")
LISTS = {
    "supervisor": ("/", "/review", "/signups", "/months"),
    "validator": ("/", "/extracts", "/extracts/signups", "/signups"),
    "finance": ("/", "/payouts", "/payouts/held"),
    "admin": ("/", "/extracts", "/branches", "/signups"),
    "auditor": ("/", "/extracts", "/extracts/signups"),
    "cadre": ("/", "/participants"),
}
LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>')
FIGS = re.compile(r'<div class="figs.*?</section>', re.DOTALL)
SHOWN = re.compile(r'<b class="fig s">([^<]*)</b><a href="([^"]*)"')
NUMBER_AND_LINK = re.compile(r'<b class="fig s">([\d.]+)</b><a ([^>]*)>')


@pytest.fixture
def world(app, database):
    restore_demo(database)


def figures(html: str) -> list[tuple[str, int, str]]:
    """List the links that promise a number: address, number, and the list's name."""
    found = []
    for match in LINK.finditer(html):
        number = re.search(r'data-figure="(\d+)"', match[0])
        of = re.search(r'data-of="([\w-]+)"', match[0])
        if number:
            found.append((unescape(match[1]), int(number[1]), of[1] if of else ""))
    return found


def unmarked(html: str) -> list[str]:
    """List the links next to a figure that promise nothing."""
    return [
        attributes
        for section in FIGS.findall(html)
        for _number, attributes in NUMBER_AND_LINK.findall(section)
        if "data-figure" not in attributes
    ]


class Pages:
    """Pages as one person sees them, each asked for once: many figures lead to the same list."""

    def __init__(self, client) -> None:
        self.client, self.seen = client, {}

    def __getitem__(self, address: str) -> str:
        if address not in self.seen:
            self.seen[address] = self.client.get(address).text
        return self.seen[address]


def listed(pages: Pages, address: str, of: str) -> tuple[int | None, int]:
    """Return a list's own total and the items counted through all its pages."""
    total, items = None, 0
    while address:
        html = pages[address.partition("#")[0]]
        mark = rf'data-total="{of}:(\d+)"' if of else r'data-total="(\d+)"'
        said = re.search(mark, html)
        total = int(said[1]) if said and total is None else total
        items += len(re.findall(rf'data-item="{of}"' if of else r'\bdata-item(?:="")?(?=[ >])', html))
        more = re.search(r'<a[^>]*rel="next"[^>]*href="([^"]*)"', html)
        address = unescape(more[1]) if more else ""
    return total, items


def staff(role: str) -> User:
    return db.session.scalars(
        select(User)
        .where(User.role == role, User.is_active, User.password_hash.is_not(None))
        .order_by(User.id)
    ).first()


def wrong_figures(pages: Pages, page: str) -> list[tuple]:
    html = pages[page]
    assert page != "/" or "data-figure" in html
    wrong: list[tuple] = [(page, "unmarked", link) for link in unmarked(html)]
    for address, number, of in figures(html):
        if address.endswith("#ready"):
            continue  # the page adds them up and has no list: see the test of finance below
        if of == "statements":
            total, items = listed(pages, address.replace("/months/", "/incentives?month="), "")
        else:
            total, items = listed(pages, address, of)
        if (items, total if items or total is not None else 0) != (number, number):
            wrong.append((page, address, of, number, total, items))
    return wrong


def test_every_figure_is_what_its_list_has(client, world):
    for role in ROLES:
        pages = Pages(sign_in(client, staff(role)))
        for page in LISTS[role]:
            assert (role, wrong_figures(pages, page)) == (role, [])


def test_a_regional_admin_and_supervisor_count_their_own_region_only(client, world):
    office = db.session.scalars(select(RegionalOffice).order_by(RegionalOffice.id)).first()
    for role in ("admin", "supervisor"):
        user = staff(role)
        user.scope, user.regional_office_id, user.branch_id = "region", office.id, None
        db.session.commit()
        assert (role, wrong_figures(Pages(sign_in(client, user)), "/")) == (role, [])


def test_finance_pays_as_many_and_as_much_as_its_home_page_promises(client, world):
    batch = db.session.scalars(select(PayoutBatch).where(PayoutBatch.status == "prepared")).first()
    checker = db.session.scalars(
        select(User).where(User.role == "finance", User.id != batch.prepared_by)
    ).first()
    client = sign_in(client, checker)
    post(client, f"/payouts/{batch.id}/reject", data={"reason": "Hitung ulang", "version": batch.version})
    promised = SHOWN.findall(client.get("/").text)
    count, amount = (text for text, address in promised if address.endswith("#ready"))
    page = client.get("/payouts").text
    ready = page.partition('data-total="ready:')[2]
    assert int(count) > 0
    assert (ready.partition('"')[0], digits(amount) in digits(ready)) == (count, True)

    newest = re.search(r'<option[^>]*value="([\d-]+)"', page)[1]
    post(client, "/payouts/prepare", data={"month_until": newest})
    batch = db.session.scalars(select(PayoutBatch).order_by(PayoutBatch.id.desc())).first()
    assert (batch.payments, batch.total) == (int(count), int(digits(amount)))
    assert SHOWN.findall(client.get("/").text)[0][0] == "0"


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)
