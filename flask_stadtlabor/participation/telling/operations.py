"""Writing news down, and forgetting them. Operations flush; the caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.telling.models import News
from flask_stadtlabor.participation.telling.unsubscribing import Mails
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows

NEWS_KEPT = timedelta(days=30)
"""How long news are kept that could not be told."""

People = Select[Any] | CompoundSelect[Any] | Sequence[int]
"""The numbers of participants, or the part of a statement that finds them."""


class Subject(NamedTuple):
    """What news are about."""

    about: str
    number: int


def tell(people: People, kind: str, subject: Subject, *, by: int | None = None) -> None:
    """Write news down for the next digest of these people, read in one statement and
    written in batches.

    Only for those who want a digest, at an address that they have confirmed; not for the
    participant ``by`` whom it happened; and once, however often it happens before the digest.
    """
    same = (
        News.participant_id == Participant.id,
        News.kind == kind,
        News.about == subject.about,
        News.number == subject.number,
    )
    condition = and_(gets_digest(), Participant.id.in_(people), ~exists().where(*same))
    if by is not None:
        condition = and_(condition, Participant.id != by)
    # read first: an INSERT from a SELECT makes InnoDB lock every participant that it looks at
    numbers = session().scalars(select(Participant.id).where(condition)).all()
    what = {"kind": kind, **subject._asdict(), "created_at": now()}
    if numbers:
        session().execute(insert(News), [{"participant_id": each, **what} for each in numbers])


def gets_digest() -> ColumnElement[bool]:
    """The participants who want a digest and have confirmed an address for it."""
    return and_(
        Participant.wants_digest,
        Participant.email.is_not(None),
        Participant.confirmed_at.is_not(None),
    )


def end_mails(mark: str, mails: Mails) -> None:
    """Send these mails no more to the participant with this mark, if there still is one."""
    theirs = update(Participant).where(Participant.mark == mark)
    if mails == Mails.ANSWERS:
        change_rows(theirs.values(wants_answers=False))
        return
    change_rows(theirs.values(wants_digest=False))
    erase_news(select(Participant.id).where(Participant.mark == mark))


def hand_on_news(kept: Participant, gone: Participant) -> None:
    """Give one participant the news of another; what both have, once."""
    whose = select(News.id, News.participant_id, News.kind, News.about, News.number)
    rows = session().execute(whose.where(News.participant_id.in_((kept.id, gone.id)))).all()
    has = {row[2:] for row in rows if row.participant_id == kept.id}
    doubled = [row.id for row in rows if row.participant_id == gone.id and row[2:] in has]
    change_rows(delete(News).where(News.id.in_(doubled)))
    theirs = update(News).where(News.participant_id == gone.id)
    change_rows(theirs.values(participant_id=kept.id))


def erase_news(people: People) -> None:
    """Delete what waits for these people's digests."""
    change_rows(delete(News).where(News.participant_id.in_(people)))


def delete_old_news() -> int:
    """Delete what could not be told for long, because its digest was switched off for instance."""
    return change_rows(delete(News).where(_is_old()))


def count_old_news() -> int:
    """How many :func:`delete_old_news` would delete now."""
    return session().scalar(select(func.count(News.id)).where(_is_old())) or 0


def _is_old() -> ColumnElement[bool]:
    return News.created_at <= now() - NEWS_KEPT
