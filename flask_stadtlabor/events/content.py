"""Values that belong to one event or series: venue, programme, people behind it, questions.

They are read and replaced as a whole, so each is one JSON document in its row. Their JSON form is
that of the exchange file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
)

from flask_stadtlabor.addresses import NoAddress, stored_address
from flask_stadtlabor.db import SLUG_LENGTH, LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.accessibility import SENTENCES, Offer, offers
from flask_stadtlabor.events.uploaded import NAME, Uploaded, uploaded
from flask_stadtlabor.i18n import _sl, lazy, words

Degree = Literal["yes", "partly", "no"]
SLUG = r"^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$"
_SIGN = r"[^\s\x00-\x1f\x7f<>\"]"
"""What an address may hold; anything else could break out of where it is written."""
WEB_ADDRESS = rf"^https?://{_SIGN}+$"
_OWN_PATH = rf"/([^/\s\x00-\x1f\x7f<>\"]{_SIGN}*)?"
_MISLEADING = re.compile(r"\\|^/(%2f|%5c)", re.IGNORECASE)
LOCAL_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


def _leads_where_it_says(address: str, info: ValidationInfo) -> str:
    """Refuses addresses that a browser parses differently than a person reads them (S11)."""
    if info.context is not None and _MISLEADING.search(address):
        raise ValueError(
            "A browser reads this address as one of another site; write it without a backslash."
        )
    return address


def _takes_mail(address: str, info: ValidationInfo) -> str:
    """Refuses what looks like an address, but no mail can name; what is stored stays readable."""
    if address and info.context is not None:
        try:
            stored_address(address)
        except NoAddress as error:
            raise ValueError(
                "No mail server takes this address; write one such as labor@stadt.example, with "
                "no letters before the @ but a to z."
            ) from error
    return address


Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=SLUG_LENGTH)]
WebAddress = Annotated[
    str,
    StringConstraints(pattern=WEB_ADDRESS, max_length=2000),
    AfterValidator(_leads_where_it_says),
]
PictureAddress = Annotated[
    str,
    StringConstraints(pattern=rf"^(https?://{_SIGN}+|{_OWN_PATH})$", max_length=2000),
    AfterValidator(_leads_where_it_says),
]
Percent = Annotated[int, Field(ge=0, le=100)]
EmailAddress = Annotated[
    str,
    StringConstraints(pattern=r"^([^\s\x00-\x1f\x7f<>\",;:@]+@[^\s\x00-\x1f\x7f<>\",;:@]+)?$"),
    AfterValidator(_takes_mail),
]
LocalTime = Annotated[str, StringConstraints(pattern=LOCAL_TIME)]

EMPTY = LocalizedText()


def _not_empty(text: LocalizedText) -> LocalizedText:
    if not any(words.strip() for words in text.values()):
        raise ValueError("This text is empty; write one.")
    return text


Text = Annotated[LocalizedText, AfterValidator(_not_empty)]

_DEGREES = {"yes": lazy("Yes"), "partly": lazy("Partly"), "no": lazy("No")}


class Part(BaseModel):
    """Base of all parts: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Accessibility(Part):
    """What a venue offers to people with disabilities; None means: not said."""

    wheelchair: Annotated[
        Degree | None, EditorField(lazy("Can people with a wheelchair get in?"), options=_DEGREES)
    ] = None
    toilet: Annotated[
        Degree | None, EditorField(lazy("Is there an accessible toilet?"), options=_DEGREES)
    ] = None
    induction_loop: Annotated[
        Degree | None,
        EditorField(lazy("Is there an induction loop for hearing aids?"), options=_DEGREES),
    ] = None
    sign_language: Annotated[
        Degree | None, EditorField(lazy("Is there a sign language interpreter?"), options=_DEGREES)
    ] = None
    parking: Annotated[
        Degree | None, EditorField(lazy("Are there accessible parking spaces?"), options=_DEGREES)
    ] = None
    assistance_dog: Annotated[
        Degree | None, EditorField(lazy("Are assistance dogs welcome?"), options=_DEGREES)
    ] = None
    note: Annotated[
        LocalizedText,
        EditorField(
            lazy("More about getting in and around"),
            lazy("For example the step at the door, the lift, the nearest stop without stairs."),
        ),
    ] = EMPTY

    @property
    def offers(self) -> list[Offer]:
        """What is said about it, a sentence for each thing, in the current language."""
        return list(offers((name, getattr(self, name)) for name in SENTENCES))


