"""Languages: our own gettext domain, the language of a request, and texts in it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale, negotiate_locale
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, LazyString, force_locale, get_locale
from markupsafe import Markup, escape

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.language_tags import lookup
from flask_stadtlabor.state import current, settings, this_app
from flask_stadtlabor.text import written_direction

logger = logging.getLogger(__name__)

DOMAIN = "stadtlabor"
CATALOGS = Path(__file__).parent / "translations"

_CONVENTIONS = {"en": "en_GB"}
"""How a European city writes: the day before the month, 24 hours, and no comma before "and"."""
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_BRACES = re.compile(r"\{\w*\}")
"""How other programs write placeholders; people would read it as it stands."""
_FIGURE = re.compile(r"(%\(\w+\))d")


def create_domain(overrides: tuple[str, ...]) -> Domain:
    """Our catalogs, overridden by the host's; the last directory wins."""
    return Domain([str(CATALOGS), *overrides], domain=DOMAIN)


def _sl(message: str, **values: object) -> str:
    """Translate ``message`` in our domain; short, because templates are full of it."""
    return _fill(_translated(current().domain, get_locale(), message), values)


def _sln(singular: str, plural: str, num: int, **values: object) -> str:
    """Translate a message with a number, by the language's plural forms."""
    found = _translated_for(current().domain, get_locale(), singular, plural, num)
    return _fill(found, {"num": num, **values})


@lru_cache(maxsize=10_000)
def _translated_for(
    domain: Domain, current_locale: Locale | None, singular: str, plural: str, num: int
) -> str:
    """As :func:`_translated`, for this number."""
    found = domain.get_translations().ungettext(singular, plural, num)
    return _usable(found, singular if num == 1 else plural, singular + plural)


@lru_cache(maxsize=10_000)
def _translated(domain: Domain, current_locale: Locale | None, message: str) -> str:
    """Kept, because pages say hundreds of messages; the current locale tells them apart."""
    return _usable(domain.get_translations().ugettext(message), message)


@lru_cache(maxsize=10_000)
def _usable(translation: str, original: str, known: str | None = None) -> str:
    """The translation, or the original if the translation has unknown placeholders.

    ``known`` is the text whose placeholders there are, if that is not the original. A wrong
    placeholder of a catalog must not take a page down.
    """
    wrong = unknown_placeholders(translation, known or original)
    if not wrong:
        return translation
    logger.warning(
        "The translation of %r is not used: its original has no placeholder %s",
        original,
        ", ".join(sorted(wrong)),
    )
    return original


def unknown_placeholders(translation: str, original: str) -> set[str]:
    """The placeholders of a translation that its original does not have, or a lone ``%``.

    A per cent sign that begins no placeholder has to be written twice where there are values.
    """
    known = set(_PLACEHOLDER.findall(original))
    braces = set(_BRACES.findall(translation)) - set(_BRACES.findall(original))
    if not known:
        return set(_PLACEHOLDER.findall(translation)) | braces
    rest = _PLACEHOLDER.sub("", translation.replace("%%", ""))
    lone = {"%"} if "%" in rest else set()
    return (set(_PLACEHOLDER.findall(translation)) - known) | lone | braces


def lost_placeholders(translation: str, originals: Sequence[str]) -> set[str]:
    """The placeholders that a translation leaves out, so that people do not read what they hold.

    One of two originals, for one and for many, may leave the number out: „one seat“.
    """
    free = {"num"} if len(originals) > 1 else set()
    known = set().union(*map(_PLACEHOLDER.findall, originals))
    return known - free - set(_PLACEHOLDER.findall(translation))


def _fill(message: str, values: Mapping[str, object]) -> str:
    """The message with its values, numbers as the language writes them.

    HTML where one of them is, with all else escaped.
    """
    if not values:
        return message
    written = {
        name: number(value) if isinstance(value, int) else value for name, value in values.items()
    }
    text = _for_text(message)
    if any(isinstance(value, Markup) for value in written.values()):
        return escape(text) % written
    return text % written


