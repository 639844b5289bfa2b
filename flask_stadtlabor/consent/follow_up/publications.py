"""What was published under a purpose, so that it can be found when a consent is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select, update

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.consent.models import Publication
from flask_stadtlabor.state import now, session
from flask_stadtlabor.transactions import change_rows


def record_publication(
    context: str,
    purpose: str,
    *,
    place: str,
    published_at: datetime,
    by: By,
    picture: str | None = None,
) -> Publication:
    """Note that something of ``context`` (an event's uid) was published under ``purpose``.

    ``place`` is an address, or words such as the issue of a magazine; ``picture`` the name of an
    uploaded picture, where it is one.
    """
    publication = Publication(
        context=context,
        purpose=purpose,
        place=place,
        picture=picture,
        published_at=published_at,
        recorded_by=by.name,
        recorded_key=by.key,
    )
    session().add(publication)
    session().flush()
    return publication


def take_down(publication: Publication) -> bool:
    """Note that a publication was taken down; False when that was noted before."""
    count = change_rows(
        update(Publication)
        .where(Publication.id == publication.id, Publication.taken_down_at.is_(None))
        .values(taken_down_at=now())
    )
    session().expire(publication)
    return count == 1


def take_down_picture(name: str) -> None:
    """Note of every publication that is this picture that it was taken down."""
    shown = (Publication.picture == name) & Publication.taken_down_at.is_(None)
    change_rows(update(Publication).where(shown).values(taken_down_at=now()))


def find_publication(context: str, number: int) -> Publication | None:
    """One publication of ``context``; None where there is none of this number."""
    return session().scalar(
        select(Publication).where(Publication.id == number, Publication.context == context)
    )


def publications_of(contexts: Iterable[str]) -> Sequence[Publication]:
    """What was published of these contexts, the latest first, in one statement."""
    wanted = set(contexts)
    if not wanted:
        return ()
    return (
        session()
        .scalars(
            select(Publication)
            .where(Publication.context.in_(wanted))
            .order_by(Publication.published_at.desc(), Publication.id.desc())
        )
        .all()
    )
