"""Writing what was read: each row once, and nothing over what was changed here since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.project_content import Category, Phase, PhaseKind
from flask_stadtlabor.events.wall_times import to_wall
from flask_stadtlabor.participation.consul.models import ConsulRecord, RecordKind
from flask_stadtlabor.participation.consul.plans import IdeaPlan
from flask_stadtlabor.participation.consul.texts import free_slug, slug_of
from flask_stadtlabor.participation.ideas.operations.writing import bring_in
from flask_stadtlabor.state import session, settings
from flask_stadtlabor.text import LONGEST_MARKDOWN

SaveProject = Callable[..., None]
"""Creates the project of a slug or changes it, by columns, with its history."""
MOST_CATEGORIES = 60


class ProjectPlan(NamedTuple):
    """A project that gathers ideas."""

    kind: RecordKind
    id: int
    name: str
    """What its slug is made of."""
    title: LocalizedText
    summary: LocalizedText
    phase: PhaseKind
    starts_at: datetime


class Tag(NamedTuple):
    """A tag of CONSUL's."""

    id: int
    name: str

    @property
    def slug(self) -> str:
        """That of its category; tags that are spelled alike are one."""
        return slug_of(self.name, f"tag-{self.id}")


class Removed(Exception):
    """Staff removed the project of these rows here."""


def known_ids(source: str, kind: RecordKind) -> set[int]:
    """Rows that came before, by CONSUL's numbers."""
    found = select(ConsulRecord.consul_id).where(*_of(source, kind))
    return set(session().scalars(found))


def numbers(source: str, kind: RecordKind, ids: Collection[int]) -> dict[int, int]:
    """What became of these rows, where they came before: our numbers by CONSUL's."""
    found = select(ConsulRecord.consul_id, ConsulRecord.number).where(
        *_of(source, kind), ConsulRecord.consul_id.in_(ids)
    )
    return {row[0]: row[1] for row in session().execute(found) if row[1] is not None}


def project_for(source: str, plan: ProjectPlan, save: SaveProject) -> tuple[str, bool]:
    """The slug of the project, and whether it is new; what it says is written once.

    Raises :class:`Removed`.
    """
    known = select(ConsulRecord.slug).where(
        *_of(source, plan.kind), ConsulRecord.consul_id == plan.id
    )
    slugs = set(session().scalars(select(Project.slug)))
    slug = session().scalar(known)
    if slug is not None:
        if slug not in slugs:
            raise Removed
        return slug, False
    slug = free_slug(plan.name, plan.kind.split()[0], slugs)
    begins = to_wall(plan.starts_at, settings().timezone)
    phase = Phase(slug=plan.phase, kind=plan.phase, starts_at=begins)
    save(slug, title=plan.title, summary=plan.summary, phases=(phase,))
    record(source, plan.kind, plan.id, slug=slug)
    session().flush()
    return slug, True


def add_categories(
    source: str, kind: RecordKind, slug: str, tags: Sequence[Tag], save: SaveProject
) -> None:
    """Add categories that the project never had; one that staff took away stays away."""
    project = _project(slug)
    came = known_ids(source, kind)
    there = {each.slug for each in project.categories}
    added: list[Category] = []
    for tag in tags:
        if tag.id in came:
            continue
        if tag.slug not in there and len(there) < MOST_CATEGORIES:
            there.add(tag.slug)
            added.append(Category(slug=tag.slug, title=LocalizedText(tag.name)))
        record(source, kind, tag.id, slug=slug)
    if added:
        save(slug, categories=(*project.categories, *added))
    session().flush()


def write_ideas(
    source: str, kind: RecordKind, slug: str, plans: Sequence[IdeaPlan]
) -> list[IdeaPlan]:
    """Write ideas of a project down that are not here yet; returns these."""
    project = _project(slug)
    categories = {each.slug for each in project.categories}
    came = numbers(source, kind, [plan.id for plan in plans])
    new = [plan for plan in plans if plan.id not in came]
    for plan in new:
        said = plan.said
        if said.category not in categories:
            said = said._replace(category=None)
        idea = bring_in(
            project,
            said,
            plan.public_name,
            status=plan.status,
            created_at=plan.created_at,
            reason=plan.reason,
        )
        record(source, kind, plan.id, number=idea.id)
    session().flush()
    return new


def describe_further(
    source: str, slug: str, paragraphs: Sequence[tuple[int, dict[str, str]]], save: SaveProject
) -> list[int]:
    """Add milestones to a project's description, behind what stands there.

    Returns those that are written there now; the others find no room.
    """
    came = known_ids(source, RecordKind.MILESTONE)
    texts = dict(_project(slug).description)
    new: list[int] = []
    for milestone, by_language in paragraphs:
        longer = dict(texts)
        for code, text in by_language.items():
            # a text for all languages is shown in place of one in any of them
            there = LocalizedText.ANY if LocalizedText.ANY in texts else code
            longer[there] = f"{texts[there]}\n\n{text}" if texts.get(there) else text
        if milestone in came or max(map(len, longer.values()), default=0) > LONGEST_MARKDOWN:
            continue
        texts = longer
        new.append(milestone)
        record(source, RecordKind.MILESTONE, milestone, slug=slug)
    if new:
        save(slug, description=LocalizedText(texts))
    session().flush()
    return new


def record(
    source: str,
    kind: RecordKind,
    consul_id: int,
    *,
    number: int | None = None,
    slug: str | None = None,
) -> None:
    """Remember what became of a row."""
    session().add(
        ConsulRecord(source=source, kind=kind, consul_id=consul_id, number=number, slug=slug)
    )


def _of(source: str, kind: RecordKind) -> tuple[ColumnElement[bool], ...]:
    return ConsulRecord.source == source, ConsulRecord.kind == kind


def _project(slug: str) -> Project:
    project: Project = session().scalars(select(Project).where(Project.slug == slug)).one()
    return project
