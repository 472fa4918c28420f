"""The act of closing: in turn, once, with the digest of what is stored, on both databases (rules.md 7)."""

from datetime import UTC, date, datetime

import pytest
from earning import activity, close, operator, pay, sign_up, withdraw
from sqlalchemy import func, select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.incentives.models import LineEvidence, Statement
from portal.leaderboards.models import FrozenStanding
from portal.months.queries.digests import digest_file
from portal.months.queries.previews import preview_month
from portal.months.services.closing import close_month
from portal.points.models import LateMark, Month

OCTOBER = date(2026, 10, 12)


def test_a_later_open_month_shows_nothing_of_the_one_that_closes_first(agent):
    rows = sign_up(agent, 25, on=OCTOBER)
    assert preview_month("2026-10").totals.gross == 375_000
    assert preview_month("2026-11").totals.gross == 0
    close("2026-10")
    withdraw(rows[0], "wrong_match")
    assert preview_month("2026-11").totals.gross == -15_000
    assert preview_month("2026-12").totals.gross == 0


def test_closing_again_is_a_no_op_with_the_same_digest(agent):
    sign_up(agent, 3, on=OCTOBER)
    first = close("2026-10")
    again = close("2026-10")
    assert (again.digest, again.already, first.already) == (first.digest, True, False)
    assert again.as_json() == first.as_json()
    events = select(func.count()).where(AuditEvent.act == "month.closed")
    assert db.session.execute(events).scalar_one() == 1


def test_the_digest_is_that_of_the_file_written_from_what_is_stored(agent):
    sign_up(agent, 25, on=OCTOBER)
    pay(agent, 16_800, paid_on=OCTOBER)
    activity(agent, "LAP-1", on=OCTOBER)
    closed = close("2026-10")
    chunks: list[bytes] = []
    assert digest_file("2026-10", into=chunks.append).hexdigest() == closed.digest
    text = b"".join(chunks).decode()
    assert text.startswith(f"portal-2,2026-10,{'0' * 64}\nP\n")
    assert f"{agent.code},activity,activity:LAP-1,2026-10-12,2026-10,20,1\n" in text
    assert f"L\n{agent.code},acquisition_fee,2026-10,JKK+JKM+JHT,,15000,25,375000\n" in text
    assert f"nation,ID,1,{agent.code},1895,25\n" in text
    assert text.endswith(f"{agent.code},contribution_share,2026-10,1-24,16800,15,1,2520\n")
    second = close("2026-11")
    chunks.clear()
    assert digest_file("2026-11", into=chunks.append).hexdigest() == second.digest
    assert b"".join(chunks).decode() == f"portal-2,2026-11,{closed.digest}\nP\nS\nT\nH\nL\n"


def test_a_dry_run_gives_the_same_digest_and_writes_nothing(agent):
    rows = sign_up(agent, 25, on=date(2026, 9, 12))
    close("2026-09")
    withdraw(rows[0], "fraud")
    sign_up(agent, 26, on=OCTOBER)
    pay(agent, 16_800, paid_on=OCTOBER)
    before = preview_month("2026-10")
    assert (
        db.session.execute(
            select(func.count()).select_from(Statement).where(Statement.month == "2026-10")
        ).scalar_one()
        == 0
    )
    assert db.session.execute(select(func.count()).select_from(LateMark)).scalar_one() == 1
    db.session.rollback()
    closed = close("2026-10")
    assert before.digest == closed.digest
    assert (before.totals.cadres, before.totals.gross) == (closed.cadres, closed.gross)
    assert db.session.execute(select(func.count()).select_from(LateMark)).scalar_one() == 0


def test_evidence_names_what_stands_behind_a_line(agent):
    sign_up(agent, 25, on=OCTOBER)
    pay(agent, 16_800, paid_on=OCTOBER)
    close("2026-10")
    rows = db.session.execute(
        select(LineEvidence.kind, func.count()).group_by(LineEvidence.kind).order_by(LineEvidence.kind),
    ).all()
    assert [tuple(row) for row in rows] == [("contribution", 1), ("signup", 25)]


def test_a_month_is_refused_out_of_turn(agent):
    sign_up(agent, 1, on=OCTOBER)
    for month, code in (("2026-09", "months.before_first"), ("2026-11", "months.earlier_open")):
        with pytest.raises(RuleBroken) as refused:
            close(month)
        assert refused.value.code == code
    with pytest.raises(RuleBroken) as refused:
        close("2026-10", at=datetime(2026, 10, 31, 16, 59, tzinfo=UTC))
    assert refused.value.code == "months.not_ended"
    close("2026-10")
    with pytest.raises(RuleBroken) as refused:
        close("2026-09")
    assert refused.value.code == "months.before_first"


def test_before_the_close_moment_it_needs_early(agent):
    sign_up(agent, 1, on=OCTOBER)
    ended = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)  # the month is over in Jakarta, the last zone
    with pytest.raises(RuleBroken) as refused:
        close("2026-10", at=ended)
    assert refused.value.code == "months.too_early"
    with transaction():
        assert close_month(month="2026-10", by=Signature(operator(), ended), early=True).cadres == 1


def test_the_next_month_is_open_after_a_close(agent):
    sign_up(agent, 1, on=OCTOBER)
    close("2026-10")
    assert db.session.get(Month, "2026-11").status == "open"
    frozen = db.session.execute(select(func.count()).select_from(FrozenStanding)).scalar_one()
    assert frozen == 3
