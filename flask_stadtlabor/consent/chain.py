"""The ledger's mathematics: canonical JSON, the chain of hashes, the head's seal, the key (C8)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from flask_stadtlabor.state import settings
from flask_stadtlabor.tokens import derived_key

ZEROS = "0" * 64
"""What the first entry follows on."""

FIELDS = (
    "seq",
    "subject",
    "purpose",
    "text_version",
    "text_sha256",
    "language",
    "event",
    "at",
    "actor",
    "method",
    "key_id",
)
"""The columns of an entry that its hash covers, besides the previous hash."""


def ledger_key() -> bytes:
    """``STADTLABOR_LEDGER_KEY``, or a key derived from SECRET_KEY."""
    key = settings().ledger_key
    return key.encode() if key else derived_key("consent-ledger")


def canonical(values: Mapping[str, object]) -> bytes:
    """JSON in the one form that is hashed: keys sorted, no spaces, UTF-8, whole seconds in UTC."""
    plain = {name: _plain(values[name]) for name in FIELDS}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def entry_hash(key: bytes, previous_hash: str, values: Mapping[str, object]) -> str:
    """HMAC-SHA256 over the previous hash and the entry's canonical JSON."""
    return _hmac(key, previous_hash.encode() + canonical(values))


def head_seal(key: bytes, seq: int, last_hash: str) -> str:
    """HMAC-SHA256 over the head: how many entries there are, and the last one's hash."""
    return _hmac(key, f"head:{seq}:{last_hash}".encode())


def head_fits(key: bytes, seq: int, last_hash: str, seal: str) -> bool:
    """Whether the head is whole; before the first entry it bears no seal."""
    if seq == 0 and not seal:
        return last_hash == ZEROS
    return hmac.compare_digest(seal.encode(), head_seal(key, seq, last_hash).encode())


def text_hash(body: str) -> str:
    """SHA-256 of a consent text in UTF-8, as hexadecimal text."""
    return hashlib.sha256(body.encode()).hexdigest()


def _hmac(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value
