"""One kind of tampering: what somebody without the guards could plant, and which check reports it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tampering:
    """One kind: the check's name, words of its finding, the row picked, what is planted, and the row as reported."""

    check: str
    what: str
    pick: str
    plant: str
    where: str

    @property
    def name(self) -> str:
        return f"{self.check}: {self.plant[:90]}"


T = Tampering
FIRST = "ORDER BY id LIMIT 1"
