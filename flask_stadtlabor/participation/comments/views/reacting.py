"""Agreeing and disagreeing; a stranger proves an address first, and comes back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import redirect
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.participation.comments.forms import OpinionButton, opinion_button
from flask_stadtlabor.participation.comments.models import Comment, Opinion
from flask_stadtlabor.participation.comments.operations import reactions
from flask_stadtlabor.participation.comments.operations.writing import words_mark
from flask_stadtlabor.participation.comments.pages import ShownComment
from flask_stadtlabor.participation.comments.threads import thread_of
from flask_stadtlabor.participation.comments.views.reading import comment_or_404, show_again
from flask_stadtlabor.participation.people import current
from flask_stadtlabor.participation.people.current import Identity, identity, require_known
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.participation.people.views import take_address
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile
from flask_stadtlabor.registration.forms.send_link import LinkForm
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other

ENDPOINTS = {Opinion.AGREE: "agree_with_comment", Opinion.DISAGREE: "disagree_with_comment"}
NEWS = {Opinion.AGREE: "agreed", Opinion.DISAGREE: "disagreed"}
TAKEN_BACK = {Opinion.AGREE: "not-agreed", Opinion.DISAGREE: "not-disagreed"}


def agree(number: int) -> ResponseReturnValue:
    """Count among those who agree with a comment."""
    return _react(number, Opinion.AGREE)


def disagree(number: int) -> ResponseReturnValue:
    """Count among those who disagree with a comment."""
    return _react(number, Opinion.DISAGREE)


def take_back(number: int) -> ResponseReturnValue:
    """Neither agree nor disagree any more."""
    who = require_known()
    comment = comment_or_404(number)
    button = OpinionButton()
    problems = button.problems()
    if problems:
        return show_again(comment, who, problems, 422)
    opinion = commit(lambda: reactions.take_back(number, contributor(who).id))
    news = TAKEN_BACK[opinion] if opinion is not None else "taken-back"
    return _lead_back(number, button.way_back, news)


def _react(number: int, opinion: Opinion) -> ResponseReturnValue:
    comment, who = comment_or_404(number), identity()
    if not comment.is_public or not thread_of(comment).is_open:
        return _show_closed(comment, 409 if Button().is_submitted() else 200)
    if not who.is_known:
        return _prove_address(comment, opinion)
    return _press(comment, who, opinion)


def _press(comment: Comment, who: Identity, opinion: Opinion) -> Response:
    """The page with one button for whoever came back from their mail, and what it does."""
    number, button = comment.id, OpinionButton()
    back = button.way_back
    if not button.is_submitted():
        return _ask(comment, opinion, opinion_button(comment), [], 200)
    problems = button.problems()
    if problems:
        return _ask(comment, opinion, opinion_button(comment, back), problems, 422)
    if not within_limit("link", client_key()):
        problems = [_sl("That was pressed very often in a short time. Please try again later.")]
        return _ask(comment, opinion, opinion_button(comment, back), problems, 429)
    seen = button.mark_read(words_mark(comment))
    try:
        is_counted = commit(
            lambda: reactions.react(number, contributor(who).id, opinion, seen=seen)
        )
    except ChangedMeanwhile:
        return _ask_anew(comment_or_404(number), opinion, back)
    if not is_counted:
        return _show_closed(comment_or_404(number), 409)
    return _lead_back(number, back, NEWS[opinion])


def _lead_back(number: int, path: str, news: str) -> Response:
    """To the comment on the page on which the button was pressed; to its own where none is known.

    Both say there what was done.
    """
    page = urlsplit(path)
    if page.path in ("", local_url("comment", number=number)):
        return see_other("comment", number=number, now=news)
    query = {**dict(parse_qsl(page.query)), "now": news, "comment": number}
    return redirect(f"{page.path}?{urlencode(query)}#comment-{number}", 303)


def _ask_anew(comment: Comment, opinion: Opinion, back: str) -> Response:
    """The comment as it is now, for whoever has rated it as it was."""
    if not comment.is_public:
        return _show_closed(comment, 409)
    problem = _sl(
        "This comment was changed since you opened the page, so nothing was counted yet. Below is "
        "what it says now: do you still think so?"
    )
    return _ask(comment, opinion, opinion_button(comment, back), [problem], 409)


def _show_closed(comment: Comment, status: int) -> Response:
    shown = ShownComment(comment=comment)
    return personal(draw("stadtlabor/participation/comments/closed.html", shown=shown), status)


def _prove_address(comment: Comment, opinion: Opinion) -> ResponseReturnValue:
    """A link goes to the address that somebody types; it leads back to what they wanted to do."""
    form = LinkForm()
    if not form.is_submitted():
        return _ask(comment, opinion, form, [], 200)
    back = local_url(ENDPOINTS[opinion], number=comment.id)
    status = take_address(form)
    if status != 303:
        return _ask(comment, opinion, form, [*form.form_problems], status)
    current.come_back_to(back)
    return see_other("participation_link_sent")


def _ask(
    comment: Comment,
    opinion: Opinion,
    form: Button | LinkForm,
    problems: list[str],
    status: int,
) -> Response:
    page = draw(
        "stadtlabor/participation/comments/react.html",
        shown=ShownComment(comment=comment),
        time_zone=thread_of(comment).time_zone,
        deed=ENDPOINTS[opinion],
        form=form,
        is_known=not isinstance(form, LinkForm),
        problems=problems,
    )
    return personal(page, status)
