"""Verify finds what somebody changed behind the portal's back, and nothing else."""

import pytest
from cast import make_cast
from earning import close
from factories import make_branch, make_region
from sqlalchemy import text

from portal.clock import now
from portal.domain.months import month_of
from portal.extensions import db
from portal.people.services import Change, move_cadre
from portal.points.services import post_entry
from portal.verification.queries import CHECKS, list_findings


@pytest.fixture
def posted(app):
    """Two cadres of Palembang with a few points."""
    cast = make_cast()
    for number, cadre in enumerate((cast.marlina, cast.herman)):
        post_entry(
            cadre_id=cadre.id,
            kind="training",
            source=f"training:{number}",
            points=25,
            rule_version=1,
            earned_on=now().date(),
            actor=cast.actor("ratna"),
            at=now(),
        )
    db.session.commit()
    return cast


def _break(database, statement: str) -> None:
    """Change a row as an owner of the database could, with the guards switched off."""
    from sqlalchemy import create_engine

    from portal.extensions import engine_options

    engine = create_engine(database.owner, **engine_options(database.owner))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))
    engine.dispose()


def test_an_untouched_portal_has_no_findings(posted):
    assert list_findings() == []


def test_transfers_of_cadres_and_branches_are_no_findings(posted):
    other = make_branch()
    change, month = Change(branch_id=other.id), month_of(now().date())
    move_cadre(
        cadre_id=posted.marlina.id,
        from_month=month,
        change=change,
        reason="Pindah",
        actor=posted.actor("ratna"),
        at=now(),
    )
    db.session.commit()
    assert list_findings() == []

    close(month)
    other.regional_office_id = make_region().id
    db.session.commit()
    assert list_findings() == []


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE ledger_entries SET points = points + 1", "standings.live"),
        ("UPDATE standings SET points = 7", "standings.live"),
        ("DELETE FROM standings", "standings.live"),
        ("UPDATE score_counts SET cadres = cadres + 1", "standings.counts"),
        ("UPDATE ledger_entries SET original_month = '2026-10'", "ledger.entries"),
        (
            "UPDATE ledger_entries SET source = 'activity:none', kind = 'activity' WHERE source = 'training:0'",
            "ledger.sources",
        ),
        (
            "INSERT INTO months (month, status, digest, previous_digest, closed_at)"
            " VALUES ('2026-09', 'closed', 'x', 'y', '2026-10-03 00:00:00')",
            "months.chain",
        ),
    ],
)
def test_a_change_behind_the_portals_back_is_found(posted, database, statement, check):
    db.session.rollback()
    _break(database, statement)

    assert check in {finding.check for finding in list_findings()}


def test_every_check_has_its_words(app):
    from portal.wording import label

    with app.test_request_context():
        assert all(label("check", name) != name for name in CHECKS)
