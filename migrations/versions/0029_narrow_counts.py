"""Count an office's accounts, and the bank accounts to verify, without reading the nation's."""

import sqlalchemy as sa
from alembic import op

revision = "0029_narrow_counts"
down_revision = "0028_messages"
branch_labels = None
depends_on = None

_OF_AN_OFFICE = "regional_office_id IS NOT NULL"


def upgrade() -> None:
    """Create the indexes; the first holds all that the one it replaces held."""
    op.create_index("ix_users_branch", "users", ["branch_id", "scope", "role"])
    op.drop_index("ix_users_branch_id", "users")
    office = sa.text(_OF_AN_OFFICE)
    op.create_index(
        "ix_users_office", "users", ["regional_office_id"], sqlite_where=office, postgresql_where=office
    )
    # Each database finds the index by the words in which the question is asked there.
    op.create_index(
        "ix_bank_accounts_unverified",
        "bank_accounts",
        ["cadre_id"],
        sqlite_where=sa.text("is_current = 1 AND NOT (verified_by IS NOT NULL OR imported_verified = 1)"),
        postgresql_where=sa.text("is_current AND NOT (verified_by IS NOT NULL OR imported_verified)"),
    )


def downgrade() -> None:
    """Drop them, and create the one they replaced."""
    op.drop_index("ix_bank_accounts_unverified", "bank_accounts")
    op.drop_index("ix_users_office", "users")
    op.create_index("ix_users_branch_id", "users", ["branch_id"])
    op.drop_index("ix_users_branch", "users")
