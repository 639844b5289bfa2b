"""What moderators decide: told to the author with reasons, once, and never by a machine."""

from __future__ import annotations

import pytest

from flask_stadtlabor.participation.ideas.models import IdeaStatus
from tests.events.desk import statements
from tests.exchange.test_ideas import idea as entry
from tests.factories import exchange, project
from tests.forms import fill, form_on, page, send
from tests.host import Host
from tests.participation.comments.desk import answered, said, say
from tests.participation.comments.desk import stored as comments
from tests.participation.ideas.desk import (
    BANKS,
    LIST,
    NEW,
    collecting,
    idea_url,
    published,
    stored,
    words,
    write_idea,
)
from tests.participation.moderation.desk import (
    DESK,
    RULES,
    decide,
    hide,
    mails_to,
    moderator,
    report,
    text_url,
    told,
)
from tests.participation.people import MINE, known, link_in

ADA = "ada@example.org"


@pytest.fixture
def number(host: Host) -> int:
    """Ada's idea."""
    collecting(host)
    return published(host)


@pytest.mark.one_database
def test_a_hidden_text_is_gone_for_everybody_and_shown_again(host: Host, number: int) -> None:
    mia = moderator(host)
    assert hide(mia, number).status_code == 303
    assert stored(host)[0].status == IdeaStatus.HIDDEN
    seen = words(host.client(), idea_url(number))
    assert "ausgeblendet" in seen
    assert "Bänke" not in seen
    assert BANKS not in words(host.client(), LIST)
    assert decide(mia, number, "restored").status_code == 303
    assert "Bänke" in words(host.client(), idea_url(number))
    assert BANKS in words(host.client(), LIST)
    assert "Alle können es wieder lesen" in told(mails_to(host, ADA)[-1])


@pytest.mark.one_database
def test_the_author_gets_the_statement_of_reasons(host: Host, number: int) -> None:
    """V6, Art. 17 DSA: what, why, which rule, whether by a machine, how to object."""
    hide(moderator(host), number)
    statement = told(mails_to(host, ADA)[-1])
    for sentence in (
        "Wir haben ausgeblendet, was du am",
        "Der zweite Satz meint die Leute im Viertel.",
        "Der Text verstößt gegen diese Regel unseres Portals: Bleib respektvoll",
        "Wir sind selbst auf den Text gestoßen. Ein Mensch hat entschieden.",
        "Dann widersprich bis zum",
        "Der Link öffnet die Seite dieser Entscheidung.",
    ):
        assert sentence in statement
    # and on their own page, in which they can read the text itself
    ada = known(host, ADA)
    address = str(page(ada.get(MINE)).select_one("#sl-decisions + ul a")["href"])
    assert "Bleib respektvoll" in words(ada, address)
    assert "Bänke" in words(ada, idea_url(number))
    assert known(host, "ben@example.org").get(address).status_code == 404
    assert host.client().get(address).status_code == 403


@pytest.mark.one_database
def test_the_statement_is_in_the_authors_language(host: Host) -> None:
    collecting(host)
    fill(host.client(), "/stadtlabor/en/me/link", {"email": ADA})
    ada = host.client()
    ada.get(link_in(host.mails()[-1]))
    write_idea(ada, url=NEW.replace("/de/", "/en/"))
    hide(moderator(host), stored(host)[0].id)
    statement = mails_to(host, ADA)[-1]
    assert str(statement["Subject"]).startswith("About your text")
    assert "The text breaks this rule of our portal: Be respectful" in told(statement)


@pytest.mark.one_database
def test_a_moderator_sees_the_statement_before_it_is_sent(host: Host, number: int) -> None:
    mia = moderator(host)
    before = len(host.mails())
    seen = hide(mia, number, preview="yes")
    assert seen.status_code == 200
    assert "Das erfährt, wer den Text geschrieben hat" in page(seen).get_text()
    assert "Gegen diese Regel" not in page(seen).get_text()
    assert stored(host)[0].status == IdeaStatus.PUBLISHED
    assert len(host.mails()) == before
    # what was typed is still there, and one press does it
    assert send(mia, seen).status_code == 303
    assert stored(host)[0].status == IdeaStatus.HIDDEN


@pytest.mark.one_database
@pytest.mark.one_database
def test_moderation_begins_and_goes_on_where_something_waits(host: Host, number: int) -> None:
    """Not in a list of reports that is empty, while others wait to be read."""
    mia = moderator(host)

    def chosen(url: str) -> str:
        return page(mia.get(url)).select_one(".sl-tabs [aria-current]").text.split()[0]

    assert chosen(DESK) == "Gemeldet"
    collecting(host, holds_first_posts=True)
    for name in ("ben", "cem"):
        write_idea(known(host, f"{name}@example.org"), f"Eine Idee von {name}")
    assert chosen(DESK) == "Wartend"
    report(host, number)
    assert chosen(DESK) == "Gemeldet"
    first = stored(host)[-1].id
    assert chosen(decide(mia, first, "released").location) == "Wartend"
    assert chosen(decide(mia, number, "kept").location) == "Wartend"


