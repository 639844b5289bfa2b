"""Rate limits counted in this process; enough for one machine with a few workers."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable

from flask_stadtlabor.config import Rate

logger = logging.getLogger(__name__)

MOST_KEYS = 50_000
"""Keys of one limit that are counted by themselves."""
SHARED_COUNTERS = 4_096
"""Counters of one limit for all further keys."""
SWEEP_SECONDS = 600
"""How often expired keys are removed."""

_Ends = list[float]
"""When each hit stops counting, the earliest first."""


class MemoryLimit:
    """A sliding window per key; keys are kept as hashes, so that no address stays in memory.

    A key is kept until its window has passed, so that nobody evicts a counter by adding others
    (S4). Memory is bounded: each limit (the part of a key before its first colon) has a table of
    its own. When a table is full, further keys share counters; they may be refused too early, never
    too late.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        """``timer`` returns seconds on a monotonic clock."""
        self._timer = timer
        self._tables: dict[str, _Table] = {}
        self._swept_at = timer()
        self._lock = threading.Lock()

    def __call__(self, key: str, rate: Rate) -> bool:
        """Count one hit; False when ``rate`` is exceeded. A refused hit does not count."""
        name = key.partition(":")[0]
        now = self._timer()
        with self._lock:
            if now - self._swept_at >= SWEEP_SECONDS:
                self._sweep(now)
            table = self._tables.setdefault(name, _Table(name))
            ends = table.counter(hashlib.sha256(key.encode()).digest()[:16])
            del ends[: bisect_right(ends, now)]
            if len(ends) >= rate.amount:
                return False
            ends.append(now + rate.seconds)
            return True

    @property
    def size(self) -> int:
        """How many counters there are."""
        return sum(len(table.counters) + len(table.shared) for table in self._tables.values())

    def _sweep(self, now: float) -> None:
        """Drop the keys whose window has passed, of all limits."""
        self._swept_at = now
        for table in self._tables.values():
            for counters in (table.counters, table.shared):
                for key in [key for key, ends in counters.items() if not ends or ends[-1] <= now]:
                    del counters[key]


class _Table:
    """The counters of one limit."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counters: dict[bytes, _Ends] = {}
        self.shared: dict[bytes, _Ends] = {}

    def counter(self, digest: bytes) -> _Ends:
        """The counter of a key; a shared one for a new key where the table is full."""
        known = self.counters.get(digest)
        if known is not None:
            return known
        if len(self.counters) < MOST_KEYS:
            return self.counters.setdefault(digest, [])
        if not self.shared:
            logger.warning("The limit %s counts %d keys; new ones share", self.name, MOST_KEYS)
        bucket = int.from_bytes(digest[:4]) % SHARED_COUNTERS
        return self.shared.setdefault(bucket.to_bytes(4), [])
