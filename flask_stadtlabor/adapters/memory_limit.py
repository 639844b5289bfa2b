"""Rate limits counted in this process; enough for one machine with a few workers."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable

from flask_stadtlabor.config import Rate

MOST_KEYS = 50_000
SWEEP_SECONDS = 600
"""How long a key that counts nothing any more may lie around."""


class MemoryLimit:
    """A sliding window per key; keys are kept as hashes, so that no address stays in memory.

    A key is forgotten once its window has passed.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        """``timer`` tells the seconds that have passed since whenever."""
        self._timer = timer
        self._ends: dict[bytes, deque[float]] = {}
        """When each hit stops counting, the earliest first."""
        self._swept_at = timer()
        self._lock = threading.Lock()

    def __call__(self, key: str, rate: Rate) -> bool:
        """Count one hit; False when ``rate`` is exceeded. A refused hit does not count."""
        digest = hashlib.sha256(key.encode()).digest()
        now = self._timer()
        with self._lock:
            if now - self._swept_at >= SWEEP_SECONDS or len(self._ends) >= MOST_KEYS:
                self._sweep(now)
            ends = self._ends.setdefault(digest, deque())
            while ends and ends[0] <= now:
                ends.popleft()
            if len(ends) >= rate.amount:
                return False
            ends.append(now + rate.seconds)
            return True

    def _sweep(self, now: float) -> None:
        """Drop the keys whose window has passed; where that is not enough, the oldest half too."""
        self._swept_at = now
        for key in [key for key, ends in self._ends.items() if not ends or ends[-1] <= now]:
            del self._ends[key]
        if len(self._ends) >= MOST_KEYS:
            for key in list(self._ends)[: MOST_KEYS // 2]:
                del self._ends[key]
