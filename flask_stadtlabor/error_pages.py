"""Error pages in the person's language and the host's layout."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import (
    Forbidden,
    Gone,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
    TooManyRequests,
)

from flask_stadtlabor.database_failures import is_away
from flask_stadtlabor.exceptions import (
    AlreadyDeleted,
    LinkExpired,
    LinkUnknown,
    NoCookies,
    NotAllowed,
    NotSignedIn,
    OutOfService,
)
from flask_stadtlabor.forms import show_form_again, typed
from flask_stadtlabor.state import session
from flask_stadtlabor.templating import PLAIN_LAYOUT, draw, laid_out_in

logger = logging.getLogger(__name__)

RETRY_SECONDS = 10
SIGNED_OUT = (NotAllowed, NotSignedIn)


def handle_errors(blueprint: Blueprint) -> None:
    """Register the handlers on our blueprint; errors elsewhere are the host's."""
    for code in (NotFound, Forbidden, Gone, RequestEntityTooLarge, TooManyRequests):
        blueprint.register_error_handler(code, show_error)
    blueprint.register_error_handler(CSRFError, show_form_again)
    for failure in (DBAPIError, PoolTimeoutError):
        blueprint.register_error_handler(failure, show_database_away)
    blueprint.register_error_handler(OutOfService, show_out_of_service)


def show_error(error: HTTPException) -> Response:
    """Our page for an HTTP error, saying what happened and what to do next."""
    own = (page for kind, page in _OWN_PAGES.items() if isinstance(error, kind))
    page = next(own, str(error.code))
    try:
        # whoever was signed out while they wrote sends it once more after they have signed in
        shown: dict[str, Any] = {"typed": typed()} if isinstance(error, SIGNED_OUT) else {}
    except RequestEntityTooLarge as too_large:
        return show_error(too_large)
    if isinstance(error, LinkUnknown | LinkExpired):
        shown["asked_at"] = error.asked_at
    if page == "404":
        shown["kind"] = _kind_of_page()
    response = make_response(draw(f"stadtlabor/errors/{page}.html", **shown), error.code)
    response.headers["Cache-Control"] = "no-store"
    return response


def _kind_of_page() -> str:
    """What the address names: ``ideas``, ``comments`` or ``projects``, else something of events."""
    rule = request.url_rule.rule if request.url_rule is not None else ""
    return next((kind for kind in ("ideas", "comments", "projects") if f"/{kind}/<" in rule), "")


_OWN_PAGES = {
    LinkUnknown: "link_unknown",
    LinkExpired: "link_expired",
    AlreadyDeleted: "already_deleted",
    NoCookies: "no_cookies",
    NotAllowed: "not_allowed",
    NotSignedIn: "not_signed_in",
}


def show_database_away(error: Exception) -> Response:
    """503 where the database cannot be read or written now; our own faults stay a 500."""
    if not is_away(error):
        raise error
    logger.error("The database did not answer: %s", type(error).__name__)
    return _show_unavailable()


def show_out_of_service(error: OutOfService) -> Response:
    """503 until an operator has acted."""
    logger.error("%s", error)
    return _show_unavailable()


def _show_unavailable() -> Response:
    """Nothing can be stored: 503, with all that was typed kept in the page for another try."""
    session().rollback()
    try:
        kept = typed()
    except RequestEntityTooLarge as error:
        return show_error(error)
    query = list(request.args.items(multi=True))
    try:
        page = draw("stadtlabor/errors/503.html", typed=kept, query=query)
    except SQLAlchemyError:
        # the host's layout may query the same database, so use our plain layout
        with laid_out_in(PLAIN_LAYOUT):
            page = draw("stadtlabor/errors/503.html", typed=kept, query=query)
    response = make_response(page, 503)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
