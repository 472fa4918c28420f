"""One closed month can be verified by itself: the same findings as of all of them, and none of another month."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from portal.cli.verify import command
from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.verification.queries import CHECKS, OF_A_MONTH, list_findings, list_findings_of

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")


@pytest.mark.slow
def test_each_closed_month_holds_by_itself(world):
    del world
    assert OF_A_MONTH.keys() < CHECKS.keys()
    for month in MONTHS:
        assert list_findings(month=month) == []


@pytest.mark.slow
def test_what_was_changed_is_found_in_its_month_alone(world):
    del world
    closed = db.session.execute(text("SELECT MAX(month) FROM months WHERE status = 'closed'")).scalar_one()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER IF EXISTS guard_months_update"))
    else:
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    changed = text("UPDATE months SET digest = :digest WHERE month = :month")
    db.session.execute(changed, {"digest": "f" * 64, "month": closed})

    everywhere = list_findings_of("months.digests")
    assert everywhere
    assert list_findings_of("months.digests", month=closed) == everywhere
    assert list_findings_of("months.digests", month=MONTHS[0]) == []


@pytest.mark.slow
def test_a_month_that_is_not_closed_has_nothing_to_verify(world):
    del world
    with pytest.raises(NotFound):
        list_findings(month="2030-01")


def test_a_head_of_everything_is_not_written_after_checks_of_one_month(tmp_path):
    done = CliRunner().invoke(command, ["--month", "2026-10", "--write-head", str(tmp_path / "head")])

    assert done.exit_code == 2
    assert "needs all checks" in done.output
