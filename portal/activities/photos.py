"""Photos of a report: decoded in a process with limits, stripped of everything except the picture.

Run as a program, this file is that process: it reads an upload from stdin and writes one JSON line, the re-encoded
picture, then its thumbnail.
"""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portal.domain.errors import RuleBroken

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES: Final = 15_000_000
MAX_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 1_280
THUMB_SIDE: Final = 240
QUALITY: Final = 70
THUMB_BYTES: Final = 12_000
THUMB_QUALITIES: Final = (QUALITY, 55, 40, 25, 10)
_MEMORY: Final = 640 * 1024 * 1024
_CPU_SECONDS: Final = 10
_WALL_SECONDS: Final = 30
_PROJECT: Final = Path(__file__).resolve().parents[2]
_REFUSED: Final = frozenset(
    {"photo.not_an_image", "photo.truncated", "photo.too_many_pixels", "photo.animated"}
)


@dataclass(frozen=True)
class AcceptedPhoto:
    """A picture as stored: JPEG without metadata, with its thumbnail.

    `sha256` is of the upload (finds the same file again); `dhash` is a signed 64-bit perceptual hash (the same
    picture saved again differs in few bits: see differing_bits()); `dhash_mirrored` is that of the mirrored picture.
    """

    data: bytes
    thumb: bytes
    width: int
    height: int
    sha256: str
    dhash: int
    dhash_mirrored: int


def accept_photo(data: bytes) -> AcceptedPhoto:
    """Decode an upload by its content, turn it upright, drop all metadata and re-encode it.

    Raises RuleBroken with photo.not_an_image, photo.heic, photo.animated, photo.too_large, photo.truncated or
    photo.too_many_pixels.
    """
    if len(data) > MAX_BYTES:
        raise RuleBroken("photo.too_large", {"most": MAX_BYTES // 1_000_000})
    _check_start(data)
    command = [sys.executable, "-s", "-P", "-m", "portal.activities.photos"]
    try:
        child = subprocess.run(  # noqa: S603 - our own program; the upload is only its input
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_PROJECT), "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuleBroken("photo.not_an_image") from None
    first, _, rest = child.stdout.partition(b"\n")
    try:
        said: dict[str, Any] = json.loads(first)
    except ValueError:
        raise RuleBroken("photo.not_an_image") from None
    if "refused" in said or child.returncode != 0:
        code = said.get("refused")
        raise RuleBroken(
            code if code in _REFUSED else "photo.not_an_image", {"most": MAX_PIXELS // 1_000_000}
        )
    return _accepted(data, said, rest)


def prepare_own_picture(data: bytes) -> AcceptedPhoto:
    """Make of a picture that we drew ourselves what accept_photo() makes of an upload, without its process."""
    return _accepted(data, *_read(data))


def _accepted(data: bytes, said: dict[str, Any], pictures: bytes) -> AcceptedPhoto:
    return AcceptedPhoto(
        data=pictures[: said["length"]],
        thumb=pictures[said["length"] :],
        width=said["width"],
        height=said["height"],
        sha256=hashlib.sha256(data).hexdigest(),
        dhash=said["dhash"],
        dhash_mirrored=said["dhash_mirrored"],
    )


def _check_start(data: bytes) -> None:
    """Refuse by its first bytes anything that is not a JPEG, PNG or WebP, whatever its name says."""
    if data[4:8] == b"ftyp" and data[8:11] in {b"hei", b"mif", b"hev", b"avi"}:
        raise RuleBroken("photo.heic")
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    if not (webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))):
        raise RuleBroken("photo.not_an_image")


def _limit() -> None:
    """Set the process's limits, against decompression bombs."""
    import resource  # noqa: PLC0415 - for the child; not every system has it

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _opened(data: bytes) -> "Image.Image":
    """Open an upload and judge it by its header, before anything is decoded."""
    from PIL import Image  # noqa: PLC0415 - for the child alone

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RuleBroken("photo.too_many_pixels") from None
    except Exception:  # noqa: BLE001 - a header can be broken in many ways
        raise RuleBroken("photo.not_an_image") from None
    if image.width * image.height > MAX_PIXELS:
        raise RuleBroken("photo.too_many_pixels")
    # Several pictures in a JPEG are a camera's previews; in a PNG or WebP they are an animation.
    if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise RuleBroken("photo.animated")
    return image


def _upright(image: "Image.Image") -> "Image.Image":
    """Decode at about the size that is stored, in RGB, turned as the camera was held."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - for the child alone

    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    try:
        image.load()
    except MemoryError:
        raise RuleBroken("photo.too_many_pixels") from None
    except Exception as error:  # noqa: BLE001 - decoders fail in many ways
        cut = "truncated" in str(error) or "broken" in str(error)
        raise RuleBroken("photo.truncated" if cut else "photo.not_an_image") from None
    # Broken orientation data is no reason to lose the picture.
    with contextlib.suppress(Exception):
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    image = image.convert("RGB")
    image.info.clear()
    return image


def _jpeg(image: "Image.Image", side: int) -> tuple[bytes, tuple[int, int]]:
    small = image.copy()
    small.thumbnail((side, side))
    return _encode(small, QUALITY), small.size


def _encode(image: "Image.Image", quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()


def _thumb(image: "Image.Image") -> bytes:
    """Encode the thumbnail: as poorly as it must be to stay small, since a list shows 25 of them."""
    small = image.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    thumb = b""
    for quality in THUMB_QUALITIES:
        thumb = _encode(small, quality)
        if len(thumb) <= THUMB_BYTES:
            break
    return thumb


def dhash(image: "Image.Image") -> int:
    """Hash the visible picture: whether each of 8 x 8 fields is brighter than its right neighbour. Signed, 64 bits."""
    grey = image.convert("L").resize((9, 8))
    levels = grey.tobytes()
    bits = 0
    for place in range(72):
        if place % 9 < 8:
            bits = bits << 1 | (levels[place] > levels[place + 1])
    return bits - 2**64 if bits >= 2**63 else bits


def _mirrored(image: "Image.Image") -> "Image.Image":
    from PIL import ImageOps  # noqa: PLC0415 - for the child alone

    return ImageOps.mirror(image)


def _read(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Decode an upload; return what is said of it, and the picture followed by its thumbnail."""
    image = _upright(_opened(data))
    picture, (width, height) = _jpeg(image, LONGEST_SIDE)
    said = {"width": width, "height": height, "length": len(picture)}
    said |= {"dhash": dhash(image), "dhash_mirrored": dhash(_mirrored(image))}
    return said, picture + _thumb(image)


def main() -> None:
    """Read an upload from stdin and write the picture, thumbnail and hashes to stdout."""
    _limit()
    try:
        said, pictures = _read(sys.stdin.buffer.read())
    except RuleBroken as broken:
        said, pictures = {"refused": broken.code}, b""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + pictures)
    sys.stdout.buffer.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
