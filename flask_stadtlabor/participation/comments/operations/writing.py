"""Writing, publishing, changing and withdrawing a comment."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import delete, select

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Event, Project
from flask_stadtlabor.participation.comments.locks import lock_in_line, lock_line
from flask_stadtlabor.participation.comments.models import MOST_DEEP, Comment, CommentStatus
from flask_stadtlabor.participation.comments.news import tell_of_comment
from flask_stadtlabor.participation.comments.operations.replies import count_above
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.people.operations import remember_published, suggest_name
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile, Writer
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import mark_of
from flask_stadtlabor.transactions import change_rows

EDIT_TIME = timedelta(minutes=15)
"""How long its author can change the words of a published comment."""


class CommentText(NamedTuple):
    """What a form says of a comment."""

    text: str
    stance: str | None
    language: str
    translations: LocalizedText = LocalizedText()


def write(
    thread: Thread,
    by: Writer,
    said: CommentText,
    *,
    parent: Comment | None = None,
) -> Comment:
    """Write a comment down: published, waiting for its author's link, or held for a moderator.

    What the same person sends twice to the same place is one comment (S5); what waited is published
    when they send it again. Their first text may have to wait for a moderator, by the project.
    """
    comment = _new_comment(thread, said, by.public_name, parent, created_at=now())
    comment.participant_id = by.participant.id
    sent = _find_written(comment, is_awaited=by.is_awaited)
    if sent is not None:
        if sent.status == CommentStatus.WAITING and not by.is_awaited:
            # with what is said now: what waits may have been typed by somebody else
            change(sent.id, by.participant.id, said, by.public_name)
            publish(sent.id, by.participant.id)
        return sent
    comment.fingerprint = _fingerprint(comment, waits=by.is_awaited)
    comment.status = CommentStatus.WAITING
    if comment.parent_id is not None:
        lock_line(comment.parent_id)
    session().add(comment)
    session().flush()
    if not by.is_awaited:
        _send(comment)
    return comment


def bring_in(
    thread: Thread,
    said: CommentText,
    public_name: str | None,
    *,
    parent: Comment | None = None,
    status: CommentStatus = CommentStatus.PUBLISHED,
    created_at: datetime | None = None,
) -> Comment:
    """Write a comment down that came from elsewhere, as it stands there; nobody's own."""
    comment = _new_comment(thread, said, public_name, parent, created_at=created_at or now())
    comment.status = status
    if status not in (CommentStatus.WAITING, CommentStatus.HELD):
        comment.published_at = comment.created_at
    session().add(comment)
    session().flush()
    if comment.is_public:
        count_above(comment, 1)
    return comment


def publish(number: int, whose: int) -> Comment | None:
    """Publish what waited, or hold it for a moderator; once, however often it is asked.

    Returns the comment, or the one with the same words that they have sent already to that place;
    None where it is not theirs.
    """
    comment = _lock_own(number, whose)
    if comment is None or comment.status != CommentStatus.WAITING:
        return comment
    if comment.fingerprint is not None:
        fingerprint = _fingerprint(comment, waits=False)
        same = _find_by(fingerprint)
        if same is not None and same.id != number:
            delete_unsent(number, whose)
            return same
        comment.fingerprint = fingerprint
    suggest_name(whose, comment.public_name)
    _send(comment)
    return comment


def is_changeable(comment: Comment) -> bool:
    """Whether its author can change its words: while it waits, and for a short time after that."""
    if comment.status == CommentStatus.WAITING:
        return True
    published_at = comment.published_at
    return comment.is_public and published_at is not None and now() < published_at + EDIT_TIME


def words_mark(comment: Comment) -> str:
    """Stands for what a comment says, so that a form can tell what it showed."""
    return mark_of(_said(comment), comment.public_name)


def change(
    number: int, whose: int, said: CommentText, public_name: str | None, *, seen: str | None = None
) -> Comment | None:
    """Put other words in place of those that are there; None where it is not theirs, or too late.

    Who has agreed meanwhile sees that it was changed. ``seen`` is the mark of what the form showed;
    raises :class:`ChangedMeanwhile` where that was changed in another tab.
    """
    comment = _lock_own(number, whose)
    if comment is None or not is_changeable(comment):
        return None
    if (_said(comment), comment.public_name) == (said, public_name):
        return comment
    if seen is not None and seen != words_mark(comment):
        raise ChangedMeanwhile
    if comment.text != said.text:
        # whoever sends the former words anew means another comment
        comment.fingerprint = None
    for name, value in said._asdict().items():
        setattr(comment, name, value)
    comment.public_name = public_name
    if comment.is_public:
        comment.edited_at = now()
    session().flush()
    return comment


