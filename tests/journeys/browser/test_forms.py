"""An invalid field in a real browser: one border, and no error any more once somebody types."""

import pytest
from databases import get_database
from live import LivePortal
from stage import NOON, fail_on_faults
from visitors import Visitor

BORDER = "one => [getComputedStyle(one).borderTopWidth, getComputedStyle(one).borderTopColor]"
RING = "one => getComputedStyle(one).outlineStyle"


@pytest.fixture(scope="module")
def portal(databases: dict, tmp_path_factory: pytest.TempPathFactory):
    """Serve an empty SQLite: the page of samples shows no data and asks for no account."""
    database = get_database(databases, "sqlite")
    database.reset()
    with LivePortal(database, tmp_path_factory.mktemp("samples"), clock=NOON) as portal:
        portal.start_web(workers=1)
        yield portal
        fail_on_faults(portal)


def test_a_wrong_field_has_one_border_and_is_right_again_once_somebody_types(portal, chromium):
    with Visitor(chromium, portal.url) as visitor:
        page = visitor.open("/components")
        wrong, right = page.locator("#attendance"), page.locator("#place")
        assert wrong.get_attribute("aria-invalid") == "true"
        error = page.locator(f"#{wrong.get_attribute('aria-describedby').split()[-1]}")
        assert error.is_visible()
        assert wrong.evaluate(RING) == "none"
        assert wrong.evaluate(BORDER) != right.evaluate(BORDER)

        wrong.focus()
        focused = wrong.evaluate(BORDER)
        right.focus()
        assert focused == right.evaluate(BORDER)  # the ring of the focus, not the error's border inside it

        before = wrong.bounding_box()
        wrong.press_sequentially("24")
        assert wrong.get_attribute("aria-invalid") is None
        assert wrong.get_attribute("aria-describedby") is None
        assert not error.is_visible()
        assert abs(wrong.bounding_box()["y"] - before["y"]) < 2


def test_a_wrong_choice_loses_its_mark_with_the_choice(portal, chromium):
    with Visitor(chromium, portal.url) as visitor:
        page = visitor.open("/components")
        box = page.locator("label.opt.bad")
        assert box.count() == 1
        box.click()
        assert page.locator("label.opt.bad").count() == 0
