"""Rate limits by name, counted by the host's port."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import request

from flask_stadtlabor.state import current
from flask_stadtlabor.tokens import keyed_hash

SITE_BITS = 64
"""Bits of an IPv6 address that name a client, who chooses the rest (RFC 4291 §2.5.4)."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a translator shows them to a server that speaks IPv6 alone (RFC 6052 §2.1)."""
_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")
"""An address with a port, as some proxies write it into ``X-Forwarded-For``."""
UNKNOWN = "unknown"


def within_limit(name: str, key: str) -> bool:
    """Count one hit of ``key`` under the limit ``name`` of ``STADTLABOR_RATE_LIMITS``.

    False when it is one too many; always True where the limit is switched off. The host's port
    gets the key as a hash, so that no address is stored with the counters (C12).
    """
    state = current()
    rate = state.settings.rate_limits.get(name)
    return rate is None or state.ports.rate_limit(f"{name}:{keyed_hash(name, key)}", rate)


def client_key() -> str:
    """The client's network as the host's proxy settings tell it; never stored (C12).

    An IPv4 address, the /64 of an IPv6 address, or ``unknown`` for what is no address.
    """
    return network_of(request.remote_addr or "")


def network_of(text: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 of an IPv6 address.

    Whoever has one IPv6 address has 2^64 of them, so that single ones tell nothing. An IPv4 address
    that comes written as an IPv6 one stays that IPv4 address.
    """
    found = _WITH_PORT.fullmatch(text.strip())
    if found is not None:
        text = found["v6"] or found["v4"]
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return UNKNOWN
    address = _as_ipv4(address) or address
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), SITE_BITS), strict=False))


def _as_ipv4(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped
