"""The pages of one consent text, there for ever: the text, and what it changed."""

from __future__ import annotations

from flask import Response, abort, request

from flask_stadtlabor.caching import conditional_page
from flask_stadtlabor.consent.ledger.chain import body_hash
from flask_stadtlabor.consent.texts.content import content_of
from flask_stadtlabor.consent.texts.differences import compare
from flask_stadtlabor.consent.texts.published import PurposeTexts, find_text, versions_of
from flask_stadtlabor.i18n import language


def show_text(purpose: str, version: int) -> Response:
    """One version of a purpose's text, with what proves it and whether a newer one is in force."""
    found = _found(purpose, version)
    text = found.shown()
    return conditional_page(
        "stadtlabor/consent/text.html",
        lambda: {
            "purpose": found,
            "text": text,
            "body_sha256": body_hash(text.body),
            "versions": versions_of(purpose),
        },
        found.current_version,
        _hashes(found),
        changed_at=None,
    )


def show_changes(purpose: str, version: int) -> Response:
    """What differs between a version and the one before, or an earlier one (``?since=``)."""
    since = request.args.get("since", type=int) or version - 1
    found = _found(purpose, version)
    if since >= version:
        abort(404)
    earlier = _found(purpose, since)
    return conditional_page(
        "stadtlabor/consent/changes.html",
        lambda: {
            "purpose": found,
            "earlier": earlier,
            "differences": compare(content_of(earlier.texts), content_of(found.texts), language()),
            "is_material": any(
                each.is_material for each in versions_of(purpose) if since < each.number <= version
            ),
        },
        found.current_version,
        _hashes(earlier),
        _hashes(found),
        changed_at=None,
    )


def _found(purpose: str, version: int) -> PurposeTexts:
    found = find_text(purpose, version)
    if found is None:
        abort(404)
    return found


def _hashes(texts: PurposeTexts) -> list[str]:
    """All that a version says; its number may stand for another after a backup was restored."""
    return [text.sha256 for text in texts.texts]