@pytest.mark.one_database
def test_the_paragraphs_of_a_moderator_stay_apart(host: Host, number: int) -> None:
    seen = hide(
        moderator(host), number, reasons="Der zweite Satz.\n\nUnd:\nder dritte.", preview="yes"
    )
    told_words = [part.text for part in page(seen).select("#sl-preview ~ p")]
    assert "Der zweite Satz." in told_words
    assert "Und:\nder dritte." in told_words


@pytest.mark.one_database
def test_the_queue_says_nothing_twice(host: Host, number: int) -> None:
    """A comment has no title but its first words, and a project's comment is about the project."""
    thread = "/stadtlabor/de/projects/marktplatz/comments/new"
    assert fill(known(host, ADA), thread, {"text": "Mehr Bäume!"}).status_code == 303
    assert fill(known(host, ADA), thread, {"text": "Lang. " * 30}).status_code == 303
    long, short = page(moderator(host).get(f"{DESK}?list=newest&kind=comment")).select("li:has(h2)")
    assert short.text.split("Das ist Spam")[0].count("Mehr Bäume!") == 1
    assert long.text.split("Das ist Spam")[0].count("Lang. Lang") > 10
    assert short.select_one(".sl-small").text.count("Marktplatz") == 1


@pytest.mark.one_database
def test_nothing_is_taken_away_without_a_rule(host: Host, number: int) -> None:
    answer = hide(moderator(host), number, rule="")
    assert answer.status_code == 422
    assert "Wähle die Regel, gegen die der Text verstößt" in page(answer).get_text()
    assert stored(host)[0].status == IdeaStatus.PUBLISHED


@pytest.mark.one_database
def test_of_two_moderators_the_second_learns_what_the_first_decided(
    host: Host, number: int
) -> None:
    mia, max_ = moderator(host), moderator(host, "mod:2", "Max")
    opened = max_.get(text_url(number))
    hide(mia, number)
    late = send(max_, opened, {"measure": "hidden", "rule": "topic", "reasons": "Anderes Thema."})
    assert late.status_code == 409
    shown = page(late)
    assert "Inzwischen hat jemand anderes über diesen Text entschieden" in shown.get_text()
    assert "Mia Moderatorin" in shown.get_text()
    assert "Anderes Thema." in str(form_on(late))
    assert len([mail for mail in mails_to(host, ADA) if "Text" in str(mail["Subject"])]) == 1


@pytest.mark.one_database
def test_who_decided_in_another_tab_is_not_told_of_somebody_else(host: Host, number: int) -> None:
    mia = moderator(host)
    opened = mia.get(text_url(number))
    hide(mia, number)
    late = page(send(mia, opened, {"measure": "hidden", "rule": "topic"})).get_text()
    assert "Inzwischen hast du über diesen Text schon entschieden" in late
    assert "jemand anderes" not in late


@pytest.mark.one_database
def test_the_form_says_when_a_rule_is_needed_and_whose_language_a_mail_has(
    host: Host, number: int
) -> None:
    report(host, number)
    mia = moderator(host)
    assert "Nötig, wenn niemand den Text lesen soll." in words(mia, text_url(number))
    for measure, whose in (("hidden", "von der der Text ist"), ("kept", "die den Text gemeldet")):
        seen = decide(mia, number, measure, rule="respect", preview="yes")
        assert f"in der Sprache der Person geschrieben, {whose}" in page(seen).get_text()


@pytest.mark.one_database
def test_what_one_moderator_kept_is_not_hidden_from_a_page_opened_before(
    host: Host, number: int
) -> None:
    report(host, number)
    mia, max_ = moderator(host), moderator(host, "mod:2", "Max")
    opened = max_.get(text_url(number))
    assert decide(mia, number, "kept").status_code == 303
    late = send(max_, opened, {"measure": "hidden", "rule": "topic", "reasons": "Anderes Thema."})
    assert late.status_code == 409
    assert "Mia Moderatorin" in page(late).get_text()
    assert stored(host)[0].status == IdeaStatus.PUBLISHED


@pytest.mark.one_database
def test_a_report_that_came_meanwhile_stays_open(host: Host, number: int) -> None:
    mia = moderator(host)
    report(host, number, email="otto@example.org")
    opened = mia.get(text_url(number))
    report(host, number, email="paul@example.org")
    assert send(mia, opened, {"measure": "kept"}).status_code == 303
    assert "1 Meldung " in words(mia, DESK)


