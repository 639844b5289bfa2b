"""Drawing our templates, and what they can say: the globals ``_sl``, ``_sln`` and ``sl``.

A page of ours is drawn in two steps: its pieces (title, head, content) with our names alone, and
the host's layout around them with the host's names alone. So names cannot collide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import segno
from flask import Flask, before_render_template, g, template_rendered
from markupsafe import Markup

from flask_stadtlabor import addresses, dates, forms, i18n, text, urls
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.environment import OurEnvironment, names_in, parts_of, stand_behind
from flask_stadtlabor.state import current, now, settings, this_app

PLAIN_LAYOUT = "stadtlabor/base.html"
"""Our own, where the host has none or where its own cannot be drawn."""
LAYOUT = "stadtlabor/layout.html"
PIECES = "stadtlabor/pieces.html"
BETWEEN_PIECES = f"<{token_hex(16)}>"
"""A random separator that no content can contain."""


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


def qr_svg(address: str) -> Markup:
    """The address as a QR code (ISO/IEC 18004), an SVG to stand in the page, without any style."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(border=0, omitsize=True))  # noqa: S704 - made of numbers only


def qr_file(address: str) -> str:
    """The same as an SVG to keep, with the border that it needs: a ``data:`` address (RFC 2397)."""
    return segno.make_qr(address, error="m").svg_data_uri(scale=10)


NAMESPACE = SimpleNamespace(
    url=urls.local_url,
    absolute_url=urls.absolute_url,
    webcal_url=urls.webcal_url,
    site_url=urls.site_url,
    is_own=urls.is_own,
    static=urls.static_url,
    language_links=urls.language_links,
    let_switch_send=forms.let_switch_send,
    sent_by_switch=forms.sent_by_switch,
    typed_for_switch=forms.typed_for_switch,
    posting_url=urls.posting_url,
    switch=forms.SWITCH,
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
    citizens_language=i18n.citizens_language,
    isolated=i18n.isolated,
    markdown=markdown,
    markdown_in=markdown_in,
    citizens_markdown=text.citizens_markdown,
    excerpt=text.excerpt,
    qr_svg=qr_svg,
    qr_file=qr_file,
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
    moment_on=dates.format_moment_on,
    span=dates.format_span,
    dates=dates.format_dates,
    date_line=dates.date_line,
    easy_dates=dates.easy_dates,
)


NAMES: Mapping[str, Any] = {"_sl": i18n._sl, "_sln": i18n._sln, "sl": NAMESPACE}


def create_environment(app: Flask) -> OurEnvironment:
    """Our environment beside the app's, which finds our templates from now on.

    The host's templates can say what ours can, unless they say something else by the same name.
    """
    environment = OurEnvironment(app.jinja_env, NAMES)
    stand_behind(app.jinja_env, environment)
    for name, value in NAMES.items():
        app.jinja_env.globals.setdefault(name, value)
    return environment


def draw(template: str, **values: Any) -> str:
    """One of our templates, or the host's of that name; a page within the host's layout.

    What the host has changed is drawn in one step, with the names of both; ours win, and what a
    page of ours leaves out is not filled in by the host's.
    """
    if not is_ours(template):
        ours = names_in(template)
        hosts = {name: it for name, it in _names_of_the_host().items() if name not in ours}
        return _draw(template, {**hosts, **NAMES, **values})
    if is_ours_alone(template):
        return _draw(template, values)
    return in_layout(draw_pieces(template, values))


def macros_of(template: str) -> Any:
    """The macros of a file, to be called where words are needed and no page is drawn."""
    return current().environment.get_template(template).make_module(dict(NAMES))


def is_ours(template: str) -> bool:
    """Whether nothing that this template draws is the host's, apart from the layout around it.

    What a host's template does we cannot know, so it is drawn each time.
    """
    return current().environment.is_ours(template)


def is_ours_alone(template: str) -> bool:
    """Whether nothing of what is drawn is the host's, the layout around it included."""
    return is_ours(template) and (LAYOUT not in parts_of(template) or is_ours(base_template()))


def draw_pieces(template: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """A page of ours in pieces: the whole of it, or title, head and content for a host's layout.

    The last of them is cut in two where the template says ``sl_between``: there, something is
    filled in for each visitor.
    """
    values = {**values, "sl_between": Markup(BETWEEN_PIECES)}  # noqa: S704
    if is_ours(base_template()):
        return tuple(_draw(template, values).split(BETWEEN_PIECES))
    with laid_out_in(PIECES):
        return tuple(_draw(template, values).split(BETWEEN_PIECES))


def assemble(pieces: Sequence[str | bytes], filling: str = "") -> str | bytes:
    """The page from its pieces, in the host's layout as it is now."""
    if len(pieces) == 1:
        return pieces[0]
    texts = [str(piece) for piece in pieces]
    frame, body = (texts[:2], texts[2:]) if len(texts) > 2 else ([], texts)
    # a Markup would escape what it joins
    content = str(filling).join(body)
    return in_layout((*frame, content)) if frame else content


def in_layout(pieces: Sequence[str]) -> str:
    """Title, head and content in the host's layout."""
    title, head, content = map(Markup, pieces)
    made = {"layout": base_template(), "title": title, "head": head, "content": content}
    return _draw("stadtlabor/kept.html", {**_names_of_the_host(), "sl_kept": made})


def _names_of_the_host() -> dict[str, Any]:
    """All that a host's template knows of the host: its globals and its context processors'."""
    app = this_app()
    names: dict[str, Any] = {}
    app.update_template_context(names)
    return {**app.jinja_env.globals, **names}


def _draw(template: str, names: dict[str, Any]) -> str:
    """As Flask does it, signals included, by which hosts and their tools watch templates."""
    app = this_app()
    found = current().environment.get_template(template)
    for_signals = {"template": found, "context": names}
    before_render_template.send(app, _async_wrapper=app.ensure_sync, **for_signals)
    drawn = found.render(names)
    template_rendered.send(app, _async_wrapper=app.ensure_sync, **for_signals)
    return drawn
