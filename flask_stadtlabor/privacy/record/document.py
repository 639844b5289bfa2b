"""The record as one document: who is responsible, what is done, and how it is protected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import select

from flask_stadtlabor.consent.models import Controller, Mode, Purpose
from flask_stadtlabor.consent.texts.published import PurposeTexts, current_texts
from flask_stadtlabor.dates import format_short_day
from flask_stadtlabor.db import AnyRow
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.privacy.record import software
from flask_stadtlabor.privacy.record.parts import blank, entry, words
from flask_stadtlabor.privacy.record.purposes import activities_of, named_version
from flask_stadtlabor.state import now, session, settings


def record() -> str:
    """The record as Markdown in the current language; three statements, and no person's data."""
    purposes = current_texts(session().scalars(select(Purpose.slug).order_by(Purpose.slug)).all())
    events = session().execute(
        select(Event.retention_days, Event.support_retention_days, Event.questions)
        .where(Event.takes_registrations)
        .order_by(Event.starts_at, Event.id)
    )
    lines = [
        *_head(),
        *_controllers(purposes),
        *_notices(purposes),
        *_activities(purposes, events.all()),
        *_measures(),
    ]
    return "\n".join(lines) + "\n"


def _head() -> Iterator[str]:
    # Translators: in German „Art. 30 Abs. 1 DSGVO“
    title = _sl("Record of processing activities (Art. 30 (1) GDPR)")
    yield f"# {title}"
    yield ""
    yield _sl(
        "%(portal)s, as of %(day)s",
        portal=words(settings().portal_name),
        day=format_short_day(now(), settings().timezone),
    )
    yield ""
    yield _sl(
        "Made from the portal’s settings and content. What only the controller knows is marked: "
        "%(blank)s. Legal bases are suggestions; the controller decides.",
        blank=blank("…"),
    )


def _controllers(purposes: Sequence[PurposeTexts]) -> Iterator[str]:
    """The controllers that the texts in force name, that of the privacy notice first."""
    notices_first = sorted(purposes, key=lambda purpose: purpose.mode != Mode.PRIVACY)
    named = [purpose.controller for purpose in notices_first if purpose.controller]
    controllers = list(dict.fromkeys(named)) or [Controller()]
    yield from _heading(_sl("Who is responsible"))
    yield from entry(
        _sl("Controller, with contact details"),
        [_controller(item) for item in controllers],
    )
    yield from entry(
        _sl("Joint controllers and representative"),
        [blank(_sl("who they are, or that there are none"))],
    )
    yield from entry(
        _sl("Data protection officer, with contact details"),
        _said(controllers, lambda item: words(item.data_protection_officer))
        or [blank(_sl("name or office, with contact details"))],
    )
    yield from entry(
        _sl("Data protection authority in charge"),
        _said(controllers, lambda item: words(item.authority))
        or [blank(_sl("the authority in charge"))],
    )
    yield from entry(
        _sl("Imprint of the portal"),
        [words(settings().imprint_url or "") or blank(_sl("address of the imprint"))],
    )


def _controller(item: Controller) -> str:
    name = words(item.name) or blank(_sl("name of the controller"))
    address = words(item.address) or blank(_sl("postal address of the controller"))
    contact = [words(part) for part in (item.email, item.phone) if part]
    return ", ".join([name, address, *(contact or [blank(_sl("e-mail or telephone"))])])


def _said(controllers: Iterable[Controller], fact: Callable[[Controller], str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(fact, controllers))))


def _notices(purposes: Sequence[PurposeTexts]) -> Iterator[str]:
    notices = [named_version(purpose) for purpose in purposes if purpose.mode == Mode.PRIVACY]
    address = settings().privacy_url
    if address:
        notices.append(words(address))
    # Translators: in German „Art. 13 DSGVO“
    yield from _heading(_sl("Information for data subjects (Art. 13 GDPR)"))
    yield from entry(
        _sl("Privacy notices that people are shown"),
        notices or [blank(_sl("where the privacy notice can be read"))],
    )


def _activities(purposes: Sequence[PurposeTexts], events: Sequence[AnyRow]) -> Iterator[str]:
    title = _sl("What is done with personal data")
    yield from ("", f"## {title}")
    activities = [
        software.registration(events),
        software.mail(),
        software.ledger(),
        software.office(),
        software.operation(),
        *activities_of(purposes),
    ]
    for number, activity in enumerate(activities, 1):
        yield from activity.lines(number)


def _measures() -> Iterator[str]:
    # Translators: in German „Art. 32 Abs. 1 DSGVO“
    yield from _heading(_sl("Technical and organisational measures (Art. 32 (1) GDPR)"))
    yield from entry(
        _sl("Measures of the software"),
        [_sl("As described in docs/data-protection.md of flask_stadtlabor")],
    )
    anchors = []
    if settings().checkpoints:
        anchors.append(_sl("In a folder outside of the database, by themselves"))
    if settings().checkpoint_mail:
        anchors.append(_sl("By mail, once a week at most"))
    yield from entry(
        _sl("Checkpoints of the consent ledger"),
        anchors or [blank(_sl("where checkpoints are kept, or that there are none"))],
    )
    yield from entry(
        _sl("Measures of portal and operator"),
        [blank(_sl("reference to the security concept"))],
    )


def _heading(title: str) -> Iterator[str]:
    yield from ("", f"## {title}", "")
