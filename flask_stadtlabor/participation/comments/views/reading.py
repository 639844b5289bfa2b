"""The pages that everybody reads: the comments of a thread, and one with the replies to it."""

from __future__ import annotations

from typing import TypeVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.caching import is_stranger
from flask_stadtlabor.events.formats.metadata import page_meta
from flask_stadtlabor.events.models import Event, Project
from flask_stadtlabor.events.page_cache import make_page_for_strangers
from flask_stadtlabor.events.queries import find_event
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.participation.comments.forms import CommentForm
from flask_stadtlabor.participation.comments.models import Comment, Stance
from flask_stadtlabor.participation.comments.pages import (
    NO_NEWS,
    CommentPage,
    CommentSection,
    News,
    PartOfEvent,
    is_level_enough,
    is_own,
    shown,
    shown_of_span,
    shown_of_thread,
)
from flask_stadtlabor.participation.comments.queries import (
    SORTS,
    CommentFilters,
    CommentSpan,
    Counts,
    count_thread,
    counts_by_thread,
    find_comment,
    find_comment_span,
    find_parent,
    find_reply_span,
    opinions_of,
)
from flask_stadtlabor.participation.comments.threads import (
    RESULTS,
    Thread,
    is_item,
    parts_of,
    thread_of,
)
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.participation.ideas.queries import find_idea
from flask_stadtlabor.participation.ideas.views import reading as ideas
from flask_stadtlabor.participation.people.current import STRANGER, Identity, identity
from flask_stadtlabor.participation.projects.queries import find_project
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.state import settings
from flask_stadtlabor.templating import draw
from flask_stadtlabor.text import excerpt
from flask_stadtlabor.urls import absolute_url

About = TypeVar("About", Idea, Project, Event)


def show_idea(number: int) -> ResponseReturnValue:
    """An idea, with the first page of its comments."""
    return ideas.show(number, _below_idea)


def on_idea(number: int) -> ResponseReturnValue:
    """The comments on an idea."""
    return _show_thread(idea_thread(number))


def on_project(slug: str) -> ResponseReturnValue:
    """The comments on a project."""
    return _show_thread(project_thread(slug))


def on_event(slug: str) -> ResponseReturnValue:
    """The comments on an event, and the ways to those on its programme and its results."""
    return _show_thread(event_thread(slug))


def on_part(slug: str, part: str) -> ResponseReturnValue:
    """The comments on an item of an event's programme, or on its results."""
    return _show_thread(event_thread(slug, part))


def show(number: int) -> ResponseReturnValue:
    """A comment by its lasting address, with what it answers and the replies to it."""
    comment, who = find_comment(number), _who()
    if comment is None or not _may_read(comment, who):
        abort(404)
    span, parent = find_reply_span(comment, request.args.get("page")), find_parent(comment)
    answered = [parent] if parent is not None else []
    thread = thread_of(comment)
    return make_page_for_strangers(
        "stadtlabor/participation/comments/show.html",
        lambda: _page_values(comment, parent, span, who),
        shown([comment, *answered]),
        shown_of_span(span),
        shown_of_thread(thread),
        query=_page_query(span),
    )


def show_again(comment: Comment, who: Identity, problems: list[str], status: int) -> Response:
    """The page of a comment on which a button could not do what it says.

    Of what others wrote, it shows nothing that is not to be read any more.
    """
    span, parent = CommentSpan(1, 1, (), {}), None
    if thread_of(comment).is_readable:
        span, parent = find_reply_span(comment, None), find_parent(comment)
    values = _page_values(comment, parent, span, who, problems)
    return personal(draw("stadtlabor/participation/comments/show.html", **values), status)


def idea_thread(number: int) -> Thread:
    """The thread of an idea; 404 where there is none that everybody reads."""
    return _readable(Thread(_found(find_idea(number))))


def project_thread(slug: str) -> Thread:
    """The thread of a project; 404 where there is no such project."""
    return Thread(_found(find_project(slug)))


def event_thread(slug: str, part: str = "") -> Thread:
    """The thread of an event or one of its parts; 404 where nobody can have spoken about that."""
    if part and part != RESULTS and not is_item(part):
        abort(404)
    return _readable(Thread(_found(find_event(slug)), part))


def asked_thread() -> Thread | None:
    """The thread that the query of a page names, where everybody can read it."""
    asked = request.args
    about: Idea | Project | Event | None = None
    if asked.get("on") == "idea":
        about = find_idea(asked.get("number", 0, type=int))
    elif asked.get("on") == "project":
        about = find_project(asked.get("slug", ""))
    elif asked.get("on") == "event":
        about = find_event(asked.get("slug", ""))
    part = asked.get("part", "")
    if about is None or (part and not isinstance(about, Event)):
        return None
    thread = Thread(about, part)
    return thread if thread.is_there else None


def comment_or_404(number: int) -> Comment:
    """The comment of an address, which everybody can read or could once."""
    comment = find_comment(number)
    if comment is None or not _may_read(comment, STRANGER):
        abort(404)
    return comment


def own_comment_or_404(number: int, who: Identity) -> Comment:
    """The comment of an address, which is theirs."""
    comment = find_comment(number)
    if comment is None or not is_own(comment, who):
        abort(404)
    return comment


def _found(about: About | None) -> About:
    if about is None:
        abort(404)
    return about


def _readable(thread: Thread) -> Thread:
    if not thread.is_readable:
        abort(404)
    return thread


