"""Our static files: known by a hash of their content, and compressed once for all who take it.

Each is read at its first use and kept, with its version and its compressed form; a portal in debug
mode reads it anew.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from flask import Response, current_app, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class StaticFile:
    """One file as it was read."""

    path: Path
    version: str
    """A hash of its content."""
    changed_at: float
    compressed: bytes | None
    """By gzip; None where that saves nothing."""


_kept: dict[Path, StaticFile] = {}


def static_version(name: str) -> str:
    """A hash of the content of one of our static files; raises ``NotFound`` for another name."""
    return _find(name).version


def send_static(name: str, *, max_age: int | None) -> Response:
    """One of our static files, compressed for whoever takes it, or 304; raises ``NotFound``.

    Each form has an ETag of its own, so that no cache takes one for the other (RFC 9110 §8.8.3).
    """
    file = _find(name)
    packed = file.compressed if _takes_gzip() else None
    response = send_file(
        file.path if packed is None else BytesIO(packed),
        download_name=file.path.name,
        etag=file.version if packed is None else f"{file.version}-gzip",
        last_modified=file.changed_at,
        max_age=max_age,
    )
    if packed is not None and response.status_code != 304:
        response.content_encoding = "gzip"
    if file.compressed is not None:
        response.vary.add("Accept-Encoding")
    return response


def _takes_gzip() -> bool:
    """Whether the client takes gzip, and would not rather have the file as it is."""
    accepted = request.accept_encodings
    return 0 < accepted["gzip"] >= accepted["identity"]


def _find(name: str) -> StaticFile:
    joined = safe_join(str(STATIC), name)
    path = Path(joined) if joined is not None else None
    if path in _kept and not current_app.debug:
        return _kept[path]
    if path is None or not path.is_file():
        raise NotFound
    _kept[path] = _read(path)
    return _kept[path]


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0)
    return StaticFile(
        path=path,
        version=sha256(content).hexdigest()[:10],
        changed_at=path.stat().st_mtime,
        compressed=packed if len(packed) < len(content) else None,
    )
