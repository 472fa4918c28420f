"""Who hears of events, of a changed cohort and of an activation; nobody hears what concerns others."""

from dataclasses import replace

from agenda.events import BEFORE, FACTS, plan, publish, sign, sign_up, step_back
from factories import make_cadre
from messages.telling import kinds_of, read
from training.exam_worlds import SATURDAY, make_cohort
from training.exam_worlds import sign as signed_by

from portal import audit
from portal.agenda.models import Event
from portal.agenda.services import planning
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.training.services.cohorts import cancel_cohort


def version_of(event_id):
    return db.session.get(Event, event_id, populate_existing=True).version


def test_a_published_event_is_told_to_the_active_cadres_of_its_branch(cast):
    candidate = make_cadre(branch_id=cast.palembang.id, status="candidate", certified_on=None)
    event_id = plan(cast.fahmi, cast.palembang)
    read()
    assert kinds_of(cast.marlina) == []

    publish(cast.fahmi, event_id)
    read()
    read()

    assert kinds_of(cast.marlina) == kinds_of(cast.herman) == ["event_published"]
    assert kinds_of(cast.yosef) == kinds_of(candidate) == kinds_of(cast.fahmi) == []


def test_who_signed_up_hears_of_a_change_and_of_the_end(cast):
    event_id = publish(cast.fahmi, plan(cast.fahmi, cast.palembang))
    sign_up(event_id, cast.marlina, cast.herman)
    step_back(event_id, cast.herman)
    with transaction():
        planning.change_event(
            event_id=event_id, facts=replace(FACTS, place="Pintu timur"), version=version_of(event_id),
            by=sign(cast.fahmi),
        )  # fmt: skip
    with transaction():
        planning.cancel_event(
            event_id=event_id,
            reason="Pasarnya tutup",
            version=version_of(event_id),
            by=sign(cast.fahmi, BEFORE),
        )
    read()

    assert kinds_of(cast.marlina) == ["event_published", "event_changed", "event_cancelled"]
    assert kinds_of(cast.herman) == ["event_published"]


def test_who_was_seated_hears_that_a_cohort_is_cancelled(cast):
    cohort = make_cohort(cast.palembang, cast.marlina)
    with transaction():
        cancel_cohort(cohort_id=cohort.id, reason="Balai kebanjiran", by=signed_by(cast.fahmi, SATURDAY))
    read()

    assert kinds_of(cast.marlina) == ["cohort_cancelled"]
    assert kinds_of(cast.herman) == []


def test_a_candidate_hears_that_they_are_active(cast):
    with transaction():
        audit.record(
            by=Signature(cast.actor("fahmi"), BEFORE),
            act="cadre.activated",
            subject=audit.Subject("cadre", cast.marlina.id, cast.palembang.id),
        )
    read()
    assert kinds_of(cast.marlina) == ["activated"]
