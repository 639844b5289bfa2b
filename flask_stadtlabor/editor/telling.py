"""Who would be told what by a change of an event, before it is made."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from flask_stadtlabor.events.content import place_key
from flask_stadtlabor.events.models import Event, Project, Series
from flask_stadtlabor.events.next_step import Dates
from flask_stadtlabor.events.operations import EventChange
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.exchange.saving import columns_of
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.outbox.templates import Mail, drawn
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.news import News
from flask_stadtlabor.registration.mails.preview import EXAMPLE_TOKEN, somebody
from flask_stadtlabor.registration.mails.render import words_for
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.state import now, session
from flask_stadtlabor.urls import absolute_url


@dataclass(frozen=True)
class Telling:
    """Who is told, and the mails in full, by language."""

    by_language: dict[str, int]
    """Registrations that are told."""
    without_mail: int
    """Those of them without an address, which become a message to pass on."""
    mails: dict[str, Mail]

    @property
    def people(self) -> int:
        """How many registrations are told."""
        return sum(self.by_language.values())


NOBODY = Telling({}, 0, {})


def event_as(event: Event, entry: EventEntry) -> Event:
    """The event as it would be with ``entry``; it belongs to no session and is never stored."""
    values = {key: getattr(event, key) for key in _columns()}
    other = Event(**(values | columns_of(entry)))
    series = None
    if entry.series:
        series = session().scalar(select(Series).where(Series.slug == entry.series))
    set_committed_value(other, "series", series)
    return other


def projects_of(entry: EventEntry) -> list[Project]:
    """The projects that an entry names, in its order."""
    found = session().scalars(select(Project).where(Project.slug.in_(entry.projects)))
    by_slug = {project.slug: project for project in found}
    return [by_slug[slug] for slug in entry.projects if slug in by_slug]


def telling(event: Event, entry: EventEntry) -> Telling:
    """Whom :func:`~.registration.operations.notify_change.tell_of_change` would tell, and what."""
    other = event_as(event, entry)
    news = News.of(_change(event, other))
    kind = news.kind(other)
    if kind is None or not other.is_public or not event.is_public or other.ends_at <= now():
        return NOBODY
    rows = session().execute(
        select(
            Registration.language,
            func.count(),
            func.count() - func.count(Registration.email),
        )
        .where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
        .group_by(Registration.language)
    )
    counts = {language: (int(people), int(silent or 0)) for language, people, silent in rows}
    return Telling(
        {language: people for language, (people, _) in sorted(counts.items())},
        sum(silent for _, silent in counts.values()),
        {language: _mail(other, kind, news, language) for language in sorted(counts)},
    )


def _columns() -> list[str]:
    return [column.key for column in Event.__table__.columns]


def _mail(event: Event, kind: MailKind, news: News, language: str) -> Mail:
    with use_language(language):
        person = somebody(event, kind, language)
        link = absolute_url("open_link", token=EXAMPLE_TOKEN)
        return drawn(words_for(kind, person, Details(news=news), link=link))


def _change(before: Event, after: Event) -> EventChange:
    changed = {key for key in _columns() if getattr(before, key) != getattr(after, key)}
    return EventChange(
        after,
        created=False,
        changed=frozenset(changed),
        former_status=before.status,
        former_dates=Dates(before.starts_at, before.ends_at),
        former_place=place_key(before.venue),
    )
