"""A cadre's phone: a browser with a profile on disk that may be killed, on a wire that may be cut."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import BrowserContext, BrowserType, Dialog, Page, expect
from playwright.sync_api import Error as PlaywrightError
from visitors import PASSWORD, PATIENCE
from wire import Wire

BODY = {
    "type": "market_visit",
    "held_on": "2026-11-21",
    "village_code": "1671071005",
    "place": "Pasar Kamboja",
    "attendance": 12,
    "notes": "",
    "signups": [],
}
KEPT = ["/", "/buku-saku", "/outbox", "/participants", "/ranks", "/report", "/report/new"]
# The store's own module, as the form of a report uses it; the store it opens is the one of the page's script.
STORE = """const store = await import("/static/src/js/store.js");
await store.open(document.documentElement.dataset.user);"""


class Phone:
    """One phone: whoever signs in there shares its storage with everybody else who does."""

    def __init__(self, kind: BrowserType, browser: dict[str, Any], wire: Wire, folder: Path) -> None:
        self.kind, self.browser, self.wire, self.folder = kind, browser, wire, folder / "phone"
        self.problems: list[str] = []
        self.asked: list[str] = []

    def start(self) -> Self:
        """Start the browser on this phone's profile."""
        self.context: BrowserContext = self.kind.launch_persistent_context(
            str(self.folder),
            **self.browser,
            base_url=self.wire.url,
            viewport={"width": 360, "height": 740},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
            is_mobile=True,
            has_touch=True,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.pages[0]
        self.listen(self.page)
        return self

    def listen(self, page: Page) -> None:
        """Note errors of the page's scripts, and say yes to its questions."""
        page.on("dialog", self._accept)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))

    def _accept(self, dialog: Dialog) -> None:
        self.asked.append(dialog.message)
        dialog.accept()

    def kill(self) -> None:
        """Kill the browser as a phone without memory does, without a goodbye."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(PlaywrightError):
            self.context.close()

    def restart(self) -> None:
        """Close the browser and start it again: only now is a fresh cookie sure to lie on the disk."""
        self.context.close()
        self.start()

    def new_tab(self) -> None:
        """Kill the tab and open another one."""
        fresh = self.context.new_page()
        self.page.close()
        self.page = fresh
        self.listen(fresh)

    def pids(self) -> list[int]:
        """List the processes of this phone's browser, found by the profile in their command line."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    line = (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                if f"--user-data-dir={self.folder}".encode() in line:
                    found.append(int(entry.name))
        return found

    def sign_in(self, name: str) -> Self:
        """Sign in, to be remembered on this phone, and wait until it works without a signal."""
        self.page.goto("/login")
        self.page.get_by_label("Nomor HP atau e-mail").fill(f"{name}@contoh.test")
        self.page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
        self.page.get_by_label("Ingat saya").check()
        self.page.get_by_role("button", name="Masuk", exact=True).click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        self.wait_for_pages()
        return self

    def wait_for_pages(self) -> None:
        """Wait until the worker has kept this person's pages."""
        self.wait_for(lambda: len(self.kept_pages()) >= len(KEPT))

    def kept_pages(self) -> list[str]:
        """List the paths of the pages on this phone, whosever they are."""
        return self.page.evaluate(
            """async () => {
              const found = [];
              for (const name of await caches.keys())
                if (name.startsWith("pages "))
                  found.push(...(await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname));
              return found;
            }"""
        )

    def has_villages(self) -> bool:
        """Tell whether the worker has kept the villages for the form."""
        return self.page.evaluate("caches.match('/report/villages?of=1671').then(Boolean)")

    def wait_for(self, there: Callable[[], Any]) -> None:
        """Wait until something is the case."""
        end = time.monotonic() + PATIENCE / 1000
        while not there():
            assert time.monotonic() < end, (self.reports(), self.page.locator("body").inner_text())
            self.page.wait_for_timeout(50)

    def store(self, act: str, *values: Any) -> Any:
        """Do something with the phone's store: `store` and `values` are at hand."""
        return self.page.evaluate(f"async (values) => {{ {STORE} {act} }}", list(values))

    def write(self, ref: str, photos: int = 0, **body: Any) -> None:
        """Write a report as the form does, with photos."""
        self.store(
            """const [ref, body, photos] = values;
            await store.saveDraft({ref, body, form: "2026-12"});
            for (let n = 0; n < photos; n += 1) {
              const canvas = new OffscreenCanvas(320, 240);
              const pen = canvas.getContext("2d");
              for (let n = 0; n < 60; n += 1) {
                pen.fillStyle = `hsl(${360 * Math.random()} 50% 50%)`;
                pen.fillRect(320 * Math.random(), 240 * Math.random(), 80, 80);
              }
              const blob = await canvas.convertToBlob({type: "image/jpeg"});
              await store.addPhoto(ref, {id: crypto.randomUUID(), blob, width: 320, height: 240});
            }""",
            ref,
            BODY | body,
            photos,
        )

    def queue(self, *refs: str) -> None:
        """Press "Kirim" for each."""
        self.store("for (const ref of values) await store.queue(ref);", *refs)

    def reports(self) -> dict[str, Any]:
        """Return what the store holds, by ref."""
        found = self.store("return store.list();")
        return {one["ref"]: one for one in found}

    def pictures(self, *refs: str) -> int:
        """Count the pictures of these reports that still lie on the phone."""
        return self.store(
            """let left = 0;
            for (const ref of values)
              for (const photo of (await store.get(ref)).photos)
                if (await store.getPhoto(ref, photo.id)) left += 1;
            return left;""",
            *refs,
        )

    def states(self) -> dict[str, str]:
        """Return the state of each report."""
        return {ref: one["state"] for ref, one in self.reports().items()}

    def wait_until(self, state: str, *refs: str) -> None:
        """Wait until these reports are in a state, with no photo left behind once they are received."""

        def there() -> bool:
            reports = self.reports()
            return all(
                ref in reports
                and reports[ref]["state"] == state
                and (state != "received" or all(photo["sent"] for photo in reports[ref]["photos"]))
                for ref in refs
            )

        self.wait_for(there)

    def is_sending(self, ref: str) -> bool:
        """Tell whether a report is on the wire."""
        return self.states()[ref] == "sending"

    def seconds_to_wait(self, ref: str) -> float:
        """Return how long a report waits after its last try."""
        report = self.reports()[ref]
        tried, again = (datetime.fromisoformat(report[name]) for name in ("last_try", "next_try"))
        return (again - tried).total_seconds()

    def offer_version(self, name: str) -> None:
        """Let the browser find a new version of the service worker, and install it."""
        end = b'.join("");'
        self.wire.worker = lambda body: body.replace(end, end[:-1] + f'+"{name}";'.encode(), 1)
        self.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        self.wait_for(self.has_version_waiting)

    def has_version_waiting(self) -> bool:
        """Tell whether a version is installed and waits for its turn."""
        return self.page.evaluate(
            "navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"
        )

    def caches(self) -> set[str]:
        """List the names of what the worker keeps."""
        return set(self.page.evaluate("caches.keys()"))

    def whose_keys(self) -> list[str]:
        """List whose keys lie on the phone."""
        return self.page.evaluate(
            """() => new Promise((done) => {
              const opening = indexedDB.open("portal");
              opening.onsuccess = () => {
                const asked = opening.result.transaction("keys").objectStore("keys").getAllKeys();
                asked.onsuccess = () => done(asked.result);
                opening.result.close();
              };
            })"""
        )

    def everything_stored(self) -> str:
        """Return what a curious person finds on this phone: the database and the kept pages, as text."""
        return self.page.evaluate(
            """async () => {
              const said = [];
              const decode = (one) => new TextDecoder().decode(one);
              const database = await new Promise((done) => {
                const request = indexedDB.open("portal");
                request.onsuccess = () => done(request.result);
              });
              for (const name of ["reports", "photos"]) {
                const rows = await new Promise((done) => {
                  const request = database.transaction(name).objectStore(name).getAll();
                  request.onsuccess = () => done(request.result);
                });
                for (const row of rows) said.push(JSON.stringify(row), decode(row.data));
              }
              database.close();
              for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const one of await cache.keys()) said.push(await (await cache.match(one)).text());
              }
              return said.join(" ");
            }"""
        )

    def shows(self, text: str) -> None:
        """Expect a text on the page."""
        expect(self.page.locator("body")).to_contain_text(text)
