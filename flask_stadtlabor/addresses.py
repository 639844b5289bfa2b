"""Mail addresses as keys: found again in any case, on every engine, and in no index as they are."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from flask_stadtlabor.tokens import keyed_hash, keyed_hashes

_PURPOSE = "mail-address"


def folded_address(address: str) -> str:
    """The form in which addresses are compared: case-folded, with the domain in ASCII (RFC 5891).

    SQLite folds ASCII alone, and MariaDB takes more letters for the same than a case has, so that
    no database is asked. A text that can be no address is folded as it is.
    """
    try:
        parts = validate_email(
            address.strip(),
            check_deliverability=False,
            test_environment=True,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        return address.strip().casefold()
    return f"{parts.local_part.casefold()}@{parts.ascii_domain.casefold()}"


def address_key(address: str) -> str:
    """What is stored to find the address by: a keyed hash of its folded form."""
    return keyed_hash(_PURPOSE, folded_address(address))


def address_keys(address: str) -> tuple[str, ...]:
    """All keys under which rows of the address may stand, also those from before a new secret."""
    return keyed_hashes(_PURPOSE, folded_address(address))
