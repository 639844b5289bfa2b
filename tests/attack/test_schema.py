"""Schemathesis asks our open data everything that its own description allows, and what it does not.

D6: whatever is asked for, the answer is one that ``openapi.json`` tells of. It comes with the
dependency group ``attack``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from sqlalchemy import select

from flask_stadtlabor.participation.comments.operations.moderation import hide
from flask_stadtlabor.participation.comments.operations.writing import CommentText, bring_in
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.models import Idea
from tests.attack.conftest import Tried
from tests.events.desk import save
from tests.factories import event, exchange, open_event, project, series
from tests.host import Host

schemathesis = pytest.importorskip("schemathesis", reason="install the group attack")

DESCRIPTION = "/stadtlabor/api/v1/openapi.json"
EXAMPLES = 150
"""Requests to each path; one without a parameter needs fewer."""
PATHS = 10

pytestmark = [
    pytest.mark.one_database,
    # what a tool of others warns of is not ours to mend
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture
def api(host: Host) -> Any:
    """The portal's open data, with events of each kind, ideas, and comments below hidden ones."""
    texts = {"title": {"de": "Ein Abend", "en": "An evening"}, "summary": "Kommt vorbei."}
    host.load(
        exchange(
            open_event(),
            event("abgesagt", status="cancelled"),
            event("verschoben", status="postponed"),
            event("wortreich", series="reihe", **texts),
            series=[series("reihe")],
            projects=[project(f"projekt-{number}") for number in range(30)],
            ideas=[
                {"project": "projekt-1", "title": f"Idee {number}", "text": "**Ja**."}
                for number in range(30)
            ],
        )
    )
    with host.app.app_context():
        for idea in host.db.session.scalars(select(Idea)).all():
            top = bring_in(Thread(idea), CommentText("Ja.", "for", "de"), "Ada")
            bring_in(Thread(idea), CommentText("Nein.", None, "en"), None, parent=top)
            hide(top.id)
        host.db.session.commit()
    for number in range(30):
        save(host, f"weitere-{number}")
    return schemathesis.openapi.from_wsgi(DESCRIPTION, host.app)


MODES = ("POSITIVE", "NEGATIVE")


@pytest.mark.parametrize("mode", MODES)
def test_each_answer_is_one_that_the_description_tells_of(
    api: Any, tried: Tried, mode: str
) -> None:
    """D6: by status, content type, headers and schema, for right questions and for wrong ones."""
    count = 0
    for found in api.get_all_operations():
        operation = found.ok()
        cases = operation.as_strategy(generation_mode=schemathesis.GenerationMode[mode])

        # without its own plugin for pytest, which lags behind pytest's versions
        @hypothesis_settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def ask(case: Any) -> None:
            nonlocal count
            count += 1
            case.call_and_validate()

        # a path without a parameter cannot be asked wrongly
        with suppress(Unsatisfiable):
            ask()
    assert count >= EXAMPLES
    tried(f"{count} {mode.lower()} requests to {PATHS} paths")


def test_the_description_names_every_path(api: Any, host: Host) -> None:
    """Otherwise the test above would skip some addresses."""
    ours = [rule.rule for rule in host.app.url_map.iter_rules() if "/api/v1/" in rule.rule]
    described = {operation.ok().path for operation in api.get_all_operations()}
    assert len(described) == PATHS
    assert len(ours) == PATHS + 1
