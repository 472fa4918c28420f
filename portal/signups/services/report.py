"""Recording what a cadre reports: checked, sealed, and weighed against other claims to the same worker."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import update

from portal import audit, vault
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.claims import Verdict, weigh_claim
from portal.domain.errors import RuleBroken
from portal.domain.kpj import has_letters, normalise_kpj
from portal.domain.names import MIN_PURPOSE, check_reason, clean_text
from portal.domain.nik import check_nik, mask_nik, normalise_nik
from portal.domain.phones import normalise_phone
from portal.domain.points import parse_pack
from portal.domain.reports import ReportedSignUp, check_ref
from portal.domain.states import OPEN, UNDECIDED
from portal.signups.models import SignUp
from portal.signups.queries import count_reveals, find_signup_by_ref, get_signup, lock_claims
from portal.signups.services.disputes import leave_disputes

OLDEST_BIRTH = date(1900, 1, 1)
HELD_FOR_ACTIVITY = ("activity_returned", "activity_rejected")
_TRIES = 5
REVEALS_A_DAY = 100

Values = dict[str, Any]


class Reporter(Protocol):
    """What a check needs to know of the cadre who reports."""

    @property
    def id(self) -> int:
        """Return the cadre's key."""

    @property
    def nik_hash(self) -> bytes | None:
        """Return the keyed hash of the cadre's own NIK."""

    @property
    def phone_hash(self) -> bytes | None:
        """Return the keyed hash of the cadre's own phone."""


def record_signups(
    *, activity_ref: str | None, cadre: Cadre, reports: Sequence[ReportedSignUp], by: Signature
) -> list[int]:
    """Store the sign-ups of a report and return their ids; one that is stored already is left as it is.

    Raises RuleBroken if one of them is not possible: then the whole report is refused.
    """
    rows = []
    for report in reports:
        with _naming(report.ref):
            rows.append(sealed_values(report, cadre=cadre))
            if report.consent_version is None or report.consent_at is None:
                raise RuleBroken("signups.consent_missing", {"name": rows[-1]["name"]})
    # Two reports that name the same two workers lock the rows in the same order, so they never deadlock.
    rows.sort(key=lambda row: (row["nik_hash"], row["ref"]))
    stored = []
    for row in rows:
        with _naming(row["ref"]):
            stored.append(_record(row | {"activity_ref": activity_ref}, by=by, cadre=cadre))
    return stored


@contextmanager
def _naming(ref: str) -> Iterator[None]:
    """Say in a refusal which of the sign-ups it is about."""
    try:
        yield
    except RuleBroken as broken:
        broken.values.setdefault("signup", ref)
        raise


def sealed_values(report: ReportedSignUp, *, cadre: Reporter, content: Sequence[object] = ()) -> Values:
    """Check one sign-up and return its column values: numbers sealed, hashed and masked, warnings added.

    `content` is what else must be equal when the same reference is sent again.
    """
    name = clean_text(report.name, limit=120)
    if not name:
        raise RuleBroken("signups.name_missing")
    if not OLDEST_BIRTH <= report.birth_date <= report.reported_on:
        raise RuleBroken("signups.birth_date", {"name": name})
    nik = normalise_nik(report.nik)
    warnings = check_nik(nik, birth_date=report.birth_date)
    phone = normalise_phone(report.phone) if report.phone else None
    kpj = normalise_kpj(report.kpj) if report.kpj else None
    if kpj and has_letters(kpj):
        warnings.append("kpj.letters")
    occupation = clean_text(report.occupation or "", limit=80) or None
    programmes = parse_pack(report.programmes)
    values: Values = {
        "ref": report.ref,
        "cadre_id": cadre.id,
        "reported_on": report.reported_on,
        "name": name,
        "nik_sealed": vault.seal(nik),
        "nik_hash": vault.fingerprint("nik", nik),
        "nik_mask": mask_nik(nik),
        "birth_date": report.birth_date,
        "phone_sealed": vault.seal(phone) if phone else None,
        "phone_hash": vault.fingerprint("phone", phone) if phone else None,
        "kpj_sealed": vault.seal(kpj) if kpj else None,
        "kpj_hash": vault.fingerprint("kpj", kpj) if kpj else None,
        "occupation": occupation,
        "programmes": programmes,
        "warnings": warnings,
        "consent_version": report.consent_version,
        "consent_at": report.consent_at,
    }
    said = (name, nik, report.birth_date, phone, kpj, occupation, programmes, report.reported_on, *content)
    values["body_hash"] = vault.fingerprint("body", "\n".join(str(part) for part in said))
    _refuse_own(values, cadre=cadre)
    return values


def _refuse_own(values: Values, *, cadre: Reporter) -> None:
    """Refuse the cadre's own NIK or phone (rules.md 2)."""
    if cadre.nik_hash is not None and cadre.nik_hash == values["nik_hash"]:
        raise RuleBroken("signups.own_nik", {"name": values["name"]})
    if cadre.phone_hash is not None and cadre.phone_hash == values["phone_hash"]:
        raise RuleBroken("signups.own_phone", {"name": values["name"]})


