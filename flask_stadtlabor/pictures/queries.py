"""Reading pictures, and where they are used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from flask_stadtlabor.events.content import pictures_with
from flask_stadtlabor.events.history_models import DRAFT_STEPS, EventRevision
from flask_stadtlabor.events.models import Event, Project
from flask_stadtlabor.events.uploaded import Uploaded, uploaded
from flask_stadtlabor.pictures.models import Picture
from flask_stadtlabor.state import session

PAGE_SIZE = 50
MOST_OFFERED = 200
"""Pictures to choose from, the newest."""


class Use(NamedTuple):
    """An event or a project with which a picture stands."""

    event: Event | None
    picture: str
    """The picture's name."""
    is_draft: bool
    """Whether it stands in a draft of changes, which not everybody sees yet."""
    project: Project | None = None


class PicturePage(NamedTuple):
    """One page of the list."""

    pictures: Sequence[Picture]
    total: int
    page: int
    pages: int


def find_picture(number: int) -> Picture | None:
    """The picture with this number."""
    return session().get(Picture, number)


def find_uploaded(wanted: Uploaded) -> Picture | None:
    """The picture of this name, also one that was withdrawn."""
    found: Picture | None = session().scalar(select(Picture).where(Picture.hash == wanted.hash))
    return found if found is not None and found.uploaded == wanted else None


def usable(names: Iterable[str]) -> set[str]:
    """Those of these names that can stand with an event."""
    found = pictures_by_name(set(names))
    return {
        name
        for name, picture in found.items()
        if picture.withdrawn_at is None and not picture.is_of_idea
    }


def usable_in_idea(name: str) -> bool:
    """Whether a picture of this name was sent with an idea, and is neither withdrawn nor let go."""
    found = pictures_by_name({name}).get(name)
    return (
        found is not None
        and found.is_of_idea
        and found.withdrawn_at is None
        and found.hidden_at is None
    )


def pictures_by_name(names: Collection[str]) -> dict[str, Picture]:
    """The pictures of these names, withdrawn ones too."""
    wanted = [found for name in names if (found := uploaded(name)) is not None]
    if not wanted:
        return {}
    hashes = [each.hash for each in wanted]
    rows = session().scalars(select(Picture).where(Picture.hash.in_(hashes)))
    return {row.uploaded.name: row for row in rows if row.uploaded in wanted}


def newest_shown() -> Sequence[Picture]:
    """The newest pictures that were saved with an event and not withdrawn since."""
    shown = select(Picture).where(
        Picture.attached_at.is_not(None),
        Picture.withdrawn_at.is_(None),
        Picture.file_hash.is_(None),
    )
    newest = shown.order_by(Picture.uploaded_at.desc(), Picture.id.desc()).limit(MOST_OFFERED)
    return session().scalars(newest).all()


def list_pictures(page: int) -> PicturePage:
    """The pictures that were saved with an event or an idea, the newest first."""
    kept = Picture.attached_at.is_not(None)
    total = session().scalar(select(func.count()).select_from(Picture).where(kept)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(page, 1), pages)
    found = session().scalars(
        select(Picture)
        .where(kept)
        .order_by(Picture.uploaded_at.desc(), Picture.id.desc())
        .limit(PAGE_SIZE)
        .offset((at - 1) * PAGE_SIZE)
    )
    return PicturePage(found.all(), total, at, pages)


def uses_of(names: Collection[str]) -> list[Use]:
    """Where these pictures stand, in three statements: with projects, with events, and in drafts of
    changes."""
    projects = session().scalars(
        select(Project).where(Project.image.is_not(None)).order_by(Project.slug)
    )
    of_projects = [
        Use(None, project.image.picture, is_draft=False, project=project)
        for project in projects
        if project.image and project.image.picture and project.image.picture in names
    ]
    shown = session().scalars(
        select(Event)
        .where(or_(Event.image.is_not(None), Event.results.is_not(None)))
        .order_by(Event.starts_at.desc(), Event.id)
    )
    found = [
        Use(event, name, is_draft=False)
        for event in shown
        for name in sorted(
            {image.picture or "" for _, image in pictures_with(event.image, event.results)}
        )
        if name in names
    ]
    last = (
        select(EventRevision.event_id, func.max(EventRevision.number).label("number"))
        .group_by(EventRevision.event_id)
        .subquery()
    )
    drafts = session().execute(
        select(Event, EventRevision.document)
        .join(EventRevision, EventRevision.event_id == Event.id)
        .join(
            last,
            (last.c.event_id == EventRevision.event_id) & (last.c.number == EventRevision.number),
        )
        .where(EventRevision.step.in_(DRAFT_STEPS))
        .order_by(Event.id)
    )
    for event, document in drafts:
        for name in sorted(pictures_in(document)):
            is_told = any((use.event, use.picture) == (event, name) for use in found)
            if name in names and not is_told:
                found.append(Use(event, name, is_draft=True))
    return [*found, *of_projects]


def pictures_in(document: Mapping[str, Any]) -> set[str]:
    """The names of the uploaded pictures in an event's document."""
    of_results = (document.get("results") or {}).get("pictures") or ()
    images = [document.get("image") or {}, *of_results]
    return {image["picture"] for image in images if image.get("picture")}
