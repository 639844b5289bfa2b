"""Verifies a chain of ledger entries, wherever they are read from (C9).

Nothing here asks a database: entries, texts and the end come from :mod:`~.ledger.verification` or
from an exported file. Each entry is looked at once, so that the memory needed stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hmac import HMAC
from typing import Any, NamedTuple

from flask_stadtlabor.consent.ledger import chain
from flask_stadtlabor.consent.ledger.chain import Frame
from flask_stadtlabor.consent.ledger.head import EMPTY_UNSEALED, End
from flask_stadtlabor.consent.models import NO_PURPOSE

COLUMNS = ("seq", "subject", "at", *chain.FRAMED, "previous_hash", "hash")
"""What an entry is read as, with its time as it is hashed."""
SHARED = slice(3, 3 + len(chain.FRAMED))
"""Where in an entry the values of its frame stand."""
KEY_ID, PREVIOUS, OWN = (COLUMNS.index(name) for name in ("key_id", "previous_hash", "hash"))
KINDS_AT_ONCE = 10_000
"""A forged ledger may have one kind per entry; a genuine one has few."""

Entry = Sequence[Any]
"""The values of :data:`COLUMNS`."""


class Broken(NamedTuple):
    """The first thing that is wrong."""

    seq: int | None
    """The entry's number; None where a text, a checkpoint or the head is concerned."""
    reason: str
    """A sentence that names it."""


class Verification(NamedTuple):
    """The result of a verification."""

    entries: int
    """How many entries were found whole."""
    broken: Broken | None


class Anchor(NamedTuple):
    """What is known of an entry from another place: a checkpoint, or somebody's receipt."""

    seq: int
    hash: str
    source: str
    """What it comes from, such as "the checkpoint of …"."""
    claim: str
    """What that names, such as "7 entries"."""


class KnownText(NamedTuple):
    """A text's hash as recorded, and what is wrong with the text, as the end of a sentence."""

    sha256: str
    fault: str | None
    languages: tuple[str, ...] = ()
    """Those that were published together."""


Texts = Mapping[tuple[str, int, str], KnownText]
"""By :func:`key_of`."""


def key_of(claim: Mapping[str, Any]) -> tuple[str, int, str]:
    """Purpose, version and language of a text."""
    return claim["purpose"], claim["version"], claim["language"]


class _Kind(NamedTuple):
    """What entries have in common that differ in number, subject and time alone."""

    frame: Frame
    keyed: HMAC
    fault_of_text: str | None


class _Fault(Exception):
    """Ends the verification."""

    def __init__(self, seq: int | None, reason: str) -> None:
        super().__init__(reason)
        self.broken = Broken(seq, reason)


