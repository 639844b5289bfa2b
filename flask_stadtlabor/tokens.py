"""Secrets in links and signatures in forms."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

TOKEN_BYTES = 24
"""192 bits; S3 asks for 128 at least."""


def new_token() -> str:
    """A fresh random token for a link; store only its :func:`token_hash`."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """The SHA-256 of a token as hexadecimal text.

    The database finds a token by this hash, so that nothing secret is compared byte by byte.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def secret_key() -> bytes:
    """The app's SECRET_KEY as bytes."""
    key = current_app.secret_key
    if not key:
        raise RuntimeError("Set SECRET_KEY: sessions, forms and links are signed with it.")
    return _as_bytes(key)


def derived_key(purpose: str) -> bytes:
    """A key of its own for ``purpose``, derived from SECRET_KEY."""
    return _derived(purpose, secret_key())


def keyed_hash(purpose: str, text: str) -> str:
    """HMAC-SHA256 of ``text`` under a key for ``purpose`` derived from SECRET_KEY."""
    return _hmac(derived_key(purpose), text)


def keyed_hashes(purpose: str, text: str) -> tuple[str, ...]:
    """:func:`keyed_hash` under SECRET_KEY, and under each of SECRET_KEY_FALLBACKS after it.

    What was stored before the secret was changed is found by one of these.
    """
    return tuple(_hmac(_derived(purpose, secret), text) for secret in _secret_keys())


def _secret_keys() -> list[bytes]:
    """SECRET_KEY, and those from before it in SECRET_KEY_FALLBACKS."""
    return [secret_key(), *(_as_bytes(secret) for secret in _older_secrets())]


def mark_of(*shown: object) -> str:
    """Stands for what a page showed, so that what is sent from it can be compared with that."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def has_older_secrets() -> bool:
    """Whether something stored may stand under a secret from before SECRET_KEY was changed."""
    return bool(_older_secrets())


def _older_secrets() -> Sequence[str | bytes]:
    return current_app.config.get("SECRET_KEY_FALLBACKS") or ()


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _derived(purpose: str, secret: bytes) -> bytes:
    return hashlib.sha256(b"stadtlabor:" + purpose.encode() + b":" + secret).digest()


def _as_bytes(secret: str | bytes) -> bytes:
    return secret if isinstance(secret, bytes) else secret.encode()


def sign(purpose: str, value: object) -> str:
    """A signed text that carries the JSON ``value``."""
    return str(_serializer(purpose).dumps(value))


def unsign(purpose: str, text: str | None) -> object | None:
    """The value of :func:`sign`, or None when the text is missing or was changed.

    What was signed before the secret was changed holds as long as SECRET_KEY_FALLBACKS names it.
    """
    try:
        return _serializer(purpose).loads(text or "")  # type: ignore[no-any-return]
    except BadSignature:
        return None


def _serializer(purpose: str) -> URLSafeSerializer:
    # it signs with the last of its keys
    return URLSafeSerializer(_secret_keys()[::-1], salt=f"stadtlabor:{purpose}")
