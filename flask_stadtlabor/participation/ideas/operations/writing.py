"""Writing, publishing, changing and withdrawing an idea."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import delete, select

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.folding import search_form
from flask_stadtlabor.participation.areas.known import spellings
from flask_stadtlabor.participation.ideas.locks import lock_idea
from flask_stadtlabor.participation.ideas.models import (
    DELETABLE,
    UNSENT,
    Idea,
    IdeaStatus,
    IdeaVersion,
)
from flask_stadtlabor.participation.ideas.news import CHANGED, WITHDRAWN, about_idea
from flask_stadtlabor.participation.ideas.operations.pictures import (
    exchange_picture,
    let_go_of_pictures,
)
from flask_stadtlabor.participation.ideas.queries import audience_of
from flask_stadtlabor.participation.ideas.similar import forget_grams, write_grams
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.people.operations import remember_published, suggest_name
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile, Writer
from flask_stadtlabor.participation.telling.operations import tell
from flask_stadtlabor.state import now, session
from flask_stadtlabor.text import plain
from flask_stadtlabor.tokens import mark_of
from flask_stadtlabor.transactions import change_rows


class IdeaText(NamedTuple):
    """What a form says of an idea."""

    title: str
    text: str
    category: str | None
    place: str | None
    language: str
    area: str | None = None
    picture: str | None = None
    """The name of an uploaded picture."""
    picture_alt: str | None = None
    translations: LocalizedText = LocalizedText()


def write(project: Project, by: Writer, said: IdeaText, *, as_draft: bool = False) -> Idea:
    """Write an idea down: published, waiting for its author's link, or kept as a draft.

    What the same person sends twice is one idea (S5); what they kept as a draft before, or what
    waited, is published when they send it. Raises :class:`~.exceptions.AlreadyDeleted` where its
    picture is not there any more.
    """
    sent = find_written(project, by.participant.id, said, is_awaited=by.is_awaited)
    if sent is not None:
        if sent.status in UNSENT and not by.is_awaited:
            # with the name that is given now: what waits may have been typed by somebody else
            change(sent.id, by.participant.id, said, by.public_name)
            if not as_draft:
                publish(sent.id, by.participant.id)
        return sent
    idea = _new_idea(project, said, by.public_name, created_at=now())
    idea.participant_id = by.participant.id
    idea.fingerprint = _fingerprint(project.id, by.participant.id, said, waits=by.is_awaited)
    if by.is_awaited or as_draft:
        idea.status = IdeaStatus.WAITING if by.is_awaited else IdeaStatus.DRAFT
    else:
        idea.status = _status_of_sent(idea)
    session().add(idea)
    # before its picture: of two who send the same, one finds the other's words here
    session().flush()
    exchange_picture(None, idea.picture)
    return idea if idea.status in UNSENT else _send(idea)


def find_written(
    project: Project, whose: int, said: IdeaText, *, is_awaited: bool = False
) -> Idea | None:
    """What somebody has written with these words already, as a second press of a button does.

    Whoever only types an address meets what waits for its link and nothing else: the numbers of
    what they send would tell them else whose a text is that names nobody (S16).
    """
    kinds = (True,) if is_awaited else (False, True)
    found = [_find_by(_fingerprint(project.id, whose, said, waits=waits)) for waits in kinds]
    return next((idea for idea in found if idea is not None), None)


def _new_idea(
    project: Project, said: IdeaText, public_name: str | None, *, created_at: datetime
) -> Idea:
    """An idea of that text, which is not stored yet."""
    return Idea(
        project_id=project.id,
        public_name=public_name,
        search_text=_search_text(said),
        version=1,
        supports=0,
        created_at=created_at,
        changed_at=created_at,
        **said._asdict(),
    )


def bring_in(
    project: Project,
    said: IdeaText,
    public_name: str | None,
    *,
    status: IdeaStatus,
    created_at: datetime | None = None,
    reason: str | None = None,
) -> Idea:
    """Write an idea down that came from elsewhere, as it stands there; nobody's own."""
    idea = _new_idea(project, said, public_name, created_at=created_at or now())
    idea.status, idea.reason = status, reason
    if status != IdeaStatus.HELD:
        idea.published_at = idea.created_at
    session().add(idea)
    session().flush()
    if idea.is_public:
        write_grams(idea)
    return idea


def publish(number: int, whose: int) -> Idea | None:
    """Publish a draft or what waited; once, however often it is asked.

    Returns the idea, or the one with the same words that they have sent already; None where it is
    not theirs. A draft that lacks words stays one.
    """
    idea = _lock_own(number, whose)
    if idea is None or idea.status not in UNSENT or idea.lacks_words:
        return idea
    if idea.fingerprint is not None:
        fingerprint = _fingerprint(idea.project_id, whose, _said(idea), waits=False)
        same = _find_by(fingerprint)
        if same is not None and same.status not in UNSENT:
            delete_unsent(number, whose)
            return same
        if same is not None:
            same.fingerprint = None
            session().flush()
        idea.fingerprint = fingerprint
    suggest_name(whose, idea.public_name)
    return _send(idea)