class Venue(Part):
    """Where an event takes place: an address, an online room, or both."""

    name: Annotated[LocalizedText, EditorField(lazy("Name of the place"))] = EMPTY
    street: Annotated[LocalizedText, EditorField(lazy("Street and number"))] = EMPTY
    postal_code: Annotated[str, EditorField(lazy("Postal code"))] = ""
    city: Annotated[LocalizedText, EditorField(lazy("Town"))] = EMPTY
    country: Annotated[LocalizedText, EditorField(lazy("Country"))] = EMPTY
    latitude: Annotated[
        Annotated[float, Field(ge=-90, le=90)] | None,
        EditorField(
            lazy("Latitude"),
            lazy("Such as 51.4836. With both numbers, the map link leads to the very door."),
            input="decimal",
        ),
    ] = None
    longitude: Annotated[
        Annotated[float, Field(ge=-180, le=180)] | None,
        EditorField(lazy("Longitude"), lazy("Such as 7.2166."), input="decimal"),
    ] = None
    online_url: Annotated[
        WebAddress | None,
        EditorField(
            lazy("Address of the room online"),
            lazy(
                "Everybody can see it. Leave it empty if only those who registered are to get it."
            ),
            input="url",
        ),
    ] = None
    accessibility: Annotated[
        Accessibility,
        EditorField(
            lazy("Getting in and around"),
            lazy("Say no where it is no: whoever depends on it can plan then."),
        ),
    ] = Accessibility()

    @property
    def has_address(self) -> bool:
        """Whether somebody can go there."""
        return bool(self.name or self.street or self.city)

    @property
    def is_online_alone(self) -> bool:
        """Whether there is a room online, and no place to go to."""
        return self.online_url is not None and not self.has_address

    def in_one_line(self) -> str:
        """Name, street and town in the current language; empty for an online room alone."""
        town = f"{self.postal_code} {words(self.city)}".strip()
        return ", ".join(filter(None, (words(self.name), words(self.street), town)))

    def in_short(self) -> str:
        """Name and town in the current language, or that it is online; empty for nothing."""
        if self.has_address:
            return ", ".join(filter(None, (words(self.name or self.street), words(self.city))))
        return _sl("Online") if self.online_url else ""


def place_key(venue: Venue | None) -> str:
    """What two venues have in common that are one place, whatever else is said of it."""
    if venue is None:
        return ""
    where = venue.model_dump(mode="json", include={"name", "street", "postal_code", "city"})
    return json.dumps(where, sort_keys=True)


class Organiser(Part):
    """Who is behind an event."""

    name: Annotated[LocalizedText, EditorField(lazy("Name of the organiser"))]
    url: Annotated[
        WebAddress | None, EditorField(lazy("Website of the organiser"), input="url")
    ] = None


class Contact(Part):
    """Whom to ask."""

    name: Annotated[LocalizedText, EditorField(lazy("Name of the contact"))] = EMPTY
    email: Annotated[
        EmailAddress, EditorField(lazy("E-mail address of the contact"), input="email")
    ] = ""
    phone: Annotated[str, EditorField(lazy("Telephone of the contact"), input="tel")] = ""


class Image(Part):
    """A picture with its description: one that was uploaded, or one by its address."""

    picture: Annotated[
        Annotated[str, StringConstraints(pattern=NAME)] | None,
        EditorField(lazy("Uploaded picture"), input="picture"),
    ] = None
    """The name of an uploaded picture (:mod:`.uploaded`)."""
    alt: Annotated[
        LocalizedText,
        EditorField(
            lazy("What the picture shows"),
            lazy("One sentence for people who cannot see it."),
        ),
    ] = EMPTY
    credit: Annotated[LocalizedText, EditorField(lazy("Who made the picture"))] = EMPTY
    focus_x: Annotated[
        Percent,
        EditorField(
            lazy("What matters, from the left (0 to 100)"),
            lazy("This point stays in view where the picture is cut."),
            input="number",
        ),
    ] = 50
    focus_y: Annotated[
        Percent, EditorField(lazy("What matters, from above (0 to 100)"), input="number")
    ] = 50
    url: Annotated[
        PictureAddress | None,
        EditorField(
            lazy("Address of the picture"),
            lazy(
                "Instead of an upload: begins with https://, or with / for a picture of this site."
            ),
        ),
    ] = None
    """An address, or a path of the host's; an uploaded picture is shown instead of it."""

    @property
    def uploaded(self) -> Uploaded | None:
        """The uploaded picture, with its size and addresses."""
        return uploaded(self.picture)

    @property
    def focus(self) -> tuple[int, int]:
        """The point that matters in tenths, as styles have it; never past it, seen from the edge.

        Where a picture is cut by a lot, the nearest tenth might be outside of what is left.
        """
        return _tenth(self.focus_x), _tenth(self.focus_y)

    @property
    def is_there(self) -> bool:
        """Whether there is a picture, and not only words about one."""
        return bool(self.picture or self.url)


