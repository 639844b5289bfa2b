"""In whose name something is written: of somebody who is known, or of an address that was typed.

Nobody loses what they wrote for want of an account: it is stored at once, and waits until the link
in a mail is opened.
"""

from __future__ import annotations

from typing import NamedTuple

from flask_stadtlabor.config import Rate
from flask_stadtlabor.participation.people.current import Identity
from flask_stadtlabor.participation.people.mails import send_link
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.participation.people.operations import awaited, contributor, remember_name


class Writer(NamedTuple):
    """In whose name something is written."""

    participant: Participant
    public_name: str | None
    """The name that stands at it; None for “Anonymous”."""
    is_awaited: bool
    """Whether it waits until the link in a mail was opened."""


class Signature(NamedTuple):
    """What a form says about who writes."""

    public_name: str | None
    address: str | None
    """The address that was typed; None where it is known who writes."""
    exceeded: Rate | None = None
    """The limit of mails to that address that this request exceeds."""


class ChangedMeanwhile(Exception):
    """A text says something else than it did on the page on which somebody has read it."""


def writer(identity: Identity, signature: Signature) -> Writer:
    """The participant in whose name something is written; an unknown one gets a mail.

    Raises ``ValueError`` for a stranger without an address.
    """
    if identity.is_known:
        participant = contributor(identity)
        remember_name(participant, signature.public_name)
        return Writer(participant, signature.public_name, is_awaited=False)
    if signature.address is None:
        raise ValueError("A stranger writes by an address.")
    participant = awaited(signature.address)
    send_link(signature.address, signature.exceeded)
    return Writer(participant, signature.public_name, is_awaited=True)
