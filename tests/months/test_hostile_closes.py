"""Hostile values in the form that closes a month, with all its commits: they reach a close that is made ready too."""

from datetime import UTC, date, datetime

import pytest
from architecture.test_hostile import CORPUS, encoded
from cast import make_cast
from earning import activity, assign, sign_up
from factories import make_cadre
from signing_in import csrf_token, sign_in

from portal import clock
from portal.database.extensions import db
from portal.months import views
from portal.months.queries.status import next_to_close
from portal.verification.queries import list_findings_of

FIRST, ODD = date(2025, 1, 9), "K1;--%s{{7*7}}"
pytestmark = [pytest.mark.slow]


@pytest.fixture
def cast(app):
    """Many months can close, one for each value; a cadre's code is as odd as a text can be."""
    cast = make_cast()
    assign(cast.palembang, "perisai-2022")
    odd = make_cadre(branch_id=cast.palembang.id, code=ODD)
    for month in range(1, 13):
        sign_up(odd, 2, on=FIRST.replace(month=month))
    activity(odd, "A;--", on=FIRST)
    clock.configure(datetime(2026, 11, 22, 5, 0, tzinfo=UTC))
    return cast


def test_no_value_of_the_form_harms_a_close(app, client, cast, monkeypatch):
    prepared = []
    real = views.prepare_close

    def watched(**given):
        prepared.append(ready := real(**given))
        return ready

    monkeypatch.setattr(views, "prepare_close", watched)
    sign_in(client, cast.ratna)
    token = csrf_token(client).encode()
    for what, value in CORPUS.items():
        month = next_to_close()
        body = encoded({"confirmed": value, "early": value, "csrf_token": token})
        answer = client.post(
            f"/months/{month}/close", data=body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 302, (what, answer.status_code)
        assert answer.location == f"/months/{month}", what

    closed = db.session.execute(db.text("SELECT COUNT(*) FROM months WHERE status = 'closed'")).scalar_one()
    assert closed == len(prepared) > len(CORPUS) - 3  # nothing, and what is no text, ticks no box
    if db.engine.dialect.name == "sqlite":
        assert None not in prepared
    for check in (
        "months.digests",
        "months.chain",
        "months.late_money",
        "standings.frozen",
        "statements.sums",
    ):
        assert list_findings_of(check) == []
