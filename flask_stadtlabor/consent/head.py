"""The ledger's head: where the ledger says that it ends, under a seal."""

from __future__ import annotations

import hmac
from typing import NamedTuple

from sqlalchemy import select

from flask_stadtlabor.consent import chain
from flask_stadtlabor.consent.models import ConsentHead
from flask_stadtlabor.state import session


class End(NamedTuple):
    """Where a ledger says that it ends."""

    seq: int
    hash: str
    seal: str
    key_id: str

    def is_whole(self) -> bool:
        """Whether the seal fits; before the first entry there is none.

        Raises :class:`~.chain.UnknownKey`.
        """
        if self.seq == 0 and not self.seal:
            return self.hash == chain.ZEROS
        expected = chain.head_seal(chain.key_for(self.key_id), self.seq, self.hash)
        return hmac.compare_digest(self.seal.encode(), expected.encode())


def read_end(*, locked: bool = False) -> End | None:
    """What the head says, or None where there is none; ``locked`` keeps it so until the commit."""
    columns = (ConsentHead.seq, ConsentHead.hash, ConsentHead.seal, ConsentHead.key_id)
    statement = select(*columns).where(ConsentHead.id == 1)
    row = session().execute(statement.with_for_update() if locked else statement).one_or_none()
    return None if row is None else End(*row)
