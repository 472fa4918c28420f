"""The objects that addresses of the portal name: for each variable an own, a foreign and a missing one.

`own` is in Palembang and belongs to Marlina, `foreign` is in Jayapura and belongs to Yosef (None: the object
belongs to no branch), `missing` does not exist (None: any value is fine). A case is looked up by endpoint first,
then by the names of the variables in alphabetical order. `form` is what a POST needs before it looks at its object.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from architecture.subject_forms import FORMS
from architecture.told import device_of, message_of, session_of
from cast import Cast, make_cast
from factories import make_host, make_signup, make_user
from sqlalchemy import select

from portal import clock, vault
from portal.accounts.models import AccountRequest, User
from portal.accounts.services.keeping import SentForm, keep_form
from portal.activities.models import Activity, Draft, Photo
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.explainer.queries import link_of
from portal.inactivity.models import InactivityProposal
from portal.membership.models import Contribution, ContributionConflict, ExtractImport, Participant
from portal.payouts.models import PayoutBatch
from portal.training.models import Attempt, CourseVersion

AT = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
NOBODY = 987_654_321
NO_UUID = uuid.UUID(int=7)


@dataclass(frozen=True)
class Case:
    """The values of an address's variables for the three kinds of object, and a form that gets as far as the object.

    `client_made`: the client makes the number, so a foreign one looks like one that nobody uses yet.
    """

    own: Mapping[str, Any]
    foreign: Mapping[str, Any] | None = None
    missing: Mapping[str, Any] | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    client_made: bool = False


@dataclass
class World:
    """The cast, a person of each role in the branch of Palembang, and the cases."""

    cast: Cast
    in_branch: dict[str, Any]
    cases: dict[str, Case]

    def case(self, endpoint: str, variables: set[str]) -> Case:
        """Return the case of a route, or say which entry is missing."""
        if not variables:
            return self.cases.get(endpoint, Case(own={}))
        names = ",".join(sorted(variables))
        found = self.cases.get(endpoint) or self.cases.get(names)
        assert found, f"tests/architecture/subjects.py has no case for <{names}> of {endpoint}: add one there"
        return replace(found, form={**found.form, **FORMS.get(endpoint, {})})


def _pair(name: str, own: Any, foreign: Any, missing: Any = NOBODY, **form: Any) -> Case:
    return Case({name: own}, {name: foreign}, {name: missing}, form)


def _in_month(name: str, own: Any, foreign: Any) -> Case:
    ids = ({name: number, "month": "2026-11"} for number in (own, foreign, NOBODY))
    return Case(*ids)


def _alone(name: str, own: Any, missing: Any = NOBODY, **form: Any) -> Case:
    return Case({name: own}, None, {name: missing}, form)


def _store(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def _activity(cadre: Any, **overrides: Any) -> Activity:
    values = {
        "ref": str(uuid.uuid4()), "cadre_id": cadre.id, "branch_id": cadre.branch_id, "type": "market_visit",
        "held_on": date(2026, 11, 9), "village_code": "1671011001", "attendance": 12, "status": "submitted",
        "submitted_at": AT, "submitted_by": cadre.user_id, "flags": [], "version": 1,
    }  # fmt: skip
    return _store(Activity(**(values | overrides)))


def _draft(cadre: Any) -> uuid.UUID:
    ref = uuid.uuid4()
    body = vault.seal("{}", context=str(ref))
    _store(Draft(ref=str(ref), cadre_id=cadre.id, body_sealed=body, summary={}, updated_at=AT))
    return ref


def _photo(cadre: Any, activity: Activity) -> str:
    number = str(uuid.uuid4())
    _store(
        Photo(
            id=number, report_ref=activity.ref, cadre_id=cadre.id, file_name=f"{number}.jpg",
            thumb_name=f"{number}-s.jpg", width=10, height=10, sha256="0" * 64, dhash=0, created_at=AT,
        ),
    )  # fmt: skip
    return number


def _attempt(cadre: Any) -> int:
    """An exam under way, which ends an hour from now."""
    version = db.session.scalars(select(CourseVersion.id)).first()
    times = {"begun_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}
    return _store(Attempt(cadre_id=cadre.id, version_id=version, seed="1", **times)).id


def _extract(person: User) -> ExtractImport:
    return _store(
        ExtractImport(
            file_name="ekstrak.csv", sha256="1" * 64, as_of=date(2026, 10, 31), status="applied",
            uploaded_by=person.id, uploaded_at=AT, applied_by=person.id, applied_at=AT, counts={}, problems=[],
        ),
    )  # fmt: skip


def _participant(extract: ExtractImport, cadre: Any, number: int) -> int:
    """Store a participant of a cadre with a validated sign-up that has a phone."""
    signup = make_signup(
        cadre_id=cadre.id, status="validated", outcome="new", earned_month="2026-10",
        earned_on=date(2026, 10, 1), phone_sealed=vault.seal("+6281277441903"),
    )  # fmt: skip
    person = _store(
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


def _conflict(extract: ExtractImport) -> int:
    participant = _store(
        Participant(
            nik_hash=vault.fingerprint("nik", "1671014507850009"), name_sealed=vault.seal("SITI"),
            birth_date=date(1985, 7, 5), first_registered_on=date(2026, 10, 1), pack="JKK,JKM", branch_code="L00",
            status="active", as_of=extract.as_of, import_id=extract.id,
        ),
    )  # fmt: skip
    paid = _store(
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
    return int(_store(conflict).id)


def _proposal(cadre: Any) -> int:
    """Store an open proposal to suspend a cadre."""
    found = InactivityProposal(cadre_id=cadre.id, month="2026-10", status="open", proposed_at=AT)
    return int(_store(found).id)


def _request(person: User) -> int:
    """Store a request of an admin about somebody of a branch."""
    asked = AccountRequest(
        kind="role", status="open", user_id=person.id, name=person.name, role="finance", scope="branch",
        branch_id=person.branch_id, account_version=person.version, asked_by=make_user(role="admin").id, asked_at=AT,
    )  # fmt: skip
    return int(_store(asked).id)


def _kept(cadre: Any) -> str:
    """Keep a form of a cadre whose session ended; return its token."""
    typed = SentForm("/report/save", "/", fields=[("place", "Pasar")], files=[], lost=[])
    with transaction():
        return keep_form(typed, user_id=cadre.user_id, at=clock.now())[0]


def make_world() -> World:
    """Store the cast and one object of each kind in both branches."""
    cast = make_cast()
    in_branch: dict[str, Any] = {"cadre": cast.marlina, "supervisor": cast.fahmi}
    for role in ("validator", "finance", "admin", "auditor"):
        in_branch[role] = make_user(role=role, scope="branch", branch_id=cast.palembang.id)
    own, foreign = _activity(cast.marlina), _activity(cast.yosef)
    extract = _extract(cast.vera)
    batch = _store(
        PayoutBatch(
            code="B-1", status="prepared", payments=0, total=0, prepared_by=cast.farah.id, prepared_at=AT
        ),
    )
    reason = {"reason": "alasan yang jelas", "version": "1", "purpose": "memeriksa data peserta"}
    cadre_form = {
        "act": "suspend", "version": "1", "reason": "alasan", "certified_on": "2026-01-05", "account_id": "1",
        "number": "account", "purpose": "cek buku tabungan", "from_month": "2026-11", "bank_code": "002",
        "account": "0123456789", "holder": "NAMA", "branch_id": str(cast.palembang.id), "host_body_id": "0",
    }  # fmt: skip
    statement = {"month": "2026-10", "cadre_code": cast.marlina.code}
    cases = {
        "activity_id": _pair("activity_id", own.id, foreign.id, **reason),
        "photo_id": _pair("photo_id", _photo(cast.marlina, own), _photo(cast.yosef, foreign), str(NO_UUID)),
        "signup_id": _pair(
            "signup_id",
            make_signup(cadre_id=cast.marlina.id).id,
            make_signup(cadre_id=cast.yosef.id).id,
            **reason,
        ),
        "cadre_id": _pair("cadre_id", cast.marlina.id, cast.yosef.id, **cadre_form),
        "branch_id": _pair("branch_id", cast.palembang.id, cast.jayapura.id),
        "region_id": _pair("region_id", cast.palembang.regional_office_id, cast.jayapura.regional_office_id),
        "branch_id,month": _in_month("branch_id", cast.palembang.id, cast.jayapura.id),
        "cadre_id,month": _in_month("cadre_id", cast.marlina.id, cast.yosef.id),
        "user_id": _pair(
            "user_id", cast.fahmi.id, cast.debora.id, reason="alasan", role="supervisor", scope="nation"
        ),
        "request_id": _pair("request_id", _request(cast.fahmi), _request(cast.debora), reason="alasan"),
        "participant_id": _pair(
            "participant_id",
            _participant(extract, cast.marlina, 11),
            _participant(extract, cast.yosef, 12),
            **reason,
        ),
        "host_id": _alone("host_id", make_host().id),
        "batch_id": _alone("batch_id", batch.id, **reason),
        "number": _alone("number", extract.id),
        "proposal_id": _pair(
            "proposal_id", _proposal(cast.marlina), _proposal(cast.yosef), reason="tiga bulan diam"
        ),
        "conflict_id": _alone("conflict_id", _conflict(extract), **reason),
        "month": Case({"month": "2026-10"}),
        "scope": Case({"scope": "branch"}),
        "code": _alone("code", "perisai-2022", "tidak-ada"),
        "code,version": Case(
            {"code": "perisai-2022", "version": 1}, None, {"code": "perisai-2022", "version": NOBODY}
        ),
        "cadre_code,month": Case(
            statement,
            {**statement, "cadre_code": cast.yosef.code},
            {**statement, "cadre_code": "K-TIDAK-ADA"},
        ),
        "cadre_code,line_no,month": Case(
            {**statement, "line_no": 1},
            {**statement, "line_no": 1, "cadre_code": cast.yosef.code},
            {**statement, "line_no": 1, "cadre_code": "K-TIDAK-ADA"},
        ),
        "line_no,month": Case({"month": "2026-10", "line_no": 1}),
        "accounts.resume": _pair("token", _kept(cast.marlina), _kept(cast.yosef), "none"),
        "message_id": _pair("message_id", message_of(cast.marlina), message_of(cast.yosef)),
        "device_id": _pair("device_id", device_of(cast.marlina), device_of(cast.yosef)),
        "session_id": _pair("session_id", session_of(cast.marlina), session_of(cast.yosef)),
        "attempt_id": _pair("attempt_id", (tried := _attempt(cast.marlina)), (other := _attempt(cast.yosef))),
        "attempt_id,place": Case(
            *({"attempt_id": number, "place": 1} for number in (tried, other, NOBODY)), {"answer": "0"}
        ),
        "training.lesson": _alone("code", "jkk", "tidak-ada"),
        "training.mark_read": _alone("code", "jkk", "tidak-ada"),
        "filename": Case({"filename": "portal.css"}),
        "link": Case({"link": link_of(cast.marlina.code)}),
    }
    report, other = _draft(cast.marlina), _draft(cast.yosef)
    for names, more in (
        ("ref", {}),
        ("name,ref", {"name": "type"}),
        ("photo_id,ref", {"photo_id": str(NO_UUID)}),
        ("ref,worker", {"worker": str(NO_UUID)}),
    ):
        cases[names] = Case(
            {"ref": report, **more}, {"ref": other, **more}, {"ref": uuid.uuid4(), **more}, client_made=True
        )
    return World(cast, in_branch, cases)
