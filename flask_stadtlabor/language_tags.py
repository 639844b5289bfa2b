"""Language codes compared, written as ``de-AT`` or ``de_AT`` (BCP 47, RFC 4647)."""

from __future__ import annotations

from collections.abc import Iterable


def lookup(wanted: str, offered: Iterable[str]) -> str | None:
    """The code of ``offered`` for somebody who reads ``wanted``; None where there is none.

    RFC 4647 §3.4: ``de-AT`` finds ``de``. Beyond it, ``de`` finds ``de-AT``, which is better than
    another language.
    """
    by_tag = {_parts(code): code for code in offered}
    parts = _parts(wanted)
    while parts:
        if parts in by_tag:
            return by_tag[parts]
        parts = parts[:-1]
        if parts and len(parts[-1]) == 1:
            parts = parts[:-1]
    primary = _parts(wanted)[:1]
    return next((code for tag, code in by_tag.items() if tag[:1] == primary), None)


def _parts(code: str) -> tuple[str, ...]:
    return tuple(code.lower().replace("_", "-").split("-"))
