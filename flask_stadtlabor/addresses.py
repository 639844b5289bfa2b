"""Mail addresses: how they are stored, shown and compared, and the keys that stand in indexes."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from flask_stadtlabor.text import trimmed, without_isolates
from flask_stadtlabor.tokens import keyed_hash, keyed_hashes

LONGEST_ADDRESS = 320
"""Characters of a mail address; a longer one is not looked at, which would take seconds."""
_PURPOSE = "mail-address"


class NoAddress(ValueError):
    """A text that can be no mail address."""


def bare_address(text: str) -> str:
    """An address as it was typed or pasted, without blanks and invisible signs around it."""
    return trimmed(without_isolates(text))


def stored_address(text: str) -> str:
    """The form in which an address is stored and written to: in ASCII (RFC 5891).

    Raises :class:`NoAddress` for one that cannot be right.
    """
    try:
        if len(text) > LONGEST_ADDRESS:
            raise EmailNotValidError
        # "test" is reserved for trying out (RFC 2606), which portals do
        checked = validate_email(
            bare_address(text),
            check_deliverability=False,
            test_environment=True,
            allow_smtputf8=False,
        )
    except EmailNotValidError as error:
        raise NoAddress(text) from error
    return str(checked.ascii_email)


def shown_address(address: str) -> str:
    """A stored address as people write it, with the letters of an internationalised domain."""
    # whatever is longer is none, and may take very long to be read
    if "xn--" not in address or len(address) > LONGEST_ADDRESS:
        return address
    try:
        checked = validate_email(
            address,
            check_deliverability=False,
            test_environment=True,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        return address
    return checked.normalized


def folded_address(address: str) -> str:
    """The form in which addresses are compared: case-folded, with the domain in ASCII (RFC 5891).

    SQLite folds ASCII alone, and MariaDB takes more letters for the same than a case has, so that
    no database is asked. A text that can be no address is folded as it is.
    """
    address = bare_address(address)
    if address.isascii():
        return address.casefold()
    try:
        parts = validate_email(
            address,
            check_deliverability=False,
            test_environment=True,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        return address.casefold()
    return f"{parts.local_part.casefold()}@{parts.ascii_domain.casefold()}"


def address_key(address: str) -> str:
    """What is stored to find the address by: a keyed hash of its folded form."""
    return keyed_hash(_PURPOSE, folded_address(address))


def address_keys(address: str) -> tuple[str, ...]:
    """All keys under which rows of the address may stand, also those from before a new secret."""
    return keyed_hashes(_PURPOSE, folded_address(address))
