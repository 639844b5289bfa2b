"""Reading projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import load_only

from flask_stadtlabor.events.models import Event, EventProject, EventStatus, Project
from flask_stadtlabor.events.phases import next_turn
from flask_stadtlabor.events.project_standing import ProjectStanding, Stage, project_standing
from flask_stadtlabor.events.queries import is_slug, read_revision, whole_number
from flask_stadtlabor.participation.projects.phases import open_deeds
from flask_stadtlabor.revision import CHANGED_AT, NUMBER, Revision
from flask_stadtlabor.state import now, session

PAGE_SIZE = 20


class ProjectSpan(NamedTuple):
    """A page of the list: how many projects there are, and those on the page."""

    total: int
    page: int
    pages: int
    projects: Sequence[ProjectStanding]
    until: datetime | None
    """When time alone changes the list; None for never."""
    revision: Revision


def find_project(slug: str) -> Project | None:
    """The project; None where there is none."""
    if not is_slug(slug):
        return None
    found: Project | None = session().scalar(select(Project).where(Project.slug == slug))
    return found


def probe_project(slug: str) -> tuple[Project, Revision] | None:
    """The project with the content revision, at once."""
    if not is_slug(slug):
        return None
    found = select(Project, NUMBER, CHANGED_AT).where(Project.slug == slug)
    row = session().execute(found).one_or_none()
    return None if row is None else (row[0], Revision(row[1] or 0, row[2]))


def find_project_span(page: str | int | None) -> ProjectSpan:
    """A page of the list, in two statements for any number of projects.

    Those in which something is open come first, what ends soonest on top; then what begins next,
    what has no phases, and what is over, the latest on top. ``page`` as for
    :func:`~.events.queries.find_span`.
    """
    moment = now()
    # a phase is a wall time in a document, so that no database can put them in order
    in_time = select(Project, NUMBER, CHANGED_AT).options(
        load_only(Project.slug, Project.phases, Project.timezone)
    )
    rows = session().execute(in_time).all()
    if not rows:
        return ProjectSpan(0, 1, 1, (), None, read_revision())
    projects: list[Project] = [row[0] for row in rows]
    in_order = sorted((project_standing(each, moment) for each in projects), key=_rank)
    pages = max(1, -(-len(in_order) // PAGE_SIZE))
    at = min(max(whole_number(page), 1), pages)
    chosen = in_order[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    # what was left out above is read for these alone
    ids = [each.project.id for each in chosen]
    session().scalars(select(Project).where(Project.id.in_(ids))).all()
    revision = Revision(rows[0][1] or 0, rows[0][2])
    return ProjectSpan(len(in_order), at, pages, chosen, next_turn(projects, moment), revision)


def find_event_slugs(projects: Sequence[int]) -> dict[int, list[str]]:
    """The slugs of the public events that show these projects, by the project, in one statement."""
    found: dict[int, list[str]] = {}
    if not projects:
        return found
    rows = session().execute(
        select(EventProject.project_id, Event.slug)
        .join(Event, Event.id == EventProject.event_id)
        .where(EventProject.project_id.in_(projects), Event.status != EventStatus.DRAFT)
        .order_by(Event.starts_at, Event.id)
    )
    for project, slug in rows:
        found.setdefault(project, []).append(slug)
    return found


def _rank(standing: ProjectStanding) -> tuple[object, ...]:
    """Where a project stands in the list."""
    phases, slug = standing.phases, standing.project.slug
    if standing.stage is Stage.UNDATED:
        return 3, slug
    if standing.stage is Stage.OVER:
        ended = phases[-1].ends_at or phases[-1].starts_at
        return 4, -ended.timestamp(), slug
    if standing.current is None:
        return 2, standing.coming.starts_at.timestamp() if standing.coming else 0.0, slug
    is_open = bool(open_deeds(standing.project, standing.current.starts_at))
    ends_at = standing.current.ends_at
    return 0 if is_open else 1, ends_at.timestamp() if ends_at else float("inf"), slug
