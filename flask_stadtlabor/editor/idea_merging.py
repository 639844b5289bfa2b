"""Merging ideas, and taking that back, as the trail of their project keeps it."""

from __future__ import annotations

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.shared_content import working
from flask_stadtlabor.events import history
from flask_stadtlabor.events.history import Shared
from flask_stadtlabor.events.history_models import SharedKind, Step
from flask_stadtlabor.participation.ideas.models import IdeaMerge
from flask_stadtlabor.participation.ideas.operations import merging


def merge(slug: str, number: int, into: int, *, people: int, by: By) -> int | None:
    """Merge ideas of the project with this slug; the merge's id, None where it was done before.

    Raises as :func:`~flask_stadtlabor.participation.ideas.operations.merging.merge` does.
    """
    done = merging.merge(number, into, people=people)
    _note(slug, Step.IDEAS_MERGED, done, by)
    return done.id if done is not None else None


def take_back(slug: str, number: int, by: By) -> bool:
    """Let an idea of the project stand on its own again; whether it was part of another one."""
    done = merging.take_back_merge(number)
    _note(slug, Step.IDEAS_PARTED, done, by)
    return done is not None


def _note(slug: str, step: Step, done: IdeaMerge | None, by: By) -> None:
    project = Shared(SharedKind.PROJECT, slug)
    current = working(project)
    if done is None or current is None:
        return
    if current.number == 0:
        history.record(project, current.document, step=Step.FOUND, by=By())
    note = f"{done.idea_id} → {done.into_id}"
    history.record(project, current.document, step=step, by=by, note=note)
