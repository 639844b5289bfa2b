"""Writing to a group of an event's people: whom, what, how it will look, how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.consent.texts.published import current_texts
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.i18n import _sl, use_language
from flask_stadtlabor.organise.filters import WRITTEN_TO, FilterFields, named, not_written_to
from flask_stadtlabor.organise.forms.group_message import GroupMessageForm, message_form
from flask_stadtlabor.organise.queries.events import numbers_of
from flask_stadtlabor.organise.queries.messages import count_unsent, find_message, messages_of
from flask_stadtlabor.organise.views.staff_page import (
    LOOK,
    acting,
    is_number,
    not_seen_yet,
    staff_page,
)
from flask_stadtlabor.permissions import staff
from flask_stadtlabor.registration.filters import RegistrationFilter, States
from flask_stadtlabor.registration.jobs.group_messages import write_first
from flask_stadtlabor.registration.mails.group_message import message_preview, send_trial
from flask_stadtlabor.registration.models import ACTIVE
from flask_stadtlabor.registration.operations.group_message import (
    Group,
    begin_message,
    group_of,
)
from flask_stadtlabor.registration.refusals import GroupChanged
from flask_stadtlabor.state import settings
from flask_stadtlabor.tokens import mark_of
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other

TRIAL = "trial"
"""The button that sends the mail to whoever writes it, and to nobody else."""
NOBODY = Group({}, 0)


def write(event: Event) -> ResponseReturnValue:
    """GET asks for a group and shows how many are in it; POST looks at the mail, or sends it.

    A group is always chosen: without one nothing is sent. The button carries the number of people
    that its page showed, and a mark of group and words; it does nothing where one is another.
    """
    fields = FilterFields(event, current_texts(event.purposes))
    sent = request.form if request.method == "POST" else request.args
    chosen, why = _chosen(fields, sent.to_dict())
    group = group_of(event, chosen) if chosen is not None else NOBODY
    form = message_form(settings().locales, group.by_language)
    page = _Page(event, fields, chosen, group)
    if request.method == "GET":
        return page.draw(form, note=why)
    if why or chosen is None or not group.people:
        return page.draw(form, status=422, no_group=why or _nobody(chosen))
    if not form.validate():
        return page.draw(form, [*form.session_errors()], 422)
    if not event.is_public:
        problem = _sl(
            "Nobody but the team sees this event so far, so that no link in a mail works."
        )
        return page.draw(form, [problem], 409)
    if request.form.get("do") == LOOK:
        return page.draw(form, looks=True)
    if request.form.get("do") == TRIAL:
        return _send_trial(page, form)
    if not form.seen.is_of(page.mark_of(form)):
        return page.draw(form, status=409, looks=True, again=not_seen_yet())
    by, texts, people = acting(), form.texts(), form.shown
    try:
        number = commit(
            lambda: begin_message(lock_event(event), chosen, texts, by, people=people).id
        )
    except GroupChanged:
        # as they are now, with the number that the next press carries
        page = _Page(event, fields, chosen, group_of(event, chosen))
        other = _sl(
            "There are more or fewer people in this group than the page showed. Nothing has been "
            "sent; please look once more."
        )
        return page.draw(form, status=409, looks=True, again=other)
    write_first(number)
    return see_other("group_message", slug=event.slug, number=number)


def show(event: Event, number: int) -> ResponseReturnValue:
    """A message that was sent: to whom, how far it has come, and what it says."""
    message = find_message(event, number) if is_number(number) else None
    if message is None:
        abort(404)
    fields = FilterFields(event, current_texts(event.purposes))
    chosen = RegistrationFilter.from_json(message.chosen)
    return staff_page(
        "group_message.html",
        event=event,
        message=message,
        chosen=chosen,
        chosen_words=fields.in_words(chosen),
        unsent=count_unsent(event),
    )


class _Page:
    """The page on which a message is written."""

    def __init__(
        self,
        event: Event,
        fields: FilterFields,
        chosen: RegistrationFilter | None,
        group: Group,
    ) -> None:
        self.event = event
        self._fields = fields
        self._chosen = chosen
        self._group = group

    def mark_of(self, form: GroupMessageForm) -> str:
        """Stands for whom the form writes to, and what."""
        return mark_of(self._chosen and self._chosen.to_json(), form.texts())

    def draw(
        self,
        form: GroupMessageForm,
        problems: Sequence[str] = (),
        status: int = 200,
        *,
        looks: bool = False,
        news: str = "",
        note: str = "",
        no_group: str = "",
        again: str = "",
    ) -> Response:
        """The page, with the mails where it ``looks`` at them.

        ``note`` says why it opens with another group than was asked for, ``no_group`` why it goes
        to nobody, and ``again`` why it is shown though nothing is wrong.
        """
        mails = {}
        if looks:
            # what the button sends, whatever number came with the form
            form.people.data, form.seen.data = str(self._group.people), self.mark_of(form)
            for language, words in form.texts().items():
                with use_language(language):
                    mails[language] = message_preview(self.event, words, language)
        chosen = self._chosen or RegistrationFilter(state="")
        return staff_page(
            "write_message.html",
            status,
            event=self.event,
            form=form,
            problems=problems,
            note=note,
            no_group=no_group,
            again=again,
            filter=chosen,
            choices=self._fields.choices(chosen),
            chosen_words=self._fields.in_words(chosen),
            numbers=numbers_of(self.event),
            states=ACTIVE,
            group=self._group if self._chosen is not None else None,
            told=mails,
            trial_to=staff().email,
            news=news,
            messages=messages_of(self.event),
        )


def _send_trial(page: _Page, form: GroupMessageForm) -> Response:
    address = staff().email
    if not address:
        problem = _sl("Your account has no e-mail address that this site knows.")
        return page.draw(form, [problem], 422, looks=True)
    texts = form.texts()
    commit(lambda: send_trial(page.event, texts, address))
    return page.draw(form, looks=True, news=TRIAL)


def _chosen(fields: FilterFields, sent: dict[str, str]) -> tuple[RegistrationFilter | None, str]:
    """The group that was chosen, None for none; with a sentence where it is not offered as it is.

    In place of everybody stand those who have not left.
    """
    chosen, is_known = fields.read(sent, otherwise="")
    if not is_known:
        return None, _sl("This group is not offered any more. Please choose once more.")
    if not named(chosen, otherwise=""):
        return None, ""
    if chosen.state not in ("", States.ALL, *WRITTEN_TO):
        return None, not_written_to()
    why = not_written_to() if chosen.state == States.ALL else ""
    if not chosen.state or chosen.state == States.ALL:
        chosen = replace(chosen, state=States.ACTIVE)
    return chosen, why


def _nobody(chosen: RegistrationFilter | None) -> str:
    if chosen is None:
        return _sl("Please choose to whom it goes. Nothing has been sent.")
    return _sl("There is nobody in this group. Nothing has been sent.")
