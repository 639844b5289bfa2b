"""An answer that is offered."""

from __future__ import annotations

from typing import Annotated

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.editor_field import EditorField
from flask_stadtlabor.events.content import Part
from flask_stadtlabor.i18n import lazy


class Option(Part):
    """One answer to choose."""

    value: Annotated[
        str,
        EditorField(
            lazy("Short name of the answer"),
            lazy("It stands in exports and is not shown. Empty means: it is made of the answer."),
            made_of="label",
        ),
    ]
    label: Annotated[LocalizedText, EditorField(lazy("The answer"))]
