"""Uploaded pictures: whether they can be made and stored."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from flask_stadtlabor.adapters.picture_files import PictureFiles
from flask_stadtlabor.cli.checks.finding import Finding, error, note
from flask_stadtlabor.pictures import processing, storage
from flask_stadtlabor.state import current, settings


def check_pictures() -> Iterator[Finding]:
    """Findings about the storage of pictures, and about Pillow."""
    if not storage.is_there():
        yield note(
            "STADTLABOR_PICTURES is not set, so that no pictures can be uploaded; name a folder "
            "for them, if staff is to."
        )
        return
    if not processing.is_installed():
        yield error(
            "Pictures can be stored, but not made smaller, so that none can be uploaded; install "
            "flask-stadtlabor[pictures]."
        )
    folder = settings().pictures
    is_ours = isinstance(current().ports.pictures, PictureFiles)
    if is_ours and folder and not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        yield error(
            f"No picture can be written to {folder}, which STADTLABOR_PICTURES names; make that "
            "folder, and let the portal write there."
        )
