"""Somebody of staff who merges two ideas, in a process of their own."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import make_url

from flask_stadtlabor.by_staff import By
from flask_stadtlabor.editor.idea_merging import merge
from flask_stadtlabor.participation.ideas.jobs.merge_mails import tell_first
from flask_stadtlabor.participation.ideas.operations.merging import MergeRefused
from flask_stadtlabor.transactions import commit
from tests.host import Host


def press(url: str, folder: str, number: int, into: int, at: float) -> None:
    """Merge at a moment, and write to whom it concerns."""
    host = Host(make_url(url), Path(folder))
    time.sleep(max(0.0, at - time.time()))
    with host.app.app_context():
        try:
            done = commit(lambda: merge("marktplatz", number, into, people=1, by=By("staff:1")))
        except MergeRefused:
            return
        if done is not None:
            tell_first(done)
