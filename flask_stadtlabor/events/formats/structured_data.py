"""schema.org Event as JSON-LD (D1), for search engines."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Image, Venue
from flask_stadtlabor.events.formats.metadata import image_address
from flask_stadtlabor.events.models import Event, EventStatus
from flask_stadtlabor.events.next_step import NextStep, Step
from flask_stadtlabor.events.standing import off_sentence
from flask_stadtlabor.i18n import _sl, as_babel, language, language_tag, words
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import plain
from flask_stadtlabor.urls import absolute_url, site_url

SCHEMA = "https://schema.org/"

_AVAILABILITY = {
    Step.COME: "InStock",
    Step.REGISTER: "InStock",
    Step.OPENS_LATER: "PreOrder",
    Step.WAITING_LIST: "SoldOut",
    Step.FULL: "SoldOut",
}
"""Of the offer; every other step means that nothing can be had."""

FREE = frozenset(
    {
        "0", "0 €", "free", "free of charge", "free entry", "free admission",
        "kostenlos", "kostenfrei", "gratis", "eintritt frei",
    }
)  # fmt: skip
"""Words for no price, in any language of the text; others are shown, but not interpreted."""

_ESCAPES = {
    number: f"\\u{number:04x}"
    for number in (*map(ord, "<>&\u2028\u2029"), *range(0x7F, 0xA0), *range(0xD800, 0xE000))
}


def structured_data(event: Event, step: NextStep) -> Markup:
    """The event as JSON for a data block; ``event.series`` is loaded.

    ``<``, ``>`` and ``&`` are written as escapes, so that no title can end the block (S9).
    """
    found = _without_empty(_event(event, step))
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 - holds no sign that HTML reads


def _event(event: Event, step: NextStep) -> dict[str, Any]:
    address = absolute_url("event", slug=event.slug)
    is_free = _is_free(event.price)
    return {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Event",
        "@id": f"urn:uuid:{event.uid}",
        "url": address,
        "name": words(event.title),
        "alternateName": words(event.topic),
        "description": _description(event),
        "startDate": _offset(event.starts_at, event),
        "endDate": _offset(event.ends_at, event),
        "doorTime": _offset(event.doors_at, event),
        **_status(event),
        "eventAttendanceMode": SCHEMA + _attendance(event.venue),
        "location": _location(event.venue),
        "image": _image(event.image),
        "inLanguage": [language_tag(code) for code in event.languages] or language_tag(language()),
        "organizer": [
            {"@type": "Organization", "name": words(organiser.name), "url": organiser.url}
            for organiser in event.organisers
        ],
        "performer": [{"@type": "Person", "name": name} for name in _speakers(event)],
        "isAccessibleForFree": True if is_free else None,
        "maximumAttendeeCapacity": event.capacity if event.takes_registrations else None,
        "offers": {
            "@type": "Offer",
            "url": address,
            "price": 0 if is_free else None,
            "priceCurrency": "EUR" if is_free else None,
            "description": words(event.price),
            "availability": SCHEMA + _AVAILABILITY.get(step.step, "OutOfStock"),
            "validFrom": _offset(event.opens_at, event),
        },
        "superEvent": _series(event),
        "subjectOf": _works(event) if step.step is Step.OVER else [],
    }


def _description(event: Event) -> str:
    about = _plain(event.summary) or _plain(event.description)
    return " ".join(filter(None, (off_sentence(event), about)))


def _image(image: Image | None) -> dict[str, Any] | str | None:
    """An uploaded picture with its size; one elsewhere as its address."""
    if image is None or image.uploaded is None:
        return image_address(image)
    return {
        "@type": "ImageObject",
        "url": image_address(image),
        "width": image.uploaded.width,
        "height": image.uploaded.height,
        "caption": words(image.alt),
        "creditText": words(image.credit),
    }


def _status(event: Event) -> dict[str, Any]:
    """A cancelled or postponed event keeps its startDate; a moved one tells its former start."""
    named = {
        EventStatus.CANCELLED: "EventCancelled",
        EventStatus.POSTPONED: "EventPostponed",
    }.get(EventStatus(event.status))
    if named is None and event.previous_starts_at is not None:
        return {
            "eventStatus": SCHEMA + "EventRescheduled",
            "previousStartDate": _offset(event.previous_starts_at, event),
        }
    return {"eventStatus": SCHEMA + (named or "EventScheduled")}


def _attendance(venue: Venue | None) -> str:
    if venue is None or venue.online_url is None:
        return "OfflineEventAttendanceMode"
    return "MixedEventAttendanceMode" if venue.has_address else "OnlineEventAttendanceMode"


def _location(venue: Venue | None) -> list[dict[str, Any]] | dict[str, Any]:
    """Search engines show no event without one."""
    places: list[dict[str, Any]] = []
    if venue is not None and venue.has_address:
        places.append(_place(venue))
    if venue is not None and venue.online_url is not None:
        places.append({"@type": "VirtualLocation", "url": venue.online_url})
    if not places:
        return {"@type": "Place", "name": _sl("The place is not known yet")}
    return places[0] if len(places) == 1 else places


def _place(venue: Venue) -> dict[str, Any]:
    place: dict[str, Any] = {
        "@type": "Place",
        "name": words(venue.name or venue.street or venue.city),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": words(venue.street),
            "postalCode": venue.postal_code,
            "addressLocality": words(venue.city),
            "addressCountry": _country(venue.country),
        },
    }
    if venue.latitude is not None and venue.longitude is not None:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": venue.latitude,
            "longitude": venue.longitude,
        }
    return place


def _country(country: LocalizedText) -> str:
    """Its code by ISO 3166-1, if the name is one that a language has for a country."""
    said = {name.strip().casefold() for name in country.values()}
    if not said:
        return ""
    for code in (*country, *settings().locales, "en"):
        if code == LocalizedText.ANY:
            continue
        found = next((known for name, known in _countries(code) if name in said), None)
        if found is not None:
            return found
    return words(country)


@lru_cache(maxsize=32)
def _countries(code: str) -> tuple[tuple[str, str], ...]:
    """The names of countries in a language, and their codes."""
    names = as_babel(code).territories.items()
    return tuple((name.casefold(), known) for known, name in names if known.isalpha())


def _speakers(event: Event) -> list[str]:
    """Who speaks by the programme, each once."""
    named = (words(speaker) for item in event.programme for speaker in item.speakers)
    return list(dict.fromkeys(filter(None, named)))


def _is_free(price: LocalizedText) -> bool:
    """Whether the words for the price are known to say that there is none."""
    return any(text.strip(" .!").casefold() in FREE for text in price.values())


def _works(event: Event) -> list[dict[str, Any]]:
    """What came of it, as far as it stands elsewhere: minutes and links."""
    results = event.results
    if results is None:
        return []
    works = [(words(link.title), link.url) for link in results.links]
    if results.minutes_url:
        works.insert(0, (_sl("The minutes"), results.minutes_url))
    return [{"@type": "CreativeWork", "name": name, "url": site_url(url)} for name, url in works]


def _series(event: Event) -> dict[str, Any] | None:
    if event.series is None:
        return None
    return {
        "@type": "EventSeries",
        "name": words(event.series.title),
        "url": absolute_url("series", slug=event.series.slug),
    }


def _offset(moment: datetime | None, event: Event) -> str | None:
    """The wall time with its offset from UTC."""
    return moment.astimezone(event.zone).isoformat() if moment else None


def _plain(value: LocalizedText) -> str:
    return plain(words(value))


def _without_empty(value: Any) -> Any:
    """The same without keys that say nothing."""
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", [])}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
