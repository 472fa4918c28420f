"""Photos: other files are refused, and only the picture is kept."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from portal.activities import photos
from portal.domain.errors import RuleBroken


def picture(width=400, height=300, mode="RGB"):
    image = Image.new("RGB", (width, height), "navy")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 4, height // 4), fill="red")
    draw.ellipse((width // 2, height // 2, width, height), fill="yellow")
    return image.convert(mode)


def saved(image, form="JPEG", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def refusal(data):
    with pytest.raises(RuleBroken) as caught:
        photos.accept_photo(data)
    return caught.value.code


def is_red(photo, x, y):
    red, green, blue = Image.open(io.BytesIO(photo.data)).getpixel((x, y))
    return red > 150 > max(green, blue)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, *chunks, depth=1, colour=0):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


JPEG = saved(picture())
BOMB = zlib.compress(b"x" * 80_000_000, 9)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_three_forms_are_accepted_and_kept_as_jpeg(form):
    photo = photos.accept_photo(saved(picture(), form))
    kept = Image.open(io.BytesIO(photo.data))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (400, 300))
    assert (photo.width, photo.height, len(photo.sha256)) == (400, 300, 64)
    assert max(Image.open(io.BytesIO(photo.thumb)).size) == 240
    assert is_red(photo, 20, 20)


@pytest.mark.slow
def test_large_photos_are_made_small():
    photo = photos.accept_photo(saved(picture(3000, 4000)))
    assert (photo.width, photo.height) == (960, 1280)
    assert len(photo.data) < 100_000


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo.not_an_image"),
        (b"\xff", "photo.not_an_image"),
        (b"\xff\xd8\xff", "photo.not_an_image"),
        (b"<?php system($_GET['x']); ?>", "photo.not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "photo.not_an_image"),
        (saved(picture(), "GIF"), "photo.not_an_image"),
        (saved(picture(), "TIFF"), "photo.not_an_image"),
        (saved(picture(), "BMP"), "photo.not_an_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "photo.not_an_image"),
        (b"8BPS\x00\x01", "photo.not_an_image"),
        (b"%PDF-1.7", "photo.not_an_image"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "photo.not_an_image"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "photo.heic"),
        (JPEG[: len(JPEG) * 9 // 10], "photo.truncated"),
        (JPEG[: len(JPEG) * 6 // 10], "photo.truncated"),
        (saved(picture(), "PNG")[:-200], "photo.truncated"),
        (JPEG + b"x" * photos.MAX_BYTES, "photo.too_large"),
        (png(30_000, 30_000), "photo.too_many_pixels"),
        (png(8_000, 6_000), "photo.too_many_pixels"),
        (png(0, 0), "photo.not_an_image"),
        (png(8, 8, chunk(b"zTXt", b"k\x00\x00" + BOMB), chunk(b"IDAT", zlib.compress(b"\x00" * 16))), "photo.not_an_image"),
        (saved(picture(), "WEBP", save_all=True, append_images=[picture(400, 300, "L").convert("RGB")]), "photo.animated"),
        (saved(picture(), "PNG", save_all=True, append_images=[picture(400, 300, "L").convert("RGB")]), "photo.animated"),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused(data, code):
    assert refusal(data) == code


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_stand_upright(orientation):
    turns = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    held = picture()
    for turn in turns.get(orientation, []):
        held = held.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = photos.accept_photo(saved(held, exif=exif, quality=95))
    assert (photo.width, photo.height) == (400, 300)
    assert is_red(photo, 20, 20)


@pytest.mark.slow
def test_nothing_but_the_picture_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "GEHEIM owner"
    exif.get_ifd(0x8825)[1] = "S"
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "GEHEIM <script>")
    uploads = (
        saved(picture(), exif=exif, comment=b"GEHEIM <html>", icc_profile=b"GEHEIM" * 20, xmp=b"GEHEIM"),
        saved(picture(), "PNG", pnginfo=notes, exif=exif),
        saved(picture(), "WEBP", exif=exif, xmp=b"GEHEIM"),
        JPEG + b"PK\x03\x04GEHEIM",
    )
    for upload in uploads:
        photo = photos.accept_photo(upload)
        for data in (photo.data, photo.thumb):
            kept = Image.open(io.BytesIO(data))
            assert b"GEHEIM" not in data
            assert not kept.getexif()
            assert set(kept.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
                "progressive",
                "progression",
            }


def test_broken_exif_is_no_reason_to_lose_a_photo():
    assert photos.accept_photo(saved(picture(), exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff\xff")).width == 400


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P", "RGBA", "LA", "I;16"])
def test_other_colours_are_turned_into_three(mode):
    image = picture(mode="L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = image.convert("I").point(lambda level: level * 256).convert("I;16")
    photo = photos.accept_photo(saved(image, "JPEG" if mode == "CMYK" else "PNG"))
    kept = Image.open(io.BytesIO(photo.data)).convert("L")
    assert kept.mode == "L"
    assert kept.getpixel((300, 225)) > kept.getpixel((20, 280)) + 50


def test_transparency_becomes_white():
    photo = photos.accept_photo(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"))
    assert Image.open(io.BytesIO(photo.data)).getpixel((25, 25)) == (255, 255, 255)


def differing_bits(one, other):
    return ((one ^ other) & (2**64 - 1)).bit_count()


@pytest.mark.slow
def test_the_same_picture_saved_anew_is_alike_and_another_is_not():
    first = photos.accept_photo(JPEG)
    again = photos.accept_photo(saved(picture(800, 600), "WEBP", quality=40))
    other = photos.accept_photo(saved(picture().transpose(Image.Transpose.ROTATE_180)))
    assert first.sha256 != again.sha256
    assert differing_bits(first.dhash, again.dhash) <= 6
    assert differing_bits(first.dhash, other.dhash) > 6
    assert all(-(2**63) <= photo.dhash < 2**63 for photo in (first, again, other))


def test_a_decoder_that_hangs_or_dies_is_a_refusal(monkeypatch):
    monkeypatch.setattr(photos, "_WALL_SECONDS", 0.001)
    assert refusal(JPEG) == "photo.not_an_image"
