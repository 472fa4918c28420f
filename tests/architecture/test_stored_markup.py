"""Live markup in every text that somebody typed or imported: it stays dead on every page of every role."""

import json
from datetime import UTC, datetime

import pytest
from architecture.subjects import NO_UUID, World, make_world
from architecture.test_access import PEOPLE
from flask import url_for
from markupsafe import escape
from signing_in import sign_in
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal import audit, vault
from portal.activities.models import Draft
from portal.database.columns import Base
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.membership.models import Participant
from portal.payouts.services.deciding import reject_batch
from portal.signups.forms import TYPED
from portal.web.access import rule_of

pytestmark = [pytest.mark.slow]

BREAKOUT = "\"'><img src=x onerror=alert(7)>"
AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
MANY = 40
# Texts that people or files bring, wherever they are stored.
FREE = {
    "name", "alias", "holder", "reason", "notes", "place", "occupation", "reject_reason", "failure", "problem",
    "device", "email", "file_name",
}  # fmt: skip
NOT_FREE = {("heartbeats", "name"), ("photos", "file_name"), ("parameters", "name")}
# The database freezes these texts; the act that writes them is given the markup.
SAID = {("payout_batches", "reject_reason"), ("points_rule_drafts", "reason"), ("points_rules", "reason")}


def store_markup(world: World) -> None:
    """Put live markup into every text that somebody typed."""
    cast = world.cast
    audit.record(
        by=Signature(cast.actor("ratna"), AT), act="user.added", reason=BREAKOUT,
        subject=audit.Subject("user", BREAKOUT, cast.palembang.id),
        details={"code": BREAKOUT, "before": {"name": BREAKOUT}},
    )  # fmt: skip
    for table in Base.metadata.sorted_tables:
        names = [
            column.name
            for column in table.columns
            if "id" in table.c
            and column.name in FREE
            and (table.name, column.name) not in NOT_FREE | SAID
            and table.name != "audit_events"
        ]
        for (key,) in db.session.execute(select(table.c.id)).all() if names else []:
            texts = dict.fromkeys(names, f"{BREAKOUT}{key}")
            db.session.execute(update(table).where(table.c.id == key).values(texts))
    db.session.execute(update(Participant).values(name_sealed=vault.seal(BREAKOUT)))
    batch_id = world.cases["batch_id"].own["batch_id"]
    reject_batch(batch_id=batch_id, reason=BREAKOUT, by=Signature(cast.actor("omar"), AT))
    typed = dict.fromkeys(
        (*TYPED, "type", "place", "held_on", "village_query", "attendance", "notes"), BREAKOUT
    )
    ref = str(world.cases["ref"].own["ref"])
    body = typed | {"signups": [{"ref": str(NO_UUID)} | typed], "pending": typed}
    sealed = vault.seal(json.dumps(body), context=ref)
    summary = {"type": BREAKOUT, "held_on": BREAKOUT, "signups": 1}
    db.session.execute(update(Draft).where(Draft.ref == ref).values(body_sealed=sealed, summary=summary))
    db.session.commit()


def test_what_somebody_typed_is_never_markup_on_a_page(app):
    world = make_world()
    store_markup(world)
    wrong, seen = [], 0
    for role, name in PEOPLE.items():
        client = sign_in(app.test_client(), getattr(world.cast, name))
        for rule in app.url_map.iter_rules():
            carried = rule_of(app.view_functions[rule.endpoint])
            if "GET" not in (rule.methods or ()) or carried is None or role not in carried.roles:
                continue
            with app.test_request_context():
                url = url_for(rule.endpoint, **world.case(rule.endpoint, set(rule.arguments)).own)
            answer = client.get(url)
            said = answer.get_data().decode(errors="replace")
            seen += str(escape(BREAKOUT)) in said
            if answer.status_code >= 500 or (BREAKOUT in said and not _is_file(answer)):
                wrong.append(f"{rule.endpoint} as {role}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert seen > MANY, "hardly any page shows what was stored: this test proves nothing"


def _is_file(answer: TestResponse) -> bool:
    """Say whether a browser never shows the answer as a page, a table or data: its texts stay as they were typed."""
    disposition = answer.headers.get("Content-Disposition", "")
    nosniff = answer.headers.get("X-Content-Type-Options") == "nosniff"
    if answer.mimetype in {"application/json", "application/problem+json"}:
        return nosniff
    return answer.mimetype == "text/csv" and disposition.startswith("attachment") and nosniff
