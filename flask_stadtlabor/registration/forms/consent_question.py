"""The question for consent to a purpose: its field, its label and its two answers."""

from __future__ import annotations

from wtforms import Field

from flask_stadtlabor.consent.models import ConsentAction
from flask_stadtlabor.consent.texts.published import PurposeTexts
from flask_stadtlabor.form_fields import OneOf
from flask_stadtlabor.i18n import lazy, marked


def consent_name(slug: str) -> str:
    """The name of a purpose's field."""
    return f"consent-{slug}"


def consent_field(purpose: PurposeTexts) -> Field:
    """The question for consent to a purpose: two equal answers, none of them marked (C2).

    Its label, on every page that asks it, is the title of the published text.
    """
    return OneOf(
        marked(purpose.title),
        choices=[
            (ConsentAction.GIVEN.value, lazy("Yes, gladly")),
            (ConsentAction.REFUSED.value, lazy("No, please don’t")),
        ],
    )
