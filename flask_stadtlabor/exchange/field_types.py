"""The types of fields that several entries of the exchange file share, with their checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field

from flask_stadtlabor.db import LARGEST_INTEGER, LocalizedText
from flask_stadtlabor.events.wall_times import find_zone
from flask_stadtlabor.i18n import lazy


def check_languages(codes: Iterable[str]) -> None:
    """Raises ``ValueError`` with a sentence for each code of no language that Babel knows."""
    unknown = [code for code in codes if not _is_language(code)]
    if unknown:
        raise ValueError(
            " ".join(
                f"{code!r} is not the code of a language; write one such as 'de' or 'en'."
                for code in unknown
            )
        )


def _is_language(code: str) -> bool:
    separator = "_" if "_" in code else "-"
    try:
        Locale.parse(code, sep=separator)
    except (UnknownLocaleError, ValueError):
        return False
    # Babel knows DE too, but no page is ever asked for in it
    return code.split(separator)[0].islower()


def _language(code: str) -> str:
    check_languages([code])
    return code


def _by_language(texts: LocalizedText) -> LocalizedText:
    if LocalizedText.ANY in texts:
        raise ValueError("Write an object of language codes and texts.")
    return texts


HOW_TO_WRITE = lazy("An empty line begins a paragraph. **Bold**, - for lists, ## for headings.")
WHERE_IT_LEADS = lazy("Begins with https://, or with / for a page of this site.")
Language = Annotated[str, AfterValidator(_language)]
Translations = Annotated[LocalizedText, AfterValidator(_by_language)]
"""Texts that each say in which language they are."""
Zone = Annotated[str, AfterValidator(lambda name: find_zone(name).key)]
Number = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Days = Annotated[int, Field(ge=0, le=36500)]
Hours = Annotated[int, Field(ge=1, le=24 * 60)]
