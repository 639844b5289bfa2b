"""The form in which somebody asks for their links."""

from __future__ import annotations

from flask_stadtlabor.form_fields import AddressField, Required
from flask_stadtlabor.i18n import lazy
from flask_stadtlabor.registration.forms.protection import HoneypotForm


class LinkForm(HoneypotForm):
    """Asks for the address that somebody registered with."""

    email = AddressField(
        lazy("E-mail address"),
        validators=[Required(lazy("Enter your e-mail address."))],
        render_kw={"autocomplete": "email"},
    )
