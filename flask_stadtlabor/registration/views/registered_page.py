"""The page after a registration form was sent: made once, and told each person their address.

Nothing on it is one visitor's but the sentence that names the address.
"""

from __future__ import annotations

from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from flask_stadtlabor.addresses import shown_address
from flask_stadtlabor.caching import entity_tag
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.events.page_cache import Dependencies, get_or_render, keep_pieces
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.registration.accounts import registrations_of, signed_in
from flask_stadtlabor.registration.models import Registration
from flask_stadtlabor.registration.views.form_content import read_content
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import assemble, draw, draw_pieces, is_ours

TEMPLATE = "stadtlabor/registration/registered.html"


def registered_page(slug: str, outcome: str, email: str | None) -> Response:
    """What happens now that a registration got the state ``outcome``, and where the mail goes.

    404 where nobody can register.
    """
    where = _where_the_mail_goes(email)
    return get_or_render(
        lambda page: personal(str(assemble(page.pieces, where))),
        lambda: _make(slug, outcome, where),
        outcome,
    )


def account_page(slug: str, outcome: str, email: str | None) -> Response:
    """The same for an address that an account has confirmed, with a link to “My registrations”."""
    event = read_content(slug).event
    values = {"event": event, "outcome": outcome, "where": _where_the_mail_goes(email)}
    return personal(draw(TEMPLATE, **values, is_in_account=_is_in_account(event)))


def _is_in_account(event: Event) -> bool:
    """Whether the account has a registration for the event; one from before may be in none."""
    actor = signed_in()
    return actor is not None and bool(registrations_of(actor, Registration.event_id == event.id))


def _make(slug: str, outcome: str, where: Markup) -> Response:
    content = read_content(slug)
    values = {"event": content.event, "outcome": outcome, "where": where}
    if not is_ours(TEMPLATE):
        return personal(draw(TEMPLATE, **values))
    pieces = draw_pieces(TEMPLATE, values)
    basis = Dependencies(revision=content.revision, changed_at=content.changed_at)
    keep_pieces(entity_tag((content.revision, outcome)), basis, pieces, outcome)
    return personal(str(assemble(pieces, where)))


def _where_the_mail_goes(email: str | None) -> Markup:
    if not email:
        return escape(_sl("We are sending a mail to the address that you wrote."))
    return escape(_sl("We are sending a mail to %(email)s.", email=shown_address(email)))
