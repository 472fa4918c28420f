"""Create all tables."""

from alembic import op

from portal.columns import Base
from portal.models import ALL_MODELS

revision = "0001_schema"
down_revision = None
branch_labels = None
depends_on = None

assert ALL_MODELS


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())


def downgrade() -> None:
    Base.metadata.drop_all(op.get_bind())
