"""One person presses twice at once, and many people at the same moment, on two processes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.participation.comments.models import CommentReaction
from flask_stadtlabor.participation.comments.operations.writing import CommentText, bring_in
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.models import Idea
from tests.factories import exchange, phase, project, real_time
from tests.host import Host
from tests.participation.comments.desk import comment_url, stored
from tests.participation.people import ask, link_in
from tests.races.server import Visitor, serve

PEOPLE = 6


@pytest.mark.slow
def test_each_person_counts_once_and_each_reply_counts(host: Host, tmp_path: Path) -> None:
    """Both of two parallel presses are answered well, and make one row; replies lose no count."""
    host.clock.now = real_time()
    since = real_time().replace(year=real_time().year - 1).strftime("%Y-%m-%dT%H:%M")
    idea = {"project": "marktplatz", "title": "Mehr Bänke", "text": "Bitte."}
    phases = [phase("ideen", "ideas", since)]
    host.load(exchange(projects=[project(phases=phases)], ideas=[idea]))
    with host.app.app_context():
        thread = Thread(host.db.session.scalars(select(Idea)).one())
        top = bring_in(thread, CommentText("Ja.", None, "de"), None)
        inner = bring_in(thread, CommentText("Genau.", None, "de"), None, parent=top).id
        host.db.session.commit()
    links = []
    for person in range(PEOPLE):
        ask(host, f"person{person}@example.org")
        links.append(link_in(host.mails()[-1]))
    start = Barrier(3 * PEOPLE)
    with serve(host.url, tmp_path, STADTLABOR_OUTBOX="worker") as address:

        def act(turn: int) -> int:
            person, deed = divmod(turn, 3)
            visitor = Visitor()
            assert visitor.open(f"{address}{links[person]}") == 303
            below = "/reply" if deed == 2 else "/agree"
            visitor.open_form(f"{address}{comment_url(inner, below)}")
            start.wait(120)
            return visitor.send({"text": f"Von {person}."} if deed == 2 else {})

        with ThreadPoolExecutor(3 * PEOPLE) as people:
            answers = Counter(people.map(act, range(3 * PEOPLE)))
    assert answers == {303: 3 * PEOPLE}
    above, comment, *_ = stored(host)
    assert (comment.agrees, comment.replies, above.replies) == (PEOPLE, PEOPLE, PEOPLE + 1)
    assert host.scalar(select(func.count()).select_from(CommentReaction)) == PEOPLE
