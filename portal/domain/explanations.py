"""A line's amount as one plain English sentence that shows the arithmetic (for exports, not for pages)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from portal.domain.incentives import Line


def rupiah_text(amount: int) -> str:
    """Write an amount the English way: Rp1,026,000, -Rp25,650."""
    return f"{'-' if amount < 0 else ''}Rp{abs(amount):,}"


def explain(line: Line, details: Mapping[str, object] | None = None) -> str:
    """Explain a line as it is stored: how its amount follows from base, rate, count and what was posted.

    ``details`` as they are kept with the line: ``min_new`` and ``counting_new`` (a threshold and how far it
    was met), ``recognition`` (a share by the month covered), ``rank``, ``sharing``, ``amounts``, ``scope_code``
    (a prize), ``now`` and ``posted`` (late money).
    """
    known = details or {}
    calculation = _calculation(line, known)
    if "now" not in known:
        return f"{calculation} = {rupiah_text(line.amount)}{_condition(known)}."
    now, posted = _whole(known["now"]), _whole(known.get("posted"))
    return (
        f"Late, for {line.original_month}: {calculation} = {rupiah_text(now)} as known now{_condition(known)}, "
        f"minus {rupiah_text(posted)} posted before = {rupiah_text(line.amount)}."
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _condition(known: Mapping[str, object]) -> str:
    """Name the threshold and whether it was met: without it the arithmetic would not add up."""
    least, counting = _whole(known.get("min_new")), _whole(known.get("counting_new"))
    if not least:
        return ""
    if counting >= least:
        return f" (needs {least} new participants, has {counting})"
    return f" because {least} new participants are needed and there are {counting}"


def _calculation(line: Line, known: Mapping[str, object]) -> str:
    """Write the left side of the equation."""
    if line.component == "rank_prize":
        return _prize(line, known)
    if line.component == "contribution_share":
        return _share(line, known)
    if line.component == "host_override":
        return f"Minus the host body's {line.rate or 0}% of {rupiah_text(line.base or 0)}{_rounded(line)}"
    if line.component == "flat_bonus":
        return f"Flat bonus of {rupiah_text(_each(line))} for {line.count or 0} new participants"
    if line.component == "adjustment":
        return "Adjustment"
    return f"{line.count or 0} {_counted_thing(line)} × {rupiah_text(_each(line))}"


def _share(line: Line, known: Mapping[str, object]) -> str:
    covering = f" that cover {line.original_month}," if known.get("recognition") == "coverage" else ""
    months = f"months {line.band.replace('-', ' to ')}, {line.count or 0} paid"
    base = rupiah_text(line.base or 0)
    return f"{line.rate or 0}% of contributions{covering} of {base} ({months}){_rounded(line)}"


def _each(line: Line) -> int:
    return int(Decimal(line.rate or 0))


def _counted_thing(line: Line) -> str:
    """Name what is counted."""
    if line.component == "acquisition_fee":
        return f"new participants with {line.band}"
    if line.component == "retention_bonus":
        return f"participants reaching contribution month {line.band}"
    return f"badges {line.band}"


def _rounded(line: Line) -> str:
    exact = Decimal(line.base or 0) * Decimal(line.rate or 0) / 100
    return "" if exact == exact.to_integral_value() else ", rounded half up"


def _prize(line: Line, known: Mapping[str, object]) -> str:
    amounts, sharing = known.get("amounts"), _whole(known.get("sharing"))
    place = (
        f"Prize for rank {known['rank']} in {known.get('scope_code')}" if "rank" in known else "Rank prize"
    )
    if not isinstance(amounts, list | tuple) or not amounts:
        return f"{place} ({line.band})"
    total = " + ".join(rupiah_text(_whole(amount)) for amount in amounts)
    if sharing < 2:
        return f"{place}: {total}"
    return f"{place}, shared by {sharing}: ({total}) / {sharing}, rounded down"
