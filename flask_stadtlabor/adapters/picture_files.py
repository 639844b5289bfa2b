"""Pictures as files, in the folder that ``STADTLABOR_PICTURES`` names."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from flask_stadtlabor.state import settings

_KEY = re.compile(r"[0-9a-z-]+\.(webp|jpg)")


class PictureFiles:
    """The port ``pictures``: a file for each key."""

    def put(self, key: str, content: bytes) -> None:
        """Write the file as a whole, so that nobody reads half of it."""
        path = _path(key)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o640)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def get(self, key: str) -> bytes | None:
        """The file's content; None where there is no such file."""
        try:
            return _path(key).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        """Remove the file, if it is there."""
        _path(key).unlink(missing_ok=True)


def _path(key: str) -> Path:
    folder = settings().pictures
    if folder is None:
        raise FileNotFoundError("STADTLABOR_PICTURES names no folder for pictures.")
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a picture.")
    return Path(folder) / key