def _may_read(comment: Comment, who: Identity) -> bool:
    if comment.is_for_author_alone and not is_own(comment, who):
        return False
    return thread_of(comment).is_readable


def _who() -> Identity:
    return STRANGER if is_stranger() else identity()


def _below_idea(idea: Idea, who: Identity) -> ideas.Beside:
    """The first page of its comments, on the page of the idea itself."""
    thread = Thread(idea)
    if not thread.is_readable:
        return ideas.Beside()
    counts, span = count_thread(thread), find_comment_span(thread, CommentFilters(), None)
    return ideas.Beside(
        lambda: {
            "comments": _section(thread, counts, span, CommentFilters(), who, thread.about_url)
        },
        (counts, shown_of_span(span), shown_of_thread(thread)),
    )


def _show_thread(thread: Thread) -> ResponseReturnValue:
    filters, who = _filters(), _who()
    counts = count_thread(thread)
    if not thread.is_there and not counts.comments:
        abort(404)
    span = find_comment_span(thread, filters, request.args.get("page"))
    found = _parts(thread)
    query = _page_query(span)

    def values() -> dict[str, object]:
        meta = page_meta(
            thread.endpoint,
            {**thread.names, **query},
            title=_sl("Comments: %(title)s", title=thread.title),
            calendar=absolute_url("calendar"),
            feed=absolute_url("feed"),
            is_indexed=not filters.query,
        )
        section = _section(thread, counts, span, filters, who)
        return {"comments": section, "parts": found, "meta": meta}

    return make_page_for_strangers(
        "stadtlabor/participation/comments/index.html",
        values,
        counts,
        shown_of_span(span),
        shown_of_thread(thread),
        [(part.thread.key, part.thread.title, part.comments) for part in found],
        query={**filters.query, **query},
    )


def _page_query(span: CommentSpan) -> dict[str, str | int]:
    return {"page": span.page} if span.page > 1 else {}


def _parts(thread: Thread) -> list[PartOfEvent]:
    """The other threads of an event, on the page of the event's own."""
    event = thread.about
    if not isinstance(event, Event) or thread.part:
        return []
    counts = counts_by_thread(event)
    parts = {part.key: part for part in parts_of(event)}
    for key in sorted(set(counts) - set(parts) - {thread.key}):
        # an item that has gone or is called otherwise now, and what was said of it
        parts[key] = Thread(event, key.removeprefix(f"{thread.key}/"))
    return [PartOfEvent(part, counts.get(key, 0)) for key, part in parts.items()]


def _section(
    thread: Thread,
    counts: Counts,
    span: CommentSpan,
    filters: CommentFilters,
    who: Identity,
    page_url: str = "",
) -> CommentSection:
    on_page = [*span.comments, *(reply for found in span.replies.values() for reply in found)]
    return CommentSection(
        thread=thread,
        counts=counts,
        span=span,
        filters=filters,
        who=who,
        opinions=_opinions(who, on_page),
        form=_fresh_form(thread, who),
        button=Button(formdata=None) if who.is_known else None,
        page_url=page_url,
        news=_news(who),
    )


def _news(who: Identity, number: int = 0) -> News:
    """What was just done with one of the comments; with that of the page where none is named."""
    if not who.is_known:
        return NO_NEWS
    return News(request.args.get("comment", number, type=int), request.args.get("now", ""))


def _page_values(
    comment: Comment,
    parent: Comment | None,
    span: CommentSpan,
    who: Identity,
    problems: list[str] | None = None,
) -> dict[str, object]:
    thread = thread_of(comment)
    on_page = [
        comment,
        *span.comments,
        *(reply for found in span.replies.values() for reply in found),
    ]
    page = CommentPage(
        thread=thread,
        counts=Counts(),
        span=span,
        who=who,
        opinions=_opinions(who, on_page),
        form=_fresh_form(thread, who, comment) if comment.is_public else None,
        button=Button(formdata=None) if who.is_known else None,
        news=_news(who, comment.id),
        comment=comment,
        parent=parent,
    )
    meta = page_meta(
        "comment",
        {"number": comment.id, **_page_query(span)},
        title=page.heading,
        lead=excerpt(comment.text, 180) if comment.is_public else "",
        calendar=absolute_url("calendar"),
        feed=absolute_url("feed"),
        # the list has its words already
        is_indexed=False,
    )
    return {
        "page": page,
        "meta": meta,
        "problems": problems or [],
        "news": request.args.get("now", "") if who.is_known else "",
    }


def _fresh_form(thread: Thread, who: Identity, parent: Comment | None = None) -> CommentForm | None:
    """An empty form for somebody who is known and can write here; None for anybody else.

    For a stranger nothing is drawn that opens a session.
    """
    if not (who.is_known and thread.is_open and is_level_enough(thread, who)):
        return None
    form = CommentForm(who, formdata=None)
    if parent is None:
        form.sent_to = thread.form_endpoint, thread.names
    else:
        form.sent_to = "reply_to_comment", {"number": parent.id}
    form.mark()
    return form


def _opinions(who: Identity, comments: list[Comment]) -> dict[int, str]:
    return opinions_of(who.participant.id, comments) if who.participant is not None else {}


def _filters() -> CommentFilters:
    """What the address asks for; what there is not is left out."""
    asked = request.args
    language, stance = asked.get("language", ""), asked.get("stance", "")
    return CommentFilters(
        sort=asked["sort"] if asked.get("sort") in SORTS else "new",
        language=language if language in settings().locales else "",
        stance=stance if stance in {each.value for each in Stance} else "",
    )
