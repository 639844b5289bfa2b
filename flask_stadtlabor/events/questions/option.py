"""An answer that is offered."""

from __future__ import annotations

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.content import Part


class Option(Part):
    """One answer to choose."""

    value: str
    label: LocalizedText
