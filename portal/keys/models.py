"""The keys that this database knows."""

from datetime import datetime

from sqlalchemy import (
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Instant, Key

DATA, INDEX = "data", "index"


class KeyCheck(Base):
    """A key that this database knows, by a mark that reveals nothing about it, with a proof that only it can make.

    `retired_at`: when no text sealed by a data key was left; the key may be dropped from then on.
    """

    __tablename__ = "key_checks"
    __table_args__ = (UniqueConstraint("purpose", "mark"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str] = mapped_column(String(8))
    proof: Mapped[bytes] = mapped_column(LargeBinary)
    noted_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
