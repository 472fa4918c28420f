"""Make the pictures of docs/pictures/pages from the screenshots of the crawl over every page.

Run as a program, by `make pictures`: python tests/journeys/pictures.py SCREENSHOTS FOLDER. Of each page there is one picture as a phone
shows it and one as a desk does, in the light, as the first role sees it that opens it.
"""

import sys
from pathlib import Path

from PIL import Image

ORDER = ("marlina", "bambang", "fahmi", "vera", "farah", "ratna", "agus")
TALLEST = {"360": 1_600, "1280": 1_400}  # pixels; long lists go on in the same way
WIDEST = 800  # pixels; a desk's page stays readable
QUALITY = 50


def gather(screenshots: Path, folder: Path) -> int:
    """Write a small WebP for each page and window; return how many."""
    for old in folder.glob("*.webp"):
        old.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    made: set[str] = set()
    for person in ORDER:
        for source in sorted(screenshots.glob(f"{person}-*-light.png")):
            endpoint, width, _ = source.stem.removeprefix(f"{person}-").rsplit("-", 2)
            name = f"{endpoint}-{width}.webp"
            if name not in made:
                made.add(name)
                _write(source, folder / name, tallest=TALLEST[width])
    return len(made)


def _write(source: Path, target: Path, *, tallest: int) -> None:
    with Image.open(source) as picture:
        shown = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, tallest)))
        shown.thumbnail((WIDEST, tallest), Image.Resampling.LANCZOS)
        shown.save(target, "WEBP", quality=QUALITY, method=6)


if __name__ == "__main__":
    gather(Path(sys.argv[1]), Path(sys.argv[2]))
