"""Drawn pictures in place of photos: a market stall, a list of names, a meeting."""

import io
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from PIL import Image, ImageDraw

from portal import storage
from portal.activities.models import Photo
from portal.activities.photos import prepare_own_picture
from portal.database.extensions import db
from portal.demo.people import Member

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Canvas

_SIZE: Final = (960, 720)
_CLOTHS: Final = ("#c0392b", "#1f6f8b", "#2e8b57", "#d68910", "#7d3c98", "#34495e")
_SKIN: Final = ("#8d5a3a", "#a9714b", "#6f4530")


def attach_pictures(
    ref: str, member: Member, kind: str, *, look: Random, rng: Random, at: datetime
) -> tuple[str, ...]:
    """Draw and store the two pictures of a report, place and attendance list; equal looks give equal pictures."""
    scene = _stall if kind in {"market_visit", "base_visit", "stand"} else _meeting
    return tuple(_keep(ref, member, draw, look=look, rng=rng, at=at) for draw in (scene, _list))


def _keep(
    ref: str,
    member: Member,
    draw: Callable[["Canvas", Random], None],
    *,
    look: Random,
    rng: Random,
    at: datetime,
) -> str:
    """Draw a picture and store it the way an upload is stored; nobody else's bytes are decoded here."""
    image = Image.new("RGB", _SIZE, "#dfe9ee")
    draw(ImageDraw.Draw(image), look)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    photo = prepare_own_picture(out.getvalue())
    number = str(UUID(int=rng.getrandbits(128), version=4))
    db.session.add(
        Photo(
            id=number,
            report_ref=ref,
            cadre_id=member.id,
            file_name=storage.save(photo.data, kind="photo", suffix=".jpg"),
            thumb_name=storage.save(photo.thumb, kind="thumb", suffix=".jpg"),
            width=photo.width,
            height=photo.height,
            sha256=photo.sha256,
            dhash=photo.dhash,
            created_at=at,
        ),
    )
    db.session.flush()
    return number


def _light(canvas: "Canvas", rng: Random, darkest: int, brightest: int) -> None:
    """Paint light and shade, so that the pictures of two places differ as photos would."""
    for field in range(72):
        x, y = field % 9 * 107, field // 9 * 90
        grey = rng.randrange(darkest, brightest)
        canvas.rectangle((x, y, x + 107, y + 90), fill=(grey, grey - 6, grey - 18))


def _stall(canvas: "Canvas", rng: Random) -> None:
    """Draw stalls under striped awnings with fruit in front."""
    _light(canvas, rng, 150, 240)
    for left in range(rng.randrange(-60, 20), 960, 320):
        cloth = rng.choice(_CLOTHS)
        for stripe in range(8):
            x = left + stripe * 36
            canvas.polygon(
                ((x, 170), (x + 36, 170), (x + 30, 270), (x - 6, 270)),
                fill=cloth if stripe % 2 else "#f7f3e8",
            )
        canvas.rectangle((left + 6, 270, left + 18, 560), fill="#6b4f34")
        canvas.rectangle((left + 264, 270, left + 276, 560), fill="#6b4f34")
        canvas.rectangle((left, 430, left + 284, 560), fill="#8a6543")
        for place in range(24):
            x, y = left + 16 + place % 8 * 33, 388 + place // 8 * 16
            canvas.ellipse((x, y, x + 28, y + 26), fill=rng.choice(_CLOTHS))
        _person(canvas, rng, left + 140, 300)


def _meeting(canvas: "Canvas", rng: Random) -> None:
    """Draw a room with rows of people who look at a board."""
    _light(canvas, rng, 160, 240)
    canvas.rectangle((320, 60, 640, 230), fill="#f9f9f6", outline="#6b4f34", width=8)
    for line in range(4):
        canvas.rectangle(
            (350, 90 + line * 32, 350 + rng.randrange(140, 260), 100 + line * 32), fill="#1f6f8b"
        )
    for row in range(3):
        for seat in range(6 + row):
            _person(canvas, rng, 70 + seat * (880 // (6 + row)), 330 + row * 110)


def _person(canvas: "Canvas", rng: Random, x: int, y: int) -> None:
    canvas.ellipse((x - 24, y, x + 24, y + 52), fill=rng.choice(_SKIN))
    canvas.pieslice((x - 28, y - 8, x + 28, y + 50), 180, 360, fill=rng.choice(("#222222", *_CLOTHS)))
    canvas.rounded_rectangle((x - 46, y + 52, x + 46, y + 150), radius=26, fill=rng.choice(_CLOTHS))


def _list(canvas: "Canvas", rng: Random) -> None:
    """Draw an attendance list on a table: lines of names, each with a signature."""
    _light(canvas, rng, 60, 200)
    left, lines = rng.randrange(60, 420), rng.randrange(8, 15)
    canvas.rectangle((left, 40, left + 460, 150 + lines * 36), fill="#fbfaf4")
    canvas.rectangle((left + 80, 90, left + 380, 110), fill="#34495e")
    for line in range(lines):
        y = 150 + line * 36
        canvas.line((left + 20, y + 20, left + 440, y + 22), fill="#c9c4b4", width=2)
        canvas.line((left + 40, y + 8, left + rng.randrange(130, 240), y + 8), fill="#2c3e70", width=5)
        x = left + rng.randrange(270, 320)
        points = [(x + step * 14, y + rng.randrange(-8, 14)) for step in range(8)]
        canvas.line(points, fill="#2c3e70", width=4)
