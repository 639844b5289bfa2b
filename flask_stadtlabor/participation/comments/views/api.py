"""Comments as open data (D6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import conditional
from flask_stadtlabor.opendata.answers import MIMETYPE, as_csv, as_json, refused_page, shared
from flask_stadtlabor.participation.comments.queries import find_told_span, told_after
from flask_stadtlabor.participation.comments.records import CSV_COLUMNS, comment_record, csv_row
from flask_stadtlabor.state import session
from flask_stadtlabor.urls import absolute_url

BATCH_SIZE = 500


def api_comments() -> ResponseReturnValue:
    """Comments as open data, a page at a time."""
    refusal = refused_page()
    if refusal is not None:
        return refusal
    span = find_told_span(request.args.get("page"))
    is_last = span.page == span.pages
    records = [comment_record(comment) for comment in span.comments]

    def render() -> str:
        return as_json(
            {
                "page": span.page,
                "pages": span.pages,
                "next": None if is_last else absolute_url("api_comments", page=span.page + 1),
                "comments": records,
            }
        )

    return shared(conditional(render, records, span.pages, changed_at=None, mimetype=MIMETYPE))


def api_comments_csv() -> ResponseReturnValue:
    """All comments as CSV."""
    return as_csv(_csv_rows(), "comments.csv")


def _csv_rows() -> Iterator[Sequence[object]]:
    """A batch at a time, so that no number of comments fills the memory."""
    yield CSV_COLUMNS
    last = 0
    while batch := session().scalars(told_after(last).limit(BATCH_SIZE)).all():
        yield from [csv_row(comment) for comment in batch]
        last = batch[-1].id
        session().expunge_all()
