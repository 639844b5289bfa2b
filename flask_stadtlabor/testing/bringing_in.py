"""The sample, brought into the database of a host's test app."""

from __future__ import annotations

from flask import Flask

from flask_stadtlabor.exchange.importing import import_content
from flask_stadtlabor.exchange.reading import check
from flask_stadtlabor.migrations import runner
from flask_stadtlabor.state import now
from flask_stadtlabor.testing.comments import bring_comments_in
from flask_stadtlabor.testing.content import sample
from flask_stadtlabor.testing.entries import ZONE, Entry
from flask_stadtlabor.testing.equipment import Missing
from flask_stadtlabor.transactions import commit


def bring_in(app: Flask) -> Entry:
    """Import the sample with dates around the host's own time, and make our tables before.

    Can be repeated. Raises :class:`~flask_stadtlabor.testing.equipment.Missing` for an app that
    does not say that it is one for tests, because its database would be a real one.
    """
    if not app.testing:
        raise Missing(
            "The sample goes into the app's database, and so only into that of an app for tests: "
            "set app.config['TESTING'] = True, and give it a database of its own."
        )
    with app.app_context():
        if runner.current() != runner.latest():
            runner.upgrade()
        content = sample(now())
        commit(lambda: import_content(check(content, ZONE)))
        commit(bring_comments_in)
    return content
