"""Atom feeds of events and projects (RFC 4287, D3)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from flask_stadtlabor.dates import doors_line
from flask_stadtlabor.events.models import OFF, Event, Project, Series
from flask_stadtlabor.events.next_step import results_told
from flask_stadtlabor.events.project_standing import ProjectStanding, project_standing
from flask_stadtlabor.events.standing import (
    headline,
    moved_sentence,
    off_sentence,
    when_and_where,
)
from flask_stadtlabor.i18n import _sl, choose, language, language_tag, words
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.text import markdown, plain, printable
from flask_stadtlabor.urls import absolute_url

MIMETYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NEWEST = 100
"""Entries that a feed holds at most."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated; the standard wants a time."""

ET.register_namespace("", ATOM)


def feed(
    events: Iterable[Event],
    *,
    title: str,
    address: str,
    page: str,
    projects: Iterable[Project] = (),
) -> bytes:
    """The events and projects in the current language, those changed last on top.

    ``address`` is the feed's own and ``page`` its page's, both absolute.
    """
    moment = now()
    shown: list[Event | ProjectStanding] = [*events]
    shown += [project_standing(project, moment) for project in projects]
    newest = sorted(shown, key=_order, reverse=True)[:NEWEST]
    root = ET.Element(_name("feed"), {XML_LANG: language_tag(language())})
    _add(root, "id", uuid.uuid5(uuid.NAMESPACE_URL, address).urn)
    _add(root, "title", title)
    _add(root, "updated", _time(max(map(_updated, newest), default=NEVER)))
    _add(root, "link", rel="self", type=MIMETYPE, href=address)
    _add(root, "link", rel="alternate", type="text/html", href=page)
    _add(_add(root, "author"), "name", settings().portal_name)
    for each in newest:
        if isinstance(each, Event):
            _add_entry(root, each)
        else:
            _add_project(root, each)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def title_of(series: Series | None) -> str:
    """The title of a feed, and the name of a calendar: of one series, or of all events."""
    if series is not None:
        return words(series.title)
    # Translators: the name of the calendar and the feed with all events of a portal.
    return _sl("Events of %(portal)s", portal=settings().portal_name)


def _add_entry(root: ET.Element, event: Event) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", uuid.UUID(event.uid).urn)
    # a title with a prefix of ours (“Cancelled: …”) is in the page's language
    lang = None if event.status in OFF else choose(event.title).lang
    _set_language(_add(entry, "title", headline(event)), lang)
    _add(entry, "published", _time(event.created_at))
    _add(entry, "updated", _time(_updated(event)))
    page = absolute_url("event", slug=event.slug)
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    _add(entry, "summary", "\n\n".join(filter(None, _summary(event))))
    results = results_told(event, now())
    told = (results.text if results else None) or event.description
    if told:
        text, lang = choose(told)
        content = _add(entry, "content", str(markdown(text)), type="html")
        # the base for relative links in the text (RFC 4287 §2)
        content.set(XML_BASE, page)
        _set_language(content, lang)


def _add_project(root: ET.Element, standing: ProjectStanding) -> None:
    project = standing.project
    entry = _add(root, "entry")
    lasting = absolute_url("project", lang=settings().default_locale, slug=project.slug)
    _add(entry, "id", uuid.uuid5(uuid.NAMESPACE_URL, lasting).urn)
    _set_language(_add(entry, "title", words(project.title)), choose(project.title).lang)
    _add(entry, "published", _time(project.created_at))
    _add(entry, "updated", _time(_updated(standing)))
    page = absolute_url("project", slug=project.slug)
    _add(entry, "link", rel="alternate", type="text/html", href=page)
    said = (standing.sentence, standing.next_sentence, plain(words(project.summary)))
    _add(entry, "summary", "\n\n".join(filter(None, said)))
    if project.description:
        text, lang = choose(project.description)
        content = _add(entry, "content", str(markdown(text)), type="html")
        content.set(XML_BASE, page)
        _set_language(content, lang)


def _order(shown: Event | ProjectStanding) -> tuple[datetime, bool, int]:
    """By the last change; of one second, an event before a project, the newer one first."""
    if isinstance(shown, Event):
        return _updated(shown), True, shown.id
    return _updated(shown), False, shown.project.id


def _updated(shown: Event | ProjectStanding) -> datetime:
    """When it changed last.

    What came of an event is told from its end on, even if written before; a project changes with
    each phase that begins or ends.
    """
    if isinstance(shown, Event):
        is_told = results_told(shown, now()) is not None
        return max(shown.revised_at, shown.ends_at) if is_told else shown.revised_at
    moment = now()
    turns = [turn for each in shown.phases for turn in (each.starts_at, each.ends_at)]
    return max([shown.project.revised_at, *(turn for turn in turns if turn and turn <= moment)])


def _summary(event: Event) -> Iterator[str]:
    """What a reader has to know first, a paragraph each; some are empty."""
    yield off_sentence(event)
    yield when_and_where(event)
    yield moved_sentence(event)
    if event.doors_at and event.status not in OFF:
        yield doors_line(event.doors_at, event.starts_at, event.timezone)
    yield plain(words(event.summary))


def _set_language(element: ET.Element, lang: str | None) -> None:
    """Say so where a text is in another language than the feed."""
    if lang is not None:
        element.set(XML_LANG, language_tag(lang))


def _add(parent: ET.Element, name: str, text: str = "", /, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _name(name), attributes)
    element.text = printable(text)
    return element


def _name(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
