"""python -m benchmarks.oneday ADDRESS EMAIL PASSWORD: a day without a signal on a phone, sent over a slow link.

Writes 15 reports with 20 photos and 30 sign-ups into the phone's store while the browser is offline, then lets the portal's own sender
drain it over 400 kbit/s and 400 ms; prints the seconds and the bytes. The portal runs already, with the cadre's account.
"""

import argparse
import json
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from playwright.sync_api import Page, Request, sync_playwright

REPORTS, PHOTOS, SIGNUPS = 15, 20, 2
KBIT, MILLISECONDS = 400, 400
BARS: Final = {"seconds": 180.0, "bytes": 3_500_000.0}
PATIENCE: Final = 600.0
BROWSERS: Final = ("chromium-headless-shell", "chromium", "google-chrome")
# Photos like those that the form makes: 1280 px, JPEG, at most 150 kB; noise over shapes, which compresses like a market.
WRITE: Final = """async ({reports, photos, body, people}) => {
  const store = await import("/static/src/js/store.js");
  await store.open(document.documentElement.dataset.user);
  const canvas = Object.assign(document.createElement("canvas"), {width: 1280, height: 960});
  const pen = canvas.getContext("2d");
  const picture = async () => {
    for (let n = 0; n < 2600; n += 1) {
      pen.fillStyle = `hsl(${360 * Math.random()} 50% ${100 * Math.random()}%)`;
      pen.fillRect(1280 * Math.random(), 960 * Math.random(), 90 * Math.random(), 90 * Math.random());
    }
    for (let quality = 0.65; ; quality -= 0.05) {
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob.size <= 150000) return blob;
    }
  };
  const refs = [];
  for (let n = 0; n < reports; n += 1) {
    const ref = crypto.randomUUID();
    const signups = people.slice(n * 2, n * 2 + 2).map((one) => ({...one, ref: crypto.randomUUID()}));
    await store.saveDraft({ref, body: {...body, place: `Pasar ${n + 1}`, signups}, form: "2026-12", seconds_spent: 90});
    refs.push(ref);
  }
  for (let n = 0; n < photos; n += 1)
    await store.addPhoto(refs[n % reports], {id: crypto.randomUUID(), blob: await picture(), width: 1280, height: 960});
  for (const ref of refs) await store.queue(ref);
}"""
LEFT: Final = """async () => {
  const store = await import("/static/src/js/store.js");
  await store.open(document.documentElement.dataset.user);
  const all = await store.list();
  return {left: all.filter(store.isUnsent).length, fix: all.filter((one) => one.state === "fix")};
}"""


def people(number: int) -> list[dict[str, Any]]:
    """Make workers whose NIKs have the form of real ones, fresh for every run."""
    now = datetime.now(UTC)
    seed = int(now.timestamp()) % 300
    return [
        {
            "name": f"Pedagang {n + 1}",
            "nik": f"16710{1 + n % 7}{1 + (seed + n) % 28:02}0185{(seed * 30 + n) % 9999 + 1:04}",
            "birth_date": f"1985-01-{1 + (seed + n) % 28:02}",
            "phone": "",
            "occupation": "Pedagang",
            "programmes": "JKK,JKM",
            "consent_version": "1",
            "consent_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for n in range(number)
    ]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.oneday", description=__doc__)
    for name in ("address", "email", "password"):
        parser.add_argument(name)
    parser.add_argument("--held-on", default=(datetime.now(UTC) - timedelta(days=1)).date().isoformat())
    parser.add_argument("--village", default="1671071005")
    parser.add_argument("--consent", default="2026-11", help="the version of the consent text")
    return parser.parse_args()


def sign_in(page: Page, asked: argparse.Namespace) -> None:
    """Sign in, and wait until the phone has its key."""
    page.goto("/login")
    page.locator("[name=identifier]").fill(asked.email)
    page.locator("[name=password]").fill(asked.password)
    page.locator("[name=remember]").check()
    page.locator("form button:not([type=button])").first.click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/outbox")
    page.locator("[data-live]").wait_for()


def size_of(request: Request) -> int:
    """Return what a request and its answer weighed on the link; the browser does not count pictures that are sent."""
    body = int(request.all_headers().get("content-length", 0))
    sizes = request.sizes()
    return body + sizes["requestHeadersSize"] + sizes["responseHeadersSize"] + sizes["responseBodySize"]


def drain(page: Page, asked: argparse.Namespace) -> dict[str, float]:
    """Write the day without a signal, let it go, and measure until nothing is left."""
    body = {"type": "market_visit", "held_on": asked.held_on, "village_code": asked.village, "attendance": 12}
    workers = [one | {"consent_version": asked.consent} for one in people(REPORTS * SIGNUPS)]
    page.evaluate(LEFT)  # brings the modules, which are not there later
    page.context.set_offline(True)
    page.evaluate(WRITE, {"reports": REPORTS, "photos": PHOTOS, "body": body, "people": workers})
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("requestfinished", note)
    page.context.set_offline(False)
    link = {"latency": MILLISECONDS, "downloadThroughput": KBIT * 125, "uploadThroughput": KBIT * 125}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", {"offline": False, **link})
    begun = time.monotonic()
    page.evaluate("document.querySelector('[data-send]').click()")
    while (state := page.evaluate(LEFT))["left"]:
        if state["fix"] or time.monotonic() > begun + PATIENCE:
            raise SystemExit(f"not sent: {json.dumps(state)}")
        page.wait_for_timeout(500)
    seconds = time.monotonic() - begun
    return {"seconds": round(seconds, 1), "bytes": sum(map(size_of, sent)), "requests": len(sent)}


def main() -> None:
    """Measure, print, and say whether the bars are met."""
    asked = arguments()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_context(
            base_url=asked.address
        )
        page = context.new_page()
        sign_in(page, asked)
        found = drain(page, asked)
    print(json.dumps(found))
    sys.exit(any(found[name] > most for name, most in BARS.items()))


if __name__ == "__main__":
    main()
