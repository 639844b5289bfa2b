"""Checkpoints: where the ledger stood at a moment, to be kept in another place.

Whoever steals the key could write the whole ledger anew, and whoever owns the database could put an
older one back. A checkpoint that lies elsewhere still names a number and a hash that such a ledger
does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.chain_verifier import Anchor
from flask_stadtlabor.consent.ledger.head import read_end
from flask_stadtlabor.consent.ledger.proof_files import Unreadable, read_file
from flask_stadtlabor.db import LARGEST_INTEGER
from flask_stadtlabor.state import now, settings

FORMAT = "flask-stadtlabor-checkpoint/1"


class NoCheckpoint(Exception):
    """No checkpoint can be made or read; the message says why."""


class Checkpoint(BaseModel):
    """A checkpoint in the form of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
    seq: Annotated[int, Field(ge=0, le=LARGEST_INTEGER, strict=True)]
    """How many entries there were."""
    hash: Annotated[str, StringConstraints(max_length=64)]
    """The last one's hash."""
    at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    """When that was so, by ISO 8601 in UTC."""
    key_id: Annotated[str, StringConstraints(max_length=40)]
    hmac: Annotated[str, StringConstraints(max_length=64)]
    """Over all the rest, with the ledger's key."""

    @property
    def fault(self) -> str | None:
        """Why this is no checkpoint of ours, in a sentence; None for a genuine one."""
        try:
            expected = _hmac(chain.key_for(self.key_id), self.seq, self.hash, self.at)
        except chain.UnknownKey as unknown:
            return f"The checkpoint of {self.at} was sealed with {unknown}"
        if not chain.fits(self.hmac, expected):
            return f"The checkpoint of {self.at} was changed, or sealed with another key."
        return None

    @property
    def entries(self) -> str:
        """How many entries there were, in words."""
        return "1 entry" if self.seq == 1 else f"{self.seq} entries"


def take() -> Checkpoint:
    """Where the ledger stands now; raises :class:`NoCheckpoint` when its head is damaged."""
    end = read_end()
    if end is None:
        raise NoCheckpoint("The ledger has no head: restore its row from a backup.")
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


def read(path: Path) -> list[Checkpoint]:
    """The checkpoints in a file: one, or one in each line.

    Raises :class:`NoCheckpoint` for anything else.
    """
    try:
        content = read_file(path)
    except Unreadable as error:
        raise NoCheckpoint(str(error)) from error
    lines = content.splitlines()
    try:
        if len(lines) > 1 and lines[0].rstrip().endswith(b"}"):
            return [parse(line) for line in lines]
        return [parse(content)]
    except ValueError as error:
        raise NoCheckpoint(f"{path} is no checkpoint: {error}") from error


def parse(content: bytes) -> Checkpoint:
    """One checkpoint; raises ``ValueError`` with a sentence for anything else."""
    try:
        point = Checkpoint.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ValueError(f"{where}: {first['msg']}.") from error
    if point.format != FORMAT:
        raise ValueError(f"its format is not {FORMAT!r}.")
    return point


def anchors_of(points: Sequence[Checkpoint]) -> list[Anchor]:
    """What they are compared by; raises :class:`NoCheckpoint` where one is none of ours."""
    for point in points:
        if point.fault is not None:
            raise NoCheckpoint(point.fault)
    return [
        Anchor(point.seq, point.hash, f"the checkpoint of {point.at}", point.entries)
        for point in points
    ]


def _hmac(key: bytes, seq: int, last_hash: str, at: str) -> str:
    return chain.seal(key, f"checkpoint:{seq}:{last_hash}:{at}")
