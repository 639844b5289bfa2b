"""Keeping, attaching, withdrawing and deleting pictures. Operations flush; the caller commits."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.events.content import Image
from flask_stadtlabor.events.uploaded import Uploaded, uploaded
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
    if _is_withdrawn(key):
        raise Withdrawn
    picture = session().scalar(select(Picture).where(Picture.hash == key))
    if picture is None:
        picture = Picture(hash=key, actor_key=by.key, actor_name=by.name, uploaded_at=now())
        session().add(picture)
    if picture.attached_at is None:
        picture.uploaded_at = now()
        _measure(picture, made)
    session().flush()
    return picture


def hold_for_idea(file_hash: str, made: Processed) -> Picture:
    """Note a picture that somebody has sent with an idea; raises :class:`Withdrawn`.

    Each time it is a picture of its own, at an address that nobody can guess: so it is hidden and
    deleted with its idea, whatever else shows the same file. The row does not say whose it is.
    """
    if _is_withdrawn(file_hash):
        raise Withdrawn
    picture = Picture(
        hash=secrets.token_hex(_HASH_BYTES),
        file_hash=file_hash,
        actor_key="",
        actor_name="",
        uploaded_at=now(),
    )
    _measure(picture, made)
    session().add(picture)
    session().flush()
    return picture


def _is_withdrawn(file_hash: str) -> bool:
    same_file = or_(Picture.hash == file_hash, Picture.file_hash == file_hash)
    withdrawn = exists().where(same_file, Picture.withdrawn_at.is_not(None))
    return bool(session().scalar(select(withdrawn)))


def _measure(picture: Picture, made: Processed) -> None:
    picture.width, picture.height = made.width, made.height
    picture.size = sum(map(len, made.files.values()))


def attach_to_idea(picture: Uploaded) -> None:
    """Let a held picture belong to an idea from now on.

    Raises :class:`~.exceptions.AlreadyDeleted` where it is not held any more: it was deleted or
    withdrawn meanwhile, or belongs to another idea.
    """
    is_held = (
        (Picture.hash == picture.hash)
        & Picture.file_hash.is_not(None)
        & Picture.attached_at.is_(None)
        & Picture.hidden_at.is_(None)
        & Picture.withdrawn_at.is_(None)
    )
    if not change_rows(update(Picture).where(is_held).values(attached_at=now())):
        raise AlreadyDeleted


def let_go(names: Collection[str]) -> None:
    """From now on these pictures of ideas are not served; the next round deletes them."""
    gone = {"attached_at": None, "hidden_at": now()}
    change_rows(update(Picture).where(_of_ideas(names)).values(**gone))


def show_of_idea(name: str, *, shown: bool) -> None:
    """Serve a picture of an idea, or serve it no more while its idea is hidden."""
    hidden_at = None if shown else now()
    change_rows(update(Picture).where(_of_ideas([name])).values(hidden_at=hidden_at))


def _of_ideas(names: Collection[str]) -> ColumnElement[bool]:
    hashes = [found.hash for name in names if (found := uploaded(name)) is not None]
    # a withdrawn one stays, so that the same file does not come back
    is_kept = Picture.withdrawn_at.is_(None) & Picture.file_hash.is_not(None)
    return Picture.hash.in_(hashes) & is_kept


def attach(image: Image) -> None:
    """Note that a picture was saved with an event, and what is said of it there.

    Raises :class:`~.exceptions.AlreadyDeleted` where it was deleted or withdrawn meanwhile.
    """
    shown = image.uploaded
    if shown is None:
        return
    moment = now()
    is_usable = (
        (Picture.hash == shown.hash) & Picture.withdrawn_at.is_(None) & Picture.file_hash.is_(None)
    )
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
    """Delete a picture with its files; raises :class:`InUse` where an event or an idea has it."""
    # the row first: whoever saves an event with it at this moment comes before or after
    is_it = (Picture.hash == picture.hash) & Picture.withdrawn_at.is_(None)
    # what came with an idea stays with it, until that lets it go
    is_idle = or_(Picture.file_hash.is_(None), Picture.attached_at.is_(None))
    deleted = change_rows(delete(Picture).where(is_it, is_idle))
    if not deleted and session().scalar(select(Picture.id).where(is_it)) is not None:
        raise InUse
    if uses_of({picture.name}):
        raise InUse
    remove_files(picture)


def forget_held() -> int:
    """Delete the pictures with whose form nobody went on, and those that an idea let go; how many
    they were."""
    is_left = (
        Picture.attached_at.is_(None)
        & Picture.withdrawn_at.is_(None)
        & or_(Picture.uploaded_at < now() - HELD, Picture.hidden_at.is_not(None))
    )
    count = 0
    for picture in session().scalars(select(Picture).where(is_left)).all():
        shown = picture.uploaded
        if change_rows(delete(Picture).where(Picture.id == picture.id, is_left)):
            remove_files(shown)
            count += 1
    return count
