"""Extracts belong to the whole country; staff of a branch decide only on the branch's sign-ups."""

import pytest
from cast import make_cast
from databases import NOW
from factories import make_user
from signing_in import post, sign_in

from portal.database.extensions import db
from portal.membership.models import ExtractImport


@pytest.mark.parametrize("role", ["validator", "admin", "auditor"])
def test_who_works_for_a_branch_neither_reads_nor_applies_extracts(client, app, role):
    cast = make_cast()
    extract = ExtractImport(
        file_name="x.csv", sha256="1" * 64, status="previewed", uploaded_by=cast.vera.id,
        as_of=NOW.date(),
        uploaded_at=NOW, counts={}, problems=[],
    )  # fmt: skip
    db.session.add(extract)
    db.session.commit()
    number = extract.id
    sign_in(client, make_user(role=role, scope="branch", branch_id=cast.palembang.id))

    assert client.get("/extracts").status_code == 200
    for path in (f"/extracts/{number}", "/extracts/conflicts"):
        assert client.get(path).status_code == 403, path
    for path in ("upload", f"{number}/apply", f"{number}/discard", "confirm", "conflicts/1/decide"):
        assert post(client, f"/extracts/{path}", {"reason": "alasan"}).status_code == 403, path
    assert "/extracts/conflicts" not in client.get("/extracts").text
    assert db.session.get(ExtractImport, number).status == "previewed"
