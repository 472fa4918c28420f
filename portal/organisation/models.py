"""Tables of the organisation: regional offices, branches, host bodies, and its parameters."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Code, Json, Key, MonthKey


class RegionalOffice(Base):
    """A regional office, which groups branches."""

    __tablename__ = "regional_offices"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Branch(Base):
    """A branch: the unit of review, ranking and plans, with its time zone; phone and address are its public ones."""

    __tablename__ = "branches"
    __table_args__ = (
        CheckConstraint("time_zone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')", name="time_zone"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    regional_office_id: Mapped[int] = mapped_column(Key, ForeignKey("regional_offices.id"), index=True)
    time_zone: Mapped[str] = mapped_column(String(32))
    region_code: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(24))
    address: Mapped[str | None] = mapped_column(String(200))


class BoardVersion(Base):
    """How often what boards show of a branch has changed; 0 instead of a branch: what every board may show."""

    __tablename__ = "board_versions"

    branch_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInt)


class HostBody(Base):
    """A host body (wadah) that agents belong to."""

    __tablename__ = "host_bodies"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Parameter(Base):
    """A number of the rules stored as data, with the month from which it holds ('0000-00': always)."""

    __tablename__ = "parameters"
    __table_args__ = (UniqueConstraint("name", "from_month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    from_month: Mapped[str] = mapped_column(MonthKey)
    value: Mapped[Any] = mapped_column(Json)
