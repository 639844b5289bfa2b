"""What people hear of comments: by one digest, and nothing that was hidden meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from flask_stadtlabor.participation.telling.models import News
from tests.events.desk import statements
from tests.host import Host
from tests.participation.answers.desk import answered
from tests.participation.comments.desk import reply, say, stored
from tests.participation.ideas.desk import collecting, idea_url, published
from tests.participation.moderation.desk import decide, moderator
from tests.participation.people import known
from tests.participation.telling.desk import (
    ADA,
    BEN,
    at_the_hour,
    mails_to,
    round_of_worker,
    supported,
    text_of,
)


@pytest.mark.one_database
def test_thirty_comments_and_one_answer_in_a_day_are_one_answer_mail_and_one_digest(
    host: Host,
) -> None:
    """Case 10."""
    collecting(host)
    number = published(host, address=ADA)
    ben = known(host, BEN)
    for at in range(30):
        assert say(ben, idea_url(number), f"Gedanke {at}").status_code == 303
    answered(host, number)
    at_the_hour(host)
    round_of_worker(host)
    assert len(mails_to(host, ADA, "answer")) == 1
    (digest,) = mails_to(host, ADA)
    assert "30 neue Kommentare" in text_of(digest)
    # whoever wrote them is told nothing of that
    assert mails_to(host, BEN) == []


def test_who_follows_an_idea_and_who_is_answered_hear_of_it_once(host: Host) -> None:
    """Adding one person to something tells one person."""
    collecting(host)
    number = published(host, address=ADA)
    supported(host, number, "cem@example.org", deed="follow")
    supported(host, number, "dana@example.org")
    say(known(host, BEN), idea_url(number), "Mit Lehnen, bitte.")
    reply(known(host, "cem@example.org"), stored(host)[0].id, "Genau.")
    at_the_hour(host)
    round_of_worker(host)
    (to_ben,) = mails_to(host, BEN)
    assert "„Mit Lehnen, bitte.“: 1 Antwort" in text_of(to_ben)
    (to_ada,) = mails_to(host, ADA)
    assert "2 neue Kommentare" in text_of(to_ada)
    (to_cem,) = mails_to(host, "cem@example.org")
    # his own is not news
    assert "1 neuer Kommentar" in text_of(to_cem)
    # supporting is not following
    assert mails_to(host, "dana@example.org") == []


def test_what_somebody_wrote_themselves_is_not_counted_as_news(host: Host) -> None:
    collecting(host)
    number = published(host, address=ADA)
    say(known(host, ADA), idea_url(number), "Was meint ihr?")
    own = stored(host)[0].id
    say(known(host, BEN), idea_url(number), "Gut.")
    reply(known(host, BEN), own, "Ich bin dafür.")
    reply(known(host, ADA), own, "Danke!")
    at_the_hour(host)
    round_of_worker(host)
    (to_ada,) = mails_to(host, ADA)
    assert "2 neue Kommentare" in text_of(to_ada)
    assert "„Was meint ihr?“: 1 Antwort" in text_of(to_ada)


def test_what_was_hidden_meanwhile_is_in_no_mail(host: Host) -> None:
    collecting(host)
    number = published(host, address=ADA)
    say(known(host, BEN), idea_url(number), "Kauft bei mir!")
    comment = stored(host)[0].id
    decide(moderator(host), comment, "hidden", kind="comment", rule="advertising")
    at_the_hour(host)
    round_of_worker(host)
    assert mails_to(host, ADA) == []


def test_what_a_moderator_releases_is_told_then(host: Host) -> None:
    collecting(host)
    number = published(host, address=ADA)
    collecting(host, holds_first_posts=True)
    say(known(host, BEN), idea_url(number), "Hallo.")
    assert host.scalar(select(func.count(News.id))) == 0
    decide(moderator(host), stored(host)[0].id, "released", kind="comment")
    assert host.scalar(select(func.count(News.id))) == 1


@pytest.mark.one_database
def test_a_comment_costs_the_same_for_any_number_of_followers(host: Host) -> None:
    collecting(host)
    number = published(host, address=ADA)
    ben = known(host, BEN)
    say(ben, idea_url(number), "Der erste Gedanke")
    counted = []
    for at in range(2):
        supported(host, number, f"f{at}@example.org", f"g{at}@example.org", deed="follow")
        with statements(host) as asked:
            say(ben, idea_url(number), f"Gedanke {at}")
        counted.append(len(asked))
    assert counted[0] == counted[1]
