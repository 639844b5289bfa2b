"""Checkpoints: where the ledger stood at a moment, to be kept in another place.

Whoever steals the key could write the whole ledger anew. A checkpoint that lies elsewhere still
names a number and a hash that such a ledger does not hold.
"""

from __future__ import annotations

import hmac
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from flask_stadtlabor.consent import chain
from flask_stadtlabor.consent.head import read_end
from flask_stadtlabor.state import now, settings

FORMAT = "flask-stadtlabor-checkpoint/1"


class NoCheckpoint(Exception):
    """No checkpoint can be made or read; the message says why."""


class Checkpoint(BaseModel):
    """A checkpoint in the form of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
    seq: int
    """How many entries there were."""
    hash: str
    """The last one's hash."""
    at: str
    """When that was so, by ISO 8601 in UTC."""
    key_id: str
    hmac: str
    """Over all the rest, with the ledger's key."""

    @property
    def fault(self) -> str | None:
        """Why this is no checkpoint of ours, in a sentence; None for a genuine one."""
        try:
            expected = _hmac(chain.key_for(self.key_id), self.seq, self.hash, self.at)
        except chain.UnknownKey as unknown:
            return f"The checkpoint of {self.at} was sealed with {unknown}"
        if not hmac.compare_digest(expected.encode(), self.hmac.encode()):
            return f"The checkpoint of {self.at} was changed, or sealed with another key."
        return None


def take() -> Checkpoint:
    """Where the ledger stands now; raises :class:`NoCheckpoint` when its head is damaged."""
    end = read_end()
    if end is None:
        raise NoCheckpoint("The ledger has no head; run `flask stadtlabor db check`.")
    try:
        is_whole = end.is_whole()
    except chain.UnknownKey as unknown:
        raise NoCheckpoint(f"The head was sealed with {unknown}") from unknown
    if not is_whole:
        raise NoCheckpoint(
            "The seal of the ledger’s head does not fit; run `flask stadtlabor consent verify`."
        )
    at = chain.moment(now())
    return Checkpoint(
        seq=end.seq,
        hash=end.hash,
        at=at,
        key_id=settings().ledger_key_id,
        hmac=_hmac(chain.ledger_key(), end.seq, end.hash, at),
    )


def read(path: Path) -> Checkpoint:
    """The checkpoint in a file; raises :class:`NoCheckpoint` for anything else."""
    try:
        checkpoint = Checkpoint.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise NoCheckpoint(f"{path} is no checkpoint: {where}: {first['msg']}.") from error
    if checkpoint.format != FORMAT:
        raise NoCheckpoint(f"{path} is no checkpoint: its format is not {FORMAT!r}.")
    return checkpoint


def _hmac(key: bytes, seq: int, last_hash: str, at: str) -> str:
    return chain.seal(key, f"checkpoint:{seq}:{last_hash}:{at}")
