"""Values that belong to one event or series: venue, programme, people behind it, questions.

They are read and replaced as a whole, so each is one JSON document in its row. Their JSON form is
that of the exchange file.
"""

from __future__ import annotations

import json
import re
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
from flask_stadtlabor.events.accessibility import SENTENCES, Offer, offers
from flask_stadtlabor.i18n import _sl, words

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
EmailAddress = Annotated[
    str,
    StringConstraints(pattern=r"^([^\s\x00-\x1f\x7f<>\",;:@]+@[^\s\x00-\x1f\x7f<>\",;:@]+)?$"),
    AfterValidator(_takes_mail),
]
LocalTime = Annotated[str, StringConstraints(pattern=LOCAL_TIME)]

EMPTY = LocalizedText()


class Part(BaseModel):
    """Base of all parts: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Accessibility(Part):
    """What a venue offers to people with disabilities; None means: not said."""

    wheelchair: Degree | None = None
    toilet: Degree | None = None
    induction_loop: Degree | None = None
    sign_language: Degree | None = None
    parking: Degree | None = None
    assistance_dog: Degree | None = None
    note: LocalizedText = EMPTY

    @property
    def offers(self) -> list[Offer]:
        """What is said about it, a sentence for each thing, in the current language."""
        return list(offers((name, getattr(self, name)) for name in SENTENCES))


class Venue(Part):
    """Where an event takes place: an address, an online room, or both."""

    name: LocalizedText = EMPTY
    street: LocalizedText = EMPTY
    postal_code: str = ""
    city: LocalizedText = EMPTY
    country: LocalizedText = EMPTY
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    online_url: WebAddress | None = None
    accessibility: Accessibility = Accessibility()

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

    name: LocalizedText
    url: WebAddress | None = None


class Contact(Part):
    """Whom to ask."""

    name: LocalizedText = EMPTY
    email: EmailAddress = ""
    phone: str = ""


class Image(Part):
    """A picture with its description."""

    url: PictureAddress
    """An address, or a path of the host's."""
    alt: LocalizedText = EMPTY
    credit: LocalizedText = EMPTY


class ProgrammeItem(Part):
    """One line of the programme; ``starts_at`` is a wall time in the event's zone."""

    starts_at: LocalTime
    title: LocalizedText
    description: LocalizedText = EMPTY
    speakers: tuple[LocalizedText, ...] = ()


class Funding(Part):
    """Who pays for a series."""

    name: LocalizedText
    note: LocalizedText = EMPTY
    url: WebAddress | None = None
