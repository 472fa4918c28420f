"""Imports and payouts killed at many statements: the act is there completely or not at all, and can be repeated."""

from pathlib import Path

import pytest
from agenda.events import activities_of, attend, close, published, sign_up
from cast import make_cast
from dying import Workers
from extracts import AS_OF, entries, everything, row, siti, validator, write
from live import environment
from paying import approve, make_payday, payouts_of, prepare, sent
from sqlalchemy import select

from portal import jobs, storage
from portal.database.extensions import db
from portal.database.shelf import Shelf
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.membership.models import Contribution, ExtractImport
from portal.membership.services.applying import apply_extract
from portal.membership.services.results import GivenExtract
from portal.membership.services.uploading import preview_upload, read_upload, upload_extract
from portal.payouts.formats import Result
from portal.payouts.models import PayoutBatch
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.recording import record_result

CLOCK = "2026-11-22T12:00:00+07:00"
NAMES = ("SITI AMINAH", "BUDI SANTOSO", "RINA LESTARI", "AGUS PRATAMA", "DEWI WAHYUNI")

pytestmark = [pytest.mark.slow]


def workers(database, folder: Path, act: str, **values: object) -> Workers:
    env = environment(database, folder, clock=CLOCK) | {"PORTAL_MEDIA": str(storage.root())}
    return Workers(env, act, **values)


def die_everywhere(workers: Workers, what_is_there) -> None:
    """Die at many statements and before the commit, each time without a trace; then right after the commit."""
    before = what_is_there()
    statements = int(workers.ask("count"))

    def nothing_changed() -> None:
        assert what_is_there() == before

    nothing_changed()
    workers.die_before(statements, nothing_changed, parts=8)
    assert workers.ask("after") == "-9"
    assert what_is_there() != before


def stored() -> dict:
    """All rows and all files."""
    db.session.rollback()
    files = sorted(str(path) for path in storage.root().rglob("*") if path.is_file())
    found = everything() | {"files": files}
    db.session.rollback()
    found["months"] = [one for one in found["months"] if "'open'" not in one]
    return found


def _workers_of_an_extract() -> list[dict]:
    rows = []
    for n, name in enumerate(NAMES):
        nik = f"167101450785000{n + 1}"
        siti(nik=nik, name=name)
        paid = [
            row(nik=nik, name=name, kpj=f"2601123456{n}", blth=f"2026-{month}")
            for month in ("10", "11", "12")
        ]
        rows += paid
    return rows


def test_an_import_killed_at_any_statement_stored_nothing_or_all(app, database, tmp_path):
    path, by = write(*_workers_of_an_extract()), validator().user_id

    with workers(database, tmp_path, "import_extract", path=str(path), as_of=str(AS_OF), by=by) as dying:
        die_everywhere(dying, stored)

    assert sorted(entries()) == [("signup", "2026-10", 50)] * 5
    assert len(db.session.scalars(select(Contribution.id)).all()) == 15
    with transaction():
        again = apply_extract(GivenExtract(path, AS_OF), confirm=True, by=Signature(validator(), now()))
    assert again.nothing_new


def now():
    from portal import clock

    return clock.now()


def _uploaded(actor) -> int:
    data = write(*_workers_of_an_extract()).read_bytes()
    with transaction():
        number, _ = upload_extract(
            data=data, file_name="ekstrak.csv", as_of=AS_OF, by=Signature(actor, now())
        )
    with transaction():
        reading = read_upload(import_id=number, shelf=Shelf(), by=Signature(actor, now()))
        preview_upload(reading, import_id=number, by=Signature(actor, now()))
    return number


def test_an_uploaded_file_is_there_until_what_was_in_it_is_stored(app, database, tmp_path):
    actor = validator()
    number = _uploaded(actor)

    with workers(database, tmp_path, "apply_upload", import_id=number, by=actor.user_id) as dying:
        die_everywhere(dying, stored)

    assert db.session.get_one(ExtractImport, number).status == "applied"


def test_a_job_whose_runner_died_after_its_act_is_done_not_failed(app, database, tmp_path):
    actor = validator()
    number = _uploaded(actor)
    with transaction():
        arguments = {"import_id": number, "skip_bad": False}
        job = jobs.enqueue(kind="extract_apply", arguments=arguments, by=Signature(actor, now()))
    with workers(database, tmp_path, "run_job", job_id=job) as dying:
        assert dying.ask("after") == "-9"

    from portal.scheduler import run_waiting_jobs

    run_waiting_jobs()

    db.session.rollback()
    found = jobs.find_job(job)
    assert (found.status, found.problem) == ("done", None)


@pytest.fixture
def payday(app):
    cast = make_cast()
    return cast, make_payday(cast)


def test_an_approval_killed_at_any_statement_is_none_or_whole(payday, database, tmp_path):
    cast, _ = payday
    batch = prepare(cast).id

    with workers(database, tmp_path, "approve_batch", batch_id=batch, by=cast.omar.id) as dying:
        die_everywhere(dying, stored)

    assert db.session.get_one(PayoutBatch, batch).status == "approved"
    assert approve(cast, batch).status == "approved"


def test_a_download_killed_at_any_statement_can_be_made_again_with_the_same_bytes(payday, database, tmp_path):
    cast, _ = payday
    batch = prepare(cast).id
    approve(cast, batch)

    with workers(database, tmp_path, "export_batch", batch_id=batch, by=cast.farah.id) as dying:
        die_everywhere(dying, stored)

    with transaction():
        file = export_batch(batch_id=batch, by=Signature(cast.actor("farah"), now()))
    assert file.sha256 == db.session.get_one(PayoutBatch, batch).file_sha256


def test_an_event_killed_while_it_closes_gives_nobody_or_each_one_activity(app, database, tmp_path):
    cast = make_cast()
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina, cast.herman)
    attend(event_id, cast.marlina, cast.herman)

    with workers(database, tmp_path, "close_event", event_id=event_id, by=cast.fahmi.id) as dying:
        die_everywhere(dying, stored)

    assert [one.points_given for one in activities_of(event_id)] == [25, 25]
    assert close(event_id, cast.fahmi).already


def test_a_result_killed_at_any_statement_pays_nobody_or_all_and_once(payday, database, tmp_path):
    cast, statements = payday
    batch = sent(cast)
    rows = payouts_of(batch)
    paid, failed = (rows[statements[code]].reference for code in ("K-MARLINA", "K-HERMAN"))
    results = [[paid, "paid"], [failed, "failed", "Bank sedang gangguan"]]
    values = {"batch_id": batch, "by": cast.farah.id, "results": results}

    with workers(database, tmp_path, "record_result", **values) as dying:
        die_everywhere(dying, stored)

    assert {row.reference: row.status for row in payouts_of(batch).values()} == {
        paid: "paid",
        failed: "failed",
    }
    with transaction():
        said = [Result(*one) for one in results]
        again = record_result(batch_id=batch, results=said, by=Signature(cast.actor("farah"), now()))
    assert (again.paid, again.failed, again.unchanged) == (0, 0, 2)
