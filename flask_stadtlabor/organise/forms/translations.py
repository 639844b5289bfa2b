"""The form that takes a language's texts as a PO file, and saves what it changes."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode

from flask import request

from flask_stadtlabor.form_fields import MarkField
from flask_stadtlabor.forms import Form
from flask_stadtlabor.i18n import _sl

LONGEST_FILE = 400_000
"""Bytes of a PO file."""


class TranslationsForm(Form):
    """A file, or, once its page was shown, the same packed and a mark of what the page showed."""

    packed = MarkField()
    shown = MarkField()

    @property
    def data_sent(self) -> bytes:
        """The file; empty where none was sent, cut after one byte too many."""
        file = request.files.get("file")
        if file:
            with file.stream:
                return file.stream.read(LONGEST_FILE + 1)
        return _unpacked(str(self.packed.data or ""))

    def problems(self, data: bytes) -> list[str]:
        """Why nothing can be done with what was sent, in sentences."""
        if not self.validate():
            return [*self.session_errors()] or [_sl("Please try once more.")]
        if not data:
            return [_sl("Please choose a file.")]
        if len(data) > LONGEST_FILE:
            return [
                _sl("The file is too large; it may have 400 kilobytes. Take one event at a time.")
            ]
        return []


def packed(data: bytes) -> str:
    """A file as the value of a field."""
    return b64encode(zlib.compress(data, 9)).decode()


def _unpacked(text: str) -> bytes:
    """What :func:`packed` made, cut after one byte too many; empty for anything else."""
    try:
        return zlib.decompressobj().decompress(b64decode(text, validate=True), LONGEST_FILE + 1)
    except (ValueError, zlib.error):
        return b""