def withdraw(number: int, whose: int) -> Comment | None:
    """Take a published comment away with its words; None where it is not theirs to take away.

    Its place stays while there are replies below it.
    """
    comment = _lock_own(number, whose)
    if comment is None or comment.status not in (CommentStatus.PUBLISHED, CommentStatus.WITHDRAWN):
        return None
    if comment.is_public:
        comment.status, comment.text, comment.public_name = CommentStatus.WITHDRAWN, "", None
        comment.fingerprint = comment.stance = None
        session().flush()
        count_above(comment, -1)
    return comment


def delete_unsent(number: int, whose: int) -> bool:
    """Delete what nobody has read, because it waits or is held; whether there was such a thing."""
    unsent = Comment.status.in_((CommentStatus.WAITING, CommentStatus.HELD))
    own = Comment.id == number, Comment.participant_id == whose, unsent
    return bool(change_rows(delete(Comment).where(*own)))


def send(comment: Comment) -> None:
    """Publish a locked comment, which everybody reads from now on."""
    comment.status, comment.published_at = CommentStatus.PUBLISHED, now()
    session().flush()
    count_above(comment, 1)
    # no moderator comes first at an event, so what is said there earns nobody trust elsewhere
    if comment.participant_id is not None and comment.event_id is None:
        remember_published(comment.participant_id)
    tell_of_comment(comment)


def _send(comment: Comment) -> None:
    if _has_to_wait(comment):
        comment.status = CommentStatus.HELD
        session().flush()
    else:
        send(comment)


def _has_to_wait(comment: Comment) -> bool:
    """Whether it is its author's first text, in a project whose moderators read such first."""
    author = session().get_one(Participant, comment.participant_id)
    if author.first_published_at is not None:
        return False
    number = comment.project_id
    if comment.idea_id is not None:
        number = session().get_one(Idea, comment.idea_id).project_id
    return number is not None and session().get_one(Project, number).holds_first_posts


def _new_comment(
    thread: Thread,
    said: CommentText,
    public_name: str | None,
    parent: Comment | None,
    *,
    created_at: datetime,
) -> Comment:
    """A comment of that text, which is not stored yet."""
    about = thread.about
    place = _place(parent)
    return Comment(
        thread=thread.key,
        idea_id=about.id if isinstance(about, Idea) else None,
        project_id=about.id if isinstance(about, Project) else None,
        event_id=about.id if isinstance(about, Event) else None,
        parent_id=place[0],
        depth=place[1],
        public_name=public_name,
        agrees=0,
        disagrees=0,
        replies=0,
        created_at=created_at,
        **said._asdict(),
    )


def _place(parent: Comment | None) -> tuple[int | None, int]:
    """The comment below which an answer stands, and its depth."""
    if parent is None:
        return None, 0
    if parent.depth >= MOST_DEEP:
        return parent.parent_id, parent.depth
    return parent.id, parent.depth + 1


def _lock_own(number: int, whose: int) -> Comment | None:
    comment = lock_in_line(number)
    return comment if comment is not None and comment.participant_id == whose else None


def _find_written(comment: Comment, *, is_awaited: bool) -> Comment | None:
    """What its author has sent to its place with its words already.

    Whoever only types an address meets what waits for its link and nothing else: the numbers of
    what they send would tell them else whose a text is that names nobody (S16).
    """
    kinds = (True,) if is_awaited else (False, True)
    found = [_find_by(_fingerprint(comment, waits=waits)) for waits in kinds]
    return next((each for each in found if each is not None), None)


def _find_by(fingerprint: str) -> Comment | None:
    found: Comment | None = session().scalar(
        select(Comment).where(Comment.fingerprint == fingerprint)
    )
    return found


def _fingerprint(comment: Comment, *, waits: bool) -> str:
    """Stands for the words of one person in one place; others for what waits for their link."""
    sent = comment.thread, comment.parent_id, comment.participant_id, comment.text
    return sha256(repr((*sent, "waits") if waits else sent).encode()).hexdigest()


def _said(comment: Comment) -> CommentText:
    return CommentText(*(getattr(comment, name) for name in CommentText._fields))
