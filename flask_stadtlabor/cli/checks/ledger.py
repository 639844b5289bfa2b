"""The consent ledger: whether its keys are there."""

from __future__ import annotations

from collections.abc import Iterator

from flask_stadtlabor.cli.checks.finding import Finding, error
from flask_stadtlabor.consent import chain
from flask_stadtlabor.consent.head import read_end


def check_ledger() -> Iterator[Finding]:
    """Findings about the ledger's head; whether all is whole is told by ``consent verify``."""
    end = read_end()
    if end is None:
        yield error("The consent ledger has no head, so that nobody can consent to anything.")
        return
    try:
        is_whole = end.is_whole()
    except chain.UnknownKey as unknown:
        yield error(
            f"The consent ledger ends with an entry that was written with {unknown} Nobody can "
            "consent or withdraw until it is there."
        )
        return
    if not is_whole:
        yield error(
            "The seal of the consent ledger does not fit, because its key or its head was "
            "changed; run `flask stadtlabor consent verify`."
        )
