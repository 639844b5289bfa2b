"""What the editor's script asks the server about one text: how it looks, what a paste becomes."""

from __future__ import annotations

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from flask_stadtlabor.editor.description import field_at
from flask_stadtlabor.editor.easy_hints import hint_sentences
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.exchange.entries import EventEntry
from flask_stadtlabor.i18n import _sl, _sln
from flask_stadtlabor.organise.forms.edit_event import EditForm, form_from_json
from flask_stadtlabor.organise.views.staff_page import posted_json
from flask_stadtlabor.pasted import TooMuch, markdown_from
from flask_stadtlabor.state import settings
from flask_stadtlabor.text import LONGEST_MARKDOWN, markdown, printable


def preview(event: Event) -> ResponseReturnValue:
    """How a text will look: JSON with ``text``, ``path``, ``csrf_token``; its HTML, and hints."""
    form = _form()
    if not form.validate():
        return jsonify(problems=[*form.session_errors()]), 422
    text = printable((form.posted.get("text") or [""])[0])
    if len(text) > LONGEST_MARKDOWN:
        return jsonify(problems=[_too_long(LONGEST_MARKDOWN)]), 422
    *steps, code = (form.posted.get("path") or [""])[0].split(".")
    item = field_at(EventEntry, steps)
    is_easy = item is not None and item.field.is_easy and code in settings().locales
    return jsonify(html=markdown(text), hints=hint_sentences(text, code) if is_easy else [])


def convert(event: Event) -> ResponseReturnValue:
    """Markdown of what was pasted: JSON with ``html`` and ``csrf_token``; its ``markdown``."""
    form = _form()
    if not form.validate():
        return jsonify(problems=[*form.session_errors()]), 422
    try:
        return jsonify(markdown=markdown_from((form.posted.get("html") or [""])[0]))
    except TooMuch:
        return jsonify(problems=[_sl("That is too much for its formatting to be kept.")]), 422


def _form() -> EditForm:
    sent: Any = posted_json()
    return form_from_json(sent if isinstance(sent, dict) else {})


def _too_long(most: int) -> str:
    return _sln(
        "This text has more than %(num)d character.",
        "This text has more than %(num)d characters.",
        most,
    )
