"""Rows that the objects of addresses stand for: each maker stores one and returns what its address names."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from factories import make_signup, make_user
from sqlalchemy import select

from portal import clock, vault
from portal.accounts.models import AccountRequest, User, UserSession
from portal.accounts.queries.sessions import get_operator
from portal.accounts.services.keeping import SentForm, keep_form
from portal.accounts.services.sessions import open_session
from portal.accounts.services.tokens import create_token
from portal.activities.models import Activity, Draft, Photo
from portal.agenda.models import CalendarLink, Event
from portal.agenda.views.calendar import _signer
from portal.contests.models import Challenge
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.points import DEFAULT_RULES
from portal.domain.recognition.shipped import BADGES
from portal.inactivity.models import InactivityProposal
from portal.membership.models import Contribution, ContributionConflict, ExtractImport, Participant
from portal.points.models import PointsRuleDraft
from portal.recognition.models import Definition, Leave
from portal.training.models import (
    Attempt,
    Course,
    CourseVersion,
    TrainingCohort,
    TrainingSeat,
    TrainingSession,
)

AT = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
NOBODY = 987_654_321
NO_UUID = uuid.UUID(int=7)


def store(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def make_activity(cadre: Any, **overrides: Any) -> Activity:
    values = {
        "ref": str(uuid.uuid4()), "cadre_id": cadre.id, "branch_id": cadre.branch_id, "type": "market_visit",
        "held_on": date(2026, 11, 9), "village_code": "1671011001", "attendance": 12, "status": "submitted",
        "submitted_at": AT, "submitted_by": cadre.user_id, "flags": [], "version": 1,
    }  # fmt: skip
    return store(Activity(**(values | overrides)))


def make_draft(cadre: Any) -> uuid.UUID:
    ref = uuid.uuid4()
    body = vault.seal("{}", context=str(ref))
    store(Draft(ref=str(ref), cadre_id=cadre.id, body_sealed=body, summary={}, updated_at=AT))
    return ref


def make_photo(cadre: Any, activity: Activity) -> str:
    number = str(uuid.uuid4())
    store(
        Photo(
            id=number, report_ref=activity.ref, cadre_id=cadre.id, file_name=f"{number}.jpg",
            thumb_name=f"{number}-s.jpg", width=10, height=10, sha256="0" * 64, dhash=0, created_at=AT,
        ),
    )  # fmt: skip
    return number


def make_attempt(cadre: Any) -> int:
    """An exam under way, which ends an hour from now."""
    version = db.session.scalars(select(CourseVersion.id)).first()
    times = {"begun_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}
    return store(Attempt(cadre_id=cadre.id, version_id=version, seed="1", **times)).id


def make_cohort(cadre: Any) -> tuple[int, int]:
    """A cohort that meets now, with the cadre in it: its number, and that of its session."""
    course, now = db.session.scalars(select(Course.id)).first(), clock.now()
    by = {"opened_by": cadre.user_id, "opened_at": now}
    cohort = store(
        TrainingCohort(
            branch_id=cadre.branch_id, course_id=course, number=1, place="Balai", seats=9, status="open", **by
        )
    )
    hour = timedelta(hours=1)
    session = TrainingSession(cohort_id=cohort.id, number=1, starts_at=now - hour, ends_at=now + hour)
    number = store(session).id
    store(TrainingSeat(cohort_id=cohort.id, cadre_id=cadre.id, seated_by=cadre.user_id, seated_at=now))
    return cohort.id, number


def make_extract(person: User) -> ExtractImport:
    return store(
        ExtractImport(
            file_name="ekstrak.csv", sha256="1" * 64, as_of=date(2026, 10, 31), status="applied",
            uploaded_by=person.id, uploaded_at=AT, applied_by=person.id, applied_at=AT, counts={}, problems=[],
        ),
    )  # fmt: skip


def make_participant(extract: ExtractImport, cadre: Any, number: int) -> int:
    """Store a participant of a cadre with a validated sign-up that has a phone."""
    signup = make_signup(
        cadre_id=cadre.id, status="validated", outcome="new", earned_month="2026-10",
        earned_on=date(2026, 10, 1), phone_sealed=vault.seal("+6281277441903"),
    )  # fmt: skip
    person = store(
        Participant(
            nik_hash=vault.fingerprint("nik", f"167101450785{number:04}"), name_sealed=vault.seal("RINI"),
            birth_date=date(1985, 7, 5), first_registered_on=date(2026, 10, 1), pack="JKK,JKM", branch_code="L00",
            status="active", last_paid_month="2026-10", as_of=extract.as_of, import_id=extract.id,
            signup_id=signup.id, cadre_id=cadre.id,
        ),
    )  # fmt: skip
    signup.participant_id = person.id
    db.session.commit()
    return int(person.id)


def make_conflict(extract: ExtractImport) -> int:
    participant = store(
        Participant(
            nik_hash=vault.fingerprint("nik", "1671014507850009"), name_sealed=vault.seal("SITI"),
            birth_date=date(1985, 7, 5), first_registered_on=date(2026, 10, 1), pack="JKK,JKM", branch_code="L00",
            status="active", as_of=extract.as_of, import_id=extract.id,
        ),
    )  # fmt: skip
    paid = store(
        Contribution(
            participant_id=participant.id, blth="2026-10", paid_on=date(2026, 10, 5), amount=16_800,
            payer_type="mandiri", pack="JKK,JKM", import_id=extract.id,
        ),
    )  # fmt: skip
    conflict = ContributionConflict(
        import_id=extract.id,
        participant_id=paid.participant_id,
        blth=paid.blth,
        new_amount=1,
        new_paid_on=date(2026, 10, 6),
        new_payer_type="mandiri",
        new_pack="JKK,JKM",
    )
    return int(store(conflict).id)


def make_proposal(cadre: Any) -> int:
    """Store an open proposal to suspend a cadre."""
    found = InactivityProposal(cadre_id=cadre.id, month="2026-10", status="open", proposed_at=AT)
    return int(store(found).id)


def make_request(person: User) -> int:
    """Store a request of an admin about somebody of a branch."""
    asked = AccountRequest(
        kind="role", status="open", user_id=person.id, name=person.name, role="finance", scope="branch",
        branch_id=person.branch_id, account_version=person.version, asked_by=make_user(role="admin").id, asked_at=AT,
    )  # fmt: skip
    return int(store(asked).id)


def make_kept(cadre: Any) -> str:
    """Keep a form of a cadre whose session ended; return its token."""
    typed = SentForm("/report/save", "/", fields=[("place", "Pasar")], files=[], lost=[])
    with transaction():
        return keep_form(typed, user_id=cadre.user_id, at=clock.now())[0]


def make_session(cadre: Any) -> int:
    with transaction():
        open_session(user_id=cadre.user_id, at=AT)
    return int(db.session.scalars(select(UserSession.id).order_by(UserSession.id.desc())).first() or 0)


def make_token(cadre: Any) -> int:
    """Store a token of a cadre."""
    by = Signature(get_operator(), AT)
    with transaction():
        made = create_token(user_id=cadre.user_id, name="skrip", scopes=["read"], days=30, by=by)
        return made.row.id


def make_event(branch: Any, person: Any) -> int:
    """Store a published event that is over in an hour."""
    values = {
        "ref": str(uuid.uuid4()), "branch_id": branch.id, "type": "market_visit", "title": "Pasar", "place": "Balai",
        "starts_at": clock.now() - timedelta(hours=1), "ends_at": clock.now() + timedelta(hours=1), "seats": 5,
        "status": "published", "planned_by": person.id, "planned_at": AT, "published_at": AT, "changed_at": AT,
    }  # fmt: skip
    return int(store(Event(**values)).id)


def make_challenge(branch: Any, person: Any) -> int:
    """Store a challenge in teams that begins tomorrow."""
    day = clock.now().date()
    values = {
        "code": f"c-{branch.id}", "name_id": "Pekan Pasar", "name_en": "Market week", "text_id": "Lima kunjungan",
        "text_en": "Five visits", "scope": "branch", "branch_id": branch.id, "first_day": day + timedelta(days=1),
        "last_day": day + timedelta(days=8), "metric": "activities", "goal": 5, "mode": "teams",
        "badge_code": "challenge-team", "announced_by": person.id, "announced_at": AT, "changed_at": AT,
    }  # fmt: skip
    return int(store(Challenge(**values)).id)


def make_leave(cadre: Any) -> int:
    """Store a leave that waits for its decision."""
    day = clock.now().date()
    values = {
        "first_day": day,
        "last_day": day,
        "status": "asked",
        "reason": "Menikahkan anak",
        "asked_at": AT,
    }
    return int(store(Leave(cadre_id=cadre.id, **values)).id)


def make_rule_draft(person: Any) -> int:
    """Store a draft of the points rules that waits for another admin."""
    values = {
        "ref": str(uuid.uuid4()),
        "valid_from": date(2027, 3, 1),
        "document": DEFAULT_RULES | {"training": 30},
        "content_hash": "x",
        "reason": "\"'><img src=x onerror=alert(7)> makin panjang",  # frozen: test_stored_markup.py
        "written_by": person.id,
        "written_at": AT,
    }
    return int(store(PointsRuleDraft(**values)).id)


def make_definition(person: Any) -> int:
    """Store a version of a badge that waits for another admin."""
    values = {
        "kind": "badge",
        "code": "market-10",
        "version": 2,
        "valid_from": clock.now().date(),
        "document": BADGES["market-10"] | {"threshold": 12},
        "content_hash": "x",
        "written_by": person.id,
        "written_at": AT,
    }
    return int(store(Definition(**values)).id)


def make_calendar(cadre: Any) -> str:
    """Store that a cadre has a calendar's address; return its signed part."""
    store(CalendarLink(cadre_id=cadre.id, version=1, made_at=AT))
    return str(_signer().dumps([cadre.id, 1]))
