"""The host around us: the order of its extensions, and its layout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from traceback import extract_stack
from typing import NamedTuple

from flask import Flask
from jinja2 import TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError
from sqlalchemy.exc import SQLAlchemyError

from flask_stadtlabor.caching import layout_version, session_was_opened, unopened_session
from flask_stadtlabor.cli.checks.finding import Finding, error, note, warning
from flask_stadtlabor.environment import OurEnvironment
from flask_stadtlabor.i18n import is_our_babel
from flask_stadtlabor.migrations.guard import is_guarded
from flask_stadtlabor.ports import deny_all
from flask_stadtlabor.state import EXTENSION, state_of
from flask_stadtlabor.templating import NOT_ESCAPED, draw, escapes
from flask_stadtlabor.urls import local_url

BLOCKS = ("title", "head", "content")
"""What our pages fill in the host's layout."""
EARLIER = {"sqlalchemy": "The database", "babel": "Babel", "csrf": "CSRFProtect"}
"""Extensions that belong before us, by their key in ``app.extensions``."""
_PASSED_BY = re.compile(r"/(flask|werkzeug|jinja2|flask_stadtlabor|flask_wtf)/")
"""Frames of libraries, which read the session for their caller."""
PAGE = "stadtlabor/errors/404.html"
"""A page of ours that needs no data."""


def check_host(app: Flask) -> Iterator[Finding]:
    """Findings about the host's extensions, policy and layout."""
    yield from _order(app)
    if state_of(app).ports.policy is deny_all:
        yield note(
            "There is no policy, so that nobody is staff and the back office is closed; hand one "
            "to Stadtlabor(db, policy=…)."
        )
    if not escapes(app):
        yield error(NOT_ESCAPED)
    if state_of(app).blueprint_name is None:
        yield error(
            "The blueprint is not registered, so that there is no page; call "
            "app.register_blueprint(stadtlabor.create_blueprint(), url_prefix=…), or leave "
            "register_blueprint=False out of init_app."
        )
        return
    found = list(_layout(app))
    yield from found or _drawing(app)


def _order(app: Flask) -> Iterator[Finding]:
    """What was set up after us, as far as ``app.extensions`` remembers the order."""
    if not is_guarded(app):
        yield error(
            "Flask-Migrate was initialised after Stadtlabor, so that `flask db migrate` would "
            "remove our tables; call migrate.init_app before stadtlabor.init_app."
        )
    names = list(app.extensions)
    for name in names[names.index(EXTENSION) + 1 :]:
        if name in EARLIER and not (name == "babel" and is_our_babel(app)):
            yield warning(
                f"{EARLIER[name]} was initialised after Stadtlabor; call its init_app before "
                "stadtlabor.init_app."
            )
    if "sqlalchemy" not in app.extensions:
        yield error("The database is not set up; call db.init_app(app) before ours.")


def _layout(app: Flask) -> Iterator[Finding]:
    """Whether the host's layout is there and has the blocks that we fill."""
    name = state_of(app).settings.base_template
    try:
        blocks = _blocks(state_of(app).environment, name)
    except TemplateNotFound as problem:
        yield error(
            f"There is no template {problem.name}, which STADTLABOR_BASE_TEMPLATE ({name}) needs; "
            "write the name of your layout."
        )
        return
    except TemplateSyntaxError as problem:
        yield error(f"The layout {name} is no valid template: {problem.message}.")
        return
    missing = [block for block in BLOCKS if blocks is not None and block not in blocks]
    if missing:
        yield error(
            f"The layout {name} lacks the block {' and '.join(missing)}, so that a part of our "
            f"pages is lost; add `{{% block {missing[0]} %}}{{% endblock %}}` where it belongs."
        )


def _blocks(environment: OurEnvironment, name: str) -> set[str] | None:
    """The blocks of a template and those that it extends; None where that is told at run time."""
    blocks: set[str] = set()
    next_name: str | None = name
    while next_name is not None:
        template = environment.get_template(next_name)
        try:
            source = environment.source(next_name)
        except RuntimeError:
            # compiled in advance, which leaves no text
            return None
        tree = template.environment.parse(source, next_name)
        blocks |= {block.name for block in tree.find_all(nodes.Block)}
        extends = tree.find(nodes.Extends)
        next_name = None
        if extends is not None:
            if not isinstance(extends.template, nodes.Const):
                return None
            next_name = str(extends.template.value)
    return blocks


def _drawing(app: Flask) -> Iterator[Finding]:
    """Draws the layout around a page of ours, as two strangers would get it."""
    name = state_of(app).settings.base_template
    try:
        drawn = _drawn_for_a_stranger(app)
    except SQLAlchemyError:
        # told with the database
        return
    except TemplateError as problem:
        yield error(f"The layout {name} cannot be drawn around our pages: {problem}.")
        return
    except Exception as problem:
        # a host's layout runs code of the host's, which may fail in any way
        yield error(
            f"The layout {name} cannot be drawn around our pages: "
            f"{type(problem).__name__}: {problem}."
        )
        return
    if drawn.session_opened_in is not None:
        yield warning(
            f"The layout {name} looks into the session (by current_user, flashed messages or "
            "a form, for instance), so that no event page can be cached; do that only for "
            "people who have a cookie. Flask-Login does it on every page, unless its init_app "
            "is called with add_context_processor=False. The first look is in "
            f"{drawn.session_opened_in}."
        )
    elif drawn.layout_version and _drawn_for_a_stranger(app) != drawn:
        yield error(
            f"The layout {name} comes out differently each time (a nonce, for instance), while "
            "STADTLABOR_LAYOUT_VERSION says that it does not, so that browsers would show an old "
            "page; leave that setting out."
        )


class _Drawn(NamedTuple):
    """A page as a stranger gets it."""

    page: str
    layout_version: str
    session_opened_in: str | None
    """Where it was opened; None where it was not."""


def _drawn_for_a_stranger(app: Flask) -> _Drawn:
    """Draw a page in a context of its own."""
    path = local_url("index", lang=state_of(app).settings.default_locale)
    with app.app_context(), app.test_request_context(path):
        opened_in = _watch_session()
        drawn = draw(PAGE) if app.preprocess_request() is None else ""
        opened = session_was_opened()
        place = opened_in[0] if opened_in else "Flask"
        return _Drawn(drawn, layout_version(), place if opened else None)


def _watch_session() -> list[str]:
    """A list that will hold the places from which this request's session is looked into."""
    places: list[str] = []
    watched = unopened_session()

    class Watched(type(watched)):  # type: ignore[misc]
        """A session that records where it is accessed."""

        def __setattr__(self, name: str, value: object) -> None:
            if name in ("accessed", "modified") and value:
                places.append(_place())
            super().__setattr__(name, value)

    if watched is not None:
        watched.__class__ = Watched
    return places


def _place() -> str:
    """Where the host's own code or template, or an extension of it, is at this moment."""
    frames = reversed(extract_stack())
    outside = (frame for frame in frames if not _PASSED_BY.search(Path(frame.filename).as_posix()))
    frame = next(outside, None)
    if frame is None:
        return "Flask"
    if frame.filename == "<template>":
        # of no file, such as one of a DictLoader
        return "a template"
    file = Path(*Path(frame.filename).parts[-3:])
    # lines of a template's code are none of the template's
    return f"{file}" if file.suffix != ".py" else f"{file}, line {frame.lineno}"
