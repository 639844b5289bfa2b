"""Answers of the open data: with their licence, for pages of any site."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, make_response, request, stream_with_context

from flask_stadtlabor.spreadsheet import csv_lines
from flask_stadtlabor.state import settings

MIMETYPE = "application/json"
PAGE_NUMBER = re.compile("[1-9][0-9]*")


def shared(response: Response) -> Response:
    """Open data may be read by pages of any site (CORS); it holds nobody's secrets."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def with_licence(body: dict[str, Any]) -> dict[str, Any]:
    """The body of an answer, with the licence before it."""
    licence = {"licence": settings().data_licence, "licence_url": settings().data_licence_url}
    return {**licence, **body}


def as_json(body: dict[str, Any]) -> str:
    """The text of an answer with its licence."""
    return json.dumps(with_licence(body), ensure_ascii=False)


def as_csv(rows: Iterable[Sequence[object]], filename: str) -> Response:
    """Rows as CSV by RFC 4180, sent line by line."""
    response = Response(stream_with_context(csv_lines(rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={filename}"
    response.headers["Link"] = f'<{settings().data_licence_url}>; rel="license"'
    return shared(response)


def refused_page() -> Response | None:
    """400 where the page that is asked for is no number; None for one.

    A program that asks for one would otherwise read the first page again and again.
    """
    if all(PAGE_NUMBER.fullmatch(page) for page in request.args.getlist("page")):
        return None
    return shared(make_response({"error": "A page is a whole number from 1 on."}, 400))
