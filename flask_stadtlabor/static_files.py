"""Our static files: kept for ever under the hash of their content, compressed once for all."""

from __future__ import annotations

import gzip
from functools import lru_cache
from mimetypes import guess_type

from flask import Response, request

from flask_stadtlabor.caching import FOR_EVER
from flask_stadtlabor.state import this_app
from flask_stadtlabor.urls import STATIC, static_version

FILES = frozenset(path.name for path in STATIC.iterdir())


def compressed_file(filename: str) -> Response | None:
    """The file as gzip (RFC 1952); None where the client wants it plain, or only a part of it."""
    if filename not in FILES or "Range" in request.headers:
        return None
    if request.accept_encodings.quality("gzip") <= 0:
        return None
    version = static_version(filename)
    headers = {"Content-Encoding": "gzip", "ETag": f'"{version}-gzip"'}
    kind, _ = guess_type(filename)
    response = this_app().response_class(_compressed(filename, version), 200, headers, kind)
    # like all files of Flask's, unless the address says which version it means
    response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def keep_for_ever(response: Response, filename: str) -> Response:
    """Let browsers keep the file for ever, if it is under the hash of its content (RFC 8246)."""
    response.vary.add("Accept-Encoding")
    if filename in FILES and request.args.get("v") == static_version(filename):
        response.headers["Cache-Control"] = FOR_EVER
    return response


@lru_cache(100)
def _compressed(filename: str, version: str) -> bytes:
    """The bytes of this version; the same in all processes, because gzip tells no time."""
    return gzip.compress((STATIC / filename).read_bytes(), mtime=0)
