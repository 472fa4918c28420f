"""Count how often what boards show of a branch has changed: a page of ranks is new only if its own count is."""

import sqlalchemy as sa
from alembic import op

revision = "0011_board_versions"
down_revision = "0010_contributions_of_a_cadre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_versions",
        sa.Column("branch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_board_versions")),
    )


def downgrade() -> None:
    op.drop_table("board_versions")
