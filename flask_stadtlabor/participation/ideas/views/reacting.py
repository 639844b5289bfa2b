"""Supporting and following an idea; a stranger proves an address first, and comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.participation.ideas.forms import idea_button
from flask_stadtlabor.participation.ideas.merges import merged_into
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.participation.ideas.operations import support as reactions
from flask_stadtlabor.participation.ideas.pages import IdeaPage
from flask_stadtlabor.participation.ideas.views.reading import idea_or_404, show_again
from flask_stadtlabor.participation.people import current
from flask_stadtlabor.participation.people.current import Identity, identity, require_known
from flask_stadtlabor.participation.people.forms import ReadersButton
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.participation.people.views import take_address
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile
from flask_stadtlabor.registration.forms.send_link import LinkForm
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other

React = Callable[[int], object]
"""What is done by the number of a participant."""


def support(number: int) -> ResponseReturnValue:
    """Count among those who support an idea."""
    idea, who = idea_or_404(number), identity()
    if not IdeaPage(idea=idea).can_be_supported:
        return _show_closed(idea, 409 if Button().is_submitted() else 200)
    if not who.is_known:
        return _prove_address(idea, "idea_support")
    words = reactions.words_of(idea)
    seen = ReadersButton().mark_read(words.mark)
    try:
        return _press(
            idea, who, "idea_support", "supported",
            lambda participant: reactions.support(words, participant, seen=seen),
        )  # fmt: skip
    except ChangedMeanwhile:
        return _ask_anew(idea_or_404(number))


def follow(number: int) -> ResponseReturnValue:
    """Hear news of an idea."""
    idea, who = idea_or_404(number), identity()
    if not idea.is_public:
        # its page says what has become of it
        return see_other("idea", number=number)
    if not who.is_known:
        return _prove_address(idea, "idea_follow")
    return _press(idea, who, "idea_follow", "followed", partial(reactions.follow, number))


def take_back(number: int) -> ResponseReturnValue:
    """Support an idea no more."""
    return _end(number, reactions.take_back, "taken-back")


def unfollow(number: int) -> ResponseReturnValue:
    """Hear no more of an idea."""
    return _end(number, reactions.unfollow, "unfollowed")


def _press(idea: Idea, who: Identity, endpoint: str, news: str, react: React) -> Response:
    """The page with one button for whoever came back from their mail, and what it does."""
    number, button = idea.id, Button()
    if not button.is_submitted():
        return _ask(idea, endpoint, idea_button(idea), [], 200)
    problems = button.problems()
    if problems:
        return _ask(idea, endpoint, idea_button(idea), problems, 422)
    if not within_limit("link", client_key()):
        problems = [_sl("That was pressed very often in a short time. Please try again later.")]
        return _ask(idea, endpoint, idea_button(idea), problems, 429)
    commit(lambda: react(contributor(who).id))
    return see_other("idea", number=number, now=news)


def _ask_anew(idea: Idea) -> Response:
    """The idea as it is now, for whoever wanted to support it as it was."""
    if not IdeaPage(idea=idea).can_be_supported:
        return _show_closed(idea, 409)
    problem = _sl(
        "This idea was changed since you opened the page, so nothing was counted yet. Below is "
        "what it says now: do you support that?"
    )
    return _ask(idea, "idea_support", idea_button(idea), [problem], 409)


def _show_closed(idea: Idea, status: int) -> Response:
    closed = IdeaPage(idea=idea, merged_into=merged_into(idea))
    return personal(draw("stadtlabor/participation/ideas/closed.html", page=closed), status)


def _end(number: int, end: Callable[[int, int], object], news: str) -> ResponseReturnValue:
    who = require_known()
    idea = idea_or_404(number)
    problems = Button().problems()
    if problems:
        return show_again(idea, who, problems, 422)
    commit(lambda: end(number, contributor(who).id))
    return see_other("idea", number=number, now=news)


def _prove_address(idea: Idea, endpoint: str) -> ResponseReturnValue:
    """A link goes to the address that somebody types; it leads back to what they wanted to do."""
    form = LinkForm()
    if not form.is_submitted():
        return _ask(idea, endpoint, form, [], 200)
    back = local_url(endpoint, number=idea.id)
    status = take_address(form)
    if status != 303:
        return _ask(idea, endpoint, form, [*form.form_problems], status)
    current.come_back_to(back)
    return see_other("participation_link_sent")


def _ask(
    idea: Idea, endpoint: str, form: Button | LinkForm, problems: list[str], status: int
) -> Response:
    page = draw(
        "stadtlabor/participation/ideas/react.html",
        page=IdeaPage(idea=idea),
        deed=endpoint,
        form=form,
        is_known=not isinstance(form, LinkForm),
        problems=problems,
    )
    return personal(page, status)
