"""Public pages, calendars and feeds of events; none of them writes, and none opens a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import Response, abort, make_response, redirect, request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import Render, conditional, conditional_page, private
from flask_stadtlabor.consent.models import Mode
from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events import queries
from flask_stadtlabor.events.alternatives import find_alternative
from flask_stadtlabor.events.card_changes import changing, earliest, turns
from flask_stadtlabor.events.feedback_window import asks_feedback, closes_at
from flask_stadtlabor.events.formats import atom as feeds
from flask_stadtlabor.events.formats import calendar as calendars
from flask_stadtlabor.events.formats.metadata import Meta, page_meta
from flask_stadtlabor.events.formats.structured_data import structured_data
from flask_stadtlabor.events.models import Event, Project, Series
from flask_stadtlabor.events.next_step import results_told
from flask_stadtlabor.events.page_cache import Dependencies, kept, make_body, make_page
from flask_stadtlabor.events.pages import EventPage, Filters, Listing
from flask_stadtlabor.events.phases import next_turn
from flask_stadtlabor.events.programme import timed_programme
from flask_stadtlabor.events.project_standing import project_standing
from flask_stadtlabor.events.standing import (
    headline,
    moved_sentence,
    off_sentence,
    standing_of,
    standings_of,
    when_and_where,
    why_off,
)
from flask_stadtlabor.folding import is_long_search, searched
from flask_stadtlabor.i18n import best_language, words
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.ports import Action
from flask_stadtlabor.revision import Revision
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.templating import draw
from flask_stadtlabor.urls import absolute_url, local_url


def choose_language() -> ResponseReturnValue:
    """Redirect to the list in the visitor's language; sets no cookie, ignores the host's
    selector."""
    response = make_response(redirect(local_url("index", lang=best_language())))
    response.vary.add("Accept-Language")
    return response


@kept
def index() -> ResponseReturnValue:
    """The list of events."""
    filters = Filters(
        q=searched(request.args.get("q", "")),
        series=_slug(request.args.get("series", "")),
        when="past" if request.args.get("when") == "past" else "",
    )
    span = queries.find_span(filters, request.args.get("page"))
    moment = now()
    upcoming = standings_of((event for event in span.events if event.ends_at > moment), moment)
    past = standings_of((event for event in span.events if event.ends_at <= moment), moment)

    def values() -> dict[str, object]:
        series_list = queries.list_series()
        found = queries.find_projects_like(filters.q) if filters.q and span.page == 1 else ()
        listing = Listing(
            upcoming=upcoming,
            past=past,
            total=span.total,
            page=span.page,
            pages=span.pages,
            filters=filters,
            series_list=series_list,
            projects=[project_standing(each, moment) for each in found],
            has_projects=span.has_projects,
            search_is_cut=is_long_search(request.args.get("q", "")),
            latest_past=past[0] if past and not span.upcoming and span.page == 1 else None,
        )
        meta = page_meta(
            "index",
            filters.query(span.page),
            title=settings().portal_name,
            calendar=absolute_url("calendar"),
            feed=absolute_url("feed"),
            is_indexed=not filters.q,
        )
        return {"listing": listing, "meta": meta}

    shown = [*upcoming, *past]
    basis = Dependencies(
        revision=span.revision,
        changed_at=span.revision.changed_at,
        shown=[card.event for card in shown],
        until=earliest(span.next_end, *turns(shown, moment)),
        query=None if filters.q or not shown else filters.query(span.page),
    )
    parts = span.revision, [changing(card) for card in shown], span.total
    return make_page("stadtlabor/events/index.html", values, *parts, basis=basis)


@kept
def series(slug: str) -> ResponseReturnValue:
    """What a series is, who funds it, and its dates."""
    shown, revision = _series_or_404(slug)
    upcoming, past = queries.find_series_events(shown)
    moment = now()
    coming, gone = standings_of(upcoming, moment), standings_of(past, moment)

    def values() -> dict[str, object]:
        meta = page_meta(
            "series",
            {"slug": slug},
            title=words(shown.title),
            description=shown.summary or shown.description,
            calendar=absolute_url("series_calendar", slug=slug),
            feed=absolute_url("series_feed", slug=slug),
        )
        return {"series": shown, "upcoming": coming, "past": gone, "meta": meta}

    dates = [*coming, *gone]
    basis = Dependencies(
        revision=revision,
        changed_at=revision.changed_at,
        shown=[card.event for card in dates],
        until=earliest(*turns(dates, moment)),
    )
    parts = revision, [changing(card) for card in dates]
    return make_page("stadtlabor/events/series.html", values, *parts, basis=basis)


@kept
def show(slug: str) -> ResponseReturnValue:
    """The event page."""
    probe = queries.probe_event(slug)
    if probe is None:
        abort(404)
    event, moment = probe.event, now()
    here, *others = standings_of([event, *probe.others], moment)
    programme = timed_programme(event, moment)
    asks = asks_feedback(event, moment)

    def values() -> dict[str, object]:
        page = EventPage(
            event=event,
            standing=here,
            programme=programme,
            projects=queries.find_projects(event),
            notices=[text for text in current_texts(event.purposes) if text.mode == Mode.NOTICE],
            other_dates=others,
            structured_data=structured_data(event, here.step),
            results=results_told(event, moment),
            asks_feedback=asks,
            moved_sentence=moved_sentence(event),
            why_off=why_off(event),
            alternative=find_alternative(event),
        )
        return {"page": page, "meta": _event_meta(event)}

    template = "stadtlabor/events/show.html"
    if not event.is_public:
        return _preview(event, lambda: draw(template, **values()))
    shown = [here, *others]
    items = [at for timed in programme for at in (timed.starts_at, timed.ends_at) if at > moment]
    basis = Dependencies(
        revision=probe.revision,
        changed_at=probe.changed_at,
        shown=[card.event for card in shown],
        until=earliest(*turns(shown, moment), *items, closes_at(event) if asks else None),
    )
    changes = [changing(card) for card in shown]
    current = [timed.is_current for timed in programme]
    return make_page(template, values, probe.revision, changes, current, asks, basis=basis)


def preview_page(event: Event, projects: Sequence[Project]) -> Response:
    """The page of an event as it would be; nobody can register on it.

    It is without the series' other dates.
    """
    moment = now()
    page = EventPage(
        event=event,
        standing=standing_of(event, moment),
        programme=timed_programme(event, moment),
        projects=projects,
        notices=[text for text in current_texts(event.purposes) if text.mode == Mode.NOTICE],
        other_dates=(),
        structured_data=structured_data(event, standing_of(event, moment).step),
        results=results_told(event, moment),
        asks_feedback=False,
        moved_sentence=moved_sentence(event),
        why_off=why_off(event),
        alternative=find_alternative(event),
        is_preview=True,
    )
    meta = replace(_event_meta(event), is_indexed=False)
    return private(draw("stadtlabor/events/show.html", page=page, meta=meta))


def easy(slug: str) -> ResponseReturnValue:
    """The event in easy language, where there is a text."""
    probe = queries.probe_event(slug, with_other_dates=False)
    if probe is None or not probe.event.easy_language:
        abort(404)
    event = probe.event
    standing = standing_of(event, now())

    def values() -> dict[str, object]:
        return {"standing": standing, "meta": _event_meta(event, "easy")}

    template = "stadtlabor/events/easy.html"
    if not event.is_public:
        return _preview(event, lambda: draw(template, **values()))
    parts = probe.revision, changing(standing)
    return conditional_page(template, values, *parts, changed_at=probe.changed_at)


def event_calendar(slug: str) -> ResponseReturnValue:
    """One event for the visitor's calendar."""
    probe = queries.probe_event(slug, with_other_dates=False)
    if probe is None or not probe.event.is_public:
        abort(404)
    event = probe.event
    response = conditional(
        lambda: calendars.calendar([event], name=headline(event)),
        probe.revision,
        changed_at=probe.changed_at,
        mimetype=calendars.MIMETYPE,
    )
    if response.status_code == 200:
        response.headers.set("Content-Disposition", "attachment", filename=f"{slug}.ics")
    return response


