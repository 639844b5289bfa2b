"""The ledger's head: where the ledger says that it ends, under a seal."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.models import ConsentHead
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import lock_row

EMPTY_UNSEALED = (
    "The head names no entry, and its seal was made with no key in the settings. If anything was "
    "ever recorded, the ledger was emptied. If not, set the final SECRET_KEY and "
    "STADTLABOR_LEDGER_KEY, then run `flask stadtlabor db downgrade 0002` and `flask stadtlabor db "
    "upgrade`."
)
"""What is said of an empty ledger without a seal, or with a strange one."""


class End(NamedTuple):
    """Where a ledger says that it ends."""

    seq: int
    hash: str
    seal: str
    key_id: str

    def is_whole(self) -> bool:
        """Whether the seal fits; the head of an empty ledger has one too (C14).

        That one may be made with any key that we know, because the tables may be older than the
        settings. Raises :class:`~.ledger.chain.UnknownKey`.
        """
        keys = chain.known_keys() if self.seq == 0 else [chain.key_for(self.key_id)]
        seals = (chain.head_seal(key, self.seq, self.hash) for key in keys)
        return chain.fits(self.seal, *seals)


def read_end() -> End | None:
    """What the head says, or None where there is none."""
    columns = (ConsentHead.seq, ConsentHead.hash, ConsentHead.seal, ConsentHead.key_id)
    row = session().execute(select(*columns).where(ConsentHead.id == 1)).one_or_none()
    return None if row is None else End(*row)


def lock_end() -> End | None:
    """The same, locked until the transaction ends.

    All writers queue here, so it has to be the last lock that a transaction takes, after the
    event row.
    """
    session().flush()
    head = lock_row(ConsentHead, ConsentHead.id, 1, touch=ConsentHead.seq)
    return None if head is None else End(head.seq, head.hash, head.seal, head.key_id)
