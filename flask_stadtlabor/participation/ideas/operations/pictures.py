"""The pictures of ideas: attached, let go, shown no more."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from flask_stadtlabor.events.uploaded import Uploaded, uploaded
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.pictures.operations import attach_to_idea, let_go
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


def exchange_picture(before: str | None, after: str | None) -> None:
    """Let an idea have another picture, or none, in place of the one that it had.

    Raises :class:`~.exceptions.AlreadyDeleted` where the new one is not there any more.
    """
    if before == after:
        return
    new = uploaded(after)
    if new is not None:
        attach_to_idea(new)
    if before is not None:
        let_go([before])


def let_go_of_pictures(condition: ColumnElement[bool]) -> None:
    """Serve the pictures of these ideas no more, because the ideas are deleted or emptied."""
    theirs = select(Idea.picture).where(condition, Idea.picture.is_not(None))
    let_go([name for name in session().scalars(theirs) if name is not None])


def take_out(picture: Uploaded) -> None:
    """Take a withdrawn picture out of its idea."""
    has_it = update(Idea).where(Idea.picture == picture.name)
    change_rows(has_it.values(picture=None, picture_alt=None, changed_at=now()))
