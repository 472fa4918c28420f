"""The objects that addresses of the portal name: for each variable an own, a foreign and a missing one.

`own` is in Palembang and belongs to Marlina, `foreign` is in Jayapura and belongs to Yosef (None: the object
belongs to no branch), `missing` does not exist (None: any value is fine). A case is looked up by endpoint first,
then by the names of the variables in alphabetical order. `form` is what a POST needs before it looks at its object.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from architecture.subject_forms import FORMS
from architecture.subject_rows import (
    make_activity,
    make_attempt,
    make_calendar,
    make_challenge,
    make_cohort,
    make_conflict,
    make_definition,
    make_draft,
    make_event,
    make_extract,
    make_kept,
    make_leave,
    make_participant,
    make_photo,
    make_proposal,
    make_request,
    make_rule_draft,
    make_session,
    make_token,
    store,
)
from architecture.told import device_of, message_of
from cast import Cast, make_cast
from factories import make_host, make_signup, make_user

from portal.explainer.queries import link_of
from portal.payouts.models import PayoutBatch

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


def make_world() -> World:
    """Store the cast and one object of each kind in both branches."""
    cast = make_cast()
    in_branch: dict[str, Any] = {"cadre": cast.marlina, "supervisor": cast.fahmi}
    for role in ("validator", "finance", "admin", "auditor"):
        in_branch[role] = make_user(role=role, scope="branch", branch_id=cast.palembang.id)
    own, foreign = make_activity(cast.marlina), make_activity(cast.yosef)
    extract = make_extract(cast.vera)
    batch = store(
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
        "photo_id": _pair(
            "photo_id", make_photo(cast.marlina, own), make_photo(cast.yosef, foreign), str(NO_UUID)
        ),
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
        "request_id": _pair(
            "request_id", make_request(cast.fahmi), make_request(cast.debora), reason="alasan"
        ),
        "participant_id": _pair(
            "participant_id",
            make_participant(extract, cast.marlina, 11),
            make_participant(extract, cast.yosef, 12),
            **reason,
        ),
        "host_id": _alone("host_id", make_host().id),
        "batch_id": _alone("batch_id", batch.id, **reason),
        "number": _alone("number", extract.id),
        "proposal_id": _pair(
            "proposal_id", make_proposal(cast.marlina), make_proposal(cast.yosef), reason="tiga bulan diam"
        ),
        "conflict_id": _alone("conflict_id", make_conflict(extract), **reason),
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
        "accounts.resume": _pair("token", make_kept(cast.marlina), make_kept(cast.yosef), "none"),
        "message_id": _pair("message_id", message_of(cast.marlina), message_of(cast.yosef)),
        "device_id": _pair("device_id", device_of(cast.marlina), device_of(cast.yosef)),
        "token_id": _pair("token_id", make_token(cast.marlina), make_token(cast.yosef)),
        "session_id": _pair("session_id", make_session(cast.marlina), make_session(cast.yosef)),
        "attempt_id": _pair(
            "attempt_id", (tried := make_attempt(cast.marlina)), (other := make_attempt(cast.yosef))
        ),
        "attempt_id,place": Case(
            *({"attempt_id": number, "place": 1} for number in (tried, other, NOBODY)), {"answer": "0"}
        ),
        "cohort_id": _pair(
            "cohort_id",
            (own_cohort := make_cohort(cast.marlina))[0],
            (other_cohort := make_cohort(cast.yosef))[0],
        ),
        "cadre_id,cohort_id": Case(
            {"cohort_id": own_cohort[0], "cadre_id": cast.marlina.id},
            {"cohort_id": other_cohort[0], "cadre_id": cast.yosef.id},
            {"cohort_id": NOBODY, "cadre_id": cast.marlina.id},
        ),
        **{
            endpoint: _pair("session_id", own_cohort[1], other_cohort[1])
            for endpoint in ("training.code", "training.attend_session", "training.attend_by_code")
        },
        "training.public_certificate": Case({"code": "AAAAA-AAAAA"}, None, None),
        "event_id": _pair(
            "event_id",
            make_event(cast.palembang, cast.fahmi),
            make_event(cast.jayapura, cast.debora),
            **reason,
        ),
        "challenge_id": _pair(
            "challenge_id",
            make_challenge(cast.palembang, cast.fahmi),
            make_challenge(cast.jayapura, cast.debora),
            **reason,
        ),
        "leave_id": _pair("leave_id", make_leave(cast.marlina), make_leave(cast.yosef)),
        "draft_id": _alone("draft_id", make_rule_draft(cast.ratna), **reason),
        "definition_id": _alone("definition_id", make_definition(cast.ratna), **reason),
        "recognition.badge": _alone("code", "first-report", "tidak-ada"),
        "agenda.calendar": _alone("token", make_calendar(cast.marlina), "tidak-ada"),
        "training.lesson": _alone("code", "jkk", "tidak-ada"),
        "training.mark_read": _alone("code", "jkk", "tidak-ada"),
        "filename": Case({"filename": "portal.css"}),
        "link": Case({"link": link_of(cast.marlina.code)}),
    }
    report, other = make_draft(cast.marlina), make_draft(cast.yosef)
    for names, more in (
        ("ref", {}),
        ("name,ref", {"name": "type"}),
        ("photo_id,ref", {"photo_id": str(NO_UUID)}),
        ("ref,worker", {"worker": str(NO_UUID)}),
    ):
        cases[names] = Case(
            {"ref": report, **more}, {"ref": other, **more}, {"ref": uuid.uuid4(), **more}, client_made=True
        )
    for endpoint, more in (("api.put_activity", {}), ("api.put_photo", {"photo_id": NO_UUID})):
        refs = (own.ref, foreign.ref, uuid.uuid4())
        cases[endpoint] = Case(*({"ref": each, **more} for each in refs), client_made=True)
    return World(cast, in_branch, cases)
