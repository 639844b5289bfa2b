"""Headers on every answer, and a limit on guessing passwords."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque

from flask import Flask, Response

CONTENT_POLICY = (
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; "
    "object-src 'none'"
)
TRIES = 10
WITHIN = 10 * 60
"""Seconds in which somebody may try :data:`TRIES` passwords for one address."""


def set_up(app: Flask) -> None:
    """Set the headers where a page has not set stricter ones itself."""

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in (
            ("Content-Security-Policy", CONTENT_POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "SAMEORIGIN"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ):
            response.headers.setdefault(name, value)
        return response


class Throttle:
    """Counts tries per key in this process; keys are kept as hashes."""

    def __init__(self, tries: int = TRIES, within: int = WITHIN) -> None:
        self._tries = tries
        self._within = within
        self._times: dict[bytes, deque[float]] = {}
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Count one try; False when it is one too many."""
        now = time.monotonic()
        digest = hashlib.sha256(key.encode()).digest()
        with self._lock:
            self._times = {
                known: times
                for known, times in self._times.items()
                if times and times[-1] > now - self._within
            }
            times = self._times.setdefault(digest, deque(maxlen=self._tries))
            if len(times) == self._tries and times[0] > now - self._within:
                return False
            times.append(now)
            return True