@lru_cache(maxsize=10_000)
def _for_text(message: str) -> str:
    """The message with places for texts where it has places for numbers."""
    return _FIGURE.sub(r"\1s", message)


def lazy(message: str) -> LazyString:
    """A message translated where it is used.

    Takes no values: ``LazyString.__html__`` does not escape, so that nothing a user wrote may
    ever get into one.
    """
    return LazyString(_sl, message)


def language() -> str:
    """The language of the page or mail that is being made, as in ``STADTLABOR_LOCALES``."""
    return str(g.get("stadtlabor_language") or settings().default_locale)


def direction(code: str) -> str:
    """``ltr`` or ``rtl``: which way the language ``code`` is written."""
    return str(as_babel(code).text_direction)


def is_right_to_left() -> bool:
    """Whether the current language is written from right to left."""
    return direction(language()) == "rtl"


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Make pages, mails and dates in the language ``code`` within the block.

    Somebody may have registered in a language that the site has no longer; then it is the default.
    """
    code = page_language(code)
    before = g.get("stadtlabor_language")
    g.stadtlabor_language = code
    try:
        with force_locale(as_babel(code)):
            yield
    finally:
        g.stadtlabor_language = before


def enter_language(code: str) -> None:
    """Use the language ``code``, one of the site's, until the request ends.

    A host's locale selector is not asked.
    """
    forced = force_locale(as_babel(code))
    forced.__enter__()
    # a list, for requests within a request: they may share their ``g``
    g.setdefault("stadtlabor_entered", []).append((g.get("stadtlabor_language"), forced))
    g.stadtlabor_language = code


def leave_language(error: BaseException | None = None) -> None:
    """Undo what :func:`enter_language` did last."""
    if entered := g.get("stadtlabor_entered"):
        g.stadtlabor_language, forced = entered.pop()
        forced.__exit__(None, None, None)


def page_language(code: str) -> str:
    """``code`` where there are pages in it, else the default language.

    For what is in any language, such as ``*`` or one that the site had formerly.
    """
    return code if code in settings().locales else settings().default_locale


def best_language() -> str:
    """The language of a visitor who has not chosen one: Accept-Language, else the default.

    The first wish that can be met counts (RFC 9110 §12.5.4, RFC 4647 §3.4): British English before
    German is English, where a comparison of whole codes alone would find German.
    """
    if has_request_context():
        for wanted, quality in request.accept_languages:
            found = lookup(wanted, settings().locales) if quality else None
            if found is not None:
                return found
    return settings().default_locale


def visitor_language() -> str:
    """The language for a page of the host's: the one that it speaks, if we do, else the browser's.

    A host without a Babel of its own speaks as its visitor's browser asks.
    """
    if not is_our_babel(this_app()):
        available = {code.replace("-", "_"): code for code in settings().locales}
        spoken = negotiate_locale([str(get_locale())], list(available))
        if spoken is not None:
            return available[spoken]
    return str(g.get("stadtlabor_language") or best_language())


def language_tag(code: str) -> str:
    """The code as HTML, mails and feeds write it (BCP 47): „de-AT“ for ``de_AT``."""
    return code.replace("_", "-")


@cache
def as_babel(code: str) -> Locale:
    """The language ``code`` as Babel knows it."""
    return Locale.parse(code.replace("-", "_"))


def language_name(code: str) -> str:
    """The language's own name for itself, such as „Deutsch“."""
    locale = as_babel(code)
    name = locale.get_display_name(locale) or code
    return name[:1].upper() + name[1:]


def named_language(code: str) -> str:
    """The name of the language ``code`` in the current language."""
    return locale().languages.get(code) or code


class Chosen(NamedTuple):
    """A localized text as it is shown: the words and, where it differs, their language."""

    text: str
    lang: str | None


