"""The entries of the exchange file, in the order in which they are written.

Only what nothing can be assumed for is required. An absent key means its default here, so that an
entry describes its purpose, series, project or event wholly.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Literal

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from flask_stadtlabor.consent.models import Controller
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.db import LARGEST_INTEGER, LocalizedText
from flask_stadtlabor.events.content import (
    EMPTY,
    Contact,
    Funding,
    Image,
    Organiser,
    Part,
    PictureAddress,
    ProgrammeItem,
    Slug,
    Venue,
)
from flask_stadtlabor.events.models import DEFAULT_REMINDERS
from flask_stadtlabor.events.questions.question import Question
from flask_stadtlabor.events.wall_times import find_zone, to_utc

FORMAT = "flask-stadtlabor/1"
MOST_QUESTIONS = 100
"""Questions of one event; nobody answers as many."""
YEARS = range(1900, 3000)
A_DAY = timedelta(days=1)


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


def _not_empty(text: LocalizedText) -> LocalizedText:
    if not any(words.strip() for words in text.values()):
        raise ValueError("This text is empty; write one.")
    return text


def _in_calendar(wall: str, info: ValidationInfo) -> str:
    """A wall time that exists once in the zone of the validation context."""
    zone = (info.context or {}).get("zone")
    if zone is not None:
        to_utc(wall, zone)
        if int(wall[:4]) not in YEARS:
            raise ValueError(f"The year {wall[:4]} cannot be meant; correct it.")
    return wall


def _not_before(later: str | None, earlier: str | None, info: ValidationInfo, what: str) -> None:
    zone = (info.context or {}).get("zone")
    if zone and later and earlier and to_utc(later, zone) < to_utc(earlier, zone):
        raise ValueError(f"{later} is before {what} ({earlier}); correct one of them.")


Language = Annotated[str, AfterValidator(_language)]
Text = Annotated[LocalizedText, AfterValidator(_not_empty)]
WallTime = Annotated[str, AfterValidator(_in_calendar)]
Zone = Annotated[str, AfterValidator(lambda name: find_zone(name).key)]
Number = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Days = Annotated[int, Field(ge=0, le=36500)]
Hours = Annotated[int, Field(ge=1, le=24 * 60)]


class PurposeEntry(Part):
    """A purpose with the text in force."""

    slug: Slug
    mode: Literal["notice", "consent", "privacy"] = "consent"
    title: LocalizedText = EMPTY
    text: LocalizedText = EMPTY
    editorial: bool = False
    """Whether a changed text says the same in substance, so that given consent stays valid."""
    controller: Controller | None = None
    valid_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """After so many days a consent has to be given anew."""
    processing: Processing | None = None


class SeriesEntry(Part):
    """A series."""

    slug: Slug
    title: LocalizedText = EMPTY
    summary: LocalizedText = EMPTY
    description: LocalizedText = EMPTY
    funding: tuple[Funding, ...] = ()
    url: PictureAddress | None = None


class ProjectEntry(Part):
    """A participation project."""

    slug: Slug
    title: LocalizedText = EMPTY
    summary: LocalizedText = EMPTY
    description: LocalizedText = EMPTY
    status: LocalizedText = EMPTY
    url: PictureAddress | None = None


class RegistrationEntry(Part):
    """How an event takes registrations."""

    opens_at: WallTime | None = None
    closes_at: WallTime | None = None
    capacity: Number | None = None
    waiting_list: bool = True
    max_party_size: Annotated[int, Field(ge=1, le=1000)] = 1
    confirm_by_email: bool = True
    ask_age: bool = False
    questions: Annotated[tuple[Question, ...], Field(max_length=MOST_QUESTIONS)] = ()
    smaller_parties_may_pass: bool = False
    companion_names: Literal["no", "optional", "required"] = "no"
    ask_support: bool = False
    support_retention_days: Days | None = None
    reminder_hours: Annotated[tuple[Hours, ...], Field(max_length=5)] = DEFAULT_REMINDERS
    thank_you: bool = False

    @field_validator("closes_at")
    @classmethod
    def _closes_after_opening(cls, value: str | None, info: ValidationInfo) -> str | None:
        _not_before(value, info.data.get("opens_at"), info, "registration opens")
        return value


class EventEntry(Part):
    """An event."""

    slug: Slug
    series: str | None = None
    status: Literal["draft", "published", "cancelled", "postponed"] = "draft"
    title: Text
    topic: LocalizedText = EMPTY
    summary: LocalizedText = EMPTY
    description: LocalizedText = EMPTY
    easy_language: LocalizedText = EMPTY
    sign_language_url: PictureAddress | None = None
    languages: tuple[Language, ...] = ()
    price: LocalizedText = EMPTY
    """What it costs to come, in words."""
    starts_at: WallTime
    ends_at: WallTime
    timezone: Zone | None = None
    """Unset, ``STADTLABOR_TIMEZONE`` of the portal; always written by ``export``."""
    doors_at: WallTime | None = None
    venue: Venue | None = None
    organisers: tuple[Organiser, ...] = ()
    contact: Contact | None = None
    image: Image | None = None
    programme: tuple[ProgrammeItem, ...] = ()
    projects: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    retention_days: Days | None = None
    registration: RegistrationEntry | None = None

    @field_validator("doors_at")
    @classmethod
    def _doors_open_for_this_event(cls, value: str | None, info: ValidationInfo) -> str | None:
        starts_at, ends_at = info.data.get("starts_at"), info.data.get("ends_at")
        _not_before(ends_at, value, info, "the doors open")
        zone = (info.context or {}).get("zone")
        if zone and value and starts_at and to_utc(value, zone) < to_utc(starts_at, zone) - A_DAY:
            raise ValueError(
                f"{value} is more than a day before the start ({starts_at}); correct one of them."
            )
        return value

    @field_validator("ends_at")
    @classmethod
    def _ends_after_start(cls, value: str, info: ValidationInfo) -> str:
        _not_before(value, info.data.get("starts_at"), info, "the start")
        return value


Entry = PurposeEntry | SeriesEntry | ProjectEntry | EventEntry

LISTS: dict[str, type[Entry]] = {
    "purposes": PurposeEntry,
    "series": SeriesEntry,
    "projects": ProjectEntry,
    "events": EventEntry,
}
"""The lists of the file, in the order in which their entries build on each other."""
