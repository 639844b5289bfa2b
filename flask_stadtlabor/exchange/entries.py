"""The entries of the exchange file, in the order in which they are written.

Only what nothing can be assumed for is required. An absent key means its default here, so that an
entry describes its purpose, series, project or event wholly.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from flask_stadtlabor.consent.models import Controller
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import (
    EMPTY,
    Contact,
    Feedback,
    Funding,
    Image,
    Organiser,
    Part,
    PictureAddress,
    ProgrammeItem,
    Results,
    Slug,
    Text,
    Venue,
)
from flask_stadtlabor.events.project_content import Category, Phase, ProjectLevel
from flask_stadtlabor.events.time_fields import WallTime, not_before
from flask_stadtlabor.events.wall_times import to_utc
from flask_stadtlabor.exchange.field_types import (
    HOW_TO_WRITE,
    WHERE_IT_LEADS,
    Days,
    Language,
    Number,
    Zone,
)
from flask_stadtlabor.exchange.idea_entry import IdeaEntry
from flask_stadtlabor.exchange.registration_entry import RegistrationEntry
from flask_stadtlabor.i18n import lazy

FORMAT = "flask-stadtlabor/1"
A_DAY = timedelta(days=1)
MOST_PHASES = 30
MOST_CATEGORIES = 100


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
    title: Annotated[LocalizedText, EditorField(lazy("Title"), needed=True)] = EMPTY
    summary: Annotated[LocalizedText, EditorField(lazy("In short"), lines=3)] = EMPTY
    description: Annotated[
        LocalizedText, EditorField(lazy("Description"), HOW_TO_WRITE, lines=12)
    ] = EMPTY
    funding: Annotated[
        tuple[Funding, ...], EditorField(lazy("Who pays for it"), item=lazy("Funding body"))
    ] = ()
    url: Annotated[PictureAddress | None, EditorField(lazy("Website"), WHERE_IT_LEADS)] = None


class ProjectEntry(Part):
    """A participation project."""

    slug: Slug
    title: Annotated[LocalizedText, EditorField(lazy("Title"), needed=True)] = EMPTY
    summary: Annotated[LocalizedText, EditorField(lazy("In short"), lines=3)] = EMPTY
    description: Annotated[
        LocalizedText, EditorField(lazy("Description"), HOW_TO_WRITE, lines=12)
    ] = EMPTY
    status: Annotated[
        LocalizedText,
        EditorField(
            lazy("Where the project stands"), lazy("A few words, such as: ideas are collected.")
        ),
    ] = EMPTY
    promise: Annotated[
        LocalizedText,
        EditorField(
            lazy("What happens with the outcome"),
            lazy("What the city promises: who decides by when, and how it answers."),
            lines=5,
        ),
    ] = EMPTY
    url: Annotated[PictureAddress | None, EditorField(lazy("Website"), WHERE_IT_LEADS)] = None
    image: Annotated[Image | None, EditorField(lazy("Picture"))] = None
    timezone: Annotated[
        Zone | None,
        EditorField(
            lazy("Time zone"), lazy("Such as Europe/Berlin. Empty means: that of the portal.")
        ),
    ] = None
    """Unset, ``STADTLABOR_TIMEZONE`` of the portal; always written by ``export``."""
    phases: Annotated[
        Annotated[tuple[Phase, ...], Field(max_length=MOST_PHASES)],
        EditorField(
            lazy("Phases"),
            lazy("One after the other; between two of them, people can read and follow only."),
            item=lazy("Phase"),
        ),
    ] = ()
    categories: Annotated[
        Annotated[tuple[Category, ...], Field(max_length=MOST_CATEGORIES)],
        EditorField(lazy("Categories of ideas"), item=lazy("Category")),
    ] = ()
    level: Annotated[
        ProjectLevel,
        EditorField(
            lazy("Who can write ideas and comments"),
            options={
                "confirmed_email": lazy("Whoever confirms an e-mail address"),
                "signed_in": lazy("Whoever is signed in"),
                "verified_resident": lazy("Residents whom the city has verified"),
            },
        ),
    ] = "confirmed_email"
    threshold: Annotated[
        Annotated[Number, Field(ge=1)] | None,
        EditorField(
            lazy("Supports that an idea needs for an answer of the city"),
            lazy("Empty means: no number of supports makes the city answer."),
            input="number",
        ),
    ] = None
    most_ideas: Annotated[
        Annotated[Number, Field(ge=1)] | None,
        EditorField(
            lazy("Ideas that one person can publish"),
            lazy("Empty means: as many as they like."),
            input="number",
        ),
    ] = None
    holds_first_posts: Annotated[
        bool,
        EditorField(
            lazy("A moderator reads what somebody writes for the first time"),
            lazy("It waits until then. What the same person writes later is there at once."),
        ),
    ] = False


class EventEntry(Part):
    """An event."""

    slug: Slug
    series: Annotated[str | None, EditorField(lazy("Series"), page="text", source="series")] = None
    status: Literal["draft", "published", "cancelled", "postponed"] = "draft"
    title: Annotated[Text, EditorField(lazy("Title"), page="text", needed=True)]
    topic: Annotated[
        LocalizedText,
        EditorField(
            lazy("Topic"), lazy("One or two words that stand above the title."), page="text"
        ),
    ] = EMPTY
    summary: Annotated[
        LocalizedText,
        EditorField(
            lazy("In short"),
            lazy("Two sentences that make people come. They stand in lists and search engines."),
            page="text",
            needed=True,
            lines=3,
        ),
    ] = EMPTY
    description: Annotated[
        LocalizedText,
        EditorField(
            lazy("Description"),
            HOW_TO_WRITE,
            page="text",
            lines=12,
        ),
    ] = EMPTY
    easy_language: Annotated[
        LocalizedText,
        EditorField(
            lazy("Easy language"),
            lazy("Short sentences, one thought each. It gets a page of its own."),
            page="text",
            lines=8,
            is_easy=True,
        ),
    ] = EMPTY
    sign_language_url: Annotated[
        PictureAddress | None,
        EditorField(
            lazy("Address of a video in sign language"),
            lazy("Begins with https://, or with / for a video of this site."),
            page="text",
        ),
    ] = None
    languages: Annotated[
        tuple[Language, ...],
        EditorField(
            lazy("Languages spoken there"),
            lazy("Their codes with commas between them, such as de, en, tr."),
            page="text",
        ),
    ] = ()
    price: Annotated[
        LocalizedText,
        EditorField(lazy("What it costs"), lazy("In words, such as: free of charge."), page="text"),
    ] = EMPTY
    """What it costs to come, in words."""
    starts_at: Annotated[
        WallTime,
        EditorField(lazy("Start"), page="time", needed=True, input="datetime-local"),
    ]
    ends_at: Annotated[
        WallTime,
        EditorField(lazy("End"), page="time", needed=True, input="datetime-local"),
    ]
    timezone: Annotated[
        Zone | None,
        EditorField(
            lazy("Time zone"),
            lazy("Such as Europe/Berlin. Empty means: that of the portal."),
            page="time",
        ),
    ] = None
    """Unset, ``STADTLABOR_TIMEZONE`` of the portal; always written by ``export``."""
    doors_at: Annotated[
        WallTime | None,
        EditorField(
            lazy("Doors open"),
            lazy("Empty means: nothing is said of it."),
            page="time",
            input="datetime-local",
        ),
    ] = None
    off_reason: Annotated[
        LocalizedText,
        EditorField(
            lazy("Why it does not take place"),
            lazy("A sentence for everybody; empty means: no reason is given."),
            page="time",
            statuses=("cancelled", "postponed"),
        ),
    ] = EMPTY
    alternative_event: Annotated[
        Slug | None,
        EditorField(
            lazy("Another event in its place"),
            page="time",
            source="events",
            statuses=("cancelled",),
        ),
    ] = None
    """The slug of a public event; it is named as long as it takes place."""
    alternative_date: Annotated[
        LocalizedText,
        EditorField(
            lazy("Another date in its place, in words"),
            lazy("Such as: in spring, once the hall is open. It counts where no event is chosen."),
            page="time",
            statuses=("cancelled",),
        ),
    ] = EMPTY
    venue: Annotated[
        Venue | None,
        EditorField(
            lazy("Where it takes place"),
            page="place",
            needed=True,
            one_of=("name", "street", "city", "online_url"),
        ),
    ] = None
    organisers: Annotated[
        tuple[Organiser, ...],
        EditorField(lazy("Who is behind it"), page="people", item=lazy("Organiser")),
    ] = ()
    contact: Annotated[Contact | None, EditorField(lazy("Whom to ask"), page="people")] = None
    image: Annotated[Image | None, EditorField(lazy("Picture"), page="picture")] = None
    programme: Annotated[
        tuple[ProgrammeItem, ...],
        EditorField(lazy("Programme"), page="programme", item=lazy("Programme item")),
    ] = ()
    results: Annotated[
        Results | None,
        EditorField(
            lazy("What came of it"),
            lazy("Everybody sees it on the event’s page once the event is over."),
            page="results",
            stays_behind=True,
        ),
    ] = None
    projects: Annotated[
        tuple[str, ...],
        EditorField(lazy("Projects that it belongs to"), page="people", source="projects"),
    ] = ()
    purposes: Annotated[
        tuple[str, ...],
        EditorField(
            lazy("What people are asked and told"),
            lazy(
                "Consent is asked for, notices are only shown. Nobody has to say yes in order to "
                "come."
            ),
            page="consent",
            source="purposes",
        ),
    ] = ()
    retention_days: Annotated[
        Days | None,
        EditorField(
            lazy("Days after which registrations are deleted"),
            lazy("Counted from the end of the event. Empty means: as everywhere on this portal."),
            page="consent",
            input="number",
        ),
    ] = None
    registration: Annotated[
        RegistrationEntry | None,
        EditorField(
            lazy("Registration"), page="registration", switch=lazy("People can register here")
        ),
    ] = None

    feedback: Annotated[
        Feedback | None,
        EditorField(
            lazy("Feedback"),
            lazy(
                "Four short questions without a name. The link is on the event’s page, in the mail "
                "of thanks, and on a QR code."
            ),
            page="registration",
            switch=lazy("Ask afterwards how it was"),
        ),
    ] = None

    @field_validator("doors_at")
    @classmethod
    def _doors_open_for_this_event(cls, value: str | None, info: ValidationInfo) -> str | None:
        starts_at, ends_at = info.data.get("starts_at"), info.data.get("ends_at")
        not_before(ends_at, value, info, "the doors open")
        zone = (info.context or {}).get("zone")
        if zone and value and starts_at and to_utc(value, zone) < to_utc(starts_at, zone) - A_DAY:
            raise ValueError(
                f"{value} is more than a day before the start ({starts_at}); correct one of them."
            )
        return value

    @field_validator("ends_at")
    @classmethod
    def _ends_after_start(cls, value: str, info: ValidationInfo) -> str:
        not_before(value, info.data.get("starts_at"), info, "the start")
        return value


SluggedEntry = PurposeEntry | SeriesEntry | ProjectEntry | EventEntry
"""What staff writes, in several languages, under a name of its own."""
Entry = SluggedEntry | IdeaEntry

LISTS: dict[str, type[Entry]] = {
    "purposes": PurposeEntry,
    "series": SeriesEntry,
    "projects": ProjectEntry,
    "events": EventEntry,
    "ideas": IdeaEntry,
}
"""The lists of the file, in the order in which their entries build on each other."""
