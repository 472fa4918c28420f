"""An event in Palembang, for the tests of the agenda: planned, published, attended, closed."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from factories import actor_of, make_cadre
from sqlalchemy import select

from portal.activities.models import Activity
from portal.agenda.models import Event
from portal.agenda.services import attendance, closing, joining, planning
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.training import code_of

DAY = date(2026, 11, 21)
BEFORE = datetime(2026, 11, 20, 3, tzinfo=UTC)
BEGINS = datetime(2026, 11, 21, 2, tzinfo=UTC)  # 9:00 in Palembang
DURING = BEGINS + timedelta(hours=1)
ENDS = BEGINS + timedelta(hours=3)
AFTER = ENDS + timedelta(hours=2)
FACTS = planning.EventFacts(
    type="mass_meeting", title="Sosialisasi Pasar 16 Ilir", place="Pintu barat", starts_at=BEGINS, ends_at=ENDS,
    seats=10, village_code="1671011001", target=80, expected=500,
)  # fmt: skip


def sign(person, at=BEFORE):
    return Signature(actor_of(person), at)


def plan(supervisor, branch, *, at=BEFORE, ref=None, **facts):
    with transaction():
        return planning.plan_event(
            ref=ref or str(uuid.uuid4()), branch_id=branch.id, facts=replace(FACTS, **facts), by=sign(supervisor, at)
        ).id  # fmt: skip


def publish(supervisor, event_id, *, at=BEFORE):
    version = db.session.get(Event, event_id, populate_existing=True).version
    with transaction():
        planning.publish_event(event_id=event_id, version=version, by=sign(supervisor, at))
    return event_id


def published(supervisor, branch, **facts):
    return publish(supervisor, plan(supervisor, branch, **facts))


def sign_up(event_id, *cadres, at=BEFORE):
    for cadre in cadres:
        with transaction():
            joining.sign_up(event_id=event_id, by=sign(cadre, at))


def step_back(event_id, cadre, at=BEFORE):
    with transaction():
        joining.step_back(event_id=event_id, by=sign(cadre, at))


def code_at(event_id, at):
    return code_of(attendance.secret_of(event_id), at)


def attend(event_id, *cadres, at=DURING, code=None):
    said = []
    for cadre in cadres:
        with transaction():
            given = code_at(event_id, at) if code is None else code
            said.append(attendance.attend(event_id=event_id, code=given, by=sign(cadre, at)))
    return said


def enter(event_id, supervisor, cadre, at=DURING, reason="Kamera ponselnya rusak"):
    with transaction():
        return attendance.enter_attendance(
            event_id=event_id, cadre_id=cadre.id, reason=reason, by=sign(supervisor, at)
        )


def close(event_id, supervisor, at=AFTER, came=480):
    with transaction():
        return closing.close_event(event_id=event_id, came=came, by=sign(supervisor, at))


def team(branch, n):
    return [make_cadre(branch_id=branch.id, name=f"Kader Regu {place:02}") for place in range(n)]


def activities_of(event_id):
    wanted = select(Activity).where(Activity.event_id == event_id).order_by(Activity.id)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))
