"""The page of one consent text, there for ever."""

from __future__ import annotations

from flask import Response, abort, render_template

from flask_stadtlabor.caching import conditional
from flask_stadtlabor.consent.queries import find_text


def show_text(purpose: str, version: int) -> Response:
    """One version of a purpose's text, with what proves it and whether a newer one is in force."""
    found = find_text(purpose, version)
    if found is None:
        abort(404)
    return conditional(
        lambda: render_template("stadtlabor/consent/text.html", purpose=found, text=found.shown()),
        found.current_version,
        changed_at=None,
    )
