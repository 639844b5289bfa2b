"""What our templates can say: the globals ``_sl``, ``_sln`` and ``sl``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import segno
from flask import Flask, g
from markupsafe import Markup

from flask_stadtlabor import addresses, dates, i18n, text, urls
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.state import now, settings

PLAIN_LAYOUT = "stadtlabor/base.html"
"""Our own, where the host has none or where its own cannot be drawn."""


NOT_ESCAPED = (
    "Templates whose names end in .html are not escaped on this app, so that whatever somebody "
    "types into a form would run in the browsers of others; leave them to autoescape in "
    "select_jinja_autoescape, jinja_options or jinja_env."
)


def escapes(app: Flask) -> bool:
    """Whether the host's Jinja environment escapes what stands in our pages (S9)."""
    chosen = app.jinja_env.autoescape
    return bool(chosen(PLAIN_LAYOUT) if callable(chosen) else chosen)


def base_template() -> str:
    """The layout around the page that is drawn: the host's, unless another was chosen."""
    return str(g.get("stadtlabor_layout") or settings().base_template)


def has_language_switch() -> bool:
    """Whether the layout that the page is for has a language switch of its own."""
    return PLAIN_LAYOUT in (g.get("stadtlabor_layout"), settings().base_template)


@contextmanager
def laid_out_in(layout: str) -> Iterator[None]:
    """Draw pages in another layout than the host's within the block."""
    g.stadtlabor_layout = layout
    try:
        yield
    finally:
        g.pop("stadtlabor_layout")


def markdown(value: LocalizedText | None) -> Markup:
    """A localized Markdown text as HTML, in a ``<div lang>`` where it is in another language."""
    if not value:
        return Markup("")
    words, lang = i18n.choose(value)
    html = text.markdown(words)
    return Markup("<div{}>{}</div>").format(i18n.in_language(lang), html) if lang else html


def markdown_in(value: LocalizedText, code: str) -> Markup:
    """A localized Markdown text as HTML in the language ``code`` and no other; else nothing."""
    return text.markdown(value.get(code, value.get(LocalizedText.ANY, "")))


def plain(value: LocalizedText | None) -> str:
    """A localized Markdown text as plain words."""
    return text.plain(i18n.words(value))


def qr_svg(address: str) -> Markup:
    """The address as a QR code (ISO/IEC 18004), an SVG to stand in the page, without any style."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(border=0, omitsize=True))  # noqa: S704 - made of numbers only


NAMESPACE = SimpleNamespace(
    url=urls.local_url,
    absolute_url=urls.absolute_url,
    webcal_url=urls.webcal_url,
    site_url=urls.site_url,
    is_own=urls.is_own,
    static=urls.static_url,
    language_links=urls.language_links,
    settings=settings,
    now=now,
    base_template=base_template,
    has_language_switch=has_language_switch,
    language=i18n.language,
    language_tag=i18n.language_tag,
    is_right_to_left=i18n.is_right_to_left,
    language_name=i18n.language_name,
    named_language=i18n.named_language,
    words=i18n.words,
    number=i18n.number,
    listed=i18n.listed,
    marked_list=i18n.marked_list,
    named_languages=i18n.named_languages,
    marked=i18n.marked,
    lang=i18n.lang_attribute,
    in_language=i18n.in_language,
    markdown=markdown,
    markdown_in=markdown_in,
    plain=plain,
    qr_svg=qr_svg,
    shown_address=addresses.shown_address,
    shorten=text.shorten,
    day=dates.format_day,
    short_day=dates.format_short_day,
    month=dates.format_month,
    month_below_day=dates.format_month_below_day,
    weekday=dates.format_weekday,
    time=dates.format_time,
    clock_time=dates.clock_time,
    clock_time_within=dates.clock_time_within,
    doors_line=dates.doors_line,
    moment=dates.format_moment,
    span=dates.format_span,
    dates=dates.format_dates,
    date_line=dates.date_line,
    easy_dates=dates.easy_dates,
)


def set_up_templates(app: Flask) -> None:
    """Give the app's templates our globals; a host's own names stay untouched."""
    app.jinja_env.globals.update(_sl=i18n._sl, _sln=i18n._sln, sl=NAMESPACE)
