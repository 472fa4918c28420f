"""The data: two months of a portal of any size, made as the demo makes its own.

Stages: "fresh", with October's extract waiting to be applied; "applied"; and "closed", with October closed too.
"""

import csv
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

from benchmarks import children
from benchmarks.places import KINDS, Place, alone, folder

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
MONTH, AS_OF = "2026-10", date(2026, 10, 31)
PRESENT = "2026-11"
BUSY = 1 / 3  # the same at every size: about three sign-ups of each cadre in a month
WAITING = 200  # in Palembang's queue
ELSEWHERE = 4_000  # reports that wait in the other branches, for those who approve while somebody measures
MISSPELLED = 10  # of this many rows one has its name misspelled


def extract_file(place: Place, size: int) -> Path:
    """Return October's extract as the agency sent it, one name in ten misspelled."""
    return folder() / f"extract-{place.kind}-{size}.csv"


def import_words(place: Place, size: int) -> tuple[object, ...]:
    """Return the command that applies the extract."""
    return ("import", "extract", extract_file(place, size), "--as-of", AS_OF, "--apply")


CLOSE_WORDS = ("month", "close", MONTH, "--early")
# What it took to make data in this run, by kind of database and name: the acts are measured then and not once more.
MADE: dict[str, dict[str, children.Figures]] = {kind: {} for kind in KINDS}


def step_to(place: Place, size: int, stage: str) -> tuple[str, tuple[object, ...]]:
    """Return the stage before one, and the command that leads from there."""
    steps = {"applied": ("fresh", import_words(place, size)), "closed": ("applied", CLOSE_WORDS)}
    return steps[stage]


def ensure(place: Place, size: int, stage: str) -> str:
    """Return the name of the database of a stage, made first if it is not there."""
    name = f"{stage}-{size}"
    with alone(f"{place.kind}-{name}"):
        if not place.has(name):
            began = time.perf_counter()
            _make(place, size, stage)
            seconds = time.perf_counter() - began
            print(f"made {place.kind} {name} in {seconds:.0f} s", file=sys.stderr, flush=True)
    return name


def _make(place: Place, size: int, stage: str) -> None:
    """Make a stage: the first from the demo's generator, each further one from the one before by a command."""
    partial = f"{stage}-{size}-partial"
    if stage == "fresh":
        place.create(partial)
        children.run("data", place.url(partial), size, extract_file(place, size))
    else:
        before, words = step_to(place, size, stage)
        place.copy(ensure(place, size, before), partial)
        MADE[place.kind][f"{stage}-{size}"] = children.act(place, place.url(partial), "commands", *words)
    place.settle(partial)
    place.rename(partial, f"{stage}-{size}")


def fill(size: str, extract: str) -> dict[str, Any]:
    """Store branches of about 300 cadres, what they did and who signed up, and reports that wait for a decision."""
    from portal.app import create_app
    from portal.cli.db import install_defaults, migrate
    from portal.config import read_config
    from portal.database.transaction import transaction
    from portal.demo.calendar import Calendar, Delivery
    from portal.demo.extracts import Spool
    from portal.demo.load import Loader
    from portal.points.services.rebuilding import rebuild_standings

    # Nothing is closed: the measurements apply October's extract and close October.
    calendar = Calendar(
        closed=(),
        open=(MONTH, PRESENT),
        deliveries=(Delivery(AS_OF, AT),),
        end=AT,
        last_day=date(2026, 11, 21),
    )
    config = read_config()
    migrate(config.database_url)
    with create_app(config).app_context():
        install_defaults()
        loader = Loader(cadres=int(size), seed=1, calendar=calendar, busy=BUSY, watch=lambda _: None)
        loader.store_people()
        spooled = Path(extract).parent / f"{Path(extract).stem}-spool"
        spooled.mkdir(exist_ok=True)
        with Spool(spooled, calendar) as spool:
            for month in calendar.months:
                loader.store_work(month, spool)
        with transaction():
            _store_waiting(loader.members, calendar)
            rebuild_standings()
        rows = _misspell(spool.paths[0], Path(extract))
        shutil.rmtree(spooled)
    return {"rows": rows}


def _store_waiting(members: list[Any], calendar: Any) -> None:
    """Store reports that wait, with a worker and a photo each, so that a supervisor may approve them together."""
    from portal.activities.models import Photo
    from portal.database import bulk
    from portal.demo.accounts import CADRE
    from portal.demo.storing import store_activities

    working = [one for one in members if one.works]
    home = [one for one in working if one.branch.code == CADRE.place]
    others = [one for one in working if one.branch.code != CADRE.place]
    rng = Random("waiting")
    reports = [*_reports(home, WAITING, rng), *_reports(others, min(ELSEWHERE, 20 * len(others)), rng)]
    store_activities(reports, calendar)
    known = ("id", "report_ref", "cadre_id", "file_name", "thumb_name")
    seen = ("width", "height", "sha256", "dhash", "created_at")
    photos = (
        (ref := one.ref, ref, one.member.id, f"{ref}.jpg", f"{ref}t.jpg", 960, 720, ref, n, one.submitted_at)
        for n, one in enumerate(reports)
    )
    bulk.fill(cast("Any", Photo.__table__), (*known, *seen), photos)


def _reports(members: list[Any], count: int, rng: Random) -> Iterator[Any]:
    from portal.demo.outreach import DemoActivity, DemoSignUp, draw_uuid
    from portal.demo.people import home_village
    from portal.demo.workers import Register, draw_worker

    register = Register()
    for number in range(count):
        member = members[number % len(members)]
        village, name = home_village(member, rng)
        day = date(2026, 11, 1) + timedelta(days=number // len(members) % 20)
        sent = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(seconds=number)
        worker = draw_worker(rng, rng, member, register)
        yield DemoActivity(
            ref=draw_uuid(rng), member=member, type="market_visit", held_on=day, village_code=village,
            place=f"Pasar {name}", attendance=20 + number % 9, notes=None, submitted_at=sent,
            signups=[DemoSignUp(draw_uuid(rng), worker, _free_nik(worker.nik, number), None)],
        )  # fmt: skip


def _free_nik(nik: str, number: int) -> str:
    """Return an identity number that no worker of the demo has: the demo's districts end below 90."""
    return f"{nik[:4]}98{nik[6:12]}{number + 1:04}"


def _misspell(source: Path, target: Path) -> int:
    """Copy the extract with two letters of every tenth name swapped; return how many rows it has."""
    with (
        source.open(encoding="utf-8", newline="") as read,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.DictReader(read, delimiter=";")
        writer = csv.DictWriter(out, rows.fieldnames or [], delimiter=";", lineterminator="\n")
        writer.writeheader()
        count = 0
        for count, row in enumerate(rows, 1):
            name = row["NAMA"]
            if not count % MISSPELLED and len(name) > 4:
                row["NAMA"] = f"{name[:2]}{name[3]}{name[2]}{name[4:]}"
            writer.writerow(row)
    return count


if __name__ == "__main__":
    children.answer(fill)
