"""The consent ledger: whether its keys are there, and whether anything outside anchors it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from flask_stadtlabor.cli.checks.finding import Finding, error, warning
from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.head import EMPTY_UNSEALED, read_end
from flask_stadtlabor.state import settings


def check_ledger() -> Iterator[Finding]:
    """Findings about the ledger's head; whether all is whole is told by ``consent verify``."""
    end = read_end()
    yield from _anchors()
    if not chain.known_keys():
        # told with the settings
        return
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
    if not is_whole and end.seq == 0:
        yield error(f"Nobody can consent to anything. {EMPTY_UNSEALED}")
    elif not is_whole:
        yield error(
            "The seal of the consent ledger does not fit, because its key or its head was "
            "changed; run `flask stadtlabor consent verify`."
        )


def _anchors() -> Iterator[Finding]:
    """Whether checkpoints of the ledger come about, and can be written."""
    folder = settings().checkpoints
    if folder is None and settings().checkpoint_mail is None:
        yield warning(
            "STADTLABOR_CHECKPOINTS is not set, so that nothing outside of the database shows "
            "when an older consent ledger is put back; name a folder on another machine, or an "
            "address as STADTLABOR_CHECKPOINT_MAIL."
        )
    elif folder is not None and not (Path(folder).is_dir() and os.access(folder, os.W_OK)):
        yield error(
            f"No checkpoint of the consent ledger can be written to {folder}, which "
            "STADTLABOR_CHECKPOINTS names; make that folder, and let the worker write there."
        )
