"""Uploaded pictures that were published under a purpose, and who may withdraw them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flask_stadtlabor.consent.models import Publication
from flask_stadtlabor.permissions import allowed
from flask_stadtlabor.pictures.models import Picture
from flask_stadtlabor.pictures.queries import Use, newest_shown, pictures_by_name, uses_of
from flask_stadtlabor.ports import Action


class PublishedPicture(NamedTuple):
    """A picture of the portal with the events and drafts in which it stands."""

    picture: Picture
    uses: Sequence[Use]


def pictures_of(published: Sequence[Publication]) -> dict[str, PublishedPicture]:
    """The pictures among what was published, by their names; three statements at most."""
    pictures = pictures_by_name({each.picture for each in published if each.picture})
    uses = uses_of(pictures) if pictures else []
    return {
        name: PublishedPicture(picture, [use for use in uses if use.picture == name])
        for name, picture in pictures.items()
    }


def withdrawable(pictures: Collection[PublishedPicture]) -> set[str]:
    """The names of those that the acting member of staff may withdraw.

    It takes the right to look after pictures, or to take down at each event that has the picture.
    """
    if allowed(Action.MANAGE_PICTURES):
        return {each.picture.uploaded.name for each in pictures}
    return {
        each.picture.uploaded.name
        for each in pictures
        if all(allowed(Action.TAKE_DOWN, use.event) for use in each.uses)
    }


def offered() -> list[Picture]:
    """The newest pictures that the acting member of staff may name as published."""
    newest = newest_shown()
    names = {picture.uploaded.name for picture in newest}
    uses = uses_of(names) if names else []
    shown = [
        PublishedPicture(each, [use for use in uses if use.picture == each.uploaded.name])
        for each in newest
    ]
    usable = withdrawable(shown)
    return [each for each in newest if each.uploaded.name in usable]
