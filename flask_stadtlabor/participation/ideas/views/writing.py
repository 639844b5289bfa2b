"""Writing an idea, and what its author does with it afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.events.models import Project
from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl, _sln, language_tag
from flask_stadtlabor.limits import client_key, within_limit
from flask_stadtlabor.participation.ideas.forms import IdeaForm, WithdrawForm
from flask_stadtlabor.participation.ideas.models import DELETABLE, UNSENT, Idea, IdeaStatus
from flask_stadtlabor.participation.ideas.operations.writing import (
    change,
    delete_unsent,
    find_written,
    publish,
    withdraw,
    words_mark,
    write,
)
from flask_stadtlabor.participation.ideas.pages import (
    is_changeable,
    is_level_enough,
    support_words,
)
from flask_stadtlabor.participation.ideas.queries import count_sent
from flask_stadtlabor.participation.ideas.similar import similar_ideas
from flask_stadtlabor.participation.ideas.views.reading import (
    own_idea_or_404,
    project_or_404,
    show_again,
)
from flask_stadtlabor.participation.people.current import Identity, identity, require_known
from flask_stadtlabor.participation.people.operations import contributor
from flask_stadtlabor.participation.people.writing import ChangedMeanwhile, writer
from flask_stadtlabor.participation.projects.phases import Deed, open_deeds
from flask_stadtlabor.registration.views.link_session import personal
from flask_stadtlabor.state import now
from flask_stadtlabor.templating import draw
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other


def new(slug: str) -> ResponseReturnValue:
    """The form for a new idea; what was typed stays, whatever speaks against sending it now."""
    project, who = project_or_404(slug), identity()
    form = IdeaForm(project, who)
    if not form.is_submitted():
        return _show_new(project, who, form, 200)
    keeps_draft = form.is_draft and who.is_known
    is_valid = form.validate()
    sent = _sent(project, who, form) if is_valid else None
    if sent is not None:
        return see_other("idea", number=sent.id, now=sent.status)
    refused = None if keeps_draft else _refusal(project, who) or _enough(project, who)
    if refused is not None:
        status, sentence = refused
        form.form_problems = [sentence]
        return _show_new(project, who, form, status)
    if not is_valid:
        return _show_new(project, who, form, 422)
    said = form.said()
    similar = [] if keeps_draft else similar_ideas(project.id, said.title)
    if {idea.id for idea in similar} - form.seen_numbers():
        form.seen.data = " ".join(str(idea.id) for idea in similar)
        return _show_new(project, who, form, 200, similar)
    if not _is_within_limits(who):
        form.form_problems = [_sl("Very many ideas came in a short time. Please try again later.")]
        return _show_new(project, who, form, 429)
    signature = form.signature(form.exceeded())
    try:
        number, stands = commit(
            lambda: _written(write(project, writer(who, signature), said, as_draft=keeps_draft))
        )
    except AlreadyDeleted:
        if said.picture is None:
            raise
        form.lose_picture()
        return _show_new(project, who, form, 422)
    if not who.is_known:
        # whatever became of the same words before, or the answer tells whose they are (S16)
        return see_other("idea_sent", slug=slug)
    return see_other("idea", number=number, now=stands)


def sent(slug: str) -> ResponseReturnValue:
    """What somebody does now whose idea waits for the link in a mail; the same for everybody."""
    project = project_or_404(slug)
    return personal(draw("stadtlabor/participation/ideas/sent.html", project=project))


def similar(slug: str) -> ResponseReturnValue:
    """Ideas with a similar title, for the script that asks while somebody types."""
    project = project_or_404(slug)
    found = similar_ideas(project.id, request.args.get("title", ""))
    return jsonify(
        [
            {
                "number": idea.id,
                "title": idea.title,
                "language": language_tag(idea.language),
                "supports": support_words(idea),
                "url": local_url("idea", number=idea.id),
            }
            for idea in found
        ]
    )


def edit(number: int) -> ResponseReturnValue:
    """The author writes the idea anew."""
    who = require_known()
    idea = own_idea_or_404(number, who)
    form = IdeaForm(idea.project, who, idea)
    if not is_changeable(idea):
        return _too_late(idea, who, form)
    if not form.is_submitted():
        return _show_edit(idea, form, 200)
    if not form.validate():
        return _show_edit(idea, form, 422)
    said, name = form.said(), form.public_name.data or None
    seen = str(form.begun.data or "")
    try:
        changed = commit(
            lambda: change(number, contributor(who).id, said, name, seen=seen) is not None
        )
    except ChangedMeanwhile:
        return _show_both(own_idea_or_404(number, who), form)
    except AlreadyDeleted:
        if said.picture is None:
            raise
        form.lose_picture()
        return _show_edit(own_idea_or_404(number, who), form, 422)
    if not changed:
        return _too_late(own_idea_or_404(number, who), who, form)
    return see_other("idea", number=number, now="changed")


def _too_late(idea: Idea, who: Identity, form: IdeaForm) -> Response:
    """The idea's page or, with all that was typed, its form: it cannot be taken any more."""
    problem = _sl("This idea cannot be changed any more.")
    if not form.is_submitted():
        return show_again(idea, who, [problem], 409)
    form.form_problems = [problem]
    return _show_edit(idea, form, 409)


