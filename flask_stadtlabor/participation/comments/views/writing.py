"""Writing a comment, and what its author does with it afterwards."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.participation.comments.forms import CommentForm
from flask_stadtlabor.participation.comments.models import Comment, CommentStatus
from flask_stadtlabor.participation.comments.operations.writing import (
    change,
    delete_unsent,
    is_changeable,
    publish,
    withdraw,
    words_mark,
    write,
)
from flask_stadtlabor.participation.comments.pages import ShownComment, is_level_enough
from flask_stadtlabor.participation.comments.threads import Thread, level_sentence, thread_of
from flask_stadtlabor.participation.comments.views.reading import (
    asked_thread,
    comment_or_404,
    event_thread,
    idea_thread,
    own_comment_or_404,
    project_thread,
    show_again,
)
from flask_stadtlabor.participation.people.current import Identity, identity, require_known
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile, writer
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other


def on_idea(number: int) -> ResponseReturnValue:
    """The form for a comment on an idea."""
    return _write(idea_thread(number))


def on_project(slug: str) -> ResponseReturnValue:
    """The form for a comment on a project."""
    return _write(project_thread(slug))


def on_event(slug: str) -> ResponseReturnValue:
    """The form for a comment on an event."""
    return _write(event_thread(slug))


def on_part(slug: str, part: str) -> ResponseReturnValue:
    """The form for a comment on an item of an event's programme, or on its results."""
    thread = event_thread(slug, part)
    if not thread.is_there:
        abort(404)
    return _write(thread)


def reply(number: int) -> ResponseReturnValue:
    """The form for an answer to a comment."""
    comment = comment_or_404(number)
    return _write(thread_of(comment), comment)


def sent() -> ResponseReturnValue:
    """What somebody does now whose comment waits for the link in a mail; the same for everybody."""
    return personal(draw("stadtlabor/participation/comments/sent.html", thread=asked_thread()))


def edit(number: int) -> ResponseReturnValue:
    """The author changes a comment, as long as it is fresh."""
    who = require_known()
    comment = own_comment_or_404(number, who)
    form = CommentForm(who, comment)
    # what waits is published later as it was sent in time, and as nothing else
    waits_too_long = comment.status == CommentStatus.WAITING and not thread_of(comment).is_open
    if waits_too_long or not is_changeable(comment):
        return _too_late(comment, who, form)
    if not form.is_submitted():
        return _show_edit(comment, form, 200)
    if not form.validate():
        return _show_edit(comment, form, 422)
    said, name = form.said(), form.public_name.data or None
    seen = str(form.begun.data or "")
    try:
        changed = commit(
            lambda: change(number, contributor(who).id, said, name, seen=seen) is not None
        )
    except ChangedMeanwhile:
        return _show_both(own_comment_or_404(number, who), form)
    if not changed:
        return _too_late(own_comment_or_404(number, who), who, form)
    return see_other("comment", number=number, now="changed")


def _too_late(comment: Comment, who: Identity, form: CommentForm) -> Response:
    """The comment's page or, with all that was typed, its form: it cannot be taken any more."""
    problem = _sl("It is too late to change this comment: that works for 15 minutes.")
    if not form.is_submitted():
        return show_again(comment, who, [problem], 409)
    form.form_problems = [problem]
    return _show_edit(comment, form, 409)


def publish_own(number: int) -> ResponseReturnValue:
    """The author publishes what waited for the link in a mail."""
    who = require_known()
    comment = own_comment_or_404(number, who)
    problems = Button().problems()
    if problems:
        return show_again(comment, who, problems, 422)
    if not thread_of(comment).is_readable:
        gone = [_sl("What this comment is about is not here any more.")]
        return show_again(comment, who, gone, 409)
    # whoever opened the link has confirmed the address, which is kept from now on
    sent, stands = commit(lambda: _published(publish(number, contributor(who).id)))
    return see_other("comment", number=sent, now=stands)


