"""Digests: once a day, each person's news in one mail.

News that came before the hour are told after it, and those that come later on the next day. Where
no worker runs between the hour and midnight, they are told a day later: a digest never comes at
night, and never twice a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from flask_stadtlabor.isolation import Parts
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.telling.mails import write_digest
from flask_stadtlabor.participation.telling.models import News
from flask_stadtlabor.participation.telling.operations import gets_digest
from flask_stadtlabor.state import now, session, settings
from flask_stadtlabor.transactions import change_rows

DIGEST_HOUR = 17
"""When digests begin to be written, by the clock of the portal."""
GRACE = timedelta(minutes=5)
"""After the hour: until then a transaction may still commit news that came before it."""
BATCH_SIZE = 25
"""How many digests one transaction writes."""


def write_digests(stop: Callable[[], bool], parts: Parts) -> int:
    """Write what is due; returns how many mails.

    Each batch is a transaction of its own that writes the mails and deletes their news, so that a
    worker that is killed leaves the rest to the next round, and no mail is written twice.
    """
    before = _hour_that_passed()
    if before is None:
        return 0
    name = "Writing digests"
    written = after = 0
    while not stop():
        people: Sequence[int] = []
        with parts.part(name):
            people = _people_with_news(before, after)
        if not people:
            break
        written += parts.in_one_or_each(name, people, partial(_write_some, before))
        after = people[-1]
    return written


def _hour_that_passed() -> datetime | None:
    """The hour of today's digests; None while it is still to come."""
    local = now().astimezone(ZoneInfo(settings().timezone))
    hour = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return hour if now() >= hour + GRACE else None


def _people_with_news(before: datetime, after: int) -> Sequence[int]:
    found = (
        select(Participant.id)
        .where(
            gets_digest(),
            Participant.id > after,
            Participant.id.in_(select(News.participant_id).where(News.created_at < before)),
        )
        .order_by(Participant.id)
        .limit(BATCH_SIZE)
    )
    numbers = session().scalars(found).all()
    # no transaction stays open, so that each batch sees what others have written since
    session().rollback()
    return numbers


def _write_some(before: datetime, numbers: Sequence[int]) -> int:
    theirs = Participant.id.in_(numbers)
    # locks them on every database: the second of two workers then finds no news of theirs
    change_rows(update(Participant).where(theirs).values(mark=Participant.mark))
    people = session().scalars(
        select(Participant)
        .where(theirs, gets_digest())
        .order_by(Participant.id)
        .execution_options(populate_existing=True)
    )
    written = 0
    for participant in people.all():
        waiting = News.participant_id == participant.id, News.created_at < before
        news = session().scalars(select(News).where(*waiting).order_by(News.id)).all()
        if not news:
            continue
        change_rows(delete(News).where(*waiting))
        written += write_digest(participant, news)
    session().flush()
    return written
