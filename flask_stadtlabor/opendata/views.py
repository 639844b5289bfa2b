"""The open data by its addresses; nobody needs a key, and nothing here knows a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import make_response, request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import conditional
from flask_stadtlabor.events import queries
from flask_stadtlabor.events.next_step import next_step
from flask_stadtlabor.events.pages import Filters
from flask_stadtlabor.opendata.answers import (
    MIMETYPE,
    as_csv,
    as_json,
    refused_page,
    shared,
    with_licence,
)
from flask_stadtlabor.opendata.records import csv_header, csv_row, event_record, series_record
from flask_stadtlabor.state import now
from flask_stadtlabor.urls import absolute_url


def api_events() -> ResponseReturnValue:
    """Public events, upcoming ones first, a page at a time."""
    refusal = refused_page()
    if refusal is not None:
        return refusal
    span = queries.find_span(Filters(), request.args.get("page"))
    is_last = span.page == span.pages

    def render() -> str:
        return as_json(
            {
                "page": span.page,
                "pages": span.pages,
                "next": None if is_last else absolute_url("api_events", page=span.page + 1),
                "events": [event_record(event) for event in span.events],
            }
        )

    steps = [(event.id, next_step(event, now())) for event in span.events]
    return shared(
        conditional(
            render,
            span.revision,
            steps,
            span.total,
            changed_at=span.revision.changed_at,
            mimetype=MIMETYPE,
        )
    )


def api_event(slug: str) -> ResponseReturnValue:
    """One public event."""
    event = queries.find_event(slug)
    if event is None or not event.is_public:
        return shared(make_response({"error": "There is no such public event."}, 404))
    return shared(make_response(with_licence({"event": event_record(event)})))


def api_series() -> ResponseReturnValue:
    """Series with public events."""
    records = [series_record(series) for series in queries.list_series()]
    return shared(make_response(with_licence({"series": records})))


def api_events_csv() -> ResponseReturnValue:
    """All public events as CSV."""
    return as_csv(_csv_rows(), "events.csv")


def _csv_rows() -> Iterator[Sequence[object]]:
    yield csv_header()
    for event in queries.stream_public_events():
        yield csv_row(event)