def _record(values: Values, *, cadre: Cadre, by: Signature) -> int:
    """Insert one sign-up.

    If another claim to the NIK came first, both become disputed; losing that race is not an error.
    """
    check_ref(values["ref"])
    values = values | {"is_live": True, "history": False, "held_by_person": False, "version": 1}
    values |= {"created_at": by.at, "created_by": by.actor.user_id}
    insert = insert_into(SignUp).on_conflict_do_nothing().returning(SignUp.__table__.c.id)
    for _ in range(_TRIES):
        known = find_signup_by_ref(values["ref"])
        if known is not None:
            if known.cadre_id == cadre.id and known.body_hash == values["body_hash"]:
                return known.id
            raise RuleBroken("signups.ref_taken", {"name": values["name"]})
        verdict = weigh_claim(lock_claims(values["nik_hash"]), cadre_id=cadre.id)
        if not dispute_claims(verdict, by=by):
            continue
        # The unique index of live NIKs is the last guard: the loser finds the winner in the next round.
        stored: int | None = db.session.execute(
            insert, values | {"status": verdict.status}
        ).scalar_one_or_none()
        if stored is not None:
            verdict = _look_again(stored, verdict, nik_hash=values["nik_hash"], cadre=cadre, by=by)
            _record_report(stored, verdict, cadre=cadre, by=by)
            return stored
    raise RuleBroken("signups.busy")


def _look_again(signup_id: int, verdict: Verdict, *, nik_hash: bytes, cadre: Cadre, by: Signature) -> Verdict:
    """Dispute a new claim after all if others came between the look at its rivals and its storing.

    Two others who disputed each other in that moment are no longer in the unique index, which then lets a third claim
    in as if it were the only one.
    """
    if verdict.status == "disputed":
        return verdict
    rivals = [claim for claim in lock_claims(nik_hash) if claim.id != signup_id]
    verdict = weigh_claim(rivals, cadre_id=cadre.id)
    if verdict.status == "disputed":
        dispute_claims(verdict, by=by)
        change(update(SignUp).where(SignUp.id == signup_id).values(status="disputed"))
    return verdict


def dispute_claims(verdict: Verdict, *, by: Signature) -> bool:
    """Make the undecided earlier claims disputed; False if one of them was decided meanwhile."""
    for claim_id in sorted(verdict.disputes):
        moved = change(
            update(SignUp)
            .where(SignUp.id == claim_id, SignUp.is_live, SignUp.status.in_(UNDECIDED))
            .values(status="disputed", version=SignUp.version + 1)
            .returning(SignUp.cadre_id, SignUp.version)
        ).one_or_none()
        if moved is None:
            return False
        audit.record(
            by=by,
            act="signup.disputed",
            subject=("signup", claim_id),
            version_seen=moved.version - 1,
            reason="double_claim",
        )
    return True


def _record_report(signup_id: int, verdict: Verdict, *, cadre: Cadre, by: Signature) -> None:
    audit.record(
        by=by,
        act="signup.disputed" if verdict.status == "disputed" else "signup.reported",
        subject=audit.Subject("signup", signup_id, cadre.branch_id),
        reason="double_claim" if verdict.status == "disputed" else None,
    )


def remove_signups(*, refs: Sequence[str], activity_ref: str, cadre: Cadre, by: Signature) -> None:
    """Take back the cadre's own sign-ups of a returned report, as long as they are still just reported."""
    for ref in sorted(refs):
        signup = find_signup_by_ref(ref)
        if signup is None or signup.cadre_id != cadre.id or signup.activity_ref != activity_ref:
            raise RuleBroken("signups.not_removable", {"ref": ref})
        gone = change(
            update(SignUp)
            .where(SignUp.id == signup.id, SignUp.status == "reported")
            .values(
                status="rejected",
                is_live=False,
                reject_code="removed_by_cadre",
                version=SignUp.version + 1,
            )
            .returning(SignUp.id)
        ).scalar_one_or_none()
        if gone is not None:
            audit.record(
                by=by,
                act="signup.removed",
                subject=audit.Subject("signup", signup.id, cadre.branch_id),
                version_seen=signup.version,
            )
            leave_disputes(nik_hashes=[bytes(signup.nik_hash)], by=by)
        elif signup.reject_code != "removed_by_cadre":
            raise RuleBroken("signups.not_removable", {"ref": ref})


def hold_for_activity(*, activity_ref: str, held: bool, reason: str | None, by: Signature) -> int:
    """Hold the matches of a report's sign-ups for a person, or release them (rules.md 2).

    `reason` is activity_returned or activity_rejected. A sign-up held for another reason keeps that reason. Returns
    how many were changed.
    """
    query = update(SignUp).where(SignUp.activity_ref == activity_ref)
    if held:
        if reason not in HELD_FOR_ACTIVITY:
            raise ValueError(reason)
        mine = SignUp.held_reason.is_(None) | SignUp.held_reason.in_(HELD_FOR_ACTIVITY)
        query = query.where(SignUp.status.in_(OPEN), mine).values(held_reason=reason)
    else:
        query = query.where(SignUp.held_reason.in_(HELD_FOR_ACTIVITY)).values(held_reason=None)
    rows = change(query.returning(SignUp.id)).scalars()
    changed = sorted(rows)
    for signup_id in changed:
        act = "signup.held" if held else "signup.let_go"
        audit.record(by=by, act=act, subject=("signup", signup_id), reason=reason)
    return len(changed)


def reveal_nik(*, signup_id: int, purpose: str, by: Signature) -> str:
    """Return a full NIK to a person who may see it and says why; this is audited (rules.md 9.1)."""
    why = check_reason(purpose, "signups.purpose_missing", least=MIN_PURPOSE, limit=200)
    if count_reveals(by.actor.user_id, since=by.at - timedelta(days=1)) >= REVEALS_A_DAY:
        raise RuleBroken("signups.reveal_cap", {"most": REVEALS_A_DAY})
    signup = get_signup(signup_id, actor=by.actor)
    audit.record(
        by=by,
        act="signup.nik_revealed",
        subject=audit.Subject("signup", signup_id, db.session.get_one(Cadre, signup.cadre_id).branch_id),
        reason=why,
        version_seen=signup.version,
    )
    return vault.unseal(signup.nik_sealed)
