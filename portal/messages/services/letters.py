"""Letters of the office: to one cadre, to a branch's active cadres, or praise; the reader of the trail delivers."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from portal import audit
from portal.accounts.models import User
from portal.cadres.queries.cadres import get_cadre
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.messages import MAX_LETTER
from portal.domain.months import local_date, month_of
from portal.domain.names import check_reason
from portal.messages.models import Letter
from portal.organisation.queries import get_branch, parameter


@dataclass(frozen=True)
class Written:
    """What somebody wrote: the number that was made with the form, and the words."""

    ref: str
    text: str


def send_letter(*, cadre_id: int, written: Written, by: Signature) -> None:
    """Write to one cadre in scope; the same letter again changes nothing."""
    _send_to_cadre("letter", cadre_id, written, by)


def send_praise(*, cadre_id: int, written: Written, by: Signature) -> None:
    """Congratulate one cadre in scope."""
    _send_to_cadre("praise", cadre_id, written, by)


def send_branch_letter(*, branch_id: int, written: Written, by: Signature) -> None:
    """Write to the active cadres of a branch in scope."""
    branch = get_branch(branch_id, actor=by.actor)
    number = _store("letter", branch.id, None, written, by)
    if number is not None:
        audit.record(by=by, act="letter.sent", subject=audit.Subject("letter", number, branch.id))


def _send_to_cadre(kind: str, cadre_id: int, written: Written, by: Signature) -> None:
    cadre = get_cadre(cadre_id, actor=by.actor)
    if cadre.user_id is None:
        raise RuleBroken("messages.nobody")
    number = _store(kind, cadre.branch_id, cadre.id, written, by)
    if number is not None:
        audit.record(
            by=by,
            act="praise.sent" if kind == "praise" else "letter.sent",
            subject=audit.Subject("letter", number, cadre.branch_id),
            details={"cadre_id": cadre.id},
        )


def _store(kind: str, branch_id: int, cadre_id: int | None, written: Written, by: Signature) -> int | None:
    """Store a letter and return its number; None if it was stored before."""
    text = check_reason(written.text, "messages.text_missing", limit=MAX_LETTER, lines=True)
    _check_number(by)
    row = {
        "ref": written.ref, "kind": kind, "branch_id": branch_id, "cadre_id": cadre_id, "text": text,
        "sent_by": by.actor.user_id, "sent_at": by.at,
    }  # fmt: skip
    storing = insert_into(Letter).values(**row).on_conflict_do_nothing().returning(Letter.id)
    number: int | None = db.session.execute(storing).scalar_one_or_none()
    return number


def _check_number(by: Signature) -> None:
    """Refuse more letters than one person may write on a day (data); of several at once each is counted."""
    db.session.execute(select(User.id).where(User.id == by.actor.user_id).with_for_update())
    today = local_date(by.at, by.actor.zone)
    most = int(parameter("letters_a_day", month=month_of(today)))
    midnight = datetime.combine(today, time(), tzinfo=ZoneInfo(by.actor.zone)).astimezone(UTC)
    mine = select(func.count(Letter.id)).where(Letter.sent_by == by.actor.user_id, Letter.sent_at >= midnight)
    if db.session.scalars(mine).one() >= most:
        raise RuleBroken("messages.too_many", {"most": most})