@kept
def calendar() -> ResponseReturnValue:
    """All events, to subscribe to."""
    return _calendar_of(None)


@kept
def series_calendar(slug: str) -> ResponseReturnValue:
    """The events of a series, to subscribe to."""
    shown, _ = _series_or_404(slug)
    return _calendar_of(shown)


@kept
def feed() -> ResponseReturnValue:
    """All events as an Atom feed."""
    return _feed_of(None)


@kept
def series_feed(slug: str) -> ResponseReturnValue:
    """The events of a series as an Atom feed."""
    shown, _ = _series_or_404(slug)
    return _feed_of(shown)


def _calendar_of(shown: Series | None) -> Response:
    projects = queries.projects_in_time() if shown is None else []

    def make() -> bytes:
        events = queries.find_feed_events(shown)
        return calendars.calendar(events, name=feeds.title_of(shown), projects=projects)

    return _body(shown, make, calendars.MIMETYPE, projects, tells_standing=False)


def _feed_of(shown: Series | None) -> Response:
    projects = queries.projects_in_time() if shown is None else []

    def make() -> bytes:
        return feeds.feed(
            queries.find_feed_events(shown),
            title=feeds.title_of(shown),
            address=_address(shown, "feed", "series_feed"),
            page=_address(shown, "index", "series"),
            projects=projects,
        )

    return _body(shown, make, feeds.MIMETYPE, projects, tells_standing=True)


def _body(
    shown: Series | None,
    make: Callable[[], bytes],
    mimetype: str,
    projects: Sequence[Project],
    *,
    tells_standing: bool,
) -> Response:
    probe, moment = queries.probe_feed(shown), now()
    revision = probe.revision
    leaving = [queries.leaves_feed_at(project) for project in projects]
    basis = Dependencies(
        revision=revision,
        changed_at=revision.changed_at,
        until=earliest(
            probe.leaves_at,
            *leaving,
            *((probe.next_end, next_turn(projects, moment)) if tells_standing else ()),
        ),
    )
    parts: list[object] = [revision, probe.events, len(projects)]
    if tells_standing:
        parts += [probe.over, [project_standing(each, moment).changing for each in projects]]
    return make_body(make, *parts, basis=basis, mimetype=mimetype)


def _address(shown: Series | None, of_all: str, of_series: str) -> str:
    return absolute_url(of_series, slug=shown.slug) if shown else absolute_url(of_all)


def _series_or_404(slug: str) -> tuple[Series, Revision]:
    found = queries.find_series(slug)
    if found is None:
        abort(404)
    return found


def _slug(text: str) -> str:
    """A slug that was asked for; what can be none is not looked for."""
    return text if queries.is_slug(text) else ""


def _event_meta(event: Event, endpoint: str = "event") -> Meta:
    return page_meta(
        endpoint,
        {"slug": event.slug},
        title=headline(event),
        lead=" ".join(filter(None, (off_sentence(event), when_and_where(event)))),
        description=event.summary or event.description,
        image=event.image,
        calendar=absolute_url("event_calendar", slug=event.slug),
        feed=absolute_url("feed"),
        is_indexed=event.is_public,
    )


def _preview(event: Event, render: Render) -> Response:
    """A draft, for those whom the host's policy lets see it; for others it does not exist."""
    if not allowed(Action.PREVIEW, event):
        abort(404)
    return private(render())
