"""Pages of what citizens write are drawn once, and anew when anything on them changes (C6)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.events.history import By
from flask_stadtlabor.events.models import Project
from flask_stadtlabor.participation.answers.operations import (
    AnswerText,
    NotAnswerable,
    publish_answer,
    stand_of_answers,
)
from flask_stadtlabor.participation.comments.models import Comment, Opinion
from flask_stadtlabor.participation.comments.operations import moderation as comment_moderation
from flask_stadtlabor.participation.comments.operations.reactions import react
from flask_stadtlabor.participation.comments.operations.writing import (
    CommentText,
    bring_in,
    words_mark,
)
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.merges import to_tell
from flask_stadtlabor.participation.ideas.models import Idea, Verdict
from flask_stadtlabor.participation.ideas.operations import moderation
from flask_stadtlabor.participation.ideas.operations.merging import (
    MergeRefused,
    merge,
    take_back_merge,
)
from flask_stadtlabor.participation.ideas.operations.support import support, words_of
from flask_stadtlabor.participation.people.models import Participant
from flask_stadtlabor.ports import KeptPage
from flask_stadtlabor.state import session
from flask_stadtlabor.transactions import commit
from tests.events.desk import drawn
from tests.factories import exchange, project
from tests.forms import page, press
from tests.host import Host
from tests.participation.comments.desk import comment_url
from tests.participation.ideas.desk import LIST, idea_url
from tests.participation.people import known

ON_IDEA = idea_url(1, "comments/")
PAGES = [
    LIST,
    f"{LIST}?sort=supported",
    idea_url(1),
    idea_url(2),
    ON_IDEA,
    f"{ON_IDEA}?sort=agreed",
    comment_url(1),
]


class Kept:
    """A page cache that tells what is in it."""

    def __init__(self) -> None:
        self.pages: dict[str, KeptPage] = {}

    def get(self, key: str) -> KeptPage | None:
        """The page, if it is kept."""
        return self.pages.get(key)

    def set(self, key: str, page: KeptPage) -> None:
        """Keep it."""
        self.pages[key] = page


class NothingKept(Kept):
    """One that keeps nothing."""

    def set(self, key: str, page: KeptPage) -> None:
        """Forgotten at once."""


@pytest.fixture
def portal(host: Host) -> Host:
    """Two ideas, one with two comments."""
    ideas = [
        {"project": "marktplatz", "title": title, "text": "Bitte."}
        for title in ("Mehr Bänke", "Ein Kiosk")
    ]
    host.load(exchange(projects=[project(threshold=2)], ideas=ideas))
    with host.app.app_context():
        thread = Thread(session().get_one(Idea, 1))
        first = bring_in(thread, CommentText("Ja, bitte.", "for", "de"), "Ada")
        bring_in(thread, CommentText("Genau.", None, "de"), None, parent=first)
        for number in range(4):
            session().add(
                Participant(language="de", created_at=host.clock(), email=f"p{number}@example.org")
            )
        session().commit()
    return host


@pytest.mark.one_database
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_drawn_once_for_all_strangers(portal: Host, path: str) -> None:
    first = portal.client().get(path)
    with drawn(portal) as names:
        again = portal.client().get(path)
    assert names == []
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])


@pytest.mark.one_database
def test_a_support_is_on_the_list_at_once(portal: Host) -> None:
    for path in (LIST, idea_url(1)):
        assert "Person unterstützt" not in portal.client().get(path).text
    press(known(portal, "ben@example.org"), idea_url(1), "/support")
    for path in (LIST, idea_url(1)):
        assert "Person unterstützt" in portal.client().get(path).text.replace("\xa0", " ")


@pytest.mark.one_database
@pytest.mark.parametrize("path", [idea_url(1), ON_IDEA, comment_url(1)])
def test_somebody_known_gets_their_own_page_and_leaves_none(portal: Host, path: str) -> None:
    """S18: their buttons are on no page that a stranger gets."""
    cache = Kept()
    other = portal.make(ports={"page_cache": cache})
    theirs = known(other, "ben@example.org").get(path)
    assert "<button" in theirs.text
    assert "no-store" in theirs.headers["Cache-Control"]
    assert cache.pages == {}
    stranger = other.client().get(path)
    assert len(cache.pages) == 1
    assert stranger.text != theirs.text


@pytest.mark.one_database
def test_nobody_fills_a_cache_with_addresses_that_they_invent(portal: Host) -> None:
    cache = Kept()
    other = portal.make(ports={"page_cache": cache})
    invented = [
        f"{LIST}?q=kiosk", f"{LIST}?page=1", f"{LIST}?page=7", f"{LIST}?sort=nichts",
        f"{LIST}?category=keine", f"{LIST}?language=de&q=", f"{ON_IDEA}?page=4",
        f"{ON_IDEA}?stance=vielleicht", f"{idea_url(1)}?page=3", f"{idea_url(1)}?sort=new",
    ]  # fmt: skip
    for address in invented:
        assert other.client().get(address).status_code == 200, address
    assert cache.pages == {}
    for address in (LIST, f"{LIST}?sort=supported", f"{LIST}?utm_source=a", idea_url(1)):
        other.client().get(address)
    assert len(cache.pages) == 3


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path",
    [
        f"{LIST}?sort=answered&verdict=accepted",
        f"{LIST}?category=gruen&language=de",
        f"{ON_IDEA}?language=de&stance=for",
    ],
)
def test_a_filter_is_kept_in_another_language(portal: Host, path: str) -> None:
    """And its list is another page than the one without."""
    categories = [{"slug": "gruen", "title": {"de": "Grün"}}]
    portal.load(exchange(projects=[project(categories=categories)]))
    answer = portal.client().get(path)
    switch = page(answer).select_one("a[hreflang=en]")
    assert switch is not None
    query = parse_qs(urlsplit(str(switch["href"])).query)
    assert query == parse_qs(urlsplit(path).query)
    whole = portal.client().get(path.partition("?")[0])
    assert answer.headers["ETag"] != whole.headers["ETag"]


def _support(idea: int, person: int) -> None:
    words = words_of(session().get_one(Idea, idea))
    support(words, person, seen=words.mark)


def _react(idea: int, person: int) -> None:
    opinion = Opinion.AGREE if person % 2 else Opinion.DISAGREE
    react(idea, person, opinion, seen=words_mark(session().get_one(Comment, idea)))


def _hide(idea: int, person: int) -> None:
    (moderation if person % 2 else comment_moderation).hide(idea)


def _restore(idea: int, person: int) -> None:
    (moderation if person % 2 else comment_moderation).restore(idea)


def _merge(idea: int, person: int) -> None:
    ideas = [session().get_one(Idea, each) for each in (idea, 3 - idea)]
    merge(idea, 3 - idea, people=to_tell(*ideas).people)


def _part(idea: int, person: int) -> None:
    take_back_merge(idea)


def _answer(idea: int, person: int) -> None:
    said = AnswerText(list(Verdict)[person - 1], LocalizedText("Gut."), LocalizedText(), None, "")
    publish_answer(idea, said, by=By("1", "Otto"), seen=stand_of_answers(idea))


def _comment(idea: int, person: int) -> None:
    thread = Thread(session().get_one(Idea, idea))
    parent = session().get(Comment, 1) if person % 2 and idea == 1 else None
    bring_in(thread, CommentText(f"Von {person}.", None, "de"), None, parent=parent)


def _rename(idea: int, person: int) -> None:
    found = session().scalars(select(Project)).one()
    found.title, found.threshold = LocalizedText(f"Platz {idea}"), person


def _move_zone(idea: int, person: int) -> None:
    session().scalars(select(Project)).one().timezone = ["Europe/Berlin", "Asia/Tokyo"][idea - 1]


def _do(portal: Host, deed: Callable[[int, int], None], idea: int, person: int) -> None:
    # what cannot be done changes nothing
    with portal.app.test_request_context(), suppress(MergeRefused, NotAnswerable):
        commit(lambda: deed(idea, person))


DEEDS: list[Callable[[int, int], None]] = [
    _support, _react, _hide, _restore, _merge, _part, _answer, _comment, _rename, _move_zone,
]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(1, 2), st.integers(1, 4), st.integers(0, 3)),
    max_size=6,
)


@pytest.mark.one_database
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_a_kept_page_is_what_a_new_one_would_be(
    portal: Host, steps: list[tuple[Callable[[int, int], None], int, int, int]]
) -> None:
    """Two workers keep what they draw; a third keeps nothing, and shows what is right."""
    workers = [portal.make(), portal.make()]
    fresh = portal.make(ports={"page_cache": NothingKept()})
    for deed, idea, person in [(undo, each, each) for undo in (_restore, _part) for each in (1, 2)]:
        _do(portal, deed, idea, person)
    for deed, idea, person, days in steps:
        portal.clock.move(days=days)
        _do(portal, deed, idea, person)
        for path in PAGES:
            right = fresh.client().get(path)
            for worker in workers:
                shown = worker.client().get(path)
                assert shown.status_code == right.status_code
                assert shown.data == right.data, (path, deed)


@pytest.mark.one_database
def test_another_worker_shows_a_comment_at_once(portal: Host) -> None:
    worker = portal.make()
    assert "Von morgen" not in worker.client().get(ON_IDEA).text
    with portal.app.app_context():
        thread = Thread(session().get_one(Idea, 1))
        bring_in(thread, CommentText("Von morgen.", None, "de"), None)
        session().commit()
    assert "Von morgen" in worker.client().get(ON_IDEA).text
    assert "Von morgen" in worker.client().get(idea_url(1)).text
