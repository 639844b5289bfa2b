"""Who changed what of what several events share, and the step back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from flask_stadtlabor.editor import shared_content
from flask_stadtlabor.editor.comparison import shown_changes
from flask_stadtlabor.editor.drafts import Refused
from flask_stadtlabor.editor.shared_content import MODELS
from flask_stadtlabor.events import history
from flask_stadtlabor.events.history import Shared
from flask_stadtlabor.events.history_models import HistoryEntry, Step
from flask_stadtlabor.events.trail import TrailFilter, read_trail
from flask_stadtlabor.exchange.merging import differences
from flask_stadtlabor.organise.views.editing.shared_content import around, named_or_404
from flask_stadtlabor.organise.views.staff_page import (
    acting,
    button_problems,
    is_number,
    page_number,
    page_ways,
    staff_page,
)
from flask_stadtlabor.transactions import commit
from flask_stadtlabor.urls import see_other


def show(shared_kind: str, name: str) -> ResponseReturnValue:
    """Every state in which somebody left it, the newest first."""
    shared = named_or_404(shared_kind, name)
    page = page_number()
    found = read_trail(TrailFilter(of=shared), page)
    if not found.items and shared_content.working(shared) is None:
        abort(404)
    return staff_page(
        "shared/history.html",
        name=name,
        trail=[item.entry for item in found.items],
        **page_ways("shared_history", page, found.has_more, shared_kind=shared_kind, name=name),
        **around(shared.kind),
    )


def show_entry(shared_kind: str, name: str, number: int) -> ResponseReturnValue:
    """What one of them changed."""
    return _show(named_or_404(shared_kind, name), number, [])


def restore(shared_kind: str, name: str, number: int) -> ResponseReturnValue:
    """Make an earlier state what it is now."""
    shared = named_or_404(shared_kind, name)
    _found(shared, number)
    problems = button_problems()
    if problems:
        return _show(shared, number, problems, 422)
    by = acting()
    try:
        commit(lambda: shared_content.restore(shared, number, by))
    except Refused as refused:
        told = [sentence for found in refused.faults.values() for sentence in found]
        return _show(shared, number, told, 422)
    return see_other("edit_shared", shared_kind=shared_kind, name=name, now="saved")


def _found(shared: Shared, number: int) -> HistoryEntry:
    found = history.find(shared, number) if is_number(number) else None
    if found is None:
        abort(404)
    return found


def _show(shared: Shared, number: int, problems: Sequence[str], status: int = 200) -> Response:
    found = _found(shared, number)
    before = history.find(shared, number - 1)
    changes = differences(before.document, found.document) if before is not None else ()
    last = history.latest(shared)
    zone = shared_content.zone_of(found.document)
    return staff_page(
        "shared/revision.html",
        status,
        name=shared.slug,
        entry=found,
        problems=problems,
        changes=shown_changes(changes, zone, MODELS[shared.kind]),
        is_latest=last is not None and last.number == number and found.step != Step.REMOVED,
        **around(shared.kind),
    )
