"""From an uploaded file to the files that are served; the only module that uses Pillow.

What comes out was drawn anew from the pixels: upright, in sRGB, without EXIF, GPS, colour profile
or comment.
"""

from __future__ import annotations

import struct
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_stadtlabor.events.uploaded import LARGEST_HEIGHT, LARGEST_WIDTH, Uploaded

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 16 * 2**20
"""Bytes."""
MOST_PIXELS = 50_000_000
"""As many as a large camera makes; decoding takes four bytes for each."""
ORIENTATION = 0x0112
"""The field of EXIF that says how the camera was held."""
BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, struct.error)
"""In one of these ways Pillow says that a file is none, or broken."""
WEBP = {"quality": 80, "method": 4}
JPEG = {"quality": 82, "optimize": True, "progressive": True}


class NotAPicture(ValueError):
    """Not a JPEG, PNG or WebP that can be read."""


class TooManyPixels(ValueError):
    """More pixels than can be decoded without harm."""


class Processed(NamedTuple):
    """What was made of a file."""

    width: int
    height: int
    files: dict[str, bytes]
    """As :attr:`~.uploaded.Uploaded.files` names them."""


def is_installed() -> bool:
    """Whether pictures can be processed here."""
    return find_spec("PIL") is not None


def process(content: bytes) -> Processed:
    """Make all files of a picture; raises :class:`NotAPicture` and :class:`TooManyPixels`.

    The size is read from the head of the file, and nothing is decoded before it is found fit.
    """
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise TooManyPixels
            upright = _upright(opened)
    except TooManyPixels:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except BROKEN as error:
        raise NotAPicture from error
    shown = Uploaded("", upright.width, upright.height)
    files = {}
    for width in shown.widths:
        height = max(1, round(upright.height * width / upright.width))
        smaller = upright.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
        files[f"{width}.webp"] = _saved(smaller, "WEBP", WEBP)
    files[f"{upright.width}.jpg"] = _saved(_opaque(upright), "JPEG", JPEG)
    return Processed(upright.width, upright.height, files)


def _upright(opened: Image.Image) -> Image.Image:
    """The picture as it is to be seen, never larger than we serve it, in plain RGB or RGBA."""
    from PIL import Image

    profile = opened.info.get("icc_profile") or b""
    # a JPEG is decoded no larger than is needed
    opened.draft(None, (LARGEST_WIDTH, LARGEST_WIDTH))
    turned = _turned(opened)
    factor = min(1, LARGEST_WIDTH / turned.width, LARGEST_HEIGHT / turned.height)
    size = (max(1, round(turned.width * factor)), max(1, round(turned.height * factor)))
    has_profile = profile and turned.mode in ("RGB", "RGBA", "CMYK", "L")
    if not has_profile:
        turned = _plain(turned)
    resized = turned.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    return _plain(_in_srgb(resized, profile) if has_profile else resized)


def _turned(opened: Image.Image) -> Image.Image:
    """As whoever took it held the camera; as it stands, where what the camera wrote is broken."""
    from PIL import Image

    try:
        orientation = opened.getexif().get(ORIENTATION)
    except BROKEN:
        return opened
    ways = Image.Transpose
    way = {
        2: ways.FLIP_LEFT_RIGHT,
        3: ways.ROTATE_180,
        4: ways.FLIP_TOP_BOTTOM,
        5: ways.TRANSPOSE,
        6: ways.ROTATE_270,
        7: ways.TRANSVERSE,
        8: ways.ROTATE_90,
    }.get(orientation or 1)
    return opened if way is None else opened.transpose(way)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours as its profile means them; as they stand, where the profile is broken."""
    from PIL import ImageCms

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return image
    return image if converted is None else converted


def _plain(image: Image.Image) -> Image.Image:
    """In RGB, with transparency where there is any."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _opaque(image: Image.Image) -> Image.Image:
    """On white, as a page is."""
    from PIL import Image

    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _saved(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    from PIL import Image

    # a picture of the pixels alone: what else an image carries would be written too
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, kind, **options)
    return out.getvalue()
