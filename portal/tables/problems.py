"""What is wrong with a file: with all of it, or with one cell of one line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from portal.domain.errors import RuleBroken
from portal.domain.nik import mask

LISTED: Final = 1000
# This many digits are a NIK, KPJ, account or phone number in the wrong column; a date has at most eight.
_LONG_NUMBER: Final = re.compile(r"[0-9]{9,}|(?:[0-9][ .\-]?){15,}[0-9]|(?:\+62|0)8[0-9 .\-]{7,}[0-9]")
_MAX_AMOUNT: Final = 10**13


@dataclass(frozen=True)
class RowError:
    """One bad cell (or a whole row: no column), located by line and with a reason; code and values find the words."""

    line: int
    column: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


def _without_numbers(value: object) -> object:
    """Return a cell's values without personal numbers: findings are stored, shown and printed (rules.md 9)."""
    if isinstance(value, str) or (type(value) is int and abs(value) > _MAX_AMOUNT):
        value = str(value)
        return _LONG_NUMBER.sub(lambda found: mask(found[0], first=4, last=2), value)
    return value


class BadCell(Exception):  # noqa: N818 - it is a finding about a cell, collected and shown, not a failure
    """A parser refuses a cell; the table adds line and column."""

    def __init__(self, code: str, values: Mapping[str, object] | None = None, *, column: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.values: dict[str, object] = dict(values or {})
        self.column = column


class TableRefused(RuleBroken):
    """The whole file is refused; `errors` lists the bad rows if rows were the reason."""

    def __init__(
        self,
        code: str,
        values: Mapping[str, object] | None = None,
        *,
        errors: tuple[RowError, ...] = (),
    ) -> None:
        super().__init__(code, dict(values or {}))
        self.errors = errors


class Problems:
    """The bad rows of a file: the first thousand findings are kept, all are counted."""

    def __init__(self, *, listed: int = LISTED) -> None:
        self.errors: list[RowError] = []
        self.count = 0
        self.rows = 0
        self._listed = listed
        self._last_line = 0

    def add(
        self,
        line: int,
        column: str,
        code: str,
        values: Mapping[str, object] | None = None,
    ) -> None:
        """Add a finding; findings arrive in line order, so that bad rows can be counted."""
        self.count += 1
        if line != self._last_line:
            self._last_line = line
            self.rows += 1
        if len(self.errors) < self._listed:
            shown = {name: _without_numbers(value) for name, value in (values or {}).items()}
            self.errors.append(RowError(line, column, code, shown))

    def __bool__(self) -> bool:
        return self.count > 0

    def refuse(self) -> None:
        """Refuse the whole file if any row is bad."""
        if self.count:
            raise TableRefused("table.bad_rows", {"count": self.rows}, errors=tuple(self.errors))
