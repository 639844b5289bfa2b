"""Official answers to ideas: what waits for one, the form with its preview, and its publication."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.folding import searched
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.answer import AnswerForm, answer_form
from flask_stadtlabor.organise.views.staff_page import (
    LOOK,
    acting,
    is_number,
    not_seen_yet,
    staff_page,
)
from flask_stadtlabor.participation.answers.jobs.answer_mails import write_first
from flask_stadtlabor.participation.answers.operations import (
    AnsweredMeanwhile,
    AnswerText,
    NotAnswerable,
    correct_answer,
    publish_answer,
    stand_of_answers,
)
from flask_stadtlabor.participation.answers.queries import (
    STILL_SHOWN,
    Show,
    audience,
    find_office_span,
    trail_of_answers,
)
from flask_stadtlabor.participation.ideas.models import Idea, Verdict
from flask_stadtlabor.participation.ideas.pages import support_words, verdict_name
from flask_stadtlabor.participation.ideas.queries import answers_to, find_idea
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.tokens import mark_of
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other


def index() -> ResponseReturnValue:
    """The ideas that wait for an answer, those with enough support first; or the answered ones."""
    asked = request.args.get("show", "")
    show = Show(asked) if asked in list(Show) else Show.UNANSWERED
    q = searched(request.args.get("q", ""))
    span = find_office_span(show, q, request.args.get("page"), today=_today())
    query = {"show": show.value, **({"q": q} if q else {})}
    return staff_page(
        "answers/index.html",
        span=span,
        show=show,
        q=q,
        verdict_name=verdict_name,
        support_words=support_words,
        choices={each: local_url("answers", show=each.value) for each in Show},
        previous_url=_page(span.page - 1, query) if span.page > 1 else None,
        next_url=_page(span.page + 1, query) if span.page < span.pages else None,
    )


def answer(number: int) -> ResponseReturnValue:
    """The answers to an idea, and the form of the next; POST looks at it, or publishes it."""
    idea = _idea_or_404(number)
    form = answer_form(_languages())
    page = _Page(idea, form)
    if not form.is_submitted():
        return page.draw()
    if not idea.is_public:
        return page.draw([_sl("This idea cannot be answered any more.")], 409)
    if not form.validate():
        return page.draw([*form.session_errors()], 422)
    said = form.said()
    if request.form.get("do") == LOOK:
        return page.draw(looks_at=said)
    if not form.looked.is_of(mark_of(said)):
        return page.draw(status=409, looks_at=said, again=not_seen_yet())
    by, seen = acting(), form.stand
    try:
        published = commit(lambda: publish_answer(number, said, by=by, seen=seen).id)
    except NotAnswerable:
        page = _Page(_idea_or_404(number), form)
        return page.draw([_sl("This idea cannot be answered any more.")], 409)
    except AnsweredMeanwhile:
        return _Page(_idea_or_404(number), form).draw([_met()], 409, looks_at=said)
    write_first(published)
    return see_other("answer_idea", number=number, now="published")


def correct(number: int) -> ResponseReturnValue:
    """Other words for the newest answer, of which nobody is told."""
    idea = _idea_or_404(number)
    answers = answers_to(number)
    if not answers:
        abort(404)
    form = answer_form(_languages(), answers[0])
    page = _Page(idea, form, corrects=True)
    if not form.is_submitted():
        return page.draw()
    if not form.validate():
        return page.draw([*form.session_errors()], 422)
    said = form.said(Verdict(answers[0].verdict))
    by, seen = acting(), form.stand
    try:
        commit(lambda: correct_answer(number, said, by=by, seen=seen).id)
    except (AnsweredMeanwhile, NotAnswerable):
        return _Page(_idea_or_404(number), form, corrects=True).draw([_met()], 409)
    return see_other("answer_idea", number=number, now="corrected")


class _Page:
    """The page on which an answer is written or corrected."""

    def __init__(self, idea: Idea, form: AnswerForm, *, corrects: bool = False) -> None:
        self._idea = idea
        self._form = form
        self._corrects = corrects

    def draw(
        self,
        problems: list[str] | None = None,
        status: int = 200,
        *,
        looks_at: AnswerText | None = None,
        again: str = "",
    ) -> Response:
        """The page, with the answer as everybody will read it where it ``looks_at`` one.

        ``again`` says why it is shown once more though nothing is wrong.
        """
        form, idea = self._form, self._idea
        if looks_at is not None:
            form.looked.data = mark_of(looks_at)
        if not form.is_submitted() or (status == 409 and not again):
            # as it is now, which is what the next press is about
            form.seen.data = str(stand_of_answers(idea.id))
        template = "answers/correct.html" if self._corrects else "answers/answer.html"
        return staff_page(
            template,
            status,
            idea=idea,
            form=form,
            problems=problems or [],
            again=again,
            answers=answers_to(idea.id),
            trail=[
                (entry, LocalizedText(entry.document["reasons"]))
                for entry in trail_of_answers(idea.id)
            ],
            looks_at=looks_at,
            audience=audience(idea),
            now_at=now(),
            languages=_languages(),
            support_words=support_words,
            verdict_name=verdict_name,
            news=request.args.get("now", ""),
        )


def _met() -> str:
    return _sl(
        "Somebody else has answered this idea or corrected its answer meanwhile. Nothing has been "
        "published: what you wrote is still in the form, and what stands there now is shown here."
    )


def _idea_or_404(number: int) -> Idea:
    idea = find_idea(number) if is_number(number) else None
    if idea is None or idea.status not in STILL_SHOWN or idea.was_taken_away:
        abort(404)
    return idea


def _languages() -> list[str]:
    """The site's languages, the default one first."""
    first = settings().default_locale
    return [first, *(code for code in settings().locales if code != first)]


def _today() -> date:
    return now().astimezone(ZoneInfo(settings().timezone)).date()


def _page(page: int, query: dict[str, str]) -> str:
    return local_url("answers", page=page, **query)
