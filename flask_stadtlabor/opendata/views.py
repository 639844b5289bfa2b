"""The open data by its addresses; nobody needs a key, and nothing here knows a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, make_response, request, stream_with_context
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import conditional
from flask_stadtlabor.events import queries
from flask_stadtlabor.events.next_step import next_step
from flask_stadtlabor.events.pages import Filters
from flask_stadtlabor.opendata.description import description
from flask_stadtlabor.opendata.records import csv_header, csv_row, event_record, series_record
from flask_stadtlabor.spreadsheet import csv_lines
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.urls import absolute_url

MIMETYPE = "application/json"
PAGE_NUMBER = re.compile("[1-9][0-9]*")


def api_description() -> ResponseReturnValue:
    """What there is and how it looks, by OpenAPI 3.1."""
    return _shared(make_response(description()))


def api_events() -> ResponseReturnValue:
    """Public events, upcoming ones first, a page at a time; 400 for a page that is no number.

    A program that asks for one would otherwise read the first page again and again.
    """
    if not all(PAGE_NUMBER.fullmatch(page) for page in request.args.getlist("page")):
        return _shared(make_response({"error": "A page is a whole number from 1 on."}, 400))
    span = queries.find_span(Filters(), request.args.get("page"))
    is_last = span.page == span.pages

    def render() -> str:
        return _json(
            {
                "page": span.page,
                "pages": span.pages,
                "next": None if is_last else absolute_url("api_events", page=span.page + 1),
                "events": [event_record(event) for event in span.events],
            }
        )

    steps = [(event.id, next_step(event, now())) for event in span.events]
    return _shared(
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
        return _shared(make_response({"error": "There is no such public event."}, 404))
    return _shared(make_response({**_licence(), "event": event_record(event)}))


def api_series() -> ResponseReturnValue:
    """Series with public events."""
    records = [series_record(series) for series in queries.list_series()]
    return _shared(make_response({**_licence(), "series": records}))


def api_events_csv() -> ResponseReturnValue:
    """All public events as CSV by RFC 4180, sent line by line."""
    response = Response(stream_with_context(csv_lines(_csv_rows())), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=events.csv"
    response.headers["Link"] = f'<{settings().data_licence_url}>; rel="license"'
    return _shared(response)


def _csv_rows() -> Iterator[Sequence[object]]:
    yield csv_header()
    for event in queries.stream_public_events():
        yield csv_row(event)


def _json(body: dict[str, Any]) -> str:
    return json.dumps({**_licence(), **body}, ensure_ascii=False)


def _licence() -> dict[str, str]:
    return {"licence": settings().data_licence, "licence_url": settings().data_licence_url}


def _shared(response: Response) -> Response:
    """Open data may be read by pages of any site (CORS); it holds nobody's secrets."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
