"""Public pages of projects; none of them writes, and none opens a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import abort, request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.caching import conditional
from flask_stadtlabor.events.card_changes import changing, earliest, turns
from flask_stadtlabor.events.formats.metadata import page_meta
from flask_stadtlabor.events.page_cache import Dependencies, kept, make_page
from flask_stadtlabor.events.phases import next_turn
from flask_stadtlabor.events.project_standing import project_standing
from flask_stadtlabor.events.queries import find_project_events, list_projects
from flask_stadtlabor.events.standing import standings_of
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.opendata.answers import MIMETYPE, as_csv, as_json, refused_page, shared
from flask_stadtlabor.participation.projects.pages import ProjectListing, ProjectPage
from flask_stadtlabor.participation.projects.phases import open_deeds
from flask_stadtlabor.participation.projects.queries import (
    find_event_slugs,
    find_project_span,
    probe_project,
)
from flask_stadtlabor.participation.projects.records import csv_header, csv_row, project_record
from flask_stadtlabor.state import now
from flask_stadtlabor.urls import absolute_url


@kept
def index() -> ResponseReturnValue:
    """The list of projects."""
    span = find_project_span(request.args.get("page"))
    query: dict[str, str | int] = {"page": span.page} if span.page > 1 else {}

    def values() -> dict[str, object]:
        listing = ProjectListing(
            projects=span.projects, total=span.total, page=span.page, pages=span.pages
        )
        meta = page_meta(
            "projects",
            query,
            title=_sl("Projects"),
            calendar=absolute_url("calendar"),
            feed=absolute_url("feed"),
        )
        return {"listing": listing, "meta": meta}

    basis = Dependencies(
        revision=span.revision,
        changed_at=span.revision.changed_at,
        until=span.until,
        query=query if span.projects else None,
    )
    parts = span.revision, [each.changing for each in span.projects], span.total
    return make_page("stadtlabor/participation/projects/index.html", values, *parts, basis=basis)


@kept
def show(slug: str) -> ResponseReturnValue:
    """What a project is, where it stands, and the events that show it."""
    found = probe_project(slug)
    if found is None:
        abort(404)
    project, revision = found
    moment = now()
    standing = project_standing(project, moment)
    upcoming, past = (standings_of(events, moment) for events in find_project_events(project))

    def values() -> dict[str, object]:
        page = ProjectPage(
            project=project,
            standing=standing,
            deeds=open_deeds(project, moment),
            upcoming=upcoming,
            past=past,
        )
        meta = page_meta(
            "project",
            {"slug": slug},
            title=words(project.title),
            lead=standing.sentence.removesuffix("."),
            description=project.summary or project.description,
            image=project.image,
            calendar=absolute_url("calendar"),
            feed=absolute_url("feed"),
        )
        return {"page": page, "meta": meta}

    cards = [*upcoming, *past]
    basis = Dependencies(
        revision=revision,
        changed_at=revision.changed_at,
        shown=[card.event for card in cards],
        until=earliest(next_turn([project], moment), *turns(cards, moment)),
    )
    parts = revision, standing.changing, [changing(card) for card in cards]
    return make_page("stadtlabor/participation/projects/show.html", values, *parts, basis=basis)


def api_projects() -> ResponseReturnValue:
    """Projects as open data, a page at a time."""
    refusal = refused_page()
    if refusal is not None:
        return refusal
    span = find_project_span(request.args.get("page"))
    events = find_event_slugs([each.project.id for each in span.projects])
    is_last = span.page == span.pages

    def render() -> str:
        return as_json(
            {
                "page": span.page,
                "pages": span.pages,
                "next": None if is_last else absolute_url("api_projects", page=span.page + 1),
                "projects": [
                    project_record(each, events.get(each.project.id, ())) for each in span.projects
                ],
            }
        )

    parts = span.revision, [each.changing for each in span.projects], span.total
    changed_at = span.revision.changed_at
    return shared(conditional(render, *parts, changed_at=changed_at, mimetype=MIMETYPE))


def api_projects_csv() -> ResponseReturnValue:
    """All projects as CSV."""
    return as_csv(_csv_rows(), "projects.csv")


def _csv_rows() -> Iterator[Sequence[object]]:
    yield csv_header()
    projects, moment = list_projects(), now()
    events = find_event_slugs([project.id for project in projects])
    for project in projects:
        yield csv_row(project_standing(project, moment), events.get(project.id, ()))
