"""The forms of the editor of events; their fields come from the description of the entry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import BooleanField, HiddenField, StringField

from flask_stadtlabor.editor.binding import Posted
from flask_stadtlabor.form_fields import MarkField, PlainText, label_of, stripped
from flask_stadtlabor.forms import Button, Form
from flask_stadtlabor.i18n import _sl, lazy

LONGEST_REASON = 300
_FILE = re.compile(r"(image|results\.pictures\[[0-9]{1,3}\])\.file")
"""The name of a field for a file; that with the name of the picture ends in ``picture``."""
_TAKE_OUT = "image.picture.remove"


class DocumentForm(Form):
    """A form whose fields are named by their paths in a document, and read by ``posted``."""

    sent: MultiDict[str, str] | None = None

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.uploaded_pictures: dict[str, str] = {}
        """Names of pictures that came with the form, by the names of their fields; empty for one
        that is to be taken out."""

    def process(self, formdata: Any = None, *args: Any, **values: Any) -> None:
        """Keeps what was sent, of a language switch too."""
        self.sent = self.meta.wrap_formdata(self, formdata)
        super().process(formdata, *args, **values)

    @property
    def posted(self) -> Posted:
        """All that was sent, by name, with the pictures that were uploaded."""
        sent = {name: self.sent.getlist(name) for name in self.sent} if self.sent else {}
        return sent | {name: [picture] for name, picture in self.uploaded_pictures.items()}

    @property
    def files(self) -> dict[str, FileStorage]:
        """The pictures that were chosen, by the name of the field that each belongs to."""
        return {
            f"{found[1]}.picture": file
            for name, file in request.files.items()
            if file.filename and (found := _FILE.fullmatch(name))
        }

    @property
    def takes_out(self) -> list[str]:
        """The fields of the pictures that are to be taken out, beside whole items of a list."""
        return [_TAKE_OUT.removesuffix(".remove")] if _TAKE_OUT in self.posted else []


class EditForm(DocumentForm):
    """Token and mark; the other fields are those of the page."""

    number = MarkField()
    """The state with which somebody began."""

    @property
    def begun_with(self) -> int:
        """The state with which somebody began."""
        return _whole(self.number.data)


class DiscardForm(Button):
    """Throws the draft away that its page showed."""

    number = HiddenField()

    @property
    def seen(self) -> int:
        """The state that the page showed."""
        return _whole(self.number.data)


class StepForm(DocumentForm, Button):
    """Publishes, takes back or calls off; carries what its page showed."""

    number = MarkField()
    people = MarkField()
    """How many registrations the page said are told."""
    seen = MarkField()
    """Stands for what somebody had typed when the page showed what it leads to."""
    silent = BooleanField(lazy("Tell nobody"))
    reason = StringField(
        lazy("Why nobody is told"),
        filters=[stripped],
        validators=[PlainText(LONGEST_REASON)],
        render_kw={"autocomplete": "off", "maxlength": LONGEST_REASON},
    )

    def problems(self) -> list[str]:
        """Why nothing was done, in sentences; none where all is well."""
        if not self.validate():
            return [*self.session_errors(), *self.reason.errors] or super().problems()
        if self.silent.data and not self.reason.data:
            return [_sl("Please say why nobody is told: “%(field)s”.", field=label_of(self.reason))]
        return []

    @property
    def shown(self) -> tuple[int, int]:
        """The state and the number of people that the page showed."""
        return _whole(self.number.data), _whole(self.people.data)

    @property
    def silent_because(self) -> str:
        """Why nobody is told; empty where they are."""
        return str(self.reason.data or "") if self.silent.data else ""


def form_from_json(values: Mapping[str, Any]) -> EditForm:
    """The form of an autosave: names and values as the page's fields have them."""
    sent: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        several = value if isinstance(value, list) else [value]
        sent.setlist(str(name), [_text(item) for item in several])
    return EditForm(formdata=sent)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _whole(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 9 else 0
