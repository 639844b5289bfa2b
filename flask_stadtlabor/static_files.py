"""Our static files: kept for ever under the hash of their content, compressed once for all."""

from __future__ import annotations

import gzip
from functools import lru_cache
from io import BytesIO

from flask import Response, request, send_file

from flask_stadtlabor.caching import FOR_EVER
from flask_stadtlabor.urls import STATIC, static_version

FILES = frozenset(path.name for path in STATIC.iterdir())


def compressed_file(filename: str, max_age: int | None) -> Response | None:
    """The file as gzip (RFC 1952); None where the client wants it plain, or only a part of it.

    It has a tag of its own, so that no cache takes one form for the other (RFC 9110 §8.8.3.3).
    """
    if filename not in FILES or "Range" in request.headers or not _takes_gzip():
        return None
    version = static_version(filename)
    content = BytesIO(_compressed(filename, version))
    response = send_file(content, download_name=filename, etag=f"{version}-gzip", max_age=max_age)
    response.content_encoding = "gzip"
    return response


def keep_for_ever(response: Response, filename: str) -> Response:
    """Let browsers keep the file for ever, if it is under the hash of its content (RFC 8246)."""
    response.vary.add("Accept-Encoding")
    if filename in FILES and request.args.get("v") == static_version(filename):
        response.headers["Cache-Control"] = FOR_EVER
    return response


def _takes_gzip() -> bool:
    """Whether the client takes gzip, and would not rather have the file as it is."""
    accepted = request.accept_encodings
    return 0 < accepted["gzip"] >= accepted["identity"]


@lru_cache(100)
def _compressed(filename: str, version: str) -> bytes:
    """The compressed bytes; identical in all processes, because no timestamp is written."""
    return gzip.compress((STATIC / filename).read_bytes(), mtime=0)