class ChainVerifier:
    """Verifies a ledger from its first entry to its last; call :meth:`run` once."""

    def __init__(self, end: End, texts: Texts, anchors: Sequence[Anchor] = ()) -> None:
        self._seq = 0
        self._hash = chain.ZEROS
        self._end = end
        self._fault_of_seal = _fault_of_seal(end)
        self._texts = texts
        self._anchors: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.seq, []).append(anchor)
        self._kinds: dict[Entry, _Kind] = {}
        self._key_id = ""
        self._earlier_keys: set[str] = set()
        """Key ids that another one has followed."""

    def run(self, entries: Iterable[Entry]) -> Verification:
        """Recompute every hash, and compare the result with the head.

        Finds entries that were changed, removed, moved or added, a tail that was cut off, texts
        that were changed or removed, a wrong key, an old key used again, and by an anchor even a
        ledger that was written anew with a stolen key.
        """
        try:
            self._compare_with_anchors()
            for entry in entries:
                self._step(entry)
            self._check_end()
            self._check_texts()
        except _Fault as fault:
            return Verification(self._seq, fault.broken)
        return Verification(self._seq, None)

    def _step(self, entry: Entry) -> None:
        """Verify the next entry; nearly all the time of a verification is spent here."""
        kind = self._kinds.get(entry[SHARED])
        if kind is None or entry[KEY_ID] != self._key_id:
            kind = self._meet(entry)
        seq, subject, at = entry[:3]
        if (
            seq != self._seq + 1
            or entry[PREVIOUS] != self._hash
            or entry[OWN] != kind.frame.hash(kind.keyed, self._hash, seq, subject, at)
            or kind.fault_of_text is not None
        ):
            raise _Fault(*self._what_is_wrong(entry, kind))
        self._seq, self._hash = seq, entry[OWN]
        if seq in self._anchors:
            self._compare_with_anchors()

    def _meet(self, entry: Entry) -> _Kind:
        """Handle an entry of a new kind, or one with another key than the entry before."""
        self._check_place(entry)
        self._check_key(entry)
        kind = _Kind(
            Frame.around(*entry[SHARED]),
            chain.keyed(chain.key_for(self._key_id)),
            self._what_is_wrong_with_text(entry),
        )
        if len(self._kinds) >= KINDS_AT_ONCE:
            self._kinds.clear()
        self._kinds[entry[SHARED]] = kind
        return kind

    def _check_place(self, entry: Entry) -> None:
        seq, expected = entry[0], self._seq + 1
        if seq > expected:
            raise _Fault(expected, f"Entry {expected} is missing; entry {seq} comes next.")
        if seq < expected:
            raise _Fault(seq, f"Entry {seq} was put in front of the first one.")

    def _check_key(self, entry: Entry) -> None:
        seq, key_id = entry[0], entry[KEY_ID]
        if key_id == self._key_id:
            return
        if key_id in self._earlier_keys:
            raise _Fault(
                seq,
                f"Entry {seq} was written with the key {key_id!r}, which another one had replaced.",
            )
        try:
            chain.key_for(key_id)
        except chain.UnknownKey as unknown:
            raise _Fault(seq, f"Entry {seq} was written with {unknown}") from unknown
        self._earlier_keys.add(self._key_id)
        self._key_id = key_id

    def _what_is_wrong(self, entry: Entry, kind: _Kind) -> tuple[int, str]:
        self._check_place(entry)
        seq, subject, at = entry[:3]
        if entry[OWN] != kind.frame.hash(kind.keyed, entry[PREVIOUS], seq, subject, at):
            reason = "does not fit its hash: it was changed, or moved from another place."
            if self._seq == 0 and self._fault_of_seal is not None:
                reason = (
                    "does not fit its hash, nor does the head: STADTLABOR_LEDGER_KEY (or the "
                    "SECRET_KEY that it is derived from) is not the one that the ledger was "
                    "written with, or both were changed."
                )
        elif entry[PREVIOUS] != self._hash:
            reason = "does not follow on the entry before it."
        else:
            reason = str(kind.fault_of_text)
        return seq, f"Entry {seq} {reason}"

    def _what_is_wrong_with_text(self, entry: Entry) -> str | None:
        purpose, version, sha256, language = entry[SHARED][:4]
        if purpose == NO_PURPOSE:
            return None
        text = self._texts.get((purpose, version, language))
        name = _text_name(purpose, version, language)
        if text is None:
            return f"names {name}, which is missing."
        fault = text.fault or (None if text.sha256 == sha256 else "was changed")
        return f"names {name}, which {fault}." if fault else None

    def _compare_with_anchors(self) -> None:
        """Compare the entry just passed with what was known of it elsewhere."""
        for anchor in self._anchors.get(self._seq, ()):
            if anchor.hash != self._hash:
                raise _Fault(
                    self._seq,
                    f"Entry {self._seq} has another hash than {anchor.source} names: "
                    "the ledger was written anew up to there, or cut before it and written on.",
                )

    def _check_end(self) -> None:
        """Compare the last entry with the head, and with anchors that lie behind it."""
        end = self._end
        if self._seq < end.seq:
            cut = self._seq + 1
            raise _Fault(cut, f"Entry {cut} is missing; the head names {end.seq} entries.")
        if self._fault_of_seal is not None:
            raise _Fault(None, self._fault_of_seal)
        if self._hash != end.hash:
            raise _Fault(end.seq, f"Entry {end.seq} is not the last one that the head names.")
        behind = min((seq for seq in self._anchors if seq > end.seq), default=None)
        if behind is not None:
            anchor = self._anchors[behind][0]
            raise _Fault(
                end.seq + 1,
                f"Entry {end.seq + 1} is missing; {anchor.source} names {anchor.claim}.",
            )

    def _check_texts(self) -> None:
        """Texts that no entry names yet count too."""
        for name, text in self._texts.items():
            if text.fault is not None:
                raise _Fault(None, f"T{_text_name(*name)[1:]} {text.fault}.")
            purpose, version, _ = name
            for language in text.languages:
                if (purpose, version, language) not in self._texts:
                    missing = _text_name(purpose, version, language)
                    raise _Fault(None, f"T{missing[1:]} is missing.")


def _fault_of_seal(end: End) -> str | None:
    try:
        is_whole = end.is_whole()
    except chain.UnknownKey as unknown:
        return f"The head was sealed with {unknown}"
    if end.seq == 0 and not is_whole:
        return EMPTY_UNSEALED
    return (
        None if is_whole else f"The seal of the head, which names {end.seq} entries, does not fit."
    )


def _text_name(purpose: str, version: int, language: str) -> str:
    return f"the text of {purpose!r}, version {version}, language {language!r}"
