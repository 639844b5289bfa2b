"""The pages that everybody reads: a project's ideas, one idea, what changed of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.caching import is_stranger
from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Image
from flask_stadtlabor.events.formats.metadata import Meta, page_meta
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.events.page_cache import make_page_for_strangers, make_page_once
from flask_stadtlabor.folding import searched
from flask_stadtlabor.i18n import _sl, words
from flask_stadtlabor.participation.areas.known import city, find_area, shapes
from flask_stadtlabor.participation.ideas.area_map import IdeaMap
from flask_stadtlabor.participation.ideas.forms import idea_button
from flask_stadtlabor.participation.ideas.merges import merged_from, merged_into
from flask_stadtlabor.participation.ideas.models import Idea, IdeaAnswer, Verdict
from flask_stadtlabor.participation.ideas.pages import (
    VERDICT_NAMES,
    IdeaListing,
    IdeaPage,
    changes_of,
    shown,
    shown_of_answer,
    shown_of_project,
    verdict_name,
)
from flask_stadtlabor.participation.ideas.queries import (
    NOTHING,
    SORTS,
    IdeaFilters,
    answers_to,
    count_by_area,
    find_idea,
    find_idea_span,
    find_version_span,
    stand_of,
)
from flask_stadtlabor.participation.people.current import STRANGER, Identity, identity
from flask_stadtlabor.participation.projects.queries import find_project
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.state import settings
from flask_stadtlabor.templating import draw
from flask_stadtlabor.text import excerpt
from flask_stadtlabor.urls import absolute_url, local_url


def index(slug: str) -> ResponseReturnValue:
    """The ideas of a project: in an order, searched and filtered."""
    project = project_or_404(slug)
    filters = _filters(project)
    span = find_idea_span(project, filters, request.args.get("page"))
    listing = IdeaListing(project=project, span=span, filters=filters)
    page: dict[str, str | int] = {"page": span.page} if span.page > 1 else {}
    meta = page_meta(
        "ideas",
        {"slug": slug, **page},
        title=_sl("Ideas: %(project)s", project=words(project.title)),
        calendar=absolute_url("calendar"),
        feed=absolute_url("feed"),
        is_indexed=not filters.query,
    )
    parts = [shown(idea) for idea in span.ideas], span.total, shown_of_project(project)
    return make_page_once(
        "stadtlabor/participation/ideas/index.html",
        lambda: {
            "listing": listing,
            "meta": meta,
            "verdicts": VERDICT_NAMES,
            "areas": shapes(),
        },
        *parts,
        # what people look for are too many lists to be kept
        query=None if filters.q or not span.ideas else {**filters.query, **page},
    )


class Beside(NamedTuple):
    """What a room above shows on the page of an idea: values for its template."""

    values: Callable[[], Mapping[str, object]] = dict
    parts: tuple[object, ...] = ()
    """All that it depends on."""


def show_map(slug: str) -> ResponseReturnValue:
    """The areas of the city with the ideas of a project; 404 where the host gives no areas."""
    project, drawing = project_or_404(slug), city()
    if drawing is None:
        abort(404)
    counts = count_by_area(project)
    area_map = IdeaMap(project=project, drawing=drawing, counts=counts)
    meta = page_meta(
        "idea_map",
        {"slug": slug},
        title=_sl("Map of the ideas: %(project)s", project=words(project.title)),
        calendar=absolute_url("calendar"),
        feed=absolute_url("feed"),
    )
    return make_page_once(
        "stadtlabor/participation/ideas/map.html",
        lambda: {"area_map": area_map, "meta": meta},
        drawing,
        sorted(counts.items(), key=str),
        shown_of_project(project),
        query={},
    )


def show(number: int, add: Callable[[Idea, Identity], Beside]) -> ResponseReturnValue:
    """An idea, with the buttons of whoever asks where it is known who that is."""
    idea = find_idea(number)
    who = STRANGER if is_stranger() else identity()
    if idea is None or not _may_read(idea, who):
        abort(404)
    around, beside = _around(idea), add(idea, who)
    return make_page_for_strangers(
        "stadtlabor/participation/ideas/show.html",
        lambda: {**_values(idea, who, around), **beside.values()},
        shown(idea),
        [shown_of_answer(answer) for answer in around.answers],
        shown(around.into) if around.into is not None else None,
        [(part.id, part.title, part.language) for part in around.parts],
        shown_of_project(idea.project),
        beside.parts,
        query={},
    )


def show_again(idea: Idea, who: Identity, problems: list[str], status: int) -> Response:
    """The page of an idea on which a button could not do what it says."""
    template = "stadtlabor/participation/ideas/show.html"
    return personal(draw(template, **_values(idea, who, _around(idea), problems)), status)


def lead_to(number: int, decoration: str) -> ResponseReturnValue:
    """What stands behind the number is decoration: to the one address of the idea."""
    return redirect(local_url("idea", number=number), 301)


def changes(number: int) -> ResponseReturnValue:
    """What the author changed of a text that others supported, word by word."""
    idea = idea_or_404(number)
    span = find_version_span(idea, request.args.get("page"))
    if not span.versions or not IdeaPage(idea=idea).shows_text:
        abort(404)

    def page_url(at: int) -> str:
        return local_url("idea_changes", number=number, **({"page": at} if at > 1 else {}))

    asked = request.args.get("page")
    if (asked is not None and asked != str(span.page)) or asked == "1":
        # one address for each page, which is kept
        return redirect(page_url(span.page), 302)
    return make_page_once(
        "stadtlabor/participation/ideas/changes.html",
        lambda: {
            "idea": idea,
            "changed": changes_of(span),
            "span": span,
            "previous_url": page_url(span.page - 1) if span.page > 1 else None,
            "next_url": page_url(span.page + 1) if span.page < span.pages else None,
        },
        *(idea.id, idea.title, idea.text, idea.language, idea.version, idea.published_at),
        span.page,
        query={"page": span.page} if span.page > 1 else {},
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
    if idea is None or idea.is_for_author_alone:
        abort(404)
    return idea


def own_idea_or_404(number: int, who: Identity) -> Idea:
    """The idea of an address, which is theirs."""
    idea = find_idea(number)
    if idea is None or not IdeaPage(idea=idea, who=who).is_own:
        abort(404)
    return idea


def _may_read(idea: Idea, who: Identity) -> bool:
    return not idea.is_for_author_alone or IdeaPage(idea=idea, who=who).is_own


class Around(NamedTuple):
    """What stands on an idea's page beside its own words."""

    answers: Sequence[IdeaAnswer]
    """The official answers, which go with the words of an idea that is hidden."""
    into: Idea | None
    """What it became part of."""
    parts: Sequence[Idea]
    """What became part of it."""