def _tenth(percent: int) -> int:
    return percent // 10 if percent < 50 else -(-percent // 10)


class ProgrammeItem(Part):
    """One line of the programme; ``starts_at`` is a wall time in the event's zone."""

    starts_at: Annotated[LocalTime, EditorField(lazy("Time"), input="time")]
    title: Annotated[LocalizedText, EditorField(lazy("What happens"))]
    description: Annotated[LocalizedText, EditorField(lazy("More about it"), lines=3)] = EMPTY
    speakers: Annotated[
        tuple[LocalizedText, ...], EditorField(lazy("Who speaks"), item=lazy("Speaker"))
    ] = ()


class ResultLink(Part):
    """Where something that came of an event can be read or seen."""

    title: Annotated[Text, EditorField(lazy("What it leads to"))]
    url: Annotated[
        PictureAddress,
        EditorField(
            lazy("Address of the link"),
            lazy("Begins with https://, or with / for a page of this site."),
        ),
    ]


class Results(Part):
    """What came of an event; everybody sees it once the event is over."""

    text: Annotated[
        LocalizedText,
        EditorField(
            lazy("What was decided, and how it goes on"),
            lazy("An empty line begins a paragraph. **Bold**, - for lists, ## for headings."),
            lines=10,
        ),
    ] = EMPTY
    minutes_url: Annotated[
        PictureAddress | None,
        EditorField(
            lazy("Address of the minutes"),
            lazy("Begins with https://, or with / for a file of this site."),
        ),
    ] = None
    minutes: Annotated[
        LocalizedText,
        EditorField(
            lazy("The minutes themselves"),
            lazy("Where they stand nowhere else. They are folded up on the event’s page."),
            lines=8,
        ),
    ] = EMPTY
    links: Annotated[tuple[ResultLink, ...], EditorField(lazy("Links"), item=lazy("Link"))] = ()
    pictures: Annotated[tuple[Image, ...], EditorField(lazy("Pictures"), item=lazy("Picture"))] = ()
    by: Annotated[
        LocalizedText,
        EditorField(lazy("Who wrote this"), lazy("Such as: the team for digital participation.")),
    ] = EMPTY


def pictures_with(
    image: Image | None, results: Results | None
) -> Iterator[tuple[tuple[str | int, ...], Image]]:
    """The pictures of an event, each with the way to it in the event's document."""
    if image is not None:
        yield ("image",), image
    for index, picture in enumerate(results.pictures if results is not None else ()):
        yield ("results", "pictures", index), picture


class Feedback(Part):
    """That an event asks, once it is over, how it was."""

    days: Annotated[
        Annotated[int, Field(ge=1, le=90)],
        EditorField(
            lazy("Days for which people can answer"),
            lazy("Counted from the end of the event."),
            input="number",
        ),
    ] = 14
    public: Annotated[
        bool,
        EditorField(
            lazy("Show everybody how people liked it"),
            lazy(
                "Once no answer is taken any more, the event’s page says the average and how many "
                "answered, if they are at least five. Nobody’s words stand there."
            ),
        ),
    ] = False


class FeedbackNumbers(Part):
    """How people liked an event, added up once no answer is taken any more; nothing of a person."""

    until: str
    """When the last answer was taken, in UTC: with another end it is counted anew."""
    answers: int
    points: int
    """The sum of all ratings."""

    @property
    def average(self) -> float:
        """The mean of the ratings, from 1 to 5."""
        return self.points / self.answers


class Funding(Part):
    """Who pays for a series."""

    name: Annotated[LocalizedText, EditorField(lazy("Name of the funding body"))]
    note: Annotated[LocalizedText, EditorField(lazy("What is said of it"))] = EMPTY
    url: Annotated[
        WebAddress | None, EditorField(lazy("Website of the funding body"), input="url")
    ] = None
