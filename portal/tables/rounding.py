"""The trace that a spreadsheet's rounding leaves even in a text file: numbers that end in 0."""

from portal.tables.problems import TableRefused


class RoundedNumbers:
    """Counts the NIKs of a CSV extract: if more than half end in 0, a spreadsheet has rounded them.

    Each NIK counts once, however many months it has.
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._rounded = 0

    def see(self, nik: str, key: bytes | None = None) -> None:
        """Count a NIK; pass its fingerprint as `key`, if there is one, to keep the number out of memory."""
        name = nik.encode() if key is None else key
        if name not in self._seen:
            self._seen.add(name)
            self._rounded += nik.endswith("0")

    def refuse(self) -> None:
        """Refuse the whole file if more than half of its NIKs end in 0."""
        if self._rounded * 2 > len(self._seen):
            raise TableRefused("table.rounded_niks", {"rounded": self._rounded, "count": len(self._seen)})
