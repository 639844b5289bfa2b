"""Entries of an exchange file; each function fills in what its caller does not care about."""

from __future__ import annotations

from typing import Any

Entry = dict[str, Any]

ZONE = "Europe/Berlin"
PHOTOS = "photos-website"


def event(slug: str, **changes: Any) -> Entry:
    """A published event in both languages; ``starts_at`` and ``ends_at`` are the caller's."""
    return {
        "slug": slug,
        "status": "published",
        "title": {"de": "Mitreden im Netz", "en": "Have your say online"},
        "summary": {"de": "Wir probieren die Plattform aus.", "en": "We try the platform out."},
        "timezone": ZONE,
        "venue": venue(),
        **changes,
    }


def registration(**changes: Any) -> Entry:
    """An event's ``registration``."""
    return {
        "capacity": 30,
        "waiting_list": True,
        "max_party_size": 4,
        "confirm_by_email": True,
        **changes,
    }


def venue(**changes: Any) -> Entry:
    """A hall in Bochum."""
    return {
        "name": "Quartiershalle in der KoFabrik",
        "street": "Stühmeyerstr. 33",
        "postal_code": "44787",
        "city": "Bochum",
        "country": {"de": "Deutschland", "en": "Germany"},
        "latitude": 51.4836,
        "longitude": 7.2166,
        "accessibility": {"wheelchair": "yes", "toilet": "partly", "induction_loop": "no"},
        **changes,
    }


def purpose(slug: str = PHOTOS, **changes: Any) -> Entry:
    """A purpose: consent, unless its name or ``mode`` says otherwise."""
    mode = {"privacy": "privacy", "recording": "notice"}.get(slug, "consent")
    return {
        "slug": slug,
        "mode": mode,
        "title": {"de": f"Titel {slug}", "en": f"Title {slug}"},
        "text": {"de": f"Der Text zu **{slug}**.", "en": f"The text of **{slug}**."},
        "controller": {"name": "Stadt Musterstadt", "email": "stadt@stadt.example"},
        **changes,
    }


def series(slug: str = "zu-besuch", **changes: Any) -> Entry:
    """A series with one who funds it."""
    return {
        "slug": slug,
        "title": {"de": "Stadtlabor zu Besuch", "en": "City lab on a visit"},
        "summary": {"de": "Jedes Mal ein anderer Ort.", "en": "Another place each time."},
        "funding": [{"name": "BMWSB", "note": {"de": "über die KfW", "en": "through the KfW"}}],
        **changes,
    }


def question(slug: str, kind: str = "text", **changes: Any) -> Entry:
    """A question of an event's registration."""
    options = (
        {"options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}
        if kind in ("choice", "choices")
        else {}
    )
    label = {"de": f"Frage {slug}?", "en": f"Question {slug}?"}
    return {"slug": slug, "kind": kind, "label": label, **options, **changes}
