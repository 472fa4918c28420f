"""One more try at an exam, freed by the branch with a reason (rules.md 10.1)."""

from sqlalchemy import select

from portal import audit
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import get_cadre
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.names import check_reason
from portal.training.models import FreedTry
from portal.training.queries.courses import Exam
from portal.training.queries.exams import read_exam_state


def free_try(*, cadre_id: int, exam: Exam, reason: str, by: Signature) -> None:
    """Free one more try for somebody who has used up theirs."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    # Of two people who free a try at once, the second one sees that of the first.
    db.session.execute(select(Cadre.id).where(Cadre.id == cadre.id).with_for_update(key_share=True))
    text = check_reason(reason, "exam.reason_needed", limit=300)
    if read_exam_state(cadre.id, exam, now=by.at).standing != "wait":
        raise RuleBroken("exam.tries_left")
    row = {"cadre_id": cadre.id, "course_id": exam.course_id, "reason": text}
    db.session.add(FreedTry(**row, freed_by=by.actor.user_id, freed_at=by.at))
    db.session.flush()
    audit.record(
        by=by,
        act="exam.try_freed",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        reason=text,
        details={"course": exam.course},
    )
