"""What the agency writes: identity numbers, and the rows of its extract. Benchmarks and tests use it too."""

import csv
from datetime import date, timedelta
from random import Random
from typing import Final, TextIO

# What a row says -> the heading in the file, in the order of the file.
EXTRACT: Final = {
    "nik": "NIK",
    "kpj": "KPJ",
    "name": "NAMA",
    "birth": "TGL LAHIR",
    "pack": "PROGRAM",
    "registered": "TGL DAFTAR PERTAMA",
    "branch": "KODE CABANG",
    "blth": "BLTH",
    "paid": "TGL BAYAR",
    "amount": "IURAN",
    "payer": "JENIS PEMBAYAR",
}


def make_nik(district: str, birth: date, serial: int, *, woman: bool) -> str:
    """Write a NIK: district of issue, birth date (a woman's day plus 40), serial number."""
    day = birth.day + (40 if woman else 0)
    return f"{district}{day:02}{birth.month:02}{birth.year % 100:02}{serial:04}"


def draw_birth(rng: Random, first: int, last: int) -> date:
    """Draw a birth date in years from first to last."""
    return date(first, 1, 1) + timedelta(days=rng.randrange((date(last, 12, 31) - date(first, 1, 1)).days))


def extract_row(**values: object) -> dict[str, str]:
    """Return a row by the file's headings; what is not given is empty (no payment: a registration alone)."""
    return dict.fromkeys(EXTRACT.values(), "") | {EXTRACT[name]: str(value) for name, value in values.items()}


def extract_writer(file: TextIO, *, delimiter: str = ";") -> "csv.DictWriter[str]":
    """Begin an extract as CSV and return what writes its rows."""
    writer = csv.DictWriter(file, list(EXTRACT.values()), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    return writer
