"""Languages: our own gettext domain, the language of a request, texts and dates in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, dates
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, LazyString, force_locale, get_locale
from markupsafe import Markup, escape

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.state import current, settings

DOMAIN = "stadtlabor"
CATALOGS = Path(__file__).parent / "translations"

_FORMATS = {"en": "en_GB"}
"""Dates of a European city: the day before the month, and 24 hours."""


def create_domain(overrides: tuple[str, ...]) -> Domain:
    """Our catalogs, overridden by the host's; the last directory wins."""
    return Domain([str(CATALOGS), *overrides], domain=DOMAIN)


def _sl(message: str, **values: object) -> str:
    """Translate ``message`` in our domain; short, because templates are full of it."""
    return str(current().domain.gettext(message, **values))


def _sln(singular: str, plural: str, num: int, **values: object) -> str:
    """Translate a message with a number, by the language's plural forms."""
    return str(current().domain.ngettext(singular, plural, num, **values))


def lazy(message: str) -> LazyString:
    """A message translated where it is used.

    Takes no values: ``LazyString.__html__`` does not escape, so that nothing a user wrote may
    ever get into one.
    """
    return LazyString(_sl, message)


def language() -> str:
    """The language of the page or mail that is being made, as in ``STADTLABOR_LOCALES``."""
    return str(g.get("stadtlabor_language") or settings().default_locale)


def is_right_to_left() -> bool:
    """Whether the current language is written from right to left."""
    return bool(_locale().text_direction == "rtl")


@contextmanager
def speak(code: str) -> Iterator[None]:
    """Make pages, mails and dates in the language ``code`` within the block.

    Somebody may have registered in a language that the site has no longer; then it is the default.
    """
    code = page_language(code)
    before = g.get("stadtlabor_language")
    g.stadtlabor_language = code
    try:
        with force_locale(code.replace("-", "_")):
            yield
    finally:
        g.stadtlabor_language = before


def enter_language(code: str) -> None:
    """Speak ``code`` until the request ends; a host's locale selector is not asked."""
    stack = g.setdefault("stadtlabor_language_stack", ExitStack())
    stack.enter_context(speak(code))


def leave_language(error: BaseException | None = None) -> None:
    """Close what :func:`enter_language` opened."""
    stack = g.pop("stadtlabor_language_stack", None)
    if stack is not None:
        stack.close()


def page_language(code: str) -> str:
    """``code`` where there are pages in it, else the default language.

    For what is in any language, such as ``*`` or one that the site had formerly.
    """
    return code if code in settings().locales else settings().default_locale


def best_language() -> str:
    """The language of a visitor who has not chosen one: Accept-Language, else the default."""
    if has_request_context():
        offered = settings().locales
        # werkzeug falls back from de-AT to de by itself, and gives None where nothing fits
        found = request.accept_languages.best_match(
            [code.replace("_", "-") for code in offered], settings().default_locale
        )
        return next(
            code for code in offered if code.replace("_", "-") == (found or "").replace("_", "-")
        )
    return settings().default_locale


def language_name(code: str) -> str:
    """The language's own name for itself, such as „Deutsch“."""
    locale = Locale.parse(code.replace("-", "_"))
    name = locale.get_display_name(locale) or code
    return name[:1].upper() + name[1:]


def named_language(code: str) -> str:
    """The name of the language ``code`` in the current language."""
    return _locale().languages.get(code) or code


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


def lang_attribute(value: LocalizedText | None) -> Markup:
    """`` lang="…"`` where the text is in another language than the page (A8), else nothing."""
    lang = choose(value).lang if value else None
    return Markup(' lang="{}"').format(lang.replace("_", "-")) if lang else Markup("")


def marked(value: LocalizedText | None) -> Markup:
    """The words for HTML, in a ``<span lang>`` where they are in another language."""
    if not value:
        return Markup("")
    text, lang = choose(value)
    if lang is None:
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(lang.replace("_", "-"), text)


def format_day(moment: datetime | date, zone: str | None = None) -> str:
    """The full date: „Mittwoch, 19. April 2023“."""
    return _firm(dates.format_date(_wall(moment, zone), "full", locale=_formats()))


def format_short_day(moment: datetime | date, zone: str | None = None) -> str:
    """Date without the weekday: „19. April 2023“."""
    return _firm(dates.format_date(_wall(moment, zone), "long", locale=_formats()))


def format_month(moment: datetime | date, zone: str | None = None) -> str:
    """Month and year: „April 2023“."""
    return dates.format_skeleton("yMMMM", _noon(_wall(moment, zone)), locale=_formats())


def format_month_name(moment: datetime | date, zone: str | None = None) -> str:
    """The month alone: „April“."""
    return dates.format_date(_wall(moment, zone), "LLLL", locale=_formats())


def format_weekday(moment: datetime | date, zone: str | None = None) -> str:
    """The weekday: „Mittwoch“."""
    return dates.format_date(_wall(moment, zone), "EEEE", locale=_formats())


def format_time(moment: datetime, zone: str) -> str:
    """The wall time: „17:30“."""
    return dates.format_time(moment, "short", tzinfo=ZoneInfo(zone), locale=_formats())


def format_moment(moment: datetime, zone: str) -> str:
    """Date and time: „Mittwoch, 19. April 2023, 17:30 Uhr“."""
    return _sl("%(day)s, %(time)s", day=format_day(moment, zone), time=clock_time(moment, zone))


def clock_time(moment: datetime, zone: str) -> str:
    """A time with the word that a language puts beside it: „17:30 Uhr“."""
    # Translators: a time of day; German adds "Uhr": "%(time)s Uhr", with a non-breaking space.
    return _sl("%(time)s", time=format_time(moment, zone))


def format_span(start: datetime, end: datetime, zone: str) -> str:
    """From start to end: „17:30 – 19:00 Uhr“, or both days where the event ends on another."""
    if _wall(start, zone) == _wall(end, zone):
        # Translators: the hours of an event. German: "%(start)s – %(end)s Uhr".
        return _sl(
            "%(start)s to %(end)s", start=format_time(start, zone), end=format_time(end, zone)
        )
    # Translators: an event of several days; both are a full date with a time.
    return _sl(
        "%(start)s until %(end)s", start=format_moment(start, zone), end=format_moment(end, zone)
    )


def format_dates(start: datetime, end: datetime, zone: str) -> str:
    """Day and hours: „Mittwoch, 19. April 2023, 17:30 – 19:00 Uhr“, or both days where needed."""
    span = format_span(start, end, zone)
    is_one_day = _wall(start, zone) == _wall(end, zone)
    return f"{format_day(start, zone)}, {span}" if is_one_day else span


def _wall(moment: datetime | date, zone: str | None) -> date:
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone or settings().timezone)).date()
    return moment


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


def _firm(text: str) -> str:
    """Keep the day with its month: „19. April“ never breaks."""
    return re.sub(r"(\d\.?) (?=\w)", "\\1\N{NO-BREAK SPACE}", text)


def _locale() -> Locale:
    return get_locale() or Locale.parse(settings().default_locale.replace("-", "_"))


def _formats() -> Locale | str:
    locale = _locale()
    return _FORMATS.get(str(locale), locale)


def set_up_babel(app: Flask) -> None:
    """Set Babel up with our own selector where the host has none; leave a host's Babel alone."""
    if "babel" not in app.extensions:
        Babel(app, locale_selector=language)
