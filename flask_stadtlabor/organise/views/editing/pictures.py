"""Uploaded pictures: where each is used, withdrawing one, deleting what is not used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.withdrawing import withdraw as withdraw_from_events
from flask_stadtlabor.events.queries import whole_number
from flask_stadtlabor.events.uploaded import Uploaded
from flask_stadtlabor.i18n import _sl
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    button_problems,
    is_number,
    staff_page,
)
from flask_stadtlabor.participation.ideas.models import UNSENT, Idea
from flask_stadtlabor.participation.ideas.operations.pictures import take_out
from flask_stadtlabor.participation.ideas.queries import ideas_with_pictures
from flask_stadtlabor.pictures.models import Picture
from flask_stadtlabor.pictures.operations import InUse, delete_unused
from flask_stadtlabor.pictures.queries import Use, find_picture, list_pictures, uses_of
from flask_stadtlabor.pictures.storage import remove_files
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import local_url, see_other


class Shown(NamedTuple):
    """A picture with where it stands."""

    picture: Picture
    uses: Sequence[Use]
    idea: Idea | None
    """Whose alone it is."""

    @property
    def is_unsent(self) -> bool:
        """Whether its idea is its author's alone so far."""
        return self.idea is not None and self.idea.status in UNSENT

    @property
    def is_seen(self) -> bool:
        """Whether the team sees it here."""
        return not (self.picture.withdrawn_at or self.picture.hidden_at or self.is_unsent)


def show_list() -> ResponseReturnValue:
    """All pictures, the newest first, each with where it is used."""
    found = list_pictures(whole_number(request.args.get("page")))
    names = {picture.uploaded.name for picture in found.pictures}
    uses, ideas = uses_of(names), ideas_with_pictures(names)
    return staff_page(
        "pictures/index.html",
        found=found,
        rows=[
            Shown(
                picture,
                [use for use in uses if use.picture == picture.uploaded.name],
                ideas.get(picture.uploaded.name),
            )
            for picture in found.pictures
        ],
        previous_url=_page_url(found.page - 1) if found.page > 1 else None,
        next_url=_page_url(found.page + 1) if found.page < found.pages else None,
        done=request.args.get("now", ""),
    )


def show(number: int) -> ResponseReturnValue:
    """One picture."""
    return _show(_found(number), [])


def withdraw(number: int) -> ResponseReturnValue:
    """Take the picture out of every event or its idea, remove its files; never take it again."""
    picture = _found(number)
    problems = button_problems()
    if problems:
        return _show(picture, problems, 422)
    by, shown = acting(), picture.uploaded
    commit(lambda: _take_out_everywhere(shown, by))
    remove_files(shown)
    return see_other("pictures", now="withdrawn")


def _take_out_everywhere(picture: Uploaded, by: By) -> None:
    withdraw_from_events(picture, by)
    take_out(picture)


def delete(number: int) -> ResponseReturnValue:
    """Delete a picture that no event and no idea has."""
    picture = _found(number)
    problems = button_problems()
    if problems:
        return _show(picture, problems, 422)
    shown = picture.uploaded
    try:
        commit(lambda: delete_unused(shown))
    except InUse:
        sentence = _sl("This picture is in use, so that it was not deleted.")
        return _show(_found(number), [sentence], 409)
    return see_other("pictures", now="deleted")


def _show(picture: Picture, problems: list[str], status: int = 200) -> Response:
    name = picture.uploaded.name
    shown = Shown(picture, uses_of({name}), ideas_with_pictures({name}).get(name))
    return staff_page("pictures/show.html", status, shown=shown, problems=problems)


def _found(number: int) -> Picture:
    picture = find_picture(number) if is_number(number) else None
    if picture is None:
        abort(404)
    return picture


def _page_url(page: int) -> str:
    return local_url("pictures", page=page)
