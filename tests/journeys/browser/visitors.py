"""A person at a real browser: signs in, clicks, and notices what should not have happened."""

import sys
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

PASSWORD = "kata-sandi-uji-2026"
PATIENCE = 20_000  # milliseconds: the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)
PHONE, DESK, NARROW = (360, 740), (1280, 800), (320, 640)


class Visitor:
    """One person with their own browser; at its end, errors of the pages fail the test.

    It has no service worker: every page comes from the server. Phones with one are in phone.py.
    """

    def __init__(
        self,
        chromium: Browser,
        url: str,
        *,
        size: tuple[int, int] = PHONE,
        scripts: bool = True,
        dark: bool = False,
    ) -> None:
        self.context = chromium.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=1,
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            accept_downloads=True,
            service_workers="block",
        )
        self.context.set_default_timeout(PATIENCE)
        self.scripts = scripts
        self.problems: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        seen = "" if kind is None else f"{self.page.url}: {self.text()[:3000]}"
        self.context.close()
        if kind is None:
            assert self.problems == []
        elif issubclass(kind, Exception):
            sys.stdout.write(f"The page that failed was {seen}\n{self.problems}\n")  # pytest shows it

    def _heard(self, message: ConsoleMessage) -> None:
        """Note errors of scripts and of the content security policy; statuses are judged in _answered."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        """Note faults of the server, and files of a page that are not there."""
        document = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not document):
            self.problems.append(f"{response.status} {response.request.method} {response.url}")

    def sign_in(self, email: str, password: str = PASSWORD) -> Self:
        """Sign in through the form."""
        self.page.goto("/login")
        self.page.get_by_label("Nomor HP atau e-mail").fill(email)
        self.page.get_by_label("Kata sandi", exact=True).fill(password)
        self.page.get_by_role("button", name="Masuk", exact=True).click()
        self.page.wait_for_url(lambda url: not url.endswith("/login"))
        return self

    def begin_report_by_pages(self) -> Page:
        """Begin a report page by page: without scripts the form leads there by itself, with them by a link."""
        self.page.get_by_role("link", name="Laporan baru").click()
        if self.scripts:
            self.page.get_by_role("link", name="Lapor halaman demi halaman").click()
        self.page.wait_for_url("**/type")
        return self.page

    def open(self, path: str) -> Page:
        """Go to a page that must answer 200."""
        answer = self.page.goto(path)
        assert answer is not None, path
        assert answer.status == 200, (path, answer.status)
        return self.page

    def picture(self, folder: Path | None, name: str) -> None:
        """Take a picture of the whole page, if pictures are wanted; the window grows so that bars are at its end."""
        if folder is None:
            return
        before = self.page.viewport_size
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": before["width"], "height": max(before["height"], height)})
        self.page.screenshot(path=folder / f"{name}.png")
        self.page.set_viewport_size(before)

    def text(self) -> str:
        """Return the text of the page's main part, with single spaces."""
        return " ".join(self.page.locator("body").inner_text().split())