def words_mark(idea: Idea) -> str:
    """Stands for what an idea says, so that a form can tell what it showed."""
    return mark_of(_said(idea), idea.public_name)


def change(
    number: int, whose: int, said: IdeaText, public_name: str | None, *, seen: str | None = None
) -> Idea | None:
    """Put another text in place of the one that is there; None where it is not theirs to change.

    While somebody supports it, the earlier text is kept beside it, and whoever supports or follows
    it is told. ``seen`` is the mark of what the form showed. Raises :class:`ChangedMeanwhile` where
    that was changed in another tab, and :class:`~.exceptions.AlreadyDeleted` where its picture is
    not there any more.
    """
    idea = _lock_own(number, whose)
    if idea is None or idea.status not in (*DELETABLE, IdeaStatus.PUBLISHED):
        return None
    if (_said(idea), idea.public_name) == (said, public_name):
        return idea
    if seen is not None and seen != words_mark(idea):
        raise ChangedMeanwhile
    reads_otherwise = (idea.title, idea.text) != (said.title, said.text)
    if reads_otherwise:
        # whoever sends the former words anew means another idea
        idea.fingerprint = None
    if reads_otherwise and idea.supports:
        session().add(
            IdeaVersion(
                idea_id=idea.id,
                number=idea.version,
                title=idea.title,
                text=idea.text,
                supports=idea.supports,
                replaced_at=now(),
            )
        )
        idea.version += 1
    exchange_picture(idea.picture, said.picture)
    for name, value in said._asdict().items():
        setattr(idea, name, value)
    idea.public_name = public_name
    idea.search_text = _search_text(said)
    idea.changed_at = now()
    session().flush()
    if idea.is_public:
        write_grams(idea)
        if reads_otherwise:
            tell(audience_of(idea.id), CHANGED, about_idea(idea.id), by=whose)
    return idea


def withdraw(number: int, whose: int, reason: str) -> Idea | None:
    """Withdraw a published idea; its page stays, and whoever supports or follows it is told.

    None where there is nothing to withdraw.
    """
    idea = _lock_own(number, whose)
    if idea is None or not idea.is_public:
        return None
    idea.status, idea.reason, idea.fingerprint = IdeaStatus.WITHDRAWN, reason, None
    idea.changed_at = now()
    forget_grams([idea.id])
    session().flush()
    tell(audience_of(idea.id), WITHDRAWN, about_idea(idea.id), by=whose)
    return idea


def delete_unsent(number: int, whose: int) -> bool:
    """Delete a draft or what waits, for a moderator too; whether there was one."""
    idea = _lock_own(number, whose)
    if idea is None or idea.status not in DELETABLE:
        # the pictures of what others can read have to stay
        return False
    own = Idea.id == number
    let_go_of_pictures(own)
    return bool(change_rows(delete(Idea).where(own)))


def _lock_own(number: int, whose: int) -> Idea | None:
    idea = lock_idea(number)
    return idea if idea is not None and idea.participant_id == whose else None


def put_before_everybody(idea: Idea) -> Idea:
    """Let everybody read an idea from now on; one that came from elsewhere keeps its day."""
    since = now() if idea.participant_id is not None else idea.created_at
    idea.published_at = idea.published_at or since
    idea.status, idea.changed_at = IdeaStatus.PUBLISHED, now()
    session().flush()
    write_grams(idea)
    if idea.participant_id is not None:
        remember_published(idea.participant_id)
    return idea


def _send(idea: Idea) -> Idea:
    """Publish what its author sends, or let it wait for a moderator."""
    if _status_of_sent(idea) == IdeaStatus.PUBLISHED:
        return put_before_everybody(idea)
    idea.status, idea.changed_at = IdeaStatus.HELD, now()
    session().flush()
    return idea


def _status_of_sent(idea: Idea) -> IdeaStatus:
    """Where an idea stands once it is sent: the first one may have to wait, by the project."""
    with session().no_autoflush:
        project = session().get_one(Project, idea.project_id)
        author = session().get_one(Participant, idea.participant_id)
    waits = project.holds_first_posts and author.first_published_at is None
    return IdeaStatus.HELD if waits else IdeaStatus.PUBLISHED


def _fingerprint(project: int, whose: int, said: IdeaText, *, waits: bool) -> str:
    """Stands for the words of one person; others for what waits for the link to their address."""
    sent = project, whose, said.title, said.text
    return sha256(repr((*sent, "waits") if waits else sent).encode()).hexdigest()


def _find_by(fingerprint: str) -> Idea | None:
    found: Idea | None = session().scalar(select(Idea).where(Idea.fingerprint == fingerprint))
    return found


def _said(idea: Idea) -> IdeaText:
    return IdeaText(*(getattr(idea, name) for name in IdeaText._fields))


def _search_text(said: IdeaText) -> str:
    texts = [said.title, plain(said.text), *map(plain, said.translations.values())]
    return search_form([*texts, said.place or "", *spellings(said.area)])
