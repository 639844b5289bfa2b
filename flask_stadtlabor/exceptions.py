"""Exceptions that rooms raise, and that our error pages or commands put into words."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden, Gone, NotFound


class LinkUnknown(NotFound):
    """A personal link that was never given out: cut, or with a sign that does not belong to it."""

    asked_at = "send_link"
    """The view at which somebody asks for another one."""


class LinkExpired(Gone):
    """A personal link whose time is over."""

    asked_at = "send_link"
    """The view at which somebody asks for another one."""


class ParticipationLinkUnknown(LinkUnknown):
    """A link of somebody who takes part: unknown, or ended by them."""

    asked_at = "participation_link"


class ParticipationLinkExpired(LinkExpired):
    """A link of somebody who takes part, whose time is over."""

    asked_at = "participation_link"


class AlreadyDeleted(Gone):
    """What was to be changed was deleted by somebody else a moment ago."""


class NoCookies(Forbidden):
    """A personal page, asked for by a browser that keeps no cookie, or has opened no link yet."""


class OutOfService(Exception):
    """Nothing may be written before an operator has acted; the message is a sentence for them."""


class NotSignedIn(Forbidden):
    """A page of somebody's account, asked for by somebody who is not signed in at the host."""


class NotAllowed(Forbidden):
    """Something for the city's staff, asked for by somebody else."""
