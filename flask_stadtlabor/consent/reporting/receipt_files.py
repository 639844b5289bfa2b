"""Receipts that people kept, as anchors: the ledger must still hold their entries (C14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.chain_verifier import Anchor
from flask_stadtlabor.consent.ledger.proof_files import Unreadable, is_number, parsed, read_file
from flask_stadtlabor.consent.models import NO_PURPOSE, ConsentAction
from flask_stadtlabor.consent.reporting.receipts import CONFIRMATIONS, LEDGER, STATUS

MOST_ENTRIES = 10_000
_NO_TEXT = {"ledger:text_version": 0, "ledger:text_sha256": "", "ledger:language": ""}
ACTS = {name: act for act, name in STATUS.items()}


class NoReceipt(Exception):
    """A file that is no receipt of this portal; the message says why."""


class Receipt(NamedTuple):
    """What a receipt says about the ledger."""

    at: str
    """When it was made."""
    entries: list[dict[str, Any]]
    """The values of :data:`~.ledger.chain.FIELDS` of each, with both hashes."""

    def anchors(self) -> list[Anchor]:
        """What it is compared by."""
        return [
            Anchor(
                entry["seq"], entry["hash"], f"the receipt of {self.at}", f"entry {entry['seq']}"
            )
            for entry in self.entries
        ]


def read(path: Path) -> Receipt:
    """The receipt in a file; raises :class:`NoReceipt` for anything else.

    Nobody but whoever has the key can make one: each entry in it is looked at alone.
    """
    try:
        document = parsed(read_file(path))
        receipt = Receipt(_time(document["dct:created"]), list(_entries(document)))
    except Unreadable as error:
        raise NoReceipt(str(error)) from error
    except ValueError as error:
        raise NoReceipt(f"{path} is no receipt: {error}.") from error
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise NoReceipt(
            f"{path} is no receipt: something is missing in it that each of ours has."
        ) from error
    if not receipt.entries:
        raise NoReceipt(f"{path} is no receipt: it tells of no entry.")
    for entry in receipt.entries:
        fault = _fault(entry)
        if fault is not None:
            raise NoReceipt(f"{path}: {fault}")
    return receipt


def _entries(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    count = 0
    for record in document["dpv:hasRecordOfActivity"]:
        subject = record["dpv:hasDataSubject"]["dct:identifier"]
        told = [
            (NO_PURPOSE, ConsentAction.CONFIRMED, _NO_TEXT | entry)
            for entry in record.get(CONFIRMATIONS, ())
        ]
        for process in record["dpv:hasProcess"]:
            purpose = process["dct:identifier"]
            told += [
                (purpose, ACTS[status["@type"]], status)
                for status in process["dpv:hasConsentStatus"]
            ]
        for purpose, act, values in told:
            count += 1
            if count > MOST_ENTRIES:
                raise ValueError(f"it tells of more than {MOST_ENTRIES} entries")
            yield _entry(subject, purpose, act, values)


def _entry(
    subject: object, purpose: object, act: ConsentAction, values: dict[str, Any]
) -> dict[str, Any]:
    entry = {
        "subject": subject,
        "purpose": purpose,
        "event": act.value,
        "at": _time(values["dpv:isIndicatedAtTime"]),
        "method": values["dpv:hasIndicationMethod"],
        **{name: values[f"ledger:{name}"] for name in LEDGER},
    }
    for name, value in entry.items():
        if not (is_number(value) if name in ("seq", "text_version") else isinstance(value, str)):
            raise ValueError(f"the value of {name!r} cannot be meant")
    return entry


def _time(value: dict[str, Any]) -> str:
    written = value["@value"]
    datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ")
    return str(written)


def _fault(entry: dict[str, Any]) -> str | None:
    try:
        key = chain.key_for(entry["key_id"])
    except chain.UnknownKey as unknown:
        return f"Entry {entry['seq']} in it was written with {unknown}"
    at = entry["at"]
    frame = chain.Frame.around(*(entry[name] for name in chain.FRAMED))
    expected = frame.hash(
        chain.keyed(key), entry["previous_hash"], entry["seq"], entry["subject"], at
    )
    if not chain.fits(entry["hash"], expected):
        return (
            f"Entry {entry['seq']} in it does not fit its hash: the receipt was changed, or it is "
            "not from this portal."
        )
    return None
