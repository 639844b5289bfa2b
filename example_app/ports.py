"""The portal's answers to what the Stadtlabor asks of its host."""

from __future__ import annotations

from email.message import EmailMessage

from flask import has_request_context

from example_app import accounts, mailbox
from flask_stadtlabor import Actor, Level


def actor() -> Actor | None:
    """Who is signed in at the portal."""
    user = accounts.visitor() if has_request_context() else None
    return None if user is None else Actor(f"user:{user.id}", user.name, Level.SIGNED_IN)


def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
    """Organisers may do everything, everybody else nothing that needs a right."""
    user = accounts.find_user(actor.key.removeprefix("user:")) if actor else None
    return user is not None and user.is_organiser


def send(message: EmailMessage) -> None:
    """No mail leaves this portal: it goes into the mailbox that everybody can read."""
    mailbox.put(message)
