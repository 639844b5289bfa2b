"""Ideas out of the exchange file and into it; nobody is told of them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.exchange.idea_entry import IdeaEntry
from flask_stadtlabor.participation.ideas.models import UNSENT, Idea, IdeaStatus
from flask_stadtlabor.participation.ideas.operations.writing import IdeaText, bring_in
from flask_stadtlabor.state import session, settings


def save_idea(entry: IdeaEntry) -> bool:
    """Write an idea down, unless the project has it; whether it is new.

    It has it where one of its ideas has that title, and was written at that moment where the entry
    names one. What is there stays as people left it.
    """
    project = session().scalars(select(Project).where(Project.slug == entry.project)).one()
    known = select(Idea.title).where(Idea.project_id == project.id, Idea.title == entry.title)
    if entry.created_at is not None:
        known = known.where(Idea.created_at == entry.created_at)
    # MariaDB finds titles that differ in case alone
    if entry.title in set(session().scalars(known)):
        return False
    said = IdeaText(
        title=entry.title,
        text=entry.text,
        category=entry.category,
        area=entry.area,
        place=entry.place,
        language=entry.language or settings().default_locale,
        translations=entry.translations,
    )
    bring_in(
        project,
        said,
        entry.author,
        status=IdeaStatus(entry.status),
        created_at=entry.created_at,
        reason=entry.reason,
    )
    return True


def idea_entries() -> list[IdeaEntry]:
    """The ideas of all projects, in the order in which they were written.

    Without drafts, what waits for its author, and what its author has taken away.
    """
    rows = session().scalars(
        select(Idea)
        .where(Idea.status.not_in(UNSENT), Idea.title != "")
        .options(joinedload(Idea.project))
        .order_by(Idea.created_at, Idea.id)
    )
    return [
        IdeaEntry(
            project=row.project.slug,
            title=row.title,
            text=row.text,
            language=row.language,
            translations=row.translations,
            category=row.category,
            area=row.area,
            place=row.place,
            author=row.public_name,
            created_at=row.created_at,
            status=row.status,
            reason=row.reason,
        )
        for row in rows
    ]
