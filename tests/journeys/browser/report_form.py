"""The report form at a real browser: opening it, going through its steps, and what the phone keeps of it."""

import re
from contextlib import contextmanager

from playwright.sync_api import Locator, expect
from sqlalchemy import select
from visitors import PHONE, Visitor

from portal.accounts.models import User
from portal.database.extensions import db
from portal.database.transaction import transaction

STORED = """async (ref) => {
  const store = await import("/static/src/js/store.js");
  await store.open(JSON.parse(document.querySelector("[data-form]").dataset.facts).user);
  return store.get(ref);
}"""


@contextmanager
def cadre(theatre, chromium, *, size=PHONE, name="marlina", language="id"):
    """A cadre at the form, whose phone gets the key of the store."""
    with theatre.backstage(), transaction():
        user = db.session.scalars(select(User).where(User.email == f"{name}@contoh.test")).one()
        user.locale = language
    with Visitor(chromium, theatre.portal.url, size=size) as visitor:
        visitor.sign_in(f"{name}@contoh.test")
        yield visitor


def begin(visitor: Visitor):
    visitor.open("/report/new")
    return ready(visitor.page)


def ready(page):
    page.locator("[data-ready]").wait_for(state="attached")
    return page


def on(page) -> Locator:
    """The button that goes on from the step that is shown."""
    return page.locator("form[data-step]:visible [data-act=next]")


def stored(page) -> dict:
    """What the phone keeps of the report that this page writes."""
    return page.evaluate(STORED, page.url.split("#")[1][:36])


def to_step(page, name: str) -> None:
    """Fill what comes before a step, and go there."""
    page.get_by_label("Kunjungan pasar").check()
    for step, fill in (
        ("place", lambda: None),
        ("people", lambda: when_and_where(page)),
        ("photos", lambda: page.get_by_label("Jumlah hadir").fill("24")),
        ("signups", lambda: None),
        ("check", lambda: None),
    ):
        fill()
        on(page).click()
        expect(page.locator(f"form[data-step={step}]")).to_be_visible()
        if step == name:
            return


def when_and_where(page) -> None:
    page.get_by_role("radio", name="Hari ini").check()
    page.get_by_label("Nama tempat").fill("Pasar Kamboja")
    page.get_by_label("Nama kelurahan atau desa").fill("9-10 ulu")
    page.locator("#village_code").get_by_role("radio", name=re.compile("9-10 Ulu")).check()


def add_photo(page, path) -> None:
    before = page.locator("[data-pictures] [data-id]").count()
    page.locator("[data-photo]").first.set_input_files(path)
    expect(page.locator("[data-pictures] [data-id]")).to_have_count(before + 1)
