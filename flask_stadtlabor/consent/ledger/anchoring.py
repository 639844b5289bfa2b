"""Automatic checkpoints: kept in a folder, and mailed (C14).

The host names a folder that lies outside, such as a share that takes new files and lets nobody
change one. Each round of the outbox adds a line to the file of the day when the ledger has grown;
with a round every five seconds that is at most 5 MB a day. Every checkpoint follows on the one
before, so that the newest is enough and older files may be removed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import or_, select, update

from flask_stadtlabor.consent.ledger import checkpoints
from flask_stadtlabor.consent.ledger.chain_verifier import Broken
from flask_stadtlabor.consent.ledger.checkpoints import Checkpoint, NoCheckpoint
from flask_stadtlabor.consent.ledger.proof_files import Unreadable, read_lines
from flask_stadtlabor.consent.models import ConsentEntry, ConsentHead
from flask_stadtlabor.i18n import use_language
from flask_stadtlabor.outbox.operations import enqueue
from flask_stadtlabor.outbox.templates import drawn, words_of
from flask_stadtlabor.state import now, session, settings
from flask_stadtlabor.transactions import change_rows, commit

logger = logging.getLogger(__name__)

MAIL = "checkpoint"
"""The kind of the mail, and its template."""
FILES = "checkpoints-*.jsonl"
"""One for each day, in the order of their names."""
BATCH_SIZE = 500
LONGEST_CHECKPOINT = 1000
"""Bytes of a line, at most; it has about 300."""
MAIL_AGAIN_AFTER = timedelta(days=7)
"""How long after a mailed checkpoint the next one is mailed, where the ledger has grown."""


class Comparison(NamedTuple):
    """What was compared with the ledger."""

    checkpoints: int
    last: Checkpoint | None


def anchor() -> None:
    """Keep and mail where the ledger stands, if it has grown; commits the session.

    What fails is logged, and stops nothing else.
    """
    try:
        folder, address = settings().checkpoints, settings().checkpoint_mail
        if folder is not None:
            _keep(Path(folder))
        if address is not None:
            commit(partial(_mail, address))
    except (NoCheckpoint, Unreadable, OSError) as error:
        logger.error("No checkpoint of the consent ledger was kept: %s", error)
    finally:
        session().rollback()


def compare(folder: Path) -> tuple[Comparison, Broken | None]:
    """Compare each checkpoint in ``folder`` with the ledger, which was found whole.

    Raises :class:`~.ledger.proof_files.Unreadable` for a folder that is not there.
    """
    count, last = 0, None
    lines = _read(folder)
    while points := list(islice(lines, BATCH_SIZE)):
        known = _hashes({point.seq for _, point in points if point.seq})
        for where, point in points:
            reason = _fault(point, known)
            if reason is not None:
                return Comparison(count, last), Broken(
                    point.seq or None, f"{reason} (It is {where}.)"
                )
            count, last = count + 1, point
    return Comparison(count, last), None


def _fault(point: Checkpoint, known: dict[int, str]) -> str | None:
    if point.fault is not None:
        return point.fault
    if point.seq and point.seq not in known:
        return f"Entry {point.seq} is missing, which the checkpoint of {point.at} names."
    if point.seq and known[point.seq] != point.hash:
        return (
            f"Entry {point.seq} has another hash than the checkpoint of {point.at} names: the "
            "ledger was written anew up to there, or cut before it and written on."
        )
    return None


def _hashes(numbers: set[int]) -> dict[int, str]:
    statement = select(ConsentEntry.seq, ConsentEntry.hash).where(ConsentEntry.seq.in_(numbers))
    return {row.seq: row.hash for row in session().execute(statement)}


def _read(folder: Path) -> Iterator[tuple[str, Checkpoint]]:
    """All checkpoints in a folder, each with where it stands."""
    if not folder.is_dir():
        raise Unreadable(f"There is no folder {folder}, in which checkpoints are kept.")
    for path in sorted(folder.glob(FILES)):
        for number, line in enumerate(read_lines(path), 1):
            try:
                yield f"{path}, line {number}", checkpoints.parse(line)
            except ValueError as error:
                raise Unreadable(f"{path}, line {number} is no checkpoint: {error}") from error


def _keep(folder: Path) -> None:
    """Add a checkpoint to the file of the day, unless the last one says the same."""
    point = checkpoints.take()
    last = _last(folder)
    if last is not None and last.seq and _hashes({last.seq}).get(last.seq) != last.hash:
        # a checkpoint that does not continue the last one must not be appended to it
        raise NoCheckpoint(
            f"Entry {last.seq} is not what the checkpoint of {last.at} names; run `flask "
            "stadtlabor consent verify`."
        )
    session().rollback()
    if last is None or last.seq != point.seq:
        _write(folder / FILES.replace("*", point.at[:10]), point)


def _write(path: Path, point: Checkpoint) -> None:
    """One line in one call, so that two machines do not mix theirs."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, f"{point.model_dump_json()}\n".encode())
    finally:
        os.close(file)


def _last(folder: Path) -> Checkpoint | None:
    """The last line of the last file; None where there is none yet."""
    newest = max(folder.glob(FILES), default=None)
    if newest is None:
        return None
    with newest.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LONGEST_CHECKPOINT))
        lines = file.read().splitlines()
    try:
        return checkpoints.parse(lines[-1] if lines else b"")
    except ValueError as error:
        raise Unreadable(f"The last line of {newest} is no checkpoint: {error}") from error


def _mail(address: str) -> None:
    """Write to whoever is to keep a checkpoint, once a week at most."""
    is_due = or_(ConsentHead.mailed_at.is_(None), ConsentHead.mailed_at <= now() - MAIL_AGAIN_AFTER)
    due = (ConsentHead.id == 1, ConsentHead.seq != ConsentHead.mailed_seq, is_due)
    if session().scalar(select(ConsentHead.seq).where(*due)) is None:
        return
    told = update(ConsentHead).where(*due)
    if change_rows(told.values(mailed_at=now(), mailed_seq=ConsentHead.seq)) == 1:
        _write_mail(checkpoints.take(), address)


def _write_mail(point: Checkpoint, address: str) -> None:
    with use_language(settings().default_locale):
        words = words_of(MAIL, point=point, file=point.model_dump_json(indent=2))
        enqueue(kind=MAIL, recipient=address, **drawn(words)._asdict())
