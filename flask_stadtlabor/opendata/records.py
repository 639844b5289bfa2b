"""Events and series as records of plain values.

A record tells what the pages tell, without anybody's name: no contact, no speakers, no registrant.
Texts are a string, or an object of languages, as in the exchange file.
"""

from __future__ import annotations

from typing import Any

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Organiser, Results, Venue
from flask_stadtlabor.events.models import Event, Series
from flask_stadtlabor.events.next_step import next_step, results_told, seats_told
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.urls import absolute_url, site_url

CSV_TEXTS = ("title", "topic", "summary", "price")
"""The texts that have a column for each language."""
CSV_VALUES = (
    "slug", "status", "starts_at", "ends_at", "timezone", "series", "venue", "street",
    "postal_code", "city", "latitude", "longitude", "online_url", "capacity", "seats_left",
    "next_step", "url",
)  # fmt: skip


def event_record(event: Event) -> dict[str, Any]:
    """An event; ``event.series`` must be loaded."""
    return {
        "slug": event.slug,
        "url": page_address("event", event.slug),
        "status": event.status,
        "title": event.title.to_json(),
        "topic": event.topic.to_json(),
        "summary": event.summary.to_json(),
        "description": event.description.to_json(),
        "languages": list(event.languages),
        "price": event.price.to_json(),
        "starts_at": event.starts_at.astimezone(event.zone).isoformat(),
        "ends_at": event.ends_at.astimezone(event.zone).isoformat(),
        "timezone": event.timezone,
        "series": event.series.slug if event.series else None,
        "venue": _venue(event.venue),
        "organisers": [_organiser(organiser) for organiser in event.organisers],
        "next_step": next_step(event, now()).step.value,
        "results": _results(results_told(event, now())),
        "registration": _registration(event),
        "modified": event.revised_at.isoformat(),
    }


def series_record(series: Series) -> dict[str, Any]:
    """A series."""
    return {
        "slug": series.slug,
        "url": page_address("series", series.slug),
        "title": series.title.to_json(),
        "summary": series.summary.to_json(),
        "description": series.description.to_json(),
        "funding": [
            {"name": source.name.to_json(), "note": source.note.to_json(), "url": source.url}
            for source in series.funding
        ],
    }


def csv_header() -> list[str]:
    """The columns of the CSV, texts in each of the portal's languages."""
    return [*CSV_VALUES, *(f"{name}_{code}" for name in CSV_TEXTS for code in settings().locales)]


def csv_row(event: Event) -> list[object]:
    """An event's cells, in the order of :func:`csv_header`."""
    record = event_record(event)
    venue = event.venue or Venue()
    here = settings().default_locale
    values = {
        **record,
        "venue": venue.name.choose(here)[0],
        "street": venue.street.choose(here)[0],
        "postal_code": venue.postal_code,
        "city": venue.city.choose(here)[0],
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "online_url": venue.online_url,
        **(record["registration"] or {}),
    }
    texts = (
        in_language(getattr(event, name), code) for name in CSV_TEXTS for code in settings().locales
    )
    return [*(values.get(name) for name in CSV_VALUES), *texts]


def in_language(text: LocalizedText, code: str) -> str:
    """The text in exactly this language, or the one that is the same in all."""
    return text.get(code) or text.get(LocalizedText.ANY, "")


def _venue(venue: Venue | None) -> dict[str, Any] | None:
    if venue is None:
        return None
    record: dict[str, Any] = venue.model_dump(mode="json", exclude_defaults=True)
    return record


def _organiser(organiser: Organiser) -> dict[str, Any]:
    return {"name": organiser.name.to_json(), "url": organiser.url}


def _results(results: Results | None) -> dict[str, Any] | None:
    """Without who wrote it, which may be a person (D6)."""
    if results is None:
        return None
    return {
        "text": results.text.to_json(),
        "minutes": results.minutes.to_json(),
        "minutes_url": site_url(results.minutes_url) if results.minutes_url else None,
        "links": [
            {"title": link.title.to_json(), "url": site_url(link.url)} for link in results.links
        ],
    }


def _registration(event: Event) -> dict[str, Any] | None:
    if not event.takes_registrations:
        return None
    return {
        "opens_at": event.opens_at.isoformat() if event.opens_at else None,
        "closes_at": event.closes_at.isoformat() if event.closes_at else None,
        "capacity": event.capacity,
        "seats_left": seats_told(event, now()),
        "waiting_list": event.waiting_list,
    }


def page_address(endpoint: str, slug: str) -> str:
    return absolute_url(endpoint, lang=settings().default_locale, slug=slug)
