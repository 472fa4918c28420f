"""Drawn pictures in the place of photos: a market stall, a list of names, a meeting."""

import io
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from PIL import Image, ImageDraw

from portal import storage
from portal.activities.models import Photo
from portal.activities.photos import accept_photo
from portal.demo.people import Member
from portal.extensions import db

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Canvas

_SIZE: Final = (960, 720)
_CLOTHS: Final = ("#c0392b", "#1f6f8b", "#2e8b57", "#d68910", "#7d3c98", "#34495e")
_SKIN: Final = ("#8d5a3a", "#a9714b", "#6f4530")


def attach_pictures(ref: str, member: Member, kind: str, *, rng: Random, at: datetime) -> tuple[str, ...]:
    """Draw and keep the pictures of a report: the place, and the list of who came."""
    scene = _stall if kind in {"market_visit", "base_visit", "stand"} else _meeting
    return tuple(_keep(ref, member, draw, rng=rng, at=at) for draw in (scene, _list))


def _keep(
    ref: str, member: Member, draw: Callable[["Canvas", Random], None], *, rng: Random, at: datetime
) -> str:
    """Draw a picture and store it the way an upload is stored."""
    image = Image.new("RGB", _SIZE, "#dfe9ee")
    draw(ImageDraw.Draw(image), rng)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    photo = accept_photo(out.getvalue())
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


def _stall(canvas: "Canvas", rng: Random) -> None:
    """Draw stalls under striped awnings with fruit in front."""
    canvas.rectangle((0, 470, 960, 720), fill="#b9a58a")
    for left in range(rng.randrange(-60, 20), 960, 320):
        cloth = rng.choice(_CLOTHS)
        for stripe in range(8):
            x = left + stripe * 36
            canvas.polygon(
                ((x, 170), (x + 36, 170), (x + 30, 270), (x - 6, 270)), fill=cloth if stripe % 2 else "#f7f3e8"
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
    canvas.rectangle((0, 0, 960, 430), fill="#e9e2cf")
    canvas.rectangle((320, 60, 640, 230), fill="#f9f9f6", outline="#6b4f34", width=8)
    for line in range(4):
        canvas.rectangle((350, 90 + line * 32, 350 + rng.randrange(140, 260), 100 + line * 32), fill="#1f6f8b")
    canvas.rectangle((0, 430, 960, 720), fill="#a8875f")
    for row in range(3):
        for seat in range(6 + row):
            _person(canvas, rng, 70 + seat * (880 // (6 + row)), 330 + row * 110)


def _person(canvas: "Canvas", rng: Random, x: int, y: int) -> None:
    canvas.ellipse((x - 24, y, x + 24, y + 52), fill=rng.choice(_SKIN))
    canvas.pieslice((x - 28, y - 8, x + 28, y + 50), 180, 360, fill=rng.choice(("#222222", *_CLOTHS)))
    canvas.rounded_rectangle((x - 46, y + 52, x + 46, y + 150), radius=26, fill=rng.choice(_CLOTHS))


def _list(canvas: "Canvas", rng: Random) -> None:
    """Draw an attendance list on a table: lines of names, each with a signature."""
    canvas.rectangle((0, 0, 960, 720), fill="#7a5c3e")
    canvas.polygon(((180, 40), (790, 60), (770, 690), (160, 670)), fill="#fbfaf4")
    canvas.rectangle((260, 90, 660, 110), fill="#34495e")
    for line in range(14):
        y = 150 + line * 36
        canvas.line((200, y + 20, 750, y + 22), fill="#c9c4b4", width=2)
        canvas.line((240, y + 8, 240 + rng.randrange(120, 240), y + 8), fill="#2c3e70", width=5)
        x = rng.randrange(570, 620)
        points = [(x + step * 14, y + rng.randrange(-8, 14)) for step in range(8)]
        canvas.line(points, fill="#2c3e70", width=4)
