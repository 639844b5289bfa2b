"""Comments are read flat, and become a tree again below the ideas that they are about."""

from __future__ import annotations

from typing import Any

import pytest

from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.comments.operations.moderation import hide
from flask_stadtlabor.transactions import commit
from tests.host import Host
from tests.participation.comments.desk import comment_url, stored
from tests.participation.consul.city import bring_in, comment, debate, investment, proposal
from tests.participation.consul.installation import Consul
from tests.participation.ideas.desk import stored as stored_ideas
from tests.participation.ideas.desk import words


def tree(host: Host) -> list[tuple[str, str | None, str]]:
    """Each comment with the one that it answers, and where it stands."""
    rows = stored(host)
    texts = {row.id: row.text for row in rows}
    return [(row.text, texts[row.parent_id] if row.parent_id else None, row.status) for row in rows]


def on_idea(host: Host) -> str:
    """The words of the page with the comments on the first idea."""
    number = stored_ideas(host)[0].id
    return words(host.client(), f"/stadtlabor/de/ideas/{number}/comments/")


def test_a_conversation_comes_once_and_as_it_was(host: Host, consul: Consul, address: str) -> None:
    """In its order within an hour, and with replies that are written later; on each database."""
    consul.debates = [debate(1, comments_count=4)]
    consul.comments = [
        comment(9, ancestry="2/5"),
        comment(2),
        comment(3, author=None),
        comment(5, ancestry="2"),
    ]
    first = bring_in(host, address)
    assert "Comments: 4 new, 0 were here already." in first.stdout
    assert "Fewer comments" not in first.stdout
    conversation = [
        ("Kommentar 2", None, "published"),
        ("Kommentar 3", None, "published"),
        ("Kommentar 5", "Kommentar 2", "published"),
        ("Kommentar 9", "Kommentar 5", "published"),
    ]
    assert tree(host) == conversation
    assert [row.replies for row in stored(host)] == [2, 0, 1, 0]
    consul.comments.append(comment(12, ancestry="2/5/9", body="Später."))
    second = bring_in(host, address)
    assert "Comments: 1 new, 4 were here already." in second.stdout
    assert tree(host) == [*conversation, ("Später.", "Kommentar 9", "published")]
    assert {row.participant_id for row in stored(host)} == {None}
    assert host.mails() == []


@pytest.mark.one_database
def test_they_are_read_on_the_page_of_the_idea(host: Host, consul: Consul, address: str) -> None:
    consul.debates = [debate(1)]
    consul.comments = [
        comment(2, body="**Nicht** fett <script>alert(1)</script>\n# Zeile\n\nEin Absatz."),
        comment(3, body={"de": "Ja.", "en": "Yes."}, author="ada@example.org"),
    ]
    bring_in(host, address, "--language", "de", "--language", "en")
    page = on_idea(host)
    assert "Cem" in page
    assert "**Nicht** fett <script>alert(1)</script>" in page
    assert "# Zeile" in page
    assert stored(host)[1].text == "Ja."
    assert stored(host)[1].translations.to_json() == {"en": "Yes."}
    assert "Yes." in page
    assert stored(host)[1].public_name is None


@pytest.mark.one_database
def test_a_comment_that_is_missing_leaves_its_place(
    host: Host, consul: Consul, address: str
) -> None:
    """Its replies stay below it, and what CONSUL counts more than it gives is named."""
    consul.debates = [debate(1, comments_count=4)]
    consul.comments = [comment(9, ancestry="2/5"), comment(8, ancestry="2/5/7")]
    result = bring_in(host, address)
    assert "Comments: 2 new" in result.stdout
    assert "missing there, whose replies are here: 3." in result.stdout
    assert "  Debate 1: 2 of 4" in result.stdout
    rows = {row.id: row for row in stored(host)}
    above = [_line_above(row, rows) for row in rows.values() if row.status == "published"]
    assert above == [["hidden", "hidden", "hidden"], ["hidden", "hidden"]]
    page = on_idea(host)
    assert "hat diesen Kommentar ausgeblendet." in page
    deep = next(row.id for row in rows.values() if row.text == "Kommentar 9")
    answer = host.client().get(comment_url(deep), follow_redirects=True)
    assert "Kommentar 9" in answer.text
    bring_in(host, address)
    assert len(stored(host)) == len(rows)


