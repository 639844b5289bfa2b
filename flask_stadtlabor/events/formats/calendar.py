"""Calendars (D2): RFC 5545 with the properties of RFC 7986 and the methods of RFC 5546.

No calendar holds a token or a personal link; people are named in mails only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, vCalAddress, vDuration, vText, vUri
from icalendar import Event as CalendarEvent

from flask_stadtlabor.events.content import Venue
from flask_stadtlabor.events.formats.calendar_entries import Entry, Text, add_time
from flask_stadtlabor.events.formats.phase_ends import phase_ends
from flask_stadtlabor.events.formats.vtimezone import timezone_component
from flask_stadtlabor.events.models import Event, EventStatus, Project
from flask_stadtlabor.events.standing import headline, off_sentence
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.outbox.message import sender
from flask_stadtlabor.state import now
from flask_stadtlabor.text import plain, printable
from flask_stadtlabor.urls import absolute_url

MIMETYPE = "text/calendar"
PRODUCT = "-//flask_stadtlabor//Calendar//EN"
REFRESH = timedelta(hours=6)
"""How often a calendar that is subscribed to should ask again."""

_STATUS = {EventStatus.CANCELLED: "CANCELLED", EventStatus.POSTPONED: "TENTATIVE"}


def calendar(events: Iterable[Event], *, name: str, projects: Iterable[Project] = ()) -> bytes:
    """Public events in the current language; a cancelled one stays and says so.

    Of a project each phase that ends has an entry. The bytes change only when the content does, so
    that they can be cached.
    """
    entries = [_dated(event, _component(event, event.revised_at)) for event in events]
    ends = (entry for project in projects for entry in phase_ends(project))
    return _calendar("PUBLISH", [*entries, *ends], name=name)


def invitation(event: Event, *, method: str, name: str | None, email: str) -> bytes:
    """The event for the mail to one person, in the current language (RFC 5546 §3.2.2, §3.2.5).

    ``method`` REQUEST puts it into their calendar or renews it there; CANCEL takes it out. Without
    a ``name`` they are named by their address alone.
    """
    component = _component(event, now())
    # the one whom the mail is from, always: calendars refuse another one's update (§3.2.5)
    invites = sender()
    organizer = vCalAddress(f"mailto:{invites.addr_spec}")
    organizer.params["CN"] = vText(_parameter(invites.display_name))
    component.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{email}")
    if name:
        attendee.params["CN"] = vText(_parameter(name))
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    component.add("attendee", attendee)
    if method == "CANCEL":
        component["status"] = vText("CANCELLED")
    return _calendar(method, [_dated(event, component)])


def _dated(event: Event, component: CalendarEvent) -> Entry:
    return Entry(component, event.timezone, (event.starts_at, event.ends_at))


def _calendar(method: str, entries: list[Entry], *, name: str | None = None) -> bytes:
    whole = Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", method)
    if name is not None:
        one_line = " ".join(printable(name).split())
        whole.add("name", Text(one_line))
        whole.add("x-wr-calname", Text(one_line))
        whole.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        whole.add("x-published-ttl", vDuration(REFRESH))
    years: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        years[entry.zone] |= {moment.year for moment in entry.moments}
    for zone, found in sorted(years.items()):
        whole.add_component(timezone_component(zone, min(found), max(found)))
    for entry in entries:
        whole.add_component(entry.component)
    return bytes(whole.to_ical())


def _component(event: Event, stamp: datetime) -> CalendarEvent:
    """The VEVENT; its UID is one and the same in all languages, feeds and mails."""
    address = absolute_url("event", slug=event.slug)
    component = CalendarEvent()
    component.add("uid", event.uid)
    component.add("dtstamp", stamp.astimezone(UTC))
    component.add("created", event.created_at.astimezone(UTC))
    component.add("last-modified", event.revised_at.astimezone(UTC))
    component.add("sequence", event.sequence)
    component.add("status", _STATUS.get(EventStatus(event.status), "CONFIRMED"))
    add_time(component, "dtstart", event.starts_at, event.timezone)
    if event.ends_at > event.starts_at:
        add_time(component, "dtend", event.ends_at, event.timezone)
    component.add("summary", Text(headline(event)))
    component.add("description", Text(_description(event, address)))
    component.add("url", address)
    _add_place(component, event.venue)
    return component


def _description(event: Event, address: str) -> str:
    about = plain(words(event.summary)) or plain(words(event.description))
    parts = [off_sentence(event), words(event.topic), about]
    if event.venue is not None and event.venue.online_url:
        # Translators: in a calendar entry; the address of the online room follows.
        parts.append(_sl("Take part online: %(address)s", address=event.venue.online_url))
    return "\n\n".join(part for part in (*parts, address) if part)


def _add_place(component: CalendarEvent, venue: Venue | None) -> None:
    if venue is None:
        return
    place = venue.in_one_line() or venue.online_url
    if place:
        component.add("location", Text(place))
    if venue.latitude is not None and venue.longitude is not None:
        component.add("geo", (venue.latitude, venue.longitude))
    if venue.online_url:
        component.add(
            "conference", vUri(venue.online_url), parameters={"VALUE": "URI", "FEATURE": "VIDEO"}
        )


def _parameter(value: str) -> str:
    """A parameter's value holds neither quotation marks nor line ends (RFC 5545 §3.2)."""
    return printable(value).replace('"', "'").replace("\n", " ")
