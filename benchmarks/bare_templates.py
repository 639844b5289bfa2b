"""The baseline's templates: as many bytes as our pages have, most of them still, some from the row.

They are cut from our own answers, so that they grow and shrink with them.
"""

from __future__ import annotations

from pathlib import Path

FIELDS = "{{ event.title }} {{ event.summary }} {{ event.starts_at }} {{ event.seats_taken }}"
FIELDS_PER_PAGE = 10


def write(folder: Path, bodies: dict[str, bytes], list_length: int, feed_length: int) -> None:
    """Write a template for each of our bodies, of about the same size.

    ``bodies`` has ``event.html``, ``form.html``, ``thanks.html``, ``list.html`` and
    ``calendar.ics``; the last two repeat themselves for so many events.
    """
    lengths = {"list.html": list_length, "calendar.ics": feed_length}
    head, _, _ = _words(bodies["event.html"]).partition("<main")
    (folder / "layout.html").write_text(f"{head}{{% block main %}}{{% endblock %}}</body></html>")
    for name, body in bodies.items():
        text = _words(body)
        if name in lengths:
            source = _repeated(text, lengths[name])
        else:
            source = _page(text.removeprefix(head))
        (folder / name).write_text(source)


def _page(text: str) -> str:
    size = len(text) // FIELDS_PER_PAGE
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return f'{{% extends "layout.html" %}}{{% block main %}}{FIELDS.join(pieces)}{{% endblock %}}'


def _repeated(text: str, length: int) -> str:
    size = max(len(text) // (length + 1) - len(FIELDS), 0)
    return f"{text[:size]}{{% for event in events %}}{text[:size]}{FIELDS}{{% endfor %}}"


def _words(body: bytes) -> str:
    """The answer without anything that Jinja would take for its own."""
    return body.decode().replace("{", "(").replace("}", ")")