def _around(idea: Idea) -> Around:
    has_answers = idea.answered_at and IdeaPage(idea=idea).shows_text
    return Around(answers_to(idea.id) if has_answers else (), merged_into(idea), merged_from(idea))


def _values(
    idea: Idea, who: Identity, around: Around, problems: Sequence[str] = ()
) -> dict[str, object]:
    participant = who.participant
    stand = stand_of(idea, participant.id) if participant is not None else NOTHING
    page = IdeaPage(
        idea=idea,
        who=who,
        stand=stand,
        answers=around.answers,
        merged_into=around.into,
        merged_from=around.parts,
    )
    return {
        "page": page,
        "meta": _meta(page),
        "verdict_name": verdict_name,
        # for a stranger nothing is drawn that opens a session
        "button": idea_button(idea) if who.is_known else None,
        "problems": problems,
        "news": request.args.get("now", "") if who.is_known else "",
    }


def _meta(page: IdeaPage) -> Meta:
    idea = page.idea
    return page_meta(
        "idea",
        {"number": idea.id},
        title=page.heading,
        lead=excerpt(idea.text, 180) if page.shows_text else "",
        image=_image(page),
        calendar=absolute_url("calendar"),
        feed=absolute_url("feed"),
        is_indexed=idea.is_public,
    )


def _image(page: IdeaPage) -> Image | None:
    if page.picture is None:
        return None
    alt = LocalizedText({page.idea.language: page.idea.picture_alt or ""})
    return Image(picture=page.picture.name, alt=alt)


def _filters(project: Project) -> IdeaFilters:
    """What the address asks for; what there is not is left out."""
    asked = request.args
    category, language = asked.get("category", ""), asked.get("language", "")
    area = asked.get("area", "")
    return IdeaFilters(
        sort=asked["sort"] if asked.get("sort") in SORTS else "new",
        q=searched(asked.get("q", "")),
        category=category if category in {each.slug for each in project.categories} else "",
        language=language if language in settings().locales else "",
        verdict=asked.get("verdict", "") if asked.get("verdict") in list(Verdict) else "",
        area=area if find_area(area) is not None else "",
    )
