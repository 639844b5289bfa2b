"""German and English: the first part of every path names the language."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date
from flask import Blueprint, Flask, g, has_request_context, redirect, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from example_app.settings import LANGUAGES

NAMES = {"de": "Deutsch", "en": "English"}
PREFIX = f"/<any({', '.join(LANGUAGES)}):lang>"
KEPT = ("q", "series", "when", "page", "next")
"""Parameters that a switch of language keeps."""


def choose() -> str | None:
    """Babel's selector: the language of the path, else the visitor's."""
    if not has_request_context():
        return None
    return str(g.get("portal_language") or best())


def best() -> str:
    """The language of the page that led here, else the browser's, else German."""
    came_from = urlsplit(request.referrer or "")
    found = re.search(r"/(de|en)/", came_from.path)
    if came_from.netloc == request.host and found:
        return found[1]
    return request.accept_languages.best_match(LANGUAGES, "de") or "de"


def current() -> str:
    """The language of the page being made, also within the Stadtlabor's pages.

    Around one in a language that the portal has no words for, it is that of the messages.
    """
    code = str(get_locale() or "de")[:2]
    return code if code in LANGUAGES else "en"


def speak_by_path(blueprint: Blueprint) -> None:
    """Let the pages of a blueprint below :data:`PREFIX` speak the language of their path."""

    @blueprint.url_value_preprocessor
    def enter(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.portal_language = (values or {}).pop("lang", None)

    @blueprint.url_defaults
    def fill(endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("lang", current())


def to_best(endpoint: str) -> Response:
    """From an address without a language to the page in the visitor's."""
    response = redirect(url_for(endpoint, lang=best()))
    response.headers["Vary"] = "Accept-Language, Referer"
    return response


def language_links() -> dict[str, str]:
    """This page's address in each language; a page that has none leads to the home page."""
    rule = request.url_rule
    if rule is None or "lang" not in rule.arguments or "GET" not in (rule.methods or ()):
        return {code: url_for("pages.home", lang=code) for code in LANGUAGES}
    kept = {name: request.args[name] for name in KEPT if name in request.args}
    values = {**kept, **(request.view_args or {})}
    return {code: url_for(rule.endpoint, **{**values, "lang": code}) for code in LANGUAGES}


def format_day(day: date | datetime) -> str:
    """„19. April 2023“ or "19 April 2023"; the day never parts from its month."""
    text = format_date(day, "long", locale={"en": "en_GB"}.get(current(), current()))
    return text.replace(" ", "\N{NO-BREAK SPACE}", 1)


def set_up(app: Flask) -> None:
    """Give the templates what they need for two languages."""
    app.jinja_env.globals.update(
        language=current, language_links=language_links, language_names=NAMES
    )
    app.jinja_env.filters["day"] = format_day
