"""The portal's answers to what the Stadtlabor asks of its host."""

from __future__ import annotations

from email.message import EmailMessage

from flask import has_request_context

from example_app import accounts, mailbox
from flask_stadtlabor import Actor, Level


def actor() -> Actor | None:
    """Who is signed in at the portal."""
    user = accounts.visitor() if has_request_context() else None
    if user is None:
        return None
    # an account has one line for the name, which most people end with their family's
    given_name, _, family_name = user.name.rpartition(" ")
    return Actor(
        accounts.key_of(user),
        user.name,
        Level.SIGNED_IN,
        email=user.email,
        # an account is opened by a link to its address, and no address is ever changed
        email_verified=True,
        given_name=given_name or family_name,
        family_name=family_name if given_name else "",
    )


def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
    """Organisers may do everything, everybody else nothing that needs a right."""
    user = accounts.find_user(actor.key.removeprefix("user:")) if actor else None
    return user is not None and user.is_organiser


def send(message: EmailMessage) -> None:
    """No mail leaves this portal: it goes into the mailbox that everybody can read."""
    mailbox.put(message)