def publish_own(number: int) -> ResponseReturnValue:
    """The author publishes a draft, or what waited for the link in a mail."""
    who = require_known()
    idea = own_idea_or_404(number, who)
    problems = Button().problems()
    if problems:
        return show_again(idea, who, problems, 422)
    # what waits was sent while ideas were collected
    refused = _refusal(idea.project, who) if idea.status == IdeaStatus.DRAFT else None
    if idea.status in UNSENT:
        refused = refused or _enough(idea.project, who)
    if refused is not None:
        return show_again(idea, who, [refused[1]], refused[0])
    if idea.status == IdeaStatus.DRAFT and not _is_within_limits(who):
        problem = _sl("Very many ideas came in a short time. Please try again later.")
        return show_again(idea, who, [problem], 429)
    # whoever opened the link has confirmed the address, which is kept from now on
    sent, stands = commit(lambda: _published(publish(number, contributor(who).id)))
    if stands in UNSENT:
        problem = _sl("Something is missing before everybody can read your idea: please change it.")
        return show_again(own_idea_or_404(number, who), who, [problem], 422)
    return see_other("idea", number=sent, now=stands)


def delete_own(number: int) -> ResponseReturnValue:
    """The author deletes what nobody else has seen, once they have read what goes."""
    who = require_known()
    idea = own_idea_or_404(number, who)
    button = Button()
    if idea.status not in DELETABLE:
        return _sent_meanwhile(idea, who, 409 if button.is_submitted() else 200)
    if not button.is_submitted():
        return _show_delete(idea, button, [], 200)
    problems = button.problems()
    if problems:
        return _show_delete(idea, button, problems, 422)
    if not commit(lambda: delete_unsent(number, contributor(who).id)):
        return _sent_meanwhile(own_idea_or_404(number, who), who, 409)
    return see_other("my_registrations", now="idea-deleted")


def _sent_meanwhile(idea: Idea, who: Identity, status: int) -> Response:
    problem = _sl("It was sent meanwhile, so that it cannot simply be deleted any more.")
    return show_again(idea, who, [problem], status)


def withdraw_own(number: int) -> ResponseReturnValue:
    """The author withdraws an idea that others have read; its page stays."""
    who = require_known()
    idea = own_idea_or_404(number, who)
    form = WithdrawForm()
    if not idea.is_public:
        problem = _sl("There is nothing to withdraw.")
        return show_again(idea, who, [problem], 409 if form.is_submitted() else 200)
    if not form.is_submitted():
        return _show_withdraw(idea, form, 200)
    if not form.validate():
        form.form_problems = [*form.session_errors()]
        return _show_withdraw(idea, form, 422)
    reason = str(form.reason.data)
    commit(lambda: withdraw(number, contributor(who).id, reason))
    return see_other("idea", number=number, now="withdrawn")


def _sent(project: Project, who: Identity, form: IdeaForm) -> Idea | None:
    """What the first of two presses has sent: nothing speaks against it after that (S5)."""
    if not who.is_known or who.participant is None:
        return None
    found = find_written(project, who.participant.id, form.said())
    return found if found is not None and found.status not in UNSENT else None


def _refusal(project: Project, who: Identity) -> tuple[int, str] | None:
    """The status and the sentence for somebody who can not publish an idea now."""
    if Deed.IDEA not in open_deeds(project, now()):
        return 409, _sl("No ideas are collected here at the moment. What you wrote is still there.")
    if not is_level_enough(project, who):
        return 403, _sl(
            "You are not signed in any more, or not in the way that it takes to write here. "
            "What you wrote is still there."
        )
    return None


def _enough(project: Project, who: Identity) -> tuple[int, str] | None:
    """The same for somebody who has published as many ideas here as the project takes of each."""
    participant, most = who.participant, project.most_ideas
    if participant is None or most is None or count_sent(project.id, participant.id) < most:
        return None
    return 409, _sln(
        "Each person can publish %(num)d idea in this project, and yours is there already. "
        "What you wrote is still there.",
        "Each person can publish %(num)d ideas in this project, and yours are there already. "
        "What you wrote is still there.",
        most,
    )


def _is_within_limits(who: Identity) -> bool:
    """Counts one idea of the client, and of the person where it is known who that is (S4)."""
    person = who.account.key if who.account is not None else who.address
    is_within = within_limit("idea", client_key())
    return is_within and (person is None or within_limit("idea-person", person))


def _written(idea: Idea) -> tuple[int, str]:
    return idea.id, idea.status


def _published(idea: Idea | None) -> tuple[int, str]:
    if idea is None:
        abort(404)
    return _written(idea)


def _show_new(
    project: Project,
    who: Identity,
    form: IdeaForm,
    status: int,
    similar: Sequence[Idea] = (),
) -> Response:
    form.mark()
    page = draw(
        "stadtlabor/participation/ideas/new.html",
        project=project,
        who=who,
        form=form,
        similar=similar,
        support_words=support_words,
        is_open=Deed.IDEA in open_deeds(project, now()),
        is_level_enough=is_level_enough(project, who),
    )
    return personal(page, status)


def _show_both(idea: Idea, form: IdeaForm) -> Response:
    """What was typed, and below it what is stored by now; the next try counts."""
    form.begun.data = words_mark(idea)
    form.form_problems = [
        _sl(
            "You have changed this idea in another tab meanwhile. Nothing has been saved: what "
            "you wrote here is still in the form, and below it is what stands there now."
        )
    ]
    return _show_edit(idea, form, 409, is_compared=True)


def _show_edit(idea: Idea, form: IdeaForm, status: int, *, is_compared: bool = False) -> Response:
    form.mark()
    template = "stadtlabor/participation/ideas/edit.html"
    return personal(draw(template, idea=idea, form=form, is_compared=is_compared), status)


def _show_withdraw(idea: Idea, form: WithdrawForm, status: int) -> Response:
    page = draw("stadtlabor/participation/ideas/withdraw.html", idea=idea, form=form)
    return personal(page, status)


def _show_delete(idea: Idea, form: Button, problems: list[str], status: int) -> Response:
    template = "stadtlabor/participation/ideas/delete.html"
    return personal(draw(template, idea=idea, form=form, problems=problems), status)
