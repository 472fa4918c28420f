"""Store which claims a sign-up won a dispute against; let a conflict hold a whole row, even of a month not stored yet."""

import sqlalchemy as sa
from alembic import op

revision = "0003_money_of_signups"
down_revision = "0002_guards"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "contribution_conflicts"
OLD_UNIQUE = "uq_contribution_conflicts_contribution_id_new_amount_new_paid_on"
NEW_UNIQUE = "uq_contribution_conflicts_row"
ROW = ("participant_id", "blth", "new_amount", "new_paid_on", "new_payer_type", "new_pack")


def upgrade() -> None:
    op.add_column("signups", sa.Column("beaten_on", sa.Date()))
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("participant_id", KEY))
        table.add_column(sa.Column("blth", sa.String(7)))
        table.add_column(sa.Column("new_payer_type", sa.String(16)))
        table.add_column(sa.Column("new_pack", sa.String(12)))
    stored = "SELECT {} FROM contributions AS c WHERE c.id = contribution_conflicts.contribution_id"
    op.execute(
        "UPDATE contribution_conflicts SET"
        f" participant_id = ({stored.format('c.participant_id')}), blth = ({stored.format('c.blth')}),"
        f" new_payer_type = ({stored.format('c.payer_type')}), new_pack = ({stored.format('c.pack')})",
    )
    with op.batch_alter_table(TABLE) as table:
        for name, kind in (("participant_id", KEY), ("blth", sa.String(7))):
            table.alter_column(name, existing_type=kind, nullable=False)
        for name, length in (("new_payer_type", 16), ("new_pack", 12)):
            table.alter_column(name, existing_type=sa.String(length), nullable=False)
        table.create_foreign_key(
            op.f("fk_contribution_conflicts_participant_id"), "participants", ["participant_id"], ["id"]
        )
        table.drop_constraint(op.f(OLD_UNIQUE), type_="unique")
        table.create_unique_constraint(op.f(NEW_UNIQUE), list(ROW))
        table.drop_constraint(op.f("fk_contribution_conflicts_contribution_id"), type_="foreignkey")
        table.drop_column("contribution_id")


def downgrade() -> None:
    """Keep only conflicts with stored contributions; the others, and rows that differ only in payer and pack, are lost."""
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("contribution_id", KEY))
    op.execute(
        "UPDATE contribution_conflicts SET contribution_id = (SELECT c.id FROM contributions AS c"
        " WHERE c.participant_id = contribution_conflicts.participant_id"
        " AND c.blth = contribution_conflicts.blth)",
    )
    op.execute(
        "DELETE FROM contribution_conflicts WHERE contribution_id IS NULL OR id NOT IN ("
        "SELECT min(k.id) FROM contribution_conflicts AS k"
        " GROUP BY k.contribution_id, k.new_amount, k.new_paid_on)",
    )
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("contribution_id", existing_type=KEY, nullable=False)
        table.create_foreign_key(
            op.f("fk_contribution_conflicts_contribution_id"), "contributions", ["contribution_id"], ["id"]
        )
        table.drop_constraint(op.f(NEW_UNIQUE), type_="unique")
        table.create_unique_constraint(op.f(OLD_UNIQUE), ["contribution_id", "new_amount", "new_paid_on"])
        table.drop_constraint(op.f("fk_contribution_conflicts_participant_id"), type_="foreignkey")
        for name in ("participant_id", "blth", "new_payer_type", "new_pack"):
            table.drop_column(name)
    op.execute("ALTER TABLE signups DROP COLUMN beaten_on")
