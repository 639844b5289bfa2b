"""What a page tells search engines and other sites about itself (D5)."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from babel.core import get_global

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Image
from flask_stadtlabor.i18n import as_babel, language, language_tag, words
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import in_one_line, shorten
from flask_stadtlabor.urls import absolute_url, site_url

DESCRIPTION_LENGTH = 200
"""Characters that search engines and previews show at most."""


@dataclass(frozen=True, kw_only=True)
class Meta:
    """The values of a page's ``<head>``; all addresses are absolute."""

    title: str
    """``og:title``."""
    description: str
    """``description`` and ``og:description``; may be empty."""
    canonical: str
    """``<link rel="canonical">`` and ``og:url``."""
    alternates: tuple[tuple[str, str], ...]
    """``hreflang`` and address of the page in each language, ``x-default`` last."""
    locale: str
    """``og:locale``, such as ``de_DE``."""
    other_locales: tuple[str, ...]
    """``og:locale:alternate``."""
    image_url: str | None
    """``og:image``."""
    image_alt: str
    """``og:image:alt``."""
    image_size: tuple[int, int] | None
    """``og:image:width`` and ``og:image:height``, of an uploaded picture."""
    calendar_url: str
    """``<link rel="alternate" type="text/calendar">``."""
    feed_url: str
    """``<link rel="alternate" type="application/atom+xml">``."""
    is_indexed: bool
    """False: ``<meta name="robots" content="noindex">``."""


def page_meta(
    endpoint: str,
    values: dict[str, str | int],
    *,
    title: str,
    lead: str = "",
    description: LocalizedText | None = None,
    image: Image | None = None,
    calendar: str,
    feed: str,
    is_indexed: bool = True,
) -> Meta:
    """The head of the page at ``endpoint`` with ``values``.

    ``lead`` comes before the ``description``, which is Markdown; ``calendar`` and ``feed`` are
    absolute addresses.
    """
    codes = settings().locales
    shown = image if image is not None and image.is_there else None
    uploaded = shown.uploaded if shown is not None else None
    addresses = {code: absolute_url(endpoint, **values, lang=code) for code in codes}
    said = in_one_line(words(description))
    return Meta(
        title=title,
        description=shorten(". ".join(filter(None, (lead, said))), DESCRIPTION_LENGTH),
        canonical=addresses[language()],
        alternates=language_alternates(addresses),
        locale=_territorial(language()),
        other_locales=tuple(_territorial(code) for code in codes if code != language()),
        image_url=image_address(shown),
        image_alt=words(shown.alt) if shown else "",
        image_size=(uploaded.width, uploaded.height) if uploaded else None,
        calendar_url=calendar,
        feed_url=feed,
        is_indexed=is_indexed,
    )


def image_address(image: Image | None) -> str | None:
    """The absolute address of a picture; None where there is none."""
    if image is None:
        return None
    if image.uploaded is not None:
        return image.uploaded.absolute_url
    return site_url(image.url) if image.url else None


def language_alternates(addresses: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """``hreflang`` and address of a page's address in each language, ``x-default`` last."""
    return (
        *((language_tag(code), address) for code, address in addresses.items()),
        ("x-default", addresses[settings().default_locale]),
    )


def _territorial(code: str) -> str:
    """A language with its likely country, as OpenGraph wants it: ``de_DE``."""
    locale = as_babel(code)
    if locale.territory is None:
        locale = Locale.parse(get_global("likely_subtags").get(code, code))
    return "_".join(filter(None, (locale.language, locale.territory)))
