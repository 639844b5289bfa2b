"""The pages that everybody reads: a project's ideas, one idea, what changed of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.caching import conditional_page, is_stranger
from flask_stadtlabor.events.formats.metadata import Meta, page_meta
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.folding import searched
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.participation.ideas.forms import idea_button
from flask_stadtlabor.participation.ideas.models import UNSENT, Idea, IdeaStatus
from flask_stadtlabor.participation.ideas.pages import (
    IdeaListing,
    IdeaPage,
    changes_of,
    shown,
    shown_of_project,
)
from flask_stadtlabor.participation.ideas.queries import (
    NOTHING,
    SORTS,
    IdeaFilters,
    find_idea,
    find_idea_span,
    stand_of,
    versions_of,
)
from flask_stadtlabor.participation.people.current import STRANGER, Identity, identity
from flask_stadtlabor.participation.projects.queries import find_project
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.state import settings
from flask_stadtlabor.templating import draw
from flask_stadtlabor.text import plain, shorten
from flask_stadtlabor.urls import absolute_url, local_url

AUTHORS_ALONE = (*UNSENT, IdeaStatus.HELD)
"""What nobody but its author sees."""


def index(slug: str) -> ResponseReturnValue:
    """The ideas of a project: in an order, searched and filtered."""
    project = project_or_404(slug)
    filters = _filters(project)
    span = find_idea_span(project, filters, request.args.get("page"))
    listing = IdeaListing(project=project, span=span, filters=filters)
    meta = page_meta(
        "ideas",
        {"slug": slug, **({"page": span.page} if span.page > 1 else {})},
        title=_sl("Ideas: %(project)s", project=words(project.title)),
        calendar=absolute_url("calendar"),
        feed=absolute_url("feed"),
        is_indexed=not filters.query,
    )
    parts = [shown(idea) for idea in span.ideas], span.total, shown_of_project(project)
    return conditional_page(
        "stadtlabor/participation/ideas/index.html",
        lambda: {"listing": listing, "meta": meta},
        *parts,
        changed_at=None,
    )


class Beside(NamedTuple):
    """What a room above shows on the page of an idea: values for its template."""

    values: Callable[[], Mapping[str, object]] = dict
    parts: tuple[object, ...] = ()
    """All that it depends on."""


def show(number: int, add: Callable[[Idea, Identity], Beside]) -> ResponseReturnValue:
    """An idea, with the buttons of whoever asks where it is known who that is."""
    idea = find_idea(number)
    who = STRANGER if is_stranger() else identity()
    if idea is None or not _may_read(idea, who):
        abort(404)
    beside = add(idea, who)
    return conditional_page(
        "stadtlabor/participation/ideas/show.html",
        lambda: {**_values(idea, who), **beside.values()},
        shown(idea),
        shown_of_project(idea.project),
        beside.parts,
        changed_at=None,
    )


def show_again(idea: Idea, who: Identity, problems: list[str], status: int) -> Response:
    """The page of an idea on which a button could not do what it says."""
    template = "stadtlabor/participation/ideas/show.html"
    return personal(draw(template, **_values(idea, who, problems)), status)


def lead_to(number: int, decoration: str) -> ResponseReturnValue:
    """What stands behind the number is decoration: to the one address of the idea."""
    return redirect(local_url("idea", number=number), 301)


def changes(number: int) -> ResponseReturnValue:
    """What the author changed of a text that others supported, word by word."""
    idea = idea_or_404(number)
    versions = versions_of(idea)
    if not versions or not IdeaPage(idea=idea).shows_text:
        abort(404)
    return conditional_page(
        "stadtlabor/participation/ideas/changes.html",
        lambda: {"idea": idea, "changed": changes_of(idea, versions)},
        shown(idea),
        len(versions),
        changed_at=None,
    )


def project_or_404(slug: str) -> Project:
    """The project of an address."""
    project = find_project(slug)
    if project is None:
        abort(404)
    return project


def idea_or_404(number: int) -> Idea:
    """The idea of an address, which everybody can read."""
    idea = find_idea(number)
    if idea is None or idea.status in AUTHORS_ALONE:
        abort(404)
    return idea


def own_idea_or_404(number: int, who: Identity) -> Idea:
    """The idea of an address, which is theirs."""
    idea = find_idea(number)
    if idea is None or not IdeaPage(idea=idea, who=who).is_own:
        abort(404)
    return idea


def _may_read(idea: Idea, who: Identity) -> bool:
    return idea.status not in AUTHORS_ALONE or IdeaPage(idea=idea, who=who).is_own


def _values(idea: Idea, who: Identity, problems: list[str] | None = None) -> dict[str, object]:
    participant = who.participant
    stand = stand_of(idea, participant.id) if participant is not None else NOTHING
    page = IdeaPage(idea=idea, who=who, stand=stand)
    return {
        "page": page,
        "meta": _meta(page),
        # for a stranger nothing is drawn that opens a session
        "button": idea_button(idea) if who.is_known else None,
        "problems": problems or [],
        "news": request.args.get("now", "") if who.is_known else "",
    }


def _meta(page: IdeaPage) -> Meta:
    idea = page.idea
    return page_meta(
        "idea",
        {"number": idea.id},
        title=page.heading,
        lead=shorten(plain(idea.text), 180) if page.shows_text else "",
        calendar=absolute_url("calendar"),
        feed=absolute_url("feed"),
        is_indexed=idea.is_public,
    )


def _filters(project: Project) -> IdeaFilters:
    """What the address asks for; what there is not is left out."""
    asked = request.args
    category, language = asked.get("category", ""), asked.get("language", "")
    return IdeaFilters(
        sort=asked["sort"] if asked.get("sort") in SORTS else "new",
        q=searched(asked.get("q", "")),
        category=category if category in {each.slug for each in project.categories} else "",
        language=language if language in settings().locales else "",
    )
