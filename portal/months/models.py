"""Table of alarms: why a month could not close, once per day and reason."""

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Instant, MonthKey


class MonthAlarm(Base):
    """An alarm about a month that can't close; its key lets any number of schedulers raise it once (rules.md 1.5).

    `day` is the local day of Jakarta; `fault` names what broke off a close, otherwise it is empty.
    """

    __tablename__ = "month_alarms"

    month: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str] = mapped_column(String(32), primary_key=True)
    fault: Mapped[str] = mapped_column(String(200), primary_key=True, default="")
    raised_at: Mapped[datetime] = mapped_column(Instant)
