"""The mail with a link to somebody's page, which also proves that the address is theirs."""

from __future__ import annotations

from email.message import EmailMessage

from flask_stadtlabor.config import Rate
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.outbox.deferred import DeferredMail
from flask_stadtlabor.outbox.message import compose
from flask_stadtlabor.outbox.operations import enqueue_deferred
from flask_stadtlabor.outbox.templates import drawn, words_of
from flask_stadtlabor.participation.people.current import with_address
from flask_stadtlabor.participation.people.links import LINK_TIME, participant_link
from flask_stadtlabor.participation.people.operations import UNCONFIRMED_KEPT
from flask_stadtlabor.registration.mails.kinds import MailKind
from flask_stadtlabor.registration.mails.share import turn_of, waiting_mails

PARTICIPATION_LINK = MailKind("participation_link", folder="")


def send_link(address: str, exceeded: Rate | None) -> None:
    """Write down that an address gets a link; beyond its share it waits (S4).

    ``exceeded`` is what :func:`~flask_stadtlabor.registration.mails.share.exceeded_share` said.
    """
    turn = turn_of(PARTICIPATION_LINK, None, exceeded, waiting_mails(address))
    enqueue_deferred(kind=PARTICIPATION_LINK.name, recipient=address, turn=turn)


def link_mail(deferred: DeferredMail) -> EmailMessage | None:
    """The mail, the same for an address that is new and for one that has taken part before.

    Nothing of what was typed is in it, or whoever types another person's address could write to
    them. None where the participant was erased meanwhile.
    """
    participant = with_address(deferred.recipient)
    if participant is None:
        return None
    with use_language(participant.language):
        found = words_of(
            PARTICIPATION_LINK.template,
            link=participant_link(participant),
            link_days=LINK_TIME.days,
            kept_days=UNCONFIRMED_KEPT.days,
        )
        return compose(recipient=deferred.recipient, **drawn(found)._asdict())
