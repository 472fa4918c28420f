"""Broken and hostile files through the page and the commands: refused with a reason, nothing stored or left behind."""

import io
from pathlib import Path

import pytest
from attacks.badfiles import bad_files
from cast import make_cast
from command_line import CommandLine
from extracts import everything
from paying import make_payday, sent
from signing_in import post, sign_in
from sqlalchemy import select

from portal import storage
from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.membership.models import ExtractImport

# What a refusal may leave: that it was tried, and by whom.
TRACES = ("audit_events", "user_sessions", "extract_imports", "jobs", "months")
IMPORTS = ("branches", "cadres", "activities", "signups", "targets", "extract")


def stored() -> dict:
    db.session.rollback()
    found = everything(without=TRACES)
    db.session.rollback()
    return found


def upload(client, url: str, name: str, data: bytes, **more: str):
    return post(client, url, {"file": (io.BytesIO(data), name)} | more, content_type="multipart/form-data")


@pytest.mark.slow
def test_a_bad_extract_on_the_page_is_refused_in_words(app):
    cast = make_cast()
    client = sign_in(app.test_client(), cast.vera)
    before = stored()
    for kind, (name, data) in bad_files().items():
        answer = upload(client, "/extracts/upload", name, data, as_of="2026-10-31")
        if answer.status_code in {302, 303}:
            answer = client.get(answer.location)

        assert answer.status_code in {200, 409, 413, 422}, (kind, answer.text[:2000])
        assert "onerror=alert(7)>" not in answer.text, kind
    assert stored() == before
    for number in db.session.scalars(select(ExtractImport.id)).all():
        applied = post(client, f"/extracts/{number}/apply", {})
        assert applied.status_code < 500, applied.text[:2000]
    assert stored() == before


@pytest.mark.slow
def test_a_bad_result_of_the_bank_is_refused_in_words(app):
    cast = make_cast()
    make_payday(cast)
    batch = sent(cast)
    client = sign_in(app.test_client(), cast.farah)
    before = stored()
    for kind, (name, data) in bad_files().items():
        answer = upload(client, f"/payouts/{batch}/record-file", name, data)

        assert answer.status_code in {400, 409, 413, 422}, (kind, answer.text[:2000])
        assert "onerror=alert(7)>" not in answer.text, kind
    assert stored() == before


@pytest.mark.slow
@pytest.mark.parametrize("noun", IMPORTS)
def test_a_bad_file_for_a_command_ends_in_one_line_and_stores_nothing(app, database, tmp_path, noun):
    portal = CommandLine(database, tmp_path / "files")
    before, folder = stored(), Path(tmp_path / "bad")
    folder.mkdir()
    for number, (kind, (name, data)) in enumerate(bad_files().items()):
        path = folder / f"{number}{Path(name).suffix}"
        path.write_bytes(data)
        more = ["--as-of", "2026-10-31", "--apply"] if noun == "extract" else []
        result = portal.run("import", noun, path, *more)

        assert result.exit_code == 1, (kind, result.output)
        said = result.exception if isinstance(result.exception, RuleBroken) else None
        assert said or "Error: " in result.output, (kind, result.output)
        assert "Traceback" not in result.output
    assert stored() == before
    assert [path for path in storage.root().rglob("*") if path.is_file()] == []
