"""The whole URL table, below the mount point.

``PUBLIC`` views are open to everyone; ``LINK`` views show what belongs to the personal link that
was opened in this browser; those with an :class:`~flask_stadtlabor.ports.Action` are for staff whom
the host's policy lets do it. A view without a declared access does not exist (S12).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from flask.typing import ResponseReturnValue

from flask_stadtlabor.consent import views as consent
from flask_stadtlabor.events import views as events
from flask_stadtlabor.opendata import views as opendata
from flask_stadtlabor.organise import texts
from flask_stadtlabor.organise import views as organise
from flask_stadtlabor.ports import Action
from flask_stadtlabor.registration import consents, self_service
from flask_stadtlabor.registration import views as registration

PUBLIC: Final = "public"
LINK: Final = "link"

Access = Literal["public", "link"] | Action

L = "/<stadtlabor_locale:lang>"


class Route(NamedTuple):
    """One line of the table."""

    rule: str
    endpoint: str
    view: Callable[..., ResponseReturnValue]
    access: Access
    methods: tuple[str, ...] = ("GET",)


ROUTES = (
    Route("/", "root", events.choose_language, PUBLIC),
    Route("/api/v1/openapi.json", "api_description", opendata.api_description, PUBLIC),
    Route("/api/v1/events", "api_events", opendata.api_events, PUBLIC),
    Route("/api/v1/events.csv", "api_events_csv", opendata.api_events_csv, PUBLIC),
    Route("/api/v1/events/<slug>", "api_event", opendata.api_event, PUBLIC),
    Route("/api/v1/series", "api_series", opendata.api_series, PUBLIC),
    Route(f"{L}/", "index", events.index, PUBLIC),
    Route(f"{L}/calendar.ics", "calendar", events.calendar, PUBLIC),
    Route(f"{L}/feed.atom", "feed", events.feed, PUBLIC),
    Route(f"{L}/series/<slug>/", "series", events.series, PUBLIC),
    Route(f"{L}/series/<slug>/calendar.ics", "series_calendar", events.series_calendar, PUBLIC),
    Route(f"{L}/series/<slug>/feed.atom", "series_feed", events.series_feed, PUBLIC),
    Route(f"{L}/events/<slug>/", "event", events.show, PUBLIC),
    Route(f"{L}/events/<slug>/easy/", "easy", events.easy, PUBLIC),
    Route(f"{L}/events/<slug>/event.ics", "event_calendar", events.event_calendar, PUBLIC),
    Route(
        f"{L}/events/<slug>/register", "register", registration.register, PUBLIC, ("GET", "POST")
    ),
    Route(f"{L}/events/<slug>/registered", "registered", registration.registered, PUBLIC),
    Route(f"{L}/privacy/<purpose>/<int:version>/", "consent_text", consent.show_text, PUBLIC),
    Route(
        f"{L}/privacy/<purpose>/<int:version>/changes",
        "consent_changes",
        consent.show_changes,
        PUBLIC,
    ),
    Route(f"{L}/registration/<token>", "open_link", self_service.open_link, LINK),
    Route(f"{L}/registration/", "registration", self_service.show, LINK),
    Route(f"{L}/registration/receipt", "receipt", consents.receipt, LINK),
    Route(f"{L}/registration/receipt.jsonld", "receipt_file", consents.receipt_file, LINK),
    Route(f"{L}/registration/confirm", "confirm", self_service.confirm, LINK, ("POST",)),
    Route(f"{L}/registration/cancel", "cancel", self_service.cancel, LINK, ("POST",)),
    Route(
        f"{L}/registration/consents/<purpose>/withdraw",
        "withdraw",
        consents.withdraw,
        LINK,
        ("POST",),
    ),
    Route(
        f"{L}/registration/consents/<purpose>/answer", "answer", consents.answer, LINK, ("POST",)
    ),
    Route(f"{L}/organise/", "organise", organise.index, Action.ORGANISE),
    Route(f"{L}/organise/texts/", "texts", texts.texts, Action.EDIT_TEXTS),
    Route(f"{L}/organise/texts/new", "text_new", texts.text_new, Action.EDIT_TEXTS),
    Route(
        f"{L}/organise/texts/create", "text_create", texts.text_create, Action.EDIT_TEXTS, ("POST",)
    ),
    Route(f"{L}/organise/texts/<purpose>/", "text_purpose", texts.text_purpose, Action.EDIT_TEXTS),
    Route(f"{L}/organise/texts/<purpose>/edit", "text_edit", texts.text_edit, Action.EDIT_TEXTS),
    Route(
        f"{L}/organise/texts/<purpose>/save",
        "text_save",
        texts.text_save,
        Action.EDIT_TEXTS,
        ("POST",),
    ),
    Route(
        f"{L}/organise/texts/<purpose>/preview",
        "text_preview",
        texts.text_preview,
        Action.EDIT_TEXTS,
    ),
    Route(
        f"{L}/organise/texts/<purpose>/publish",
        "text_publish",
        texts.text_publish,
        Action.PUBLISH_TEXTS,
        ("POST",),
    ),
    Route(
        f"{L}/organise/texts/<purpose>/discard",
        "text_discard",
        texts.text_discard,
        Action.EDIT_TEXTS,
        ("POST",),
    ),
)
