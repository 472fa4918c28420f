"""What people bring to the browser: a photo and the official extract."""

from pathlib import Path

from extracts import row
from PIL import Image, ImageDraw

from portal.demo.agency import extract_writer


def make_photo(folder: Path, seed: int = 0) -> Path:
    """Draw a market in the morning; every seed draws another one."""
    path = folder / f"foto-{seed}.jpg"
    picture = Image.new("RGB", (1600, 1200), (210, 200 - seed % 40, 170))
    pen = ImageDraw.Draw(picture)
    for n in range(14):
        left = (n * 131 + seed * 53) % 1500
        pen.rectangle(
            (left, 300 + (n * 67 + seed * 29) % 500, left + 160, 1150),
            fill=(40 + n * 12, 90 + n * 7, 60 + seed % 90),
        )
    picture.save(path, quality=85)
    return path


def write_extract(folder: Path, name: str, rows: list[dict[str, str]]) -> Path:
    """Write an extract as the agency sends it: semicolons, Indonesian headings."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        extract_writer(file).writerows(row(**each) for each in rows)
    return path
