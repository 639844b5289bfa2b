"""Serving uploaded pictures."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import FOR_EVER
from flask_stadtlabor.events.uploaded import uploaded
from flask_stadtlabor.pictures.queries import find_uploaded
from flask_stadtlabor.pictures.storage import read_file

TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


def show(picture: str, file: str) -> ResponseReturnValue:
    """One file of a picture, for ever the same; 410 once it is withdrawn, 404 while its idea is
    hidden.

    What the storage is asked for is made from the row, and never from the request.
    """
    wanted = uploaded(picture)
    found = find_uploaded(wanted) if wanted is not None and file in wanted.files else None
    if found is None or found.hidden_at is not None:
        abort(404)
    if found.withdrawn_at is not None:
        abort(410)
    known = found.uploaded
    name = known.files[known.files.index(file)]
    content = read_file(known, name)
    if content is None:
        abort(404)
    response = Response(content, mimetype=TYPES[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(f"{known.hash}-{name}")
    return response.make_conditional(request)
