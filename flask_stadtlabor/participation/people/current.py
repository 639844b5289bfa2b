"""Who sends this request, as far as participation is concerned."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session as browser
from sqlalchemy import ColumnElement, or_, select

from flask_stadtlabor.addresses import address_keys
from flask_stadtlabor.exceptions import LinkExpired, NotSignedIn
from flask_stadtlabor.participation.people.links import end_link, link_behind
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.ports import Actor, Level
from flask_stadtlabor.registration.accounts import account_keys, signed_in
from flask_stadtlabor.registration.views import link_session
from flask_stadtlabor.state import session
from flask_stadtlabor.tokens import token_hash

WAY_BACK = "stadtlabor_way_back"
"""In the browser's session: the page of ours to which an opened link leads."""

SET_ASIDE = "stadtlabor_set_aside"
"""In the browser's session: the same, after a link led to what waits for its owner first."""


@dataclass(frozen=True)
class Identity:
    """Who somebody is, and how well that is known."""

    level: Level
    participant: Participant | None = None
    """None for whoever has not taken part yet."""
    account: Actor | None = None
    """Who is signed in at the host."""
    address: str | None = None
    """A mail address that they have proved to be theirs; None where none is known."""

    @property
    def is_known(self) -> bool:
        """Whether it is proved who they are, so that they can act at once."""
        return self.level >= Level.CONFIRMED_EMAIL

    @property
    def has_been_read(self) -> bool:
        """Whether everybody can read something of theirs, so that no moderator comes first."""
        return self.participant is not None and self.participant.first_published_at is not None

    @property
    def public_name(self) -> str:
        """The name that a form suggests to them."""
        if self.participant is not None:
            return self.participant.public_name or ""
        name = self.account.name if self.account is not None else ""
        # some hosts have no other name of somebody than their address
        return "" if "@" in name else name


STRANGER = Identity(Level.ANYONE)


def identity() -> Identity:
    """By the account at the host, a participant's link or a registration's personal link.

    At most two statements. What an account may do is the host's to say; a link proves an address.
    """
    actor = signed_in()
    if actor is not None:
        return _by_account(actor)
    hashed = browser.get(link_session.PARTICIPANT)
    if isinstance(hashed, str):
        found = _behind(hashed)
        if found is not None:
            return Identity(Level.CONFIRMED_EMAIL, found, address=found.email)
    registration = link_session.proven_registration()
    if registration is not None and registration.email is not None:
        return Identity(
            Level.CONFIRMED_EMAIL, with_address(registration.email), address=registration.email
        )
    return STRANGER


def require_known() -> Identity:
    """Who it is; raises :class:`~flask_stadtlabor.exceptions.NotSignedIn` for a stranger."""
    found = identity()
    if not found.is_known:
        raise NotSignedIn
    return found


def is_gone() -> bool:
    """Whether a participant's link was opened in this browser, and they were erased since."""
    hashed = browser.get(link_session.PARTICIPANT)
    if not isinstance(hashed, str) or identity().is_known:
        return False
    try:
        return link_behind(hashed) is None
    except LinkExpired:
        return False


def open_link(token: str) -> bool:
    """Remember in this browser whose link was opened; False for an unknown one."""
    hashed = token_hash(token)
    link = link_behind(hashed)
    if link is None:
        return False
    browser[link_session.PARTICIPANT] = hashed
    if link.leads_to is not None:
        come_back_to(link.leads_to)
    return True


def shows_what_was_opened() -> bool:
    """Whether somebody sees what the link that they opened leads to.

    To whoever is signed in with another address their account is shown.
    """
    actor, hashed = signed_in(), browser.get(link_session.PARTICIPANT)
    found = _behind(hashed) if actor is not None and isinstance(hashed, str) else None
    return actor is None or found is None or found in of_account(actor)


def come_back_to(path: str) -> None:
    """Let the link that is opened next in this browser lead to a page of ours."""
    browser[WAY_BACK] = path


def way_back() -> str | None:
    """Where an opened link leads, once; None for the page of one's own."""
    path = browser.pop(WAY_BACK, None)
    return path if isinstance(path, str) else None


def set_aside(path: str) -> None:
    """Remember where a link would have led that leads to what waits for its owner first."""
    browser[SET_ASIDE] = path


def was_set_aside() -> str | None:
    """Where the link that was opened last in this browser would have led; None for nowhere else."""
    path = browser.get(SET_ASIDE)
    return path if isinstance(path, str) else None


def close() -> None:
    """End what was opened in this browser, a registration's page too; to be committed."""
    hashed = browser.get(link_session.PARTICIPANT)
    if isinstance(hashed, str):
        end_link(hashed)
    link_session.close()


def leave() -> None:
    """Forget in this browser what was opened."""
    for path in (WAY_BACK, SET_ASIDE):
        browser.pop(path, None)
    link_session.leave()


def with_address(address: str) -> Participant | None:
    """The participant of a mail address."""
    return session().scalar(
        select(Participant).where(Participant.address_key.in_(address_keys(address)))
    )


def of_account(actor: Actor) -> list[Participant]:
    """Those of the account, and of the address that the host has confirmed; one or two."""
    keys = account_keys(actor.key)
    whose: list[ColumnElement[bool]] = [Participant.account_key.in_(keys)]
    if confirmed_address(actor) is not None:
        is_free = Participant.account_key.is_(None)
        whose.append(Participant.address_key.in_(address_keys(actor.email)) & is_free)
    found = session().scalars(select(Participant).where(or_(*whose)).order_by(Participant.id))
    return sorted(found, key=lambda one: one.account_key is None)


def confirmed_address(actor: Actor) -> str | None:
    """The address of an account, where the host has confirmed it."""
    return actor.email if actor.email and actor.email_verified else None


def _by_account(actor: Actor) -> Identity:
    # a host may give somebody who is signed in no level of its own
    level = max(actor.level, Level.CONFIRMED_EMAIL)
    own = of_account(actor)
    return Identity(level, own[0] if own else None, actor, confirmed_address(actor))


def _behind(hashed: str) -> Participant | None:
    try:
        link = link_behind(hashed)
    except LinkExpired:
        return None
    return link.participant if link is not None else None
