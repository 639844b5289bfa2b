"""Ideas in the back office: the list of all projects, and merging two that want the same."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor.idea_merging import merge as merge_ideas
from flask_stadtlabor.editor.idea_merging import take_back
from flask_stadtlabor.events.queries import list_projects
from flask_stadtlabor.folding import searched
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.merge_ideas import MergeButton, number_in
from flask_stadtlabor.organise.views.staff_page import acting, button_problems, staff_page
from flask_stadtlabor.participation.ideas.jobs.merge_mails import tell_first
from flask_stadtlabor.participation.ideas.merges import merged_from, open_merge, to_tell
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.participation.ideas.operations.merging import (
    Hindrance,
    MergeRefused,
    hindrance,
)
from flask_stadtlabor.participation.ideas.pages import support_words
from flask_stadtlabor.participation.ideas.queries import (
    OFFICE,
    IdeaFilters,
    OfficeFilters,
    find_idea,
    find_idea_span,
    find_office_span,
)
from flask_stadtlabor.participation.ideas.similar import similar_ideas
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other


def index() -> ResponseReturnValue:
    """The ideas of all projects: searched, by project and by what became of them."""
    asked, projects = request.args, list_projects()
    project, status = asked.get("project", ""), asked.get("status", "")
    filters = OfficeFilters(
        q=searched(asked.get("q", "")),
        project=project if project in {each.slug for each in projects} else "",
        status=status if status in OFFICE else "",
    )
    span = find_office_span(filters, asked.get("page"))
    earlier, later = (
        local_url("organise_ideas", **filters.query, page=page) if 1 <= page <= span.pages else None
        for page in (span.page - 1, span.page + 1)
    )
    return staff_page(
        "ideas/index.html",
        span=span,
        filters=filters,
        projects=projects,
        states=OFFICE,
        support_words=support_words,
        previous_url=earlier,
        next_url=later,
    )


def merge(number: int) -> ResponseReturnValue:
    """Choose what an idea becomes part of, see who is told, and press the button."""
    idea, form = _found(number), MergeButton()
    if not form.is_submitted():
        into = _other(idea, number_in(request.args.get("into")))
        return _show(idea, into, [])
    into = _other(idea, form.number())
    if into is None:
        return _show(idea, None, [_sl("Choose the idea that it becomes part of.")], 422)
    problems = form.problems()
    if problems:
        return _show(idea, into, problems, 422)
    slug, target, people, by = idea.project.slug, into.id, form.shown_people(), acting()
    try:
        done = commit(lambda: merge_ideas(slug, number, target, people=people, by=by))
    except MergeRefused as refused:
        return _show(_found(number), find_idea(target), [_in_words(refused.hindrance)], 409)
    if done is not None:
        tell_first(done)
    return see_other("merge_idea", number=number, now="merged")


def unmerge(number: int) -> ResponseReturnValue:
    """Let an idea stand on its own again."""
    idea = _found(number)
    problems = button_problems()
    if problems:
        return _show(idea, None, problems, 422)
    slug, by = idea.project.slug, acting()
    if not commit(lambda: take_back(slug, number, by)):
        sentence = _sl("This idea is part of none, so that there is nothing to take back.")
        return _show(_found(number), None, [sentence], 409)
    return see_other("merge_idea", number=number, now="parted")


def _found(number: int) -> Idea:
    idea = find_idea(number)
    if idea is None or idea.status not in OFFICE:
        abort(404)
    return idea


def _other(idea: Idea, number: int) -> Idea | None:
    """The idea that was chosen, where it is one of the same project that is not this one."""
    found = find_idea(number)
    fits = found is not None and found.project_id == idea.project_id and found.id != idea.id
    return found if fits else None


def _show(idea: Idea, into: Idea | None, problems: Sequence[str], status: int = 200) -> Response:
    done = open_merge(idea.id) if not idea.is_public else None
    refused = hindrance(idea, into) if into is not None else None
    target = into if refused is None else None
    told = to_tell(idea, target) if target is not None else None
    q = searched(request.args.get("q", ""))
    chosen: Sequence[Idea] = ()
    if target is None and idea.is_public:
        alike = similar_ideas(idea.project_id, idea.title, but=idea.id)
        found = find_idea_span(idea.project, IdeaFilters(q=q), 1).ideas if q else alike
        chosen = [each for each in found if each.id != idea.id]
    return staff_page(
        "ideas/merge.html",
        status,
        idea=idea,
        into=target,
        problems=problems or ([_in_words(refused)] if refused is not None else []),
        done=done,
        done_into=find_idea(done.into_id) if done is not None else None,
        told=told,
        parts=merged_from(idea),
        form=MergeButton(
            formdata=None, into=target.id if target else "", people=told.people if told else ""
        ),
        q=q,
        chosen=chosen,
        support_words=support_words,
        news=request.args.get("now", ""),
    )


def _in_words(found: Hindrance) -> str:
    return {
        Hindrance.ITSELF: _sl("An idea cannot become part of itself."),
        Hindrance.OTHER_PROJECT: _sl("Both ideas have to be of the same project."),
        Hindrance.NOT_PUBLIC: _sl(
            "This idea is not published (any more), or part of another one already."
        ),
        Hindrance.TARGET_NOT_PUBLIC: _sl(
            "The other idea is not published (any more), or part of another one itself. Choose "
            "that one."
        ),
        Hindrance.PEOPLE_CHANGED: _sl(
            "Meanwhile more or fewer people support one of the ideas. Nothing has been done yet: "
            "see below who would be told now, and press the button once more."
        ),
    }[found]
