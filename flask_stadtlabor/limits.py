"""Rate limits by name, counted by the host's port."""

from __future__ import annotations

from flask import request

from flask_stadtlabor.state import current
from flask_stadtlabor.tokens import keyed_hash


def within_limit(name: str, key: str) -> bool:
    """Count one hit of ``key`` under the limit ``name`` of ``STADTLABOR_RATE_LIMITS``.

    False when it is one too many; always True where the limit is switched off. The host's port
    gets the key as a hash, so that no address is stored with the counters (C12).
    """
    state = current()
    rate = state.settings.rate_limits.get(name)
    return rate is None or state.ports.rate_limit(f"{name}:{keyed_hash(name, key)}", rate)


def client_key() -> str:
    """The client's address as the host's proxy settings tell it; never stored (C12)."""
    return request.remote_addr or "unknown"
