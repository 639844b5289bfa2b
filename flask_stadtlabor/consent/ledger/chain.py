"""Hashing for the ledger: canonical JSON, the hash chain, seals, and their keys (C8)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from flask import current_app

from flask_stadtlabor.state import settings
from flask_stadtlabor.tokens import derived_key

ZEROS = "0" * 64
"""The previous hash of the first entry."""

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
FRAMED = tuple(name for name in FIELDS if name not in ("seq", "subject", "at"))
"""Those that make a frame, in the order of :meth:`Frame.around`."""
TEXT_FORMAT = 2
"""What the SHA-256 of a text covers: 1 was its body alone, 2 is all of :data:`TEXT_FIELDS`."""
TEXT_FIELDS = (
    "purpose",
    "version",
    "language",
    "languages",
    "mode",
    "title",
    "body",
    "controller",
    "material",
    "valid_days",
    "processing",
    "published_at",
    "published_by",
)
"""All that decides what a text asks and how long an answer to it counts (C14).

``languages`` are those that were published together, in the order of their codes.
"""


class UnknownKey(LookupError):
    """A key id without a key in the settings; the message names it and says where to write it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"the key {key_id!r}, which is neither STADTLABOR_LEDGER_KEY_ID "
            f"({settings().ledger_key_id!r}) nor one of STADTLABOR_LEDGER_OLD_KEYS."
        )


def ledger_key() -> bytes:
    """``STADTLABOR_LEDGER_KEY``, or a key derived from SECRET_KEY: what new entries get."""
    return _key(settings().ledger_key)


def key_for(key_id: str) -> bytes:
    """The key that entries with this key id were written with; raises :class:`UnknownKey`."""
    if key_id == settings().ledger_key_id:
        return ledger_key()
    if key_id not in settings().ledger_old_keys:
        raise UnknownKey(key_id)
    return _key(settings().ledger_old_keys[key_id])


def known_keys() -> list[bytes]:
    """The ledger's key, the earlier ones, and the one derived from SECRET_KEY where there is one.

    An empty ledger may have been sealed with any of them: its tables may be older than its key.
    """
    written = [settings().ledger_key, *settings().ledger_old_keys.values(), None]
    if not current_app.secret_key:
        written = [each for each in written if each]
    return [_key(each) for each in dict.fromkeys(written)]


def _key(written: str | None) -> bytes:
    return written.encode() if written else derived_key("consent-ledger")


class Frame(NamedTuple):
    """Canonical JSON with room for the three values that differ from entry to entry.

    Keys sorted, no spaces, UTF-8. A ledger has few frames and many entries.
    """

    before_time: str
    before_seq: str
    before_subject: str
    end: str

    @classmethod
    def around(
        cls,
        purpose: str,
        text_version: int,
        text_sha256: str,
        language: str,
        event: str,
        actor: str,
        method: str,
        key_id: str,
    ) -> Frame:
        """The frame of all entries that share these values."""
        return cls(
            f'{{"actor":{_json(actor)},"at":',
            f',"event":{_json(event)},"key_id":{_json(key_id)},"language":{_json(language)},'
            f'"method":{_json(method)},"purpose":{_json(purpose)},"seq":',
            ',"subject":',
            f',"text_sha256":{_json(text_sha256)},"text_version":{_json(text_version)}}}',
        )

    def hash(self, keyed: hmac.HMAC, previous_hash: str, seq: int, subject: str, at: str) -> str:
        """HMAC-SHA256 over the previous hash and the entry's canonical JSON."""
        message = (
            f"{previous_hash}{self.before_time}{encode_basestring(at)}{self.before_seq}{seq}"
            f"{self.before_subject}{encode_basestring(subject)}{self.end}"
        )
        # a copy saves working the key in once for each entry
        digest = keyed.copy()
        digest.update(message.encode())
        return digest.hexdigest()


def entry_hash(key: bytes, previous_hash: str, values: Mapping[str, Any]) -> str:
    """The hash of an entry with these values of :data:`FIELDS`."""
    frame = Frame.around(*(values[name] for name in FRAMED))
    seq, subject, at = values["seq"], values["subject"], moment(values["at"])
    return frame.hash(keyed(key), previous_hash, seq, subject, at)


def keyed(key: bytes) -> hmac.HMAC:
    """What :meth:`Frame.hash` works with."""
    return hmac.new(key, digestmod="sha256")


def moment(at: datetime) -> str:
    """A time as it is hashed: whole seconds in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def head_seal(key: bytes, seq: int, last_hash: str) -> str:
    """HMAC-SHA256 over the head: how many entries there are, and the last one's hash."""
    return seal(key, f"head:{seq}:{last_hash}")


def seal(key: bytes, message: str) -> str:
    """HMAC-SHA256 of ``message`` as hexadecimal text."""
    return hmac.new(key, message.encode(), "sha256").hexdigest()


def beginning_seal(key: bytes, seq: int) -> str:
    """HMAC-SHA256 over the number of the last entry before confirmations were entries."""
    return seal(key, f"confirmations:{seq}")


def fits(found: str, *expected: str) -> bool:
    """Whether ``found`` is one of the ``expected`` hashes, in constant time for each."""
    return any(hmac.compare_digest(found.encode(), each.encode()) for each in expected)


def body_hash(body: str) -> str:
    """SHA-256 of a text's body in UTF-8, as hexadecimal text: format 1."""
    return hashlib.sha256(body.encode()).hexdigest()


def text_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 of a text by its :data:`TEXT_FIELDS`, as hexadecimal text: format 2 (C14)."""
    return hashlib.sha256(_canonical({"format": TEXT_FORMAT, **_text(values)})).hexdigest()


def text_format(sha256: str, values: Mapping[str, Any]) -> int | None:
    """The format by which a text has this hash; None where it has another one."""
    if fits(sha256, text_hash(values)):
        return TEXT_FORMAT
    return 1 if fits(sha256, body_hash(values["body"])) else None


def text_seal(key: bytes, sha256: str, values: Mapping[str, Any]) -> str:
    """HMAC-SHA256 over a text, whatever the format of its hash."""
    claim = _canonical({"sha256": sha256, **_text(values)})
    return hmac.new(key, b"text:" + claim, "sha256").hexdigest()


def _text(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in TEXT_FIELDS}


def _canonical(value: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and without spaces, in UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
