"""Telling registered people that their event was moved, changed, postponed or cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.operations import EventChange
from flask_stadtlabor.outbox.models import OutboxMail
from flask_stadtlabor.outbox.operations import place_of, take_back
from flask_stadtlabor.registration.locks import lock_found
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.kinds import EVENT_NEWS
from flask_stadtlabor.registration.mails.news import News
from flask_stadtlabor.registration.mails.overtaken import take_back_news
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import ACTIVE, DeskNotice, Registration
from flask_stadtlabor.state import now, session

BATCH_SIZE = 200


def tell_of_change(within: LockedEvent, change: EventChange) -> int:
    """Write a mail to everybody with an active registration; returns how many.

    Nothing is written for a change that concerns nobody's plans, while the event is a draft or off,
    or once it is over.
    """
    event, news = within.event, News.of(change)
    if news.kind(event) is None or not event.is_public or event.ends_at <= now():
        return 0
    told = 0
    last_id = 0
    while batch := _active_after(within, last_id):
        # what nobody has heard of a former change is replaced by what tells both
        taken = _taken_back(batch)
        passed_on = take_back_news(registration.id for registration in batch)
        for registration in batch:
            mails, notices = taken.get(registration.subject, []), passed_on.get(registration.id, [])
            is_told = _tell(registration, event, news, mails, notices)
            told += is_told and registration.email is not None
        last_id = batch[-1].id
        session().flush()
    return told


def _taken_back(batch: Sequence[Registration]) -> dict[str, list[OutboxMail]]:
    taken: dict[str, list[OutboxMail]] = {}
    subjects = [registration.subject for registration in batch]
    for mail in take_back(subjects, [kind.name for kind in EVENT_NEWS]):
        taken.setdefault(str(mail.concerns), []).append(mail)
    return taken


def _tell(
    registration: Registration,
    event: Event,
    news: News,
    taken: Sequence[OutboxMail],
    notices: Sequence[DeskNotice],
) -> bool:
    """Whether anything is left to tell, now that these mails and messages were taken back."""
    unheard: Sequence[OutboxMail | DeskNotice] = [*notices, *taken]
    for former in reversed(unheard):
        news = news.after(News.from_json(former.tells))
    if unheard:
        news = news.without_returns(event)
    kind = news.kind(event)
    if kind is None:
        return False
    send_mail(kind, registration, Details(news=news), turn=place_of(taken))
    return True


def _active_after(within: LockedEvent, last_id: int) -> list[Registration]:
    """The next batch in a steady order, so that a large event does not fill the memory.

    As they are under the lock: an import reads much before it, and on MariaDB a mere read would
    find people as they were then, with an address that was corrected since.
    """
    active = select(Registration).where(Registration.state.in_(ACTIVE), Registration.id > last_id)
    found = lock_found(within, active.order_by(Registration.id).limit(BATCH_SIZE))
    return [locked.registration for locked in found]
