"""The files of a picture in the host's storage."""

from __future__ import annotations

from flask_stadtlabor.adapters.picture_files import PictureFiles
from flask_stadtlabor.events.uploaded import Uploaded
from flask_stadtlabor.state import current, settings


def is_there() -> bool:
    """Whether pictures can be stored: in the folder of the setting, or by the host's own port."""
    is_ours = isinstance(current().ports.pictures, PictureFiles)
    return not is_ours or settings().pictures is not None


def store_files(picture: Uploaded, files: dict[str, bytes]) -> None:
    """Store all files of a picture."""
    for file, content in files.items():
        current().ports.pictures.put(_key(picture, file), content)


def read_file(picture: Uploaded, file: str) -> bytes | None:
    """One file of a picture; None where the storage has none."""
    return current().ports.pictures.get(_key(picture, file))


def remove_files(picture: Uploaded) -> None:
    """Remove all files of a picture; one that is not there is none."""
    for file in picture.files:
        current().ports.pictures.remove(_key(picture, file))


def _key(picture: Uploaded, file: str) -> str:
    return f"{picture.name}-{file}"