def test_spam_is_hidden_in_bulk_and_without_a_statement(host: Host, number: int) -> None:
    """Art. 17(2) DSA."""
    second = published(host, "Günstige Uhren", "shop@example.org")
    third = published(host, "Noch mehr Uhren", "shop@example.org")
    mia = moderator(host)
    before = len(host.mails())
    listed = mia.get(f"{DESK}?list=newest")
    chosen = [f"idea-{second}", f"idea-{third}"]
    assert send(mia, listed, {"texts": chosen}, action="/spam").status_code == 303
    assert [idea.status for idea in stored(host)] == ["published", "hidden", "hidden"]
    assert len(host.mails()) == before
    assert "Als Spam ausgeblendet" in words(mia, f"{DESK}?list=decided")
    nothing = send(mia, mia.get(f"{DESK}?list=newest"), action="/spam")
    assert nothing.status_code == 422


@pytest.mark.one_database
def test_what_was_chosen_as_spam_stays_chosen_where_it_could_not_be_sent(
    host: Host, number: int
) -> None:
    """A5: the page was open for too long, for instance."""
    mia = moderator(host)
    chosen = {"texts": [f"idea-{number}"], "csrf_token": "stale"}
    refused = mia.post(f"{DESK}spam", query_string={"list": "newest"}, data=chosen)
    assert refused.status_code == 422
    assert page(refused).select_one(f"[value=idea-{number}][checked]") is not None
    assert send(mia, refused, action="/spam").status_code == 303
    assert stored(host)[0].status == "hidden"


@pytest.mark.one_database
def test_whoever_reported_spam_learns_what_became_of_it(host: Host, number: int) -> None:
    report(host, number, email="otto@example.org")
    mia = moderator(host)
    listed = mia.get(f"{DESK}?list=reported")
    assert send(mia, listed, {"texts": [f"idea-{number}"]}, action="/spam").status_code == 303
    receipt, outcome = mails_to(host, "otto@example.org")
    assert told(receipt) != told(outcome)
    assert "ausgeblendet" in told(outcome)


@pytest.mark.one_database
def test_the_queue_of_a_project_has_the_comments_on_its_ideas(host: Host, number: int) -> None:
    """And not those of another project."""
    other = project("brunnen", title={"de": "Ein Brunnen"})
    host.load(exchange(projects=[other]))
    ben = known(host, "ben@example.org")
    said = {"rule": "advertising", "words": "", "email": ""}
    say(ben, idea_url(number), "Kauft bei mir!")
    say(ben, "/stadtlabor/de/projects/brunnen/", "Kauft auch hier!")
    for comment in comments(host):
        fill(host.client(), f"/stadtlabor/de/comments/{comment.id}/report", said)
    mia = moderator(host)
    here = words(mia, f"{DESK}?project=marktplatz")
    assert "Kauft bei mir!" in here
    assert "Kauft auch hier!" not in here
    there = words(mia, f"{DESK}?project=brunnen")
    assert "Kauft auch hier!" in there
    assert "Kauft bei mir!" not in there


@pytest.mark.one_database
def test_the_queue_is_filtered_by_project_and_costs_the_same_for_any_number(host: Host) -> None:
    collecting(host)
    mia = moderator(host)
    counted = []
    for at in range(3):
        number = published(host, f"Idee {at} mit Bänken", f"a{at}@example.org")
        report(host, number, email="otto@example.org")
        with statements(host) as asked:
            assert mia.get(DESK).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1] == counted[2]
    assert len(page(mia.get(f"{DESK}?project=marktplatz")).select(".sl-moderation > li")) == 3
    assert len(page(mia.get(f"{DESK}?project=anderes")).select(".sl-moderation > li")) == 3


@pytest.mark.one_database
def test_words_are_a_hint_and_nothing_more(host: Host, number: int) -> None:
    mia = moderator(host)
    rule = {
        "title.de": "Keine Uhren", "reasons.de": "Hier geht es um Uhren.",
        "hints.de": "Rolex\r\nBÄNKE",
    }  # fmt: skip
    assert fill(mia, "/stadtlabor/de/organise/rules/new", rule, action="/new").status_code == 303
    seen = words(mia, text_url(number))
    assert "Wörter, die ein Hinweis sind: BÄNKE" in seen
    assert "Rolex" not in seen
    in_turkish = {"translations": {"tr": "## Rolex\n\nUcuz."}, "title": "Eine Uhr"}
    host.load(exchange(projects=[project()], ideas=[entry(**in_turkish)]))
    assert "Rolex" in words(mia, text_url(stored(host)[-1].id)).partition("ein Hinweis sind:")[2]
    assert "Bänke" in words(host.client(), idea_url(number))
    # the city's own rules are those of the forms and of the page now
    assert "Keine Uhren" in words(host.client(), RULES)
    assert "Bleib respektvoll" not in words(host.client(), RULES)
    hide(mia, number, rule="keine-uhren")
    assert "Hier geht es um Uhren." in told(mails_to(host, ADA)[-1])


