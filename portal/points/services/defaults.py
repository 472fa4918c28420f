"""The shipped points rules and parameters, stored as data."""

from datetime import date
from typing import Final

from portal import audit
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.plans import content_hash
from portal.domain.points import DEFAULT_RULES
from portal.organisation.models import Parameter
from portal.points.models import PointsRule

VALID_FROM: Final = date(2015, 1, 1)
ALWAYS: Final = "0000-00"
PARAMETERS: Final[dict[str, int]] = {
    "close_day": 3,
    "minimum_payout": 10_000,
    "window_before": 3,
    "window_after": 60,
    "reactivation_months": 3,
    "expiry_months": 3,
    "expiry_extracts": 2,
    "retention_months_unmatched": 6,
    "grace_months": 3,
    "second_person_days": 30,
    "account_wait_days": 3,
    "inactivity_months": 3,
    "return_months": 6,
    "explainer_openings_a_day": 1_000,
    "renewal_lead_days": 10,
    "reminder_days": 7,
    "donor_lead_days": 30,
    "quiet_from": 21,
    "quiet_until": 6,
    "digest_hour": 17,
    "letters_a_day": 20,
    "training_seats": 30,
    "training_sessions": 2,
    "training_late_minutes": 15,
    "certificate_months": 24,
    "certificate_grace_days": 60,
    "rule_notice_days": 7,
    "quality_first_time": 80,
    "quality_match": 70,
    "quality_retention": 60,
    "quality_least": 5,
    "streak_freezes": 2,
    "leave_days": 90,
    "leave_back_days": 14,
    "challenge_days_after": 3,
    "challenge_team_size": 12,
    "league_top_first_time": 80,
    "league_top_reports": 5,
}


def install_default_rules(*, by: Signature) -> None:
    """Store the shipped rule set and parameters, unless they are there."""
    rules = insert_into(PointsRule).on_conflict_do_nothing().returning(PointsRule.version)
    shipped = {"document": DEFAULT_RULES, "content_hash": content_hash(DEFAULT_RULES)}
    stored = db.session.execute(
        rules.values(version=1, valid_from=VALID_FROM, **shipped)
    ).scalar_one_or_none()
    rows = [{"name": name, "from_month": ALWAYS, "value": value} for name, value in PARAMETERS.items()]
    db.session.execute(insert_into(Parameter).on_conflict_do_nothing(), rows)
    if stored is not None:
        audit.record(by=by, act="points_rule.installed", subject=("points_rule", stored))