def choose(value: LocalizedText) -> Chosen:
    """The words for the current language; ``lang`` is set only where they are in another one."""
    here = language()
    text, lang = value.choose(here, settings().default_locale)
    return Chosen(text, None if lang == here else lang)


def words(value: LocalizedText | None) -> str:
    """The words alone, for attributes, calendars and mails."""
    return choose(value).text if value else ""


def _lang(code: str) -> Markup:
    """`` lang="…"`` for words in that language."""
    return Markup(' lang="{}"').format(language_tag(code))


def in_language(code: str) -> Markup:
    """`` lang="…"`` for words in that language, with `` dir="…"`` where it runs the other way."""
    lang = _lang(code)
    if direction(code) == direction(language()):
        return lang
    return lang + Markup(' dir="{}"').format(direction(code))


def citizens_language(code: str, words: str | None) -> Markup:
    """`` lang`` and `` dir`` for words of a citizen, who says that they are in that language.

    Whoever writes in none of the site's chooses one all the same. Words that run the other way
    than it have a language that we do not know.
    """
    if not words:
        return Markup()
    direct = Markup(' dir="auto"')
    runs = written_direction(words)
    if runs is not None and runs != direction(code):
        return Markup(' lang="und"') + direct
    return direct if code == language() else _lang(code) + direct


def isolated(words: str) -> str:
    """Words of a citizen for a sentence of ours, which they must not turn round (UAX #9)."""
    if written_direction(words) in (None, direction(language())):
        return words
    return f"\N{FIRST STRONG ISOLATE}{words}\N{POP DIRECTIONAL ISOLATE}"


def lang_attribute(value: LocalizedText | None) -> Markup:
    """:func:`in_language` where a text is in another language than the page (A8), else nothing."""
    lang = choose(value).lang if value else None
    return in_language(lang) if lang else Markup("")


def marked(value: LocalizedText | None) -> Markup:
    """The words for HTML, in a ``<span lang>`` where they are in another language."""
    if not value:
        return Markup("")
    text, lang = choose(value)
    if lang is None:
        return escape(text)
    return Markup("<span{}>{}</span>").format(in_language(lang), text)


def locale() -> Locale:
    """The current language for Babel."""
    return get_locale() or as_babel(settings().default_locale)


def conventions() -> Locale:
    """The locale by whose rules dates, numbers and lists are written."""
    return _conventions_of(locale())


@cache
def _conventions_of(here: Locale) -> Locale:
    return Locale.parse(_CONVENTIONS.get(str(here), str(here)))


def number(value: float) -> str:
    """A number as it is written here: „1.200“ in German, "1,200" in English."""
    return _written(value, conventions())


@lru_cache(maxsize=1_000)
def _written(value: float, locale_: Locale) -> str:
    return str(format_decimal(value, locale=locale_))


def listed(parts: Sequence[str | Markup]) -> str:
    """Several things in a sentence: „A, B und C“. Where one is HTML, so is the answer."""
    if any(isinstance(part, Markup) for part in parts):
        escaped = [str(escape(part)) for part in parts]
        return Markup(format_list(escaped, locale=conventions()))  # noqa: S704 - escaped above
    return format_list(parts, locale=conventions())


def marked_list(values: Sequence[LocalizedText]) -> str:
    """Several texts for HTML in a sentence, each marked where it is in another language."""
    return listed([marked(value) for value in values])


def named_languages(codes: Sequence[str]) -> str:
    """Several languages in a sentence: „Deutsch und Englisch“."""
    return listed([named_language(code) for code in codes])


def is_our_babel(app: Flask) -> bool:
    """Whether Babel was set up by us, because the host has none."""
    return getattr(app.extensions.get("babel"), "locale_selector", None) is language


def set_up_babel(app: Flask) -> None:
    """Set Babel up with our own selector where the host has none; leave a host's Babel alone."""
    if "babel" not in app.extensions:
        Babel(app, locale_selector=language)
