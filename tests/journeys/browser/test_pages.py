"""Every linked page, as each role: accessible, inside the narrowest window, light and dark, without errors.

The crawl begins at the role's first page and opens one example of each endpoint.
"""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from visitors import DESK, NARROW, PHONE, Visitor
from werkzeug.exceptions import HTTPException

from portal.config import DEMO_PASSWORD

ROLES = ("marlina", "bambang", "fahmi", "vera", "farah", "ratna", "agus")
# What a link may lead to without being a page: files and pictures.
NO_PAGES = {
    "static",
    "activities.photo",
    "activities.thumb",
    "explainer.picture",
    "recognition.card_picture",
    "scoring.download_preview",
    "months.download_digest",
    "coverage.download",
    "coverage.download_branch",
    "coverage.download_region",
    "training.sign_sheet",
    *(f"training.{own}{paper}_paper" for own in ("", "own_") for paper in ("certificate", "letter", "card")),
    "home.month_report",
    "home.months",
    "home.healthz",
    "home.readyz",
}
# Dark pages differ only in colours; a page that a second role sees, in what stands on it.
ALL = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": ["color-contrast"]}
BUT_COLOURS = ALL | {"rules": {"color-contrast": {"enabled": False}}}
# The eleventh row of a list is made like the first ten, and long lists are half of the work.
MORE_OF_THE_SAME = {"exclude": [["tbody tr:nth-child(n+11)"], ["li:nth-child(n+11)"]]}
# What passes is no news: to describe every passed element and send it here would be half of the rest.
JUDGE = "([where, options]) => axe.run(where, options).then(found => found.violations)"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDEST = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(e => e.tagName + '.' + e.className)"""
# An endpoint's page is checked for this many roles: a third sees nothing new.
JUDGED: Counter[str] = Counter()


class Crawl:
    """One role's way through the portal."""

    def __init__(self, visitor: Visitor, app, name: str, pictures) -> None:
        self.visitor, self.name, self.pictures = visitor, name, pictures
        self.routes = app.url_map.bind("localhost")
        self.seen: dict[str, str] = {}
        self.faults: list[str] = []
        self.theme = "light"

    def endpoint_of(self, path: str) -> str:
        try:
            return self.routes.match(path, method="GET")[0]
        except HTTPException:
            return ""

    def links(self) -> list[str]:
        """List the addresses on this page, without their anchors."""
        found = self.visitor.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        here = urlsplit(self.visitor.page.url).netloc
        parts = [urlsplit(address) for address in found]
        return [part.path + ("?" + part.query if part.query else "") for part in parts if part.netloc == here]

    def walk(self) -> None:
        """Open one example of each endpoint and look at it."""
        waiting = ["/"]
        while waiting:
            path = waiting.pop(0)
            endpoint = self.endpoint_of(urlsplit(path).path)
            if endpoint in NO_PAGES or endpoint in self.seen:
                continue
            self.seen[endpoint] = path
            answer = self.visitor.page.goto(path)
            if answer is None or answer.status != 200:
                self.faults.append(f"{path}: status {answer and answer.status}")
                continue
            waiting += self.links()
            self.look(path, endpoint)

    def look(self, path: str, endpoint: str) -> None:
        """Check the page in each window and theme."""
        name = f"{self.name}-{endpoint or 'missing'}"
        for theme, size, counts in (
            ("light", PHONE, True),
            ("dark", PHONE, False),
            ("light", DESK, False),
            ("dark", DESK, True),
        ):
            judged = counts and JUDGED[endpoint] < 2
            if not (judged or self.pictures):
                continue
            self.show(size, theme)
            self.visitor.picture(self.pictures, f"{name}-{size[0]}-{theme}")
            if judged:
                self.judge(path, f"{size[0]} {theme}", COLOURS if theme == "dark" else ALL)
        JUDGED[endpoint] += 1
        self.show(NARROW, self.theme)
        self.fit(path)
        self.show(PHONE, "light")

    def show(self, size: tuple[int, int], theme: str) -> None:
        """Change the window and the theme where they differ."""
        page, wanted = self.visitor.page, {"width": size[0], "height": size[1]}
        if page.viewport_size != wanted:
            page.set_viewport_size(wanted)
        if self.theme != theme:
            page.emulate_media(color_scheme=theme)
            self.theme = theme

    def judge(self, path: str, where: str, options: dict) -> None:
        page = self.visitor.page
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        for found in page.evaluate(JUDGE, [MORE_OF_THE_SAME, options]):
            nodes = [re.sub(r"\s+", " ", node["html"])[:160] for node in found["nodes"][:2]]
            self.faults.append(f"{path} ({where}): {found['id']}: {nodes}")
        self.fit(path)

    def fit(self, path: str) -> None:
        width = self.visitor.page.viewport_size["width"]
        if (over := self.visitor.page.evaluate(SIDEWAYS)) > 0:
            self.faults.append(f"{path}: {over} px too wide at {width}: {self.visitor.page.evaluate(WIDEST)}")


@pytest.mark.parametrize("name", ROLES)
def test_every_page_of_a_role_is_accessible_and_fits(demo, chromium, pictures, name):
    with Visitor(chromium, demo.portal.url) as visitor:
        visitor.sign_in(f"{name}@demo.test", DEMO_PASSWORD)
        crawl = Crawl(visitor, demo.portal.database.app, name, pictures)
        crawl.walk()
        assert crawl.faults == [], "\n".join(crawl.faults)
