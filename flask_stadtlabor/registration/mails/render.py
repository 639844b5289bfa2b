"""What a mail about a registration says, from the template of its kind."""

from __future__ import annotations

from flask_stadtlabor.events.alternatives import find_alternative
from flask_stadtlabor.events.feedback_window import asks_feedback
from flask_stadtlabor.events.next_step import next_step
from flask_stadtlabor.i18n import words
from flask_stadtlabor.outbox.templates import MailWords, Picture, words_of
from flask_stadtlabor.registration.mails.details import NO_DETAILS, Details
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.mail_texts import MailTexts, add_mail_texts, mail_texts
from flask_stadtlabor.registration.mails.plain_names import plain_name
from flask_stadtlabor.registration.mails.sentences import Sentences
from flask_stadtlabor.registration.models import ACTIVE, Registration
from flask_stadtlabor.registration.tickets import has_ticket, ticket_png
from flask_stadtlabor.state import now

TICKET = "ticket@stadtlabor"
"""The Content-ID of the ticket's picture."""
TICKET_WIDTH = 220
"""CSS pixels: readable on any screen, and no wider than the narrowest."""


def words_for(
    kind: MailKind,
    registration: Registration,
    details: Details = NO_DETAILS,
    *,
    link: str = "",
    texts: MailTexts | None = None,
) -> MailWords:
    """The mail with its ``link``; without one, what staff tells somebody in its place.

    In the current language; writes nothing. ``texts`` are the city's own words, where they were
    read already.
    """
    event = registration.event
    is_online = event.venue is not None and event.venue.is_online_alone
    is_mail = bool(link)
    needs_ticket = has_ticket(registration) and now() < event.ends_at
    ticket = None
    if is_mail and kind.has_ticket and needs_ticket:
        ticket = Picture(TICKET, ticket_png(registration), TICKET_WIDTH)
    found = words_of(
        kind.template,
        link=link,
        registration=registration,
        event=event,
        title=words(event.title),
        name=plain_name(registration.given_name),
        is_active=registration.state in ACTIVE,
        is_mail=is_mail,
        is_online=is_online,
        can_register=next_step(event, now()).takes_registrations,
        ticket=ticket,
        asks_feedback=asks_feedback(event, now()),
        alternative=find_alternative(event),
        news=details.news,
        reason=details.reason,
        purpose_title=details.purpose_title,
        message=details.message,
        to_choose=details.to_choose,
        says_no=details.says_no,
        say=Sentences(registration, details.news, is_mail, needs_ticket, ticket is not None),
    )
    add_mail_texts(found, kind, event, mail_texts() if texts is None else texts)
    return found
