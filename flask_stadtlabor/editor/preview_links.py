"""Links by which people without an account see what staff works on, until they end.

The table holds a hash of a link's token. The token itself is made anew from the secret key, the
event, the number of the link and the second in which it was made, so that staff can copy it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.events.history_models import PreviewLink
from flask_stadtlabor.events.locks import LockedEvent
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import keyed_hash, keyed_hashes, token_hash

PURPOSE = "preview link"
LIST_LIMIT = 50
"""Links of one event that are listed."""


def make_link(within: LockedEvent, days: int, by: By) -> PreviewLink:
    """A link that holds for so many days."""
    event = within.event
    last = session().scalar(
        select(func.max(PreviewLink.number)).where(PreviewLink.event_id == event.id)
    )
    # whole seconds, which every engine keeps
    made_at = now().replace(microsecond=0)
    link = PreviewLink(
        event_id=event.id,
        number=(last or 0) + 1,
        made_at=made_at,
        ends_at=made_at + timedelta(days=days),
        actor_key=by.key,
        actor_name=by.name,
    )
    link.token_hash = token_hash(keyed_hash(PURPOSE, _signed(event, link)))
    session().add(link)
    session().flush()
    return link


def end_link(within: LockedEvent, number: int) -> None:
    """Let a link lead nowhere from now on; one that has ended already stays as it is."""
    link = session().scalar(
        select(PreviewLink).where(
            PreviewLink.event_id == within.event.id, PreviewLink.number == number
        )
    )
    if link is not None and link.ends_at > now():
        link.ends_at = now()
        session().flush()


def links_of(event: Event) -> Sequence[PreviewLink]:
    """The latest links of an event, the newest first, those that have ended too."""
    found = select(PreviewLink).where(PreviewLink.event_id == event.id)
    return session().scalars(found.order_by(PreviewLink.number.desc()).limit(LIST_LIMIT)).all()


def token_of(event: Event, link: PreviewLink) -> str | None:
    """The token of a link; None for one from before the secret was changed."""
    made = keyed_hashes(PURPOSE, _signed(event, link))
    return next((token for token in made if token_hash(token) == link.token_hash), None)


def find_linked(token: str) -> Event | None:
    """The event to which a token leads; None once its link has ended."""
    found: Event | None = session().scalar(
        select(Event)
        .join(PreviewLink, PreviewLink.event_id == Event.id)
        .where(PreviewLink.token_hash == token_hash(token), PreviewLink.ends_at > now())
    )
    return found


def _signed(event: Event, link: PreviewLink) -> str:
    return f"{event.uid} {link.number} {link.made_at.isoformat()}"
