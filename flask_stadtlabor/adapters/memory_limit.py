"""Rate limits counted in this process; enough for one machine with a few workers."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable

from flask_stadtlabor.config import Rate

MOST_KEYS = 50_000


class MemoryLimit:
    """A sliding window per key; keys are kept as hashes, so that no address stays in memory."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        """``timer`` tells the seconds that have passed since whenever."""
        self._timer = timer
        self._hits: dict[bytes, deque[float]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: str, rate: Rate) -> bool:
        """Count one hit; False when ``rate`` is exceeded. A refused hit does not count."""
        digest = hashlib.sha256(key.encode()).digest()
        now = self._timer()
        with self._lock:
            hits = self._hits.setdefault(digest, deque())
            while hits and hits[0] <= now - rate.seconds:
                hits.popleft()
            if len(hits) >= rate.amount:
                return False
            hits.append(now)
            if len(self._hits) > MOST_KEYS:
                self._forget(now)
            return True

    def _forget(self, now: float) -> None:
        """Drop the keys that were quiet for a day, or else the oldest half."""
        quiet = [key for key, hits in self._hits.items() if not hits or hits[-1] < now - 86400]
        for key in quiet or list(self._hits)[: MOST_KEYS // 2]:
            del self._hits[key]
