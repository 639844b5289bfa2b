"""Whoever wrote in another software can have their name forgotten here (Art. 17 GDPR)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor.participation.comments.operations.writing import CommentText, bring_in
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.models import Idea
from flask_stadtlabor.state import session
from tests.factories import exchange, project
from tests.host import Host
from tests.participation.ideas.desk import idea_url, published, words


def brought_in(host: Host) -> str:
    """The address of an idea of Anna's from elsewhere, with comments of hers and of Ben's."""
    anna = {"project": "marktplatz", "title": "Mehr Bänke", "text": "Bitte."}
    host.load(exchange(projects=[project()], ideas=[{**anna, "author": "Anna Beispiel"}]))
    with host.app.app_context():
        idea = session().scalars(select(Idea)).one()
        thread = Thread(idea)
        for name in ("Anna Beispiel", "Ben Beispiel"):
            bring_in(thread, CommentText(f"Das sagt {name[:3]}.", None, "de"), name)
        session().commit()
        return idea_url(idea.id)


def test_a_name_is_taken_off_all_that_came_from_elsewhere(host: Host) -> None:
    page = brought_in(host)
    assert "Anna Beispiel" in words(host.client(), page)
    done = host.run("person", "forget-author", "Anna Beispiel")
    assert (done.exit_code, done.output) == (0, "Taken off 2 texts.\n")
    told = words(host.client(), page)
    assert "Anna Beispiel" not in told
    assert "Das sagt Ann." in told
    assert "Ben Beispiel" in told
    again = host.run("person", "forget-author", "Anna Beispiel")
    assert again.exit_code == 1
    assert "No idea and no comment from elsewhere has the name 'Anna Beispiel'" in again.output


@pytest.mark.one_database
def test_a_participant_who_chose_the_same_name_keeps_it(host: Host) -> None:
    brought_in(host)
    theirs = published(host, "Ein Kiosk für alle", public_name="Anna Beispiel")
    assert host.run("person", "forget-author", "Anna Beispiel").exit_code == 0
    assert "Anna Beispiel" in words(host.client(), idea_url(theirs))
