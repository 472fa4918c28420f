"""Keep in their cohort those who were new, lapsed, and came back by a later sign-up; the triggers move the sums."""

from alembic import op

revision = "0022_cohorts_of_returned"
down_revision = "0021_paid_at_talks"
branch_labels = None
depends_on = None

RETURNED = "signup_id IN (SELECT id FROM signups WHERE outcome <> 'new')"
# As in 0019, the branch of before is not known: they belong to the one that the cadre of that sign-up is in now.
FILL = f"""
  UPDATE participants SET cohort_month = new.earned_month, cohort_branch_id = new.branch_id
  FROM (
    SELECT s.participant_id, s.earned_month, c.branch_id,
      row_number() OVER (PARTITION BY s.participant_id ORDER BY s.reported_on DESC, s.id DESC) AS place
    FROM signups AS s JOIN cadres AS c ON c.id = s.cadre_id
    WHERE s.status = 'validated' AND s.outcome = 'new' AND s.participant_id IN (
      SELECT id FROM participants WHERE {RETURNED}
    )
  ) AS new
  WHERE new.participant_id = participants.id AND new.place = 1 AND {RETURNED}
"""


def upgrade() -> None:
    op.execute(FILL)


def downgrade() -> None:
    op.execute(
        "UPDATE participants SET cohort_month = NULL, cohort_branch_id = NULL"
        f" WHERE cohort_month IS NOT NULL AND {RETURNED}"
    )
