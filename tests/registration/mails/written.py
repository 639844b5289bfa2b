"""Mails to somebody who registered for an event, as they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.delivery import deliver_all
from flask_stadtlabor.registration.mails.details import Details
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.send import send_mail
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.state import now
from tests import factories
from tests.host import Host

ABOUT_PHOTOS = Details(purpose_title="Fotos")


def mails_of(
    host: Host,
    kinds: Iterable[MailKind],
    event: dict[str, Any],
    details: Details = ABOUT_PHOTOS,
    **changes: Any,
) -> list[EmailMessage]:
    """The mails of these kinds to somebody who registered for the event."""
    host.load(factories.exchange(factories.open_event(**event)))
    with host.app.app_context():
        session = host.db.session
        registration = Registration(
            event=session.scalars(select(Event)).one(),
            state="",
            given_name="Änne",
            family_name="Yıldız",
            email="aenne@buerger.example",
            language="de",
            subject="s",
            created_at=now(),
            expires_at=now() + timedelta(days=2),
        )
        for name, value in changes.items():
            setattr(registration, name, value)
        session.add(registration)
        session.commit()
        for kind in kinds:
            with_event = select(Registration).options(joinedload(Registration.event))
            registration = session.scalars(with_event).one()
            registration.state = changes.get("state") or (kind.deferred_in or ("held",))[0]
            send_mail(kind, registration, details)
            session.commit()
            deliver_all()
    return host.sent


def mail(
    host: Host,
    kind: MailKind,
    event: dict[str, Any],
    details: Details = ABOUT_PHOTOS,
    **changes: Any,
) -> EmailMessage:
    """One of them."""
    (message,) = mails_of(host, [kind], event, details, **changes)
    return message


def bodies(message: EmailMessage) -> tuple[str, str]:
    """The text and the HTML."""
    found = [message.get_body((kind,)) for kind in ("plain", "html")]
    return tuple(str(part.get_content()) for part in found if part)  # type: ignore[return-value]