@pytest.mark.one_database
def test_a_draft_cannot_be_hidden_nor_read_by_a_number_typed(host: Host) -> None:
    collecting(host)
    write_idea(known(host, ADA), draft="y")
    mia = moderator(host)
    number = stored(host)[0].id
    assert mia.get(text_url(number)).status_code == 404
    assert mia.get(text_url(number + 1)).status_code == 404
    assert mia.get(text_url(number, "nothing")).status_code == 404


@pytest.mark.one_database
def test_nobody_publishes_what_they_have_not_read(host: Host) -> None:
    """A text that waits can be changed; then the moderator sees it anew first."""
    collecting(host, holds_first_posts=True)
    ada = known(host, ADA)
    write_idea(ada)
    number = stored(host)[0].id
    mia = moderator(host)
    opened = mia.get(text_url(number))
    fill(ada, idea_url(number, "edit"), {"text": "Kauft Uhren!"})
    late = send(mia, opened, {"measure": "released"})
    assert late.status_code == 409
    assert "Der Text hat sich inzwischen geändert" in page(late).get_text()
    assert "Kauft Uhren!" in page(late).get_text()
    assert stored(host)[0].status == IdeaStatus.HELD
    assert send(mia, late, {"measure": "released"}).status_code == 303


def test_a_report_of_a_text_that_its_author_takes_away_is_closed(host: Host, number: int) -> None:
    ben = known(host, "ben@example.org")
    say(ben, idea_url(number), "Kauft bei mir!")
    comment = comments(host)[0].id
    said = {"rule": "advertising", "words": "", "email": "otto@example.org"}
    fill(host.client(), f"/stadtlabor/de/comments/{comment}/report", said)
    fill(ben, f"/stadtlabor/de/comments/{comment}/delete", action="/delete")
    host.run("retention", "run")
    assert "Es ist nichts gemeldet" in words(moderator(host), DESK)
    assert "nicht mehr da" in told(mails_to(host, "otto@example.org")[-1])


@pytest.mark.one_database
def test_a_comment_below_a_hidden_idea_cannot_be_read_by_reporting_it(
    host: Host, number: int
) -> None:
    say(known(host, "ben@example.org"), idea_url(number), "Ein Gedanke dazu")
    comment = comments(host)[0].id
    hide(moderator(host), number)
    assert host.client().get(f"/stadtlabor/de/comments/{comment}/report").status_code == 404


@pytest.mark.one_database
def test_nobody_decides_about_their_own_text(host: Host) -> None:
    collecting(host)
    mia = moderator(host)
    write_idea(mia)
    number = stored(host)[0].id
    report(host, number)
    seen = page(mia.get(text_url(number)))
    assert "Du hast diesen Text selbst geschrieben" in seen.get_text()
    assert seen.select("[name=measure]") == []
    other = moderator(host, "mod:2", "Max")
    opened = other.get(text_url(number))
    assert send(mia, opened, {"measure": "kept"}).status_code == 403
    assert decide(other, number, "kept").status_code == 303


@pytest.mark.one_database
def test_spam_does_not_overrule_what_another_moderator_decided(host: Host, number: int) -> None:
    mia = moderator(host)
    say(known(host, "ben@example.org"), idea_url(number), "Kauft bei mir!")
    comment = comments(host)[0].id
    listed = mia.get(f"{DESK}?list=newest")
    decide(moderator(host, "mod:2", "Max"), comment, "hidden", kind="comment", rule="topic")
    assert send(mia, listed, {"texts": [f"comment-{comment}"]}, action="/spam").status_code == 303
    decided = words(mia, f"{DESK}?list=decided")
    assert "Bleib beim Thema" in decided
    assert "Als Spam" not in decided


@pytest.mark.one_database
def test_a_reply_stands_beside_what_it_answers(host: Host, number: int) -> None:
    """Else nobody can say what it means; of a deleted comment nothing is left to show."""
    here, ben, mia = idea_url(number), known(host, "ben@example.org"), moderator(host)
    first = said(host, here, "Das sagen nur " + "sehr " * 60 + "**Faule**.", public_name="Ben")
    second = answered(host, first, "Du auch.", "cem@example.org")
    seen = words(mia, text_url(second, "comment"))
    assert "Eine Antwort auf diesen Kommentar: Ben : Das sagen nur sehr" in seen
    assert "Faule" not in seen
    assert "Eine Antwort auf" not in words(mia, text_url(first, "comment"))
    below = f"/stadtlabor/de/comments/{first}/delete"
    fill(ben, below, action="/delete")
    left = words(mia, text_url(second, "comment"))
    assert "Eine Antwort auf" not in left
    assert "Du auch." in left
