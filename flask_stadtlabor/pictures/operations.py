"""Keeping, attaching, withdrawing and deleting pictures. Operations flush; the caller commits."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import delete, select, update

from flask_stadtlabor.events.content import Image
from flask_stadtlabor.events.history import By
from flask_stadtlabor.events.uploaded import Uploaded
from flask_stadtlabor.exceptions import AlreadyDeleted
from flask_stadtlabor.pictures.models import Picture
from flask_stadtlabor.pictures.processing import Processed
from flask_stadtlabor.pictures.queries import uses_of
from flask_stadtlabor.pictures.storage import remove_files
from flask_stadtlabor.state import now, session
from flask_stadtlabor.tokens import derived_key
from flask_stadtlabor.transactions import change_rows

HELD = timedelta(days=1)
"""How long a picture waits for the form with which it was sent."""
_HASH_BYTES = 16


class Withdrawn(ValueError):
    """The same picture was withdrawn before."""


class InUse(ValueError):
    """The picture stands with an event."""


def hash_of(content: bytes) -> str:
    """A hash of an uploaded file that nobody can work out who has the same file."""
    digest = hmac.new(derived_key("picture"), content, hashlib.sha256).digest()
    return digest[:_HASH_BYTES].hex()


def hold(key: str, made: Processed, by: By) -> Picture:
    """Note a picture that somebody has sent; raises :class:`Withdrawn`.

    The same file once more is the same picture.
    """
    picture = session().scalar(select(Picture).where(Picture.hash == key))
    if picture is None:
        picture = Picture(hash=key, actor_key=by.key, actor_name=by.name, uploaded_at=now())
        session().add(picture)
    if picture.withdrawn_at is not None:
        raise Withdrawn
    if picture.attached_at is None:
        picture.uploaded_at = now()
        picture.width, picture.height = made.width, made.height
        picture.size = sum(map(len, made.files.values()))
    session().flush()
    return picture


def attach(image: Image) -> None:
    """Note that a picture was saved with an event, and what is said of it there.

    Raises :class:`~.exceptions.AlreadyDeleted` where it was deleted or withdrawn meanwhile.
    """
    shown = image.uploaded
    if shown is None:
        return
    moment = now()
    is_usable = (Picture.hash == shown.hash) & Picture.withdrawn_at.is_(None)
    said = {
        "alt": image.alt,
        "credit": image.credit,
        "focus_x": image.focus_x,
        "focus_y": image.focus_y,
    }
    if not change_rows(update(Picture).where(is_usable).values(**said)):
        raise AlreadyDeleted
    first = is_usable & Picture.attached_at.is_(None)
    change_rows(update(Picture).where(first).values(attached_at=moment))


def mark_withdrawn(picture: Uploaded, by: By) -> None:
    """From now on the picture's addresses are gone, and no event can be saved with it."""
    change_rows(
        update(Picture)
        .where(Picture.hash == picture.hash, Picture.withdrawn_at.is_(None))
        .values(withdrawn_at=now(), withdrawn_by=by.name, withdrawn_key=by.key)
    )


def delete_unused(picture: Uploaded) -> None:
    """Delete a picture with its files; raises :class:`InUse` where an event has it."""
    # the row first: whoever saves an event with it at this moment comes before or after
    is_it = (Picture.hash == picture.hash) & Picture.withdrawn_at.is_(None)
    change_rows(delete(Picture).where(is_it))
    if uses_of({picture.name}):
        raise InUse
    remove_files(picture)


def forget_held() -> int:
    """Delete the pictures with whose form nobody went on; how many they were."""
    is_left = Picture.attached_at.is_(None) & (Picture.uploaded_at < now() - HELD)
    count = 0
    for picture in session().scalars(select(Picture).where(is_left)).all():
        shown = picture.uploaded
        if change_rows(delete(Picture).where(Picture.id == picture.id, is_left)):
            remove_files(shown)
            count += 1
    return count