def delete_own(number: int) -> ResponseReturnValue:
    """The author takes a comment away: one that others have read, or that nobody has yet."""
    who = require_known()
    comment = own_comment_or_404(number, who)
    button = Button()
    if comment.status == CommentStatus.HIDDEN:
        problem = _sl("A hidden comment cannot be deleted here.")
        return show_again(comment, who, [problem], 409)
    if not button.is_submitted():
        return _show_delete(comment, button, [], 200)
    problems = button.problems()
    if problems:
        return _show_delete(comment, button, problems, 422)
    if commit(lambda: delete_unsent(number, contributor(who).id)):
        return see_other("my_registrations", now="comment-deleted")
    if not commit(lambda: withdraw(number, contributor(who).id) is not None):
        problem = _sl("A moderator has just decided about this comment. It cannot be deleted here.")
        return show_again(own_comment_or_404(number, who), who, [problem], 409)
    return see_other("comment", number=number, now="deleted")


def _write(thread: Thread, parent: Comment | None = None) -> ResponseReturnValue:
    """The form; what was typed stays, whatever speaks against sending it now."""
    who = identity()
    form = CommentForm(who)
    if not form.is_submitted():
        return _show_new(thread, parent, who, form, 200)
    is_valid = form.validate()
    refused = _refusal(thread, parent, who)
    if refused is not None:
        status, sentence = refused
        form.form_problems = [sentence]
        return _show_new(thread, parent, who, form, status)
    if not is_valid:
        return _show_new(thread, parent, who, form, 422)
    if not _is_within_limits(who):
        form.form_problems = [
            _sl("Very many comments came in a short time. Please try again later.")
        ]
        return _show_new(thread, parent, who, form, 429)
    signature, said = form.signature(form.exceeded()), form.said()
    number, stands = commit(
        lambda: _written(write(thread, writer(who, signature), said, parent=parent))
    )
    if not who.is_known:
        # whatever became of the same words before, or the answer tells whose they are (S16)
        return see_other("comment_sent", **thread.asked)
    return see_other("comment", number=number, now=stands)


def _refusal(thread: Thread, parent: Comment | None, who: Identity) -> tuple[int, str] | None:
    """The status and the sentence for somebody who can not write here now."""
    if not thread.is_open:
        return 409, _sl("No comments are taken here any more. What you wrote is still there.")
    if parent is not None and not parent.is_public:
        return 409, _sl(
            "The comment that you answer is not here any more. What you wrote is still there."
        )
    if not is_level_enough(thread, who):
        return 403, _sl(
            "You are not signed in any more, or not in the way that it takes to write here. "
            "What you wrote is still there."
        )
    return None


def _is_within_limits(who: Identity) -> bool:
    """Counts one comment of the client, and of the person where it is known who that is (S4)."""
    person = who.account.key if who.account is not None else who.address
    is_within = within_limit("comment", client_key())
    return is_within and (person is None or within_limit("comment-person", person))


def _written(comment: Comment) -> tuple[int, str]:
    return comment.id, comment.status


def _published(comment: Comment | None) -> tuple[int, str]:
    if comment is None:
        abort(404)
    return _written(comment)


def _show_new(
    thread: Thread, parent: Comment | None, who: Identity, form: CommentForm, status: int
) -> Response:
    form.mark()
    page = draw(
        "stadtlabor/participation/comments/new.html",
        thread=thread,
        answered=ShownComment(comment=parent) if parent is not None else None,
        action=_action(thread, parent),
        who=who,
        form=form,
        is_open=thread.is_open and (parent is None or parent.is_public),
        is_level_enough=is_level_enough(thread, who),
        level_sentence=level_sentence(thread.level),
    )
    return personal(page, status)


def _action(thread: Thread, parent: Comment | None) -> str:
    if parent is None:
        return thread.form_url
    return local_url("reply_to_comment", number=parent.id)


def _show_both(comment: Comment, form: CommentForm) -> Response:
    """What was typed, and below it what is stored by now; the next try counts."""
    form.begun.data = words_mark(comment)
    form.form_problems = [
        _sl(
            "You have changed this comment in another tab meanwhile. Nothing has been saved: what "
            "you wrote here is still in the form, and below it is what stands there now."
        )
    ]
    return _show_edit(comment, form, 409, is_compared=True)


def _show_edit(
    comment: Comment, form: CommentForm, status: int, *, is_compared: bool = False
) -> Response:
    form.mark()
    template = "stadtlabor/participation/comments/edit.html"
    return personal(draw(template, comment=comment, form=form, is_compared=is_compared), status)


def _show_delete(comment: Comment, form: Button, problems: list[str], status: int) -> Response:
    page = draw(
        "stadtlabor/participation/comments/delete.html",
        shown=ShownComment(comment=comment),
        form=form,
        problems=problems,
    )
    return personal(page, status)
