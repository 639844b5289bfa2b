"""Ideas as open data (D6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import conditional
from flask_stadtlabor.opendata.answers import MIMETYPE, as_csv, as_json, refused_page, shared
from flask_stadtlabor.participation.ideas.pages import shown
from flask_stadtlabor.participation.ideas.queries import find_told_ideas, told_after
from flask_stadtlabor.participation.ideas.records import CSV_COLUMNS, csv_row, idea_record
from flask_stadtlabor.state import session
from flask_stadtlabor.urls import absolute_url

BATCH_SIZE = 500


def api_ideas() -> ResponseReturnValue:
    """Ideas as open data, a page at a time."""
    refusal = refused_page()
    if refusal is not None:
        return refusal
    span = find_told_ideas(request.args.get("page"))
    is_last = span.page == span.pages

    def render() -> str:
        return as_json(
            {
                "page": span.page,
                "pages": span.pages,
                "next": None if is_last else absolute_url("api_ideas", page=span.page + 1),
                "ideas": [idea_record(idea) for idea in span.ideas],
            }
        )

    told = [(shown(idea), idea.project.slug) for idea in span.ideas]
    return shared(conditional(render, told, span.total, changed_at=None, mimetype=MIMETYPE))


def api_ideas_csv() -> ResponseReturnValue:
    """All ideas as CSV."""
    return as_csv(_csv_rows(), "ideas.csv")


def _csv_rows() -> Iterator[Sequence[object]]:
    """A batch at a time, so that no number of ideas fills the memory."""
    yield CSV_COLUMNS
    last = 0
    while batch := session().scalars(told_after(last).limit(BATCH_SIZE)).all():
        yield from [csv_row(idea) for idea in batch]
        last = batch[-1].id
        session().expunge_all()
