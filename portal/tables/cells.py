"""Cells as a file holds them: text, and text that a spreadsheet stored as another type."""

from typing import Final

# What a spreadsheet shows where a formula failed.
BROKEN: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"})


class NumberCell(str):
    """A cell that a spreadsheet stores as a number; the text is plain digits if the number is whole."""

    __slots__ = ()

    @classmethod
    def of(cls, number: float) -> "NumberCell":
        """Make the cell of a number."""
        whole = abs(number) < 1e21 and number == int(number)
        return cls(str(int(number)) if whole else repr(number))


class DateCell(str):
    """A cell that a spreadsheet stores as a date: YYYY-MM-DD, followed by the time of day if there is one."""

    __slots__ = ()


class TruthCell(str):
    """A cell that a spreadsheet stores as true or false."""

    __slots__ = ()


class FormulaCell(str):
    """A cell computed by a formula; the text is what it showed when the file was saved, "=" if nothing."""

    __slots__ = ()


def cell_of(value: object) -> str:
    """Make the cell of a value from the sheet reader; plain text stays a plain str.

    Dates arrive as a list with one ISO text, so that they differ from text that looks like a date; formula results
    arrive as an object with the text.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return TruthCell("true" if value else "false")
    if isinstance(value, int | float):
        return NumberCell.of(value)
    if isinstance(value, list) and value:
        return DateCell(value[0])
    if isinstance(value, dict):
        return FormulaCell(value["shown"] or "=")
    return ""
