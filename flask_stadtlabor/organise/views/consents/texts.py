"""Consent texts for editors: what is published, the draft of the next version, publishing it."""

from __future__ import annotations

from typing import NamedTuple

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.models import ConsentDraft, Mode
from flask_stadtlabor.consent.reporting.counts import count_in_force
from flask_stadtlabor.consent.texts.differences import Differences, compare
from flask_stadtlabor.consent.texts.drafts import (
    NO_DRAFT,
    DraftChanged,
    DraftIncomplete,
    PurposeState,
    discard_draft,
    find_purpose,
    first_content,
    list_purposes,
    publish_draft,
    save_draft,
)
from flask_stadtlabor.consent.texts.published import versions_of
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.forms.text import (
    EDITORIAL,
    MATERIAL,
    DraftButton,
    TextForm,
    text_form,
)
from flask_stadtlabor.organise.views.staff_page import acting, staff_page
from flask_stadtlabor.registration.jobs.reconsent import count_to_ask
from flask_stadtlabor.state import settings
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


class Consequences(NamedTuple):
    """What publishing a draft does to people."""

    is_material: bool
    in_force: int
    """How many consents are in force."""
    to_ask: int
    """How many registered people have given one, and would be asked again."""


def texts() -> ResponseReturnValue:
    """All purposes, published or only drafted."""
    return staff_page("texts/index.html", purposes=list_purposes())


def text_purpose(purpose: str) -> ResponseReturnValue:
    """One purpose: its text in force, its draft, all versions."""
    state = _found(purpose)
    return staff_page(
        "texts/show.html",
        state=state,
        versions=versions_of(purpose),
        in_force=count_in_force(purpose),
        is_published=request.args.get("now") == "published",
    )


def text_new() -> ResponseReturnValue:
    """The empty form of a new purpose; sent, it keeps the first draft."""
    form = _form(None)
    if not form.is_submitted():
        return _show_form(None, form)
    if not form.validate():
        return _show_form(None, form, status=422)
    return _save(str(form.slug.data), form)


def text_edit(purpose: str) -> ResponseReturnValue:
    """The draft's form, which begins with the text in force; sent, it keeps the draft."""
    state = _found(purpose)
    form = _form(state)
    if not form.is_submitted():
        return _show_form(state, form)
    if not form.validate():
        return _show_form(state, form, status=422)
    return _save(purpose, form)


def text_preview(purpose: str) -> ResponseReturnValue:
    """The draft as people will see it, what it changes, and what publishing it brings about."""
    state = _found(purpose)
    if state.draft is None:
        abort(404)
    return _preview(state, [])


def text_publish(purpose: str) -> ResponseReturnValue:
    """Make the draft the text in force, for ever."""
    state, button = _found(purpose), DraftButton()
    problems = button.problems()
    if problems:
        return _preview(state, problems, 422)
    by, seen = acting(), str(button.seen.data)
    try:
        commit(lambda: publish_draft(purpose, by, seen=seen))
    except DraftChanged:
        return _preview(_found(purpose), [_has_changed()], 409)
    except DraftIncomplete as incomplete:
        return _preview(_found(purpose), incomplete.sentences, 409)
    return see_other("text_purpose", purpose=purpose, now="published")


def text_discard(purpose: str) -> ResponseReturnValue:
    """Throw the draft away."""
    state, button = _found(purpose), DraftButton()
    problems = button.problems()
    if problems:
        return _preview(state, problems, 422)
    try:
        commit(lambda: discard_draft(purpose, seen=str(button.seen.data)))
    except DraftChanged:
        return _preview(_found(purpose), [_has_changed()], 409)
    if state.current is None:
        return see_other("texts")
    return see_other("text_purpose", purpose=purpose)


def _found(purpose: str) -> PurposeState:
    state = find_purpose(purpose)
    if state is None:
        abort(404)
    return state


def _form(state: PurposeState | None) -> TextForm:
    content = (state.drafted or state.published) if state is not None else None
    return text_form(
        content or first_content(),
        seen=state.mark if state is not None else NO_DRAFT,
        change=_change(state.draft) if state is not None and state.draft is not None else None,
        is_new=state is None,
        published=state.published if state is not None else None,
    )


def _change(draft: ConsentDraft) -> str:
    return EDITORIAL if draft.editorial else MATERIAL


def _save(purpose: str, form: TextForm) -> ResponseReturnValue:
    by = acting()
    try:
        commit(
            lambda: save_draft(
                purpose,
                form.content(),
                editorial=form.is_editorial,
                by=by,
                seen=str(form.seen.data),
            )
        )
    except DraftChanged:
        state = find_purpose(purpose)
        form.seen.data = state.mark if state is not None else NO_DRAFT
        return _show_form(state, form, [_has_changed()], 409)
    return see_other("text_preview", purpose=purpose)


def _show_form(
    state: PurposeState | None,
    form: TextForm,
    problems: list[str] | None = None,
    status: int = 200,
) -> Response:
    return staff_page(
        "texts/edit.html",
        status,
        state=state,
        form=form,
        problems=[*(problems or []), *form.session_errors()],
    )


def _preview(state: PurposeState, problems: list[str], status: int = 200) -> Response:
    if state.draft is None:
        abort(404)
    return staff_page(
        "texts/preview.html",
        status,
        state=state,
        content=state.drafted,
        differences=_differences(state),
        blanks=state.blanks(),
        consequences=_consequences(state),
        draft_button=DraftButton(formdata=None, seen=state.mark),
        problems=problems,
    )


def _differences(state: PurposeState) -> dict[str, Differences]:
    """What the draft changes, by language; nothing for a first text."""
    if state.published is None or state.drafted is None:
        return {}
    return {code: compare(state.published, state.drafted, code) for code in settings().locales}


def _consequences(state: PurposeState) -> Consequences | None:
    """Nothing where nobody could consent before."""
    if state.current is None or state.current.mode != Mode.CONSENT:
        return None
    still_asks = state.draft is not None and state.draft.mode == Mode.CONSENT
    return Consequences(
        state.would_be_material,
        count_in_force(state.slug),
        count_to_ask(state.slug) if still_asks else 0,
    )


def _has_changed() -> str:
    return _sl(
        "Somebody else has saved or published this draft since you opened the page. "
        "Please look at it before you go on."
    )
