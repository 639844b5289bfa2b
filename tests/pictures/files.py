"""Files as somebody uploads them, and the portal that takes them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.factories import event, exchange
from tests.forms import form_on, typed_into
from tests.host import Host
from tests.organise.staff import HERE, staff_of

EDIT = f"{HERE}edit/picture"
WORDS = {"image.alt.de": "Die Halle am Abend", "image.alt.en": "The hall in the evening"}


def desk_with(host: Host, folder: Path, *events: dict[str, Any], **options: Any) -> Host:
    """Staff of a portal that keeps pictures in ``folder``."""
    folder.mkdir(exist_ok=True)
    other = host.make(STADTLABOR_PICTURES=str(folder))
    other.load(exchange(*(events or (event(),))))
    other.sent, other.clock = host.sent, host.clock
    # the ports of staff, on an app with the setting
    lent = staff_of(host, **options)
    ports = lent.app.extensions["stadtlabor"].ports
    state = other.app.extensions["stadtlabor"]
    state.ports = ports
    return other


def photo(
    width: int = 1200, height: int = 800, kind: str = "JPEG", mode: str = "RGB", **options: Any
) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new(mode, (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def turned() -> bytes:
    """A photo that a phone took on its side, with the place in it: 600 by 400, to be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera of Mrs Example"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 28.0, 55.0)
    return photo(600, 400, exif=exif, comment=b"taken at home")


def bomb(side: int = 20_000) -> bytes:
    """A tiny PNG of ``side`` by ``side`` pixels."""
    squeezing = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(squeezing.compress(row) for _ in range(side)) + squeezing.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    )


def upload(
    staff: FlaskClient,
    content: bytes | None,
    given: dict[str, Any] | None = None,
    *,
    name: str = "bild.jpg",
    opened: TestResponse | None = None,
    to: str = EDIT,
) -> TestResponse:
    """Fill in the page with the picture and send it, with a file."""
    answer = opened or staff.get(to)
    last = to.rstrip("/").rindex("/")
    data: dict[str, Any] = dict(typed_into(form_on(answer, to[last:]), given or {}).items())
    if content is not None:
        data["image.file"] = FileStorage(BytesIO(content), name)
    boundary, body = encode_multipart(data)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return staff.post(to, data=body, content_type=kind)
