"""The texts of coming events in one language as a PO file, and back into drafts of changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from flask_stadtlabor.editor.comparison import ShownChange, shown_changes
from flask_stadtlabor.editor.drafts import Refused, documents_of, save, working
from flask_stadtlabor.editor.faults import faults_of
from flask_stadtlabor.editor.review import label_at
from flask_stadtlabor.events.locks import lock_event
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.merging import Difference, differences
from flask_stadtlabor.exchange.saving import Document, entry_from, whole
from flask_stadtlabor.exchange.translations import (
    OtherLanguage,
    Translated,
    catalog_of,
    translate,
)
from flask_stadtlabor.i18n import _sl, named_language, words
from flask_stadtlabor.organise.forms.translations import TranslationsForm, packed
from flask_stadtlabor.organise.views.editing.languages import editable_events
from flask_stadtlabor.organise.views.staff_page import acting, staff_page
from flask_stadtlabor.po_files import BrokenCatalog
from flask_stadtlabor.state import settings
from flask_stadtlabor.tokens import mark_of
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


class Translation(NamedTuple):
    """What a file makes of one event."""

    event: Event
    found: Sequence[Difference]
    faults: Sequence[str]
    """Why it cannot be saved."""

    @property
    def changes(self) -> list[ShownChange]:
        """Each text that would be another."""
        return shown_changes(self.found, self.event.timezone)


class Outcome(NamedTuple):
    """What a file makes of all events."""

    translations: Sequence[Translation]
    done: Translated

    @property
    def mark(self) -> str:
        """Of exactly these changes."""
        listed = [[each.event.slug, *each.found] for each in self.translations]
        return mark_of(listed)

    @property
    def faults(self) -> list[str]:
        """All that keeps it from being saved."""
        return [
            _sl("%(title)s: %(fault)s", title=words(each.event.title), fault=fault)
            for each in self.translations
            for fault in each.faults
        ]


def download(language: str) -> ResponseReturnValue:
    """The PO file, of one event with ``?event=``."""
    _require_target(language)
    slug = request.args.get("event")
    events = [event for event in editable_events() if slug in (None, event.slug)]
    if slug is not None and not events:
        abort(404)
    documents = documents_of(events)
    data = catalog_of({"events": [entry_from(documents[event.id]) for event in events]}, language)
    response = Response(data, mimetype="text/x-gettext-translation")
    name = f"{slug or 'events'}.{language}.po"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def show(language: str) -> ResponseReturnValue:
    """The page with the file and the form; sent, it shows what would change, and then saves it."""
    _require_target(language)
    form = TranslationsForm()
    if not form.is_submitted():
        return _show(language, form)
    data = form.data_sent
    problems = form.problems(data)
    if problems:
        return _show(language, form, problems, status=422)
    try:
        outcome = _outcome(data, language)
    except BrokenCatalog as error:
        return _show(language, form, [_unreadable(error.line)], status=422)
    except OtherLanguage:
        return _show(language, form, [_in_another(language)], status=422)
    if outcome.faults:
        return _show(language, form, outcome.faults, status=422)
    shown, form.shown.data, form.packed.data = form.shown.data, outcome.mark, packed(data)
    if not shown or not outcome.translations:
        return _show(language, form, outcome=outcome)
    if shown != outcome.mark:
        return _show(language, form, [_has_changed()], outcome, status=409)
    try:
        _save(outcome, data, language)
    except Refused:
        # somebody saved in between; what is there now is looked at anew
        return _show(language, form, [_has_changed()], _outcome(data, language), status=409)
    return see_other("translations", language=language, now="saved")


def _outcome(data: bytes, language: str) -> Outcome:
    events = editable_events()
    documents = documents_of(events)
    by_slug = {event.slug: event for event in events}
    changed, done = translate(
        {"events": [entry_from(documents[event.id]) for event in events]}, data, language
    )
    translations = []
    for entry in changed.get("events", ()):
        event, document = by_slug[entry.slug], whole(entry)
        faults = faults_of(document, seats_taken=event.seats_taken)
        said = [f"{label_at(path)}: {text}" for path, texts in faults.items() for text in texts]
        found = list(differences(documents[event.id], document))
        translations.append(Translation(event, found, said))
    return Outcome(translations, done)


def _save(outcome: Outcome, data: bytes, language: str) -> None:
    """Into the draft of each event, all or nothing."""
    by = acting()

    def translated(document: Document) -> Document:
        changed, _ = translate({"events": [entry_from(document)]}, data, language)
        return whole(changed["events"][0]) if changed else document

    def save_all() -> None:
        for each in sorted(outcome.translations, key=lambda each: each.event.id):
            within = lock_event(each.event)
            save(within, working(within.event).number, translated, by)

    commit(save_all)


def _show(
    language: str,
    form: TranslationsForm,
    problems: Sequence[str] = (),
    outcome: Outcome | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return staff_page(
        "translations.html",
        status,
        target=language,
        form=form,
        problems=problems,
        outcome=outcome,
        is_saved=request.args.get("now") == "saved",
        events=editable_events(),
    )


def _require_target(language: str) -> None:
    """404 for what is no language of the portal, and for that from which is translated."""
    if language not in settings().locales or language == settings().default_locale:
        abort(404)


def _unreadable(line: int) -> str:
    return _sl(
        "The file cannot be read from line %(line)d on. It has to be a PO file in UTF-8.",
        line=line,
    )


def _in_another(language: str) -> str:
    return _sl(
        "The file says that it is in another language than %(language)s.",
        language=named_language(language),
    )


def _has_changed() -> str:
    return _sl("Something was changed meanwhile. Please look at it once more before it is saved.")