def _line_above(row: Comment, rows: dict[int, Comment]) -> list[str]:
    above = []
    while row.parent_id is not None:
        row = rows[row.parent_id]
        above.append(row.status)
    return above


@pytest.mark.one_database
def test_a_comment_that_no_list_had_is_asked_for_by_its_number(
    host: Host, consul: Consul, address: str
) -> None:
    """So is a debate that only a comment tells of."""
    consul.debates = [debate(1), debate(2)]
    consul.comments = [comment(2), comment(5, ancestry="2"), comment(6, about=2)]
    consul.unlisted = {("comments", 2), ("debates", 2)}
    result = bring_in(host, address)
    assert "missing there" not in result.stdout
    assert [each.title for each in stored_ideas(host)] == ["Debatte 1", "Debatte 2"]
    assert tree(host)[1] == ("Kommentar 5", "Kommentar 2", "published")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "ancestry",
    ["5", "7", "9/5", "2/2", "x", "2/", "0/2", "-1", "2//3", "/".join(map(str, range(1, 900)))],
)
def test_a_path_that_cannot_be_true_is_none(
    host: Host, consul: Consul, address: str, ancestry: str
) -> None:
    """A comment stands below itself or a later one nowhere, so that no tree is a circle."""
    consul.debates = [debate(1)]
    consul.comments = [comment(2), comment(5, ancestry=ancestry), comment(7, ancestry="5")]
    bring_in(host, address)
    parents = [parent for _, parent, _ in tree(host)]
    assert parents == [None, None, "Kommentar 5"]


@pytest.mark.one_database
def test_a_comment_answers_none_on_something_else(host: Host, consul: Consul, address: str) -> None:
    consul.debates = [debate(1), debate(2)]
    consul.comments = [comment(2, about=1), comment(5, about=2, ancestry="2")]
    bring_in(host, address)
    assert [parent for _, parent, _ in tree(host)] == [None, None]


@pytest.mark.one_database
def test_comments_come_with_all_that_comes_and_others_are_counted(
    host: Host, consul: Consul, address: str
) -> None:
    """Those on a proposal wait with it, until a moderator releases it."""
    consul.proposals = [proposal(1)]
    consul.budgets = [{"id": 1, "name": "Haushalt", "investments": [investment(1)]}]
    types: list[Any] = ["Proposal", "Budget::Investment", "Poll", "Poll", "Proposal", None]
    consul.comments = [
        comment(number, about=1 if number < 5 else 99, commentable_type=type_)
        for number, type_ in enumerate(types, start=1)
    ]
    result = bring_in(host, address)
    assert "Comments: 2 new" in result.stdout
    for line in ("1 comment on Proposal.", "2 comments on Poll.", "1 comment on nothing."):
        assert f"Left out: {line}" in result.stdout
    held = stored_ideas(host)[0].id
    assert host.client().get(f"/stadtlabor/de/ideas/{held}/comments/").status_code == 404


@pytest.mark.one_database
def test_what_a_moderator_did_with_a_comment_since_stays(
    host: Host, consul: Consul, address: str
) -> None:
    consul.debates = [debate(1)]
    consul.comments = [comment(2)]
    bring_in(host, address)
    number = stored(host)[0].id
    with host.app.app_context():
        commit(lambda: hide(number))
    consul.comments = [comment(2, body="Anders."), comment(3, ancestry="2")]
    bring_in(host, address)
    assert tree(host) == [
        ("Kommentar 2", None, "hidden"),
        ("Kommentar 3", "Kommentar 2", "published"),
    ]
