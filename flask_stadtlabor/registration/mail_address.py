"""Mail addresses as people type them."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, ValidationError

from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl

LONGEST = 320
"""Characters of the longest address; what is longer is not looked at, which would take seconds."""


def mail_address(form: Form, field: Field) -> None:
    """Normalises the address that was typed, if any; raises as :func:`normal_address` does."""
    if field.data:
        field.data = normal_address(field.data)


def normal_address(text: str) -> str:
    """The address in ASCII; raises ``ValidationError`` for one that cannot be right."""
    try:
        if len(text) > LONGEST:
            raise EmailNotValidError
        # "test" is reserved for trying out (RFC 2606), which portals do
        checked = validate_email(
            text, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise ValidationError(
            _sl("Please check the e-mail address. It should look like name@example.org.")
        ) from error
    return str(checked.ascii_email)
