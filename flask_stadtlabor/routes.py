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
from flask_stadtlabor.organise import (
    consent_report,
    door,
    mail_pages,
    notices,
    publications,
    registering,
    registrations,
    take_downs,
    texts,
)
from flask_stadtlabor.organise import consents as answers
from flask_stadtlabor.organise import views as organise
from flask_stadtlabor.ports import Action
from flask_stadtlabor.privacy import views as privacy
from flask_stadtlabor.registration import change, consents, self_service, send_link, tickets
from flask_stadtlabor.registration import views as registration

PUBLIC: Final = "public"
LINK: Final = "link"

Access = Literal["public", "link"] | Action

L = "/<stadtlabor_locale:lang>"
DESK = f"{L}/organise/events/<slug>"
PARTY = f"{DESK}/registrations/<int:number>"
POST = ("POST",)


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
    Route(f"{L}/registration/send-link", "send_link", send_link.send_link, PUBLIC, ("GET", "POST")),
    Route(f"{L}/registration/link-sent", "link_sent", send_link.link_sent, PUBLIC),
    Route(
        f"{L}/privacy/<purpose>/<int:version>/changes",
        "consent_changes",
        consent.show_changes,
        PUBLIC,
    ),
    Route(f"{L}/registration/<token>", "open_link", self_service.open_link, LINK),
    Route(f"{L}/registration/", "registration", self_service.show, LINK),
    Route(f"{L}/registration/ticket", "ticket", tickets.ticket, LINK),
    Route(f"{L}/registration/receipt", "receipt", consents.receipt, LINK),
    Route(f"{L}/registration/change", "change", change.change, LINK, ("GET", "POST")),
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
    Route(f"{L}/registration/data", "my_data", privacy.my_data, LINK),
    Route(f"{L}/registration/data.json", "my_data_file", privacy.my_data_file, LINK),
    Route(f"{L}/registration/erase", "erase", privacy.erase_page, LINK),
    Route(f"{L}/registration/erase", "erase_now", privacy.erase_now, LINK, ("POST",)),
    Route(f"{L}/registration/erased", "erased", privacy.erased, PUBLIC),
    Route(
        f"{L}/registration/consents/<purpose>/answer", "answer", consents.answer, LINK, ("POST",)
    ),
    Route(f"{L}/organise/", "organise", organise.index, Action.ORGANISE),
    Route(f"{L}/organise/notices/", "desk_notices", notices.show, Action.MANAGE_REGISTRATIONS),
    Route(f"{L}/organise/take-downs/", "take_downs", take_downs.show, Action.TAKE_DOWN),
    Route(
        f"{L}/organise/take-downs/<int:number>/done",
        "finish_take_down",
        take_downs.finish,
        Action.TAKE_DOWN,
        POST,
    ),
    Route(f"{L}/organise/tickets/<code>", "ticket_check", door.find_by_ticket, Action.CHECK_IN),
    Route(f"{DESK}/", "organise_event", organise.event_page, Action.ORGANISE),
    Route(f"{DESK}/consents", "consent_report", consent_report.show, Action.REPORT_CONSENT),
    Route(
        f"{DESK}/consents.csv", "consent_report_csv", consent_report.as_csv, Action.REPORT_CONSENT
    ),
    Route(
        f"{DESK}/consents.json",
        "consent_report_json",
        consent_report.as_json,
        Action.REPORT_CONSENT,
    ),
    Route(f"{DESK}/no-photos", "no_photos", consent_report.no_photos, Action.REPORT_CONSENT),
    Route(f"{DESK}/publications/", "publications", publications.show, Action.TAKE_DOWN),
    Route(
        f"{DESK}/publications/record",
        "record_publication",
        publications.record,
        Action.TAKE_DOWN,
        POST,
    ),
    Route(
        f"{DESK}/publications/<int:number>/taken-down",
        "mark_taken_down",
        publications.mark_taken_down,
        Action.TAKE_DOWN,
        POST,
    ),
    Route(
        f"{DESK}/notices/<int:number>/done",
        "pass_on_notice",
        notices.pass_on,
        Action.MANAGE_REGISTRATIONS,
        POST,
    ),
    Route(
        f"{DESK}/register",
        "organise_register",
        registering.register,
        Action.MANAGE_REGISTRATIONS,
        ("GET", "POST"),
    ),
    Route(f"{DESK}/mails/", "mail_previews", mail_pages.show, Action.ORGANISE),
    Route(
        f"{DESK}/mails/<kind>/<language>/",
        "mail_preview",
        mail_pages.show_mail,
        Action.ORGANISE,
    ),
    Route(
        f"{DESK}/mails/<kind>/<language>/html",
        "mail_html",
        mail_pages.show_html,
        Action.ORGANISE,
    ),
    Route(f"{DESK}/check-in/", "check_in", door.find, Action.CHECK_IN),
    Route(f"{DESK}/check-in/<int:number>/", "check_in_card", door.card, Action.CHECK_IN),
    Route(f"{DESK}/check-in/door", "check_in_door", door.choose_door, Action.CHECK_IN, POST),
    Route(f"{PARTY}/", "organise_registration", registrations.show, Action.SEE_REGISTRATIONS),
    Route(
        f"{PARTY}/confirm",
        "confirm_for",
        registrations.confirm,
        Action.MANAGE_REGISTRATIONS,
        POST,
    ),
    Route(f"{PARTY}/cancel", "cancel_for", registrations.cancel, Action.MANAGE_REGISTRATIONS, POST),
    Route(f"{PARTY}/sheet", "sheet", registrations.sheet, Action.MANAGE_REGISTRATIONS, POST),
    Route(f"{PARTY}/check-in", "arrive", door.arrive, Action.CHECK_IN, POST),
    Route(f"{PARTY}/let-in", "let_in", door.let_in, Action.CHECK_IN, POST),
    Route(f"{PARTY}/undo-check-in", "undo_check_in", door.undo, Action.CHECK_IN, POST),
    Route(f"{PARTY}/consents", "answer_for", answers.answer, Action.CHECK_IN, POST),
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
