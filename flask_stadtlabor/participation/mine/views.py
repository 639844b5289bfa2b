"""Somebody's own pages: what they take part in, and their settings."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.forms import Button
from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.comments.queries import has_waiting_comment, own_comments
from flask_stadtlabor.participation.comments.threads import Thread, thread_of
from flask_stadtlabor.participation.ideas.queries import has_waiting_idea, own_ideas
from flask_stadtlabor.participation.moderation.own import told_decisions
from flask_stadtlabor.participation.people import current
from flask_stadtlabor.participation.people import views as people
from flask_stadtlabor.participation.people.current import Identity, require_known
from flask_stadtlabor.participation.people.forms import SettingsForm
from flask_stadtlabor.participation.people.operations import contributor, set_up
from flask_stadtlabor.participation.telling.operations import erase_news
from flask_stadtlabor.pictures import taking
from flask_stadtlabor.registration.views.account import my_registrations
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def open_link(token: str) -> ResponseReturnValue:
    """The link of a mail, which leads to what waits to be published before anything else."""
    return people.open_link(token, _waits)


def overview() -> ResponseReturnValue:
    """What somebody takes part in, for whoever is signed in or has opened a link."""
    who = require_known()
    news = _news(who)
    page = draw(
        "stadtlabor/participation/mine/overview.html",
        who=who,
        registrations=my_registrations(who.account) if who.account is not None else None,
        own=own_ideas(who.participant.id) if who.participant is not None else None,
        decisions=told_decisions(who.participant.id) if who.participant is not None else (),
        own_comments=_comments_of(who),
        takes_pictures=taking.is_possible(),
        button=Button(formdata=None),
        news=news,
        goes_on_to=current.was_set_aside() if news == "waits" else None,
    )
    return personal(page)


def _news(who: Identity) -> str:
    """What was just done; of a link, whether it leads to what is shown, and what waits there."""
    news = request.args.get("now", "")
    if news == "waits" and not _waits(who):
        return "opened"
    return "other" if news == "opened" and not current.shows_what_was_opened() else news


def _waits(who: Identity) -> bool:
    """Whether something that they sent waits until they publish it."""
    whose = who.participant
    return whose is not None and (has_waiting_idea(whose.id) or has_waiting_comment(whose.id))


def settings() -> ResponseReturnValue:
    """The name that forms suggest and the wish for mails; the way to one's data."""
    who = require_known()
    form = SettingsForm(public_name=who.public_name, **_mails(who))
    if not form.is_submitted():
        return _show(who, form, [], 200)
    if not form.validate():
        return _show(who, form, [*form.session_errors()], 422)
    name = form.public_name.data or None
    chosen = {"wants_digest": form.wants_digest.data, "wants_answers": form.wants_answers.data}
    commit(lambda: _set_up(who, name, chosen))
    return see_other("my_settings", now="saved")


def close() -> ResponseReturnValue:
    """Close the pages on a shared device, and end their link; another one comes by mail."""
    who = require_known()
    problems = Button().problems()
    if problems:
        form = SettingsForm(formdata=None, public_name=who.public_name, **_mails(who))
        return _show(who, form, problems, 422)
    commit(current.close)
    current.leave()
    return see_other("participation_link", now="closed")


def _comments_of(who: Identity) -> list[tuple[Comment, Thread]]:
    """What they wrote, with what it is about."""
    if who.participant is None:
        return []
    return [(comment, thread_of(comment)) for comment in own_comments(who.participant.id)]


def _set_up(who: Identity, name: str | None, chosen: dict[str, bool]) -> None:
    participant = contributor(who)
    set_up(participant, name, **chosen)
    if not participant.wants_digest:
        erase_news([participant.id])


def _mails(who: Identity) -> dict[str, bool]:
    """Which mails somebody gets; all of them who has not taken part yet."""
    names = ("wants_digest", "wants_answers")
    return {name: who.participant is None or getattr(who.participant, name) for name in names}


def _show(who: Identity, form: SettingsForm, problems: list[str], status: int) -> Response:
    page = draw(
        "stadtlabor/participation/mine/settings.html",
        who=who,
        form=form,
        problems=problems,
        button=Button(formdata=None),
        news=request.args.get("now", ""),
    )
    return personal(page, status)
