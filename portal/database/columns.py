"""The column types, and the declarative base of all tables."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, Integer, LargeBinary, MetaData, String
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all models; constraints get names so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite stores it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC instant."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedBytes(LargeBinary):
    """A text sealed by the vault; key rotation finds the columns to reseal by this type (portal/keys)."""


# SQLite auto-increments only INTEGER primary keys; PostgreSQL needs BIGINT in the long run.
Key: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
BigInt: TypeEngine[int] = BigInteger()
Rupiah: TypeEngine[int] = BigInteger()
LocalDate: TypeEngine[date] = Date()
MonthKey: TypeEngine[str] = String(7)
Code: TypeEngine[str] = String(64)
Sealed: TypeEngine[bytes] = SealedBytes()
Fingerprint: TypeEngine[bytes] = LargeBinary(32)
Json: TypeEngine[Any] = JSON()
