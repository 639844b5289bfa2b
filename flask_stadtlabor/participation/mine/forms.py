"""What somebody chooses who takes part no longer."""

from __future__ import annotations

from typing import Any

from flask_stadtlabor.form_fields import OneOf, Required
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import lazy


class ErasureForm(Button):
    """Whether what was written for everybody goes too, or stays without a name."""

    texts = OneOf(
        lazy("What becomes of the ideas and comments that everybody has read?"),
        choices=[
            ("go", lazy("They go. In their place stands that their author took them away.")),
            ("stay", lazy("They stay, without my name.")),
        ],
        validators=[Required(lazy("Choose what becomes of your ideas and comments."))],
    )

    def __init__(self, *, has_texts: bool, **values: Any) -> None:
        super().__init__(**values)
        if not has_texts:
            del self.texts

    @property
    def keeps_texts(self) -> bool:
        """Whether they stay."""
        return bool(self.texts is not None and self.texts.data == "stay")

    def problems(self) -> list[str]:
        """Why nothing was erased, in sentences; a field says its own."""
        found = super().problems()
        is_named_at_its_field = bool(found and self.texts is not None and self.texts.errors)
        return [*self.session_errors()] if is_named_at_its_field else found
