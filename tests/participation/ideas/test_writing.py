"""Somebody writes an idea: with an address alone, as a draft, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flask_stadtlabor.participation.ideas import queries
from flask_stadtlabor.participation.ideas.models import Idea, IdeaStatus, IdeaSupport
from tests.factories import phase
from tests.forms import fields_of, fill, form_on, page, press, send
from tests.host import Host
from tests.participation.ideas.desk import (
    BANKS,
    LIST,
    NEW,
    collecting,
    idea_url,
    published,
    shown,
    stored,
    words,
    write_idea,
)
from tests.participation.people import MINE, SETTINGS, known, link_in


def test_words_of_a_stranger_wait_for_the_link_and_are_published_once(host: Host) -> None:
    """Case 11: 300 words, another browser, the address is confirmed: the text is there, once."""
    collecting(host)
    text = "Wort " * 300
    answer = write_idea(host.client(), text=text, email="ada@example.org", public_name="Ada")
    assert (answer.status_code, answer.location) == (303, f"{LIST}sent")
    assert "noch sieht sie niemand" in words(host.client(), answer.location)
    (idea,) = stored(host)
    assert idea.status == IdeaStatus.WAITING
    assert host.client().get(idea_url(idea.id)).status_code == 404
    assert BANKS not in words(host.client(), LIST)
    browser = host.client()
    opened = browser.get(link_in(host.mails()[-1]))
    assert BANKS in words(browser, opened.location)
    for _ in range(2):
        page_of_it = browser.get(idea_url(idea.id))
        if "/publish" in page_of_it.text:
            press(browser, MINE, "/publish")
    (idea,) = stored(host)
    assert (idea.status, idea.text, idea.public_name) == ("published", text.strip(), "Ada")
    told = words(host.client(), idea_url(idea.id))
    assert f"{BANKS} Ada am Montag, 2. März 2026" in told.replace("\xa0", " ")


@pytest.mark.one_database
def test_the_name_at_what_a_stranger_publishes_is_suggested_from_then_on(host: Host) -> None:
    """Else their comment below it would be signed “Anonymous”; a name of their own is kept."""
    collecting(host)
    write_idea(host.client(), email="ada@example.org", public_name="Ada")
    browser = host.client()
    browser.get(link_in(host.mails()[-1]))
    for form in (NEW, SETTINGS):
        assert fields_of(form_on(browser.get(form)))["public_name"] == ""
    press(browser, MINE, "/publish")
    for form in (NEW, SETTINGS):
        assert fields_of(form_on(browser.get(form)))["public_name"] == "Ada"
    comment = {"text": "Bitte.", "email": "ada@example.org", "public_name": "Jemand"}
    new = idea_url(stored(host)[0].id, "comments/new")
    assert fill(host.client(), new, comment).status_code == 303
    press(browser, MINE, "/publish")
    assert fields_of(form_on(browser.get(NEW)))["public_name"] == "Ada"


def test_a_double_click_makes_one_idea(host: Host) -> None:
    """S5: the same form sent twice."""
    collecting(host)
    browser = known(host)
    opened = browser.get(NEW)
    answers = [send(browser, opened, {"title": BANKS, "text": "Bitte."}) for _ in range(2)]
    (idea,) = stored(host)
    locations = {answer.location for answer in answers if answer.status_code == 303}
    assert locations == {f"{idea_url(idea.id)}?now=published"}


@pytest.mark.one_database
def test_the_second_press_finds_what_the_first_has_sent(host: Host) -> None:
    """Neither as an idea that is similar, nor as one too many; of a draft just so."""
    collecting(host, most_ideas=2)
    browser = known(host)
    opened = browser.get(NEW)
    answers = [send(browser, opened, {"title": BANKS, "text": "Bitte."}) for _ in range(2)]
    (idea,) = stored(host)
    assert [answer.location for answer in answers] == [f"{idea_url(idea.id)}?now=published"] * 2
    write_idea(browser, "Ein Brunnen zum Trinken", draft="y")
    draft = stored(host)[1].id
    page_of_draft = browser.get(idea_url(draft))
    pressed = [send(browser, page_of_draft, action="/publish") for _ in range(2)]
    assert [each.location for each in pressed] == [f"{idea_url(draft)}?now=published"] * 2
    assert send(browser, opened, {"title": BANKS, "text": "Bitte."}).status_code == 303
    assert write_idea(browser, "Eine Rutsche").status_code == 409


@pytest.mark.one_database
def test_a_draft_is_its_authors_until_they_publish_it(host: Host) -> None:
    collecting(host)
    browser = known(host)
    kept = write_idea(browser, draft="y")
    (idea,) = stored(host)
    assert (kept.status_code, idea.status) == (303, "draft")
    assert host.client().get(idea_url(idea.id)).status_code == 404
    assert "Dies ist ein Entwurf" in words(browser, idea_url(idea.id))
    fill(browser, idea_url(idea.id, "edit"), {"title": "Bänke und Schatten"})
    assert "Bänke und Schatten" in words(browser, MINE)
    press(browser, idea_url(idea.id), "/publish")
    assert "Bänke und Schatten" in words(host.client(), LIST)


@pytest.mark.parametrize(
    ("fields", "called"),
    [({"title": "Ein Teich"}, "Ein Teich"), ({"text": "Mit Enten."}, "Mit Enten.")],
)
def test_a_draft_may_lack_its_sentence_or_its_text_until_it_is_published(
    host: Host, fields: dict[str, str], called: str
) -> None:
    collecting(host)
    browser = known(host)
    assert fill(browser, NEW, {"draft": "y", "title": " ", "text": ""}).status_code == 422
    assert fill(browser, NEW, {"draft": "y", **fields}).status_code == 303
    (idea,) = stored(host)
    assert idea.status == "draft"
    assert called in words(browser, MINE)
    opened = words(browser, idea_url(idea.id))
    assert called in opened
    assert "nicht mehr" not in opened
    # also what was opened before it lacked something
    complete = {"title": "Ein Teich", "text": "Mit Enten."}
    edit = idea_url(idea.id, "edit")
    assert fill(browser, edit, complete).status_code == 303
    ready = browser.get(idea_url(idea.id))
    assert fill(browser, edit, {"title": "", "text": "", **fields}).status_code == 303
    refused = send(browser, ready, action="/publish")
    assert refused.status_code == 422
    assert "Es fehlt noch etwas" in page(refused).get_text()
    assert "/publish" not in browser.get(idea_url(idea.id)).text
    assert fill(browser, edit, complete).status_code == 303
    assert press(browser, idea_url(idea.id), "/publish").status_code == 303
    # whatever everybody reads is complete
    assert fill(browser, edit, {"text": ""}).status_code == 422
    assert stored(host)[0].status == "published"


@pytest.mark.one_database
def test_a_draft_can_be_deleted_and_what_is_public_can_not(host: Host) -> None:
    collecting(host)
    browser = known(host)
    write_idea(browser, draft="y")
    (draft,) = stored(host)
    asked = words(browser, idea_url(draft.id, "delete"))
    assert BANKS in asked
    assert "Dein Text und dein Name verschwinden. Das lässt sich nicht rückgängig machen." in asked
    assert len(stored(host)) == 1
    done = press(browser, idea_url(draft.id, "delete"), "/delete")
    assert done.status_code == 303
    assert "Deine Idee ist gelöscht." in words(browser, done.location)
    assert stored(host) == []
    write_idea(browser)
    (idea,) = stored(host)
    assert "/delete" not in browser.get(idea_url(idea.id)).text
    assert "Inzwischen wurde sie abgeschickt" in words(browser, idea_url(idea.id, "delete"))


@pytest.mark.one_database
def test_nobody_touches_the_idea_of_another(host: Host) -> None:
    collecting(host)
    number = published(host)
    other = known(host, "ben@example.org")
    for below in ("edit", "withdraw"):
        assert other.get(idea_url(number, below)).status_code == 404
    assert "Das ist deine Idee" not in words(other, idea_url(number))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"phases": []}, 409, "Hier werden im Moment keine Ideen gesammelt."),
        ({"level": "signed_in"}, 403, "Du bist nicht mehr eingeloggt"),
    ],
)
def test_what_was_typed_stays_when_it_cannot_be_sent(
    host: Host, changes: dict[str, Any], status: int, said: str
) -> None:
    """The phase ends, or the level is raised, while somebody writes."""
    collecting(host)
    browser = host.client()
    opened = browser.get(NEW)
    collecting(host, **changes)
    given = {"title": BANKS, "text": "Lange überlegt.", "email": "ada@example.org"}
    answer = send(browser, opened, given)
    assert answer.status_code == status
    assert said in page(answer).get_text()
    # nothing that was typed is to be checked
    assert "Das hat nicht geklappt" in page(answer).select_one(".sl-errors h2")
    assert page(answer).select_one("textarea[name=text]").get_text().strip() == "Lange überlegt."  # type: ignore[union-attr]
    assert stored(host) == []


@pytest.mark.one_database
def test_the_form_says_first_what_it_takes(host: Host) -> None:
    """Before somebody writes: that nothing is collected, or that they have to sign in."""
    collecting(host)
    assert "Du brauchst nur eine E-Mail-Adresse." in words(host.client(), NEW)
    collecting(host, level="signed_in")
    told = words(host.client(), NEW)
    assert "Hier kann schreiben, wer eingeloggt ist." in told
    collecting(host, phases=[phase("reden", "discuss", "2026-03-01T00:00")])
    assert "Im Moment werden hier keine Ideen gesammelt." in words(host.client(), NEW)
    assert page(host.client().get(NEW)).select_one("textarea") is None


@pytest.mark.one_database
def test_mistakes_are_named_at_their_fields(host: Host) -> None:
    collecting(host, categories=[{"slug": "gruen", "title": {"de": "Grün"}}])
    answer = fill(host.client(), NEW, {"category": "blau", "email": "ada"})
    assert answer.status_code == 422
    told = page(answer).get_text()
    for said in (
        "Sag deine Idee in einem Satz.",
        "Schreib, was du vorschlägst",
        "„Kategorie“: Bitte",
    ):
        assert said in told
    assert str(page(answer).title.string).startswith("Fehler: ")  # type: ignore[union-attr]


@pytest.mark.one_database
def test_a_person_and_a_client_have_limits(host: Host) -> None:
    """S4: what was typed stays then, too."""
    collecting(host)
    lent = host.make(STADTLABOR_RATE_LIMITS={"idea-person": "1 per day", "idea": "2 per day"})
    browser = known(lent)
    assert write_idea(browser).status_code == 303
    answer = write_idea(browser, "Ein Brunnen mit Trinkwasser")
    assert answer.status_code == 429
    assert page(answer).select_one("[name=title]")["value"] == "Ein Brunnen mit Trinkwasser"  # type: ignore[index]
    stranger = write_idea(lent.client(), "Ein Kiosk für alle", email="ben@example.org")
    assert stranger.status_code == 429


@pytest.mark.one_database
def test_links_of_citizens_earn_nothing_and_html_is_text(host: Host) -> None:
    """S9: an allow-list, and ``nofollow ugc noopener``."""
    collecting(host)
    number = published(
        host, text="<b>fett</b> [hier](https://spam.example) ![x](https://a.example/x)"
    )
    soup = page(host.client().get(idea_url(number)))
    link = soup.select_one(".sl-prose a")
    assert link is not None
    assert link["rel"] == ["nofollow", "ugc", "noopener"]
    assert soup.select(".sl-prose img, .sl-prose b") == []
    assert "<b>fett</b>" in soup.get_text()


@pytest.mark.one_database
def test_the_language_of_a_text_is_marked(host: Host) -> None:
    """A8: on the page and in the list."""
    collecting(host)
    number = published(host, "Benches in the shade", language="en")
    for url in (idea_url(number), LIST):
        found = page(host.client().get(url)).select_one("h1[lang=en], h2[lang=en]")
        assert found is not None, url
        assert found.get_text(strip=True) == "Benches in the shade"


@pytest.mark.one_database
def test_words_of_the_city_in_another_language_are_marked(host: Host) -> None:
    """A8: a category that nobody has translated."""
    collecting(host, categories=[{"slug": "gruen", "title": {"de": "Grünflächen"}}])
    number = published(host, category="gruen")
    english = page(host.client().get(idea_url(number).replace("/de/", "/en/")))
    assert english.select_one(".sl-idea-facts [lang=de]").get_text() == "Grünflächen"  # type: ignore[union-attr]


def test_a_change_after_a_support_keeps_the_earlier_text(host: Host) -> None:
    collecting(host)
    author = known(host)
    write_idea(author)
    (idea,) = stored(host)
    fill(author, idea_url(idea.id, "edit"), {"text": "Am Brunnen fehlen Stühle."})
    assert host.client().get(idea_url(idea.id, "changes")).status_code == 404
    press(known(host, "ben@example.org"), idea_url(idea.id), "/support")
    fill(author, idea_url(idea.id, "edit"), {"text": "Am Brunnen fehlen Tische."})
    told = words(host.client(), idea_url(idea.id, "changes"))
    assert "Stühle." in told
    assert "Tische." in told
    assert "1 Person hatte die Idee bis dahin unterstützt." in told
    assert "Der Text wurde geändert" in words(host.client(), idea_url(idea.id))
    assert host.scalar(select(Idea.version)) == 2


@pytest.mark.one_database
def test_many_changes_stand_on_pages_each_beside_the_one_after_it(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And two words a thousand times keep nobody's server busy: such a text is shown as a whole."""
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    collecting(host)
    number, author = published(host), known(host)
    press(known(host, "ben@example.org"), idea_url(number), "/support")
    texts = ["Eins", "Zwei", "Drei", "a b " * 500, "b a a " * 333]
    for text in texts:
        fill(author, idea_url(number, "edit"), {"text": text})
    address, seen = idea_url(number, "changes"), []
    while address:
        found = shown(host.client(), address)
        seen += [
            tuple(
                "".join(each.find_all(string=True, recursive=False)).strip()[:4].strip()
                for each in change.select("del, ins")
            )
            for change in found.select(".sl-changes")
        ]
        following = found.select_one("a[rel=next]")
        address = str(following["href"]) if following is not None else ""
    assert seen[:4] == [("a b", "b a"), ("Drei", "a b"), ("Zwei", "Drei"), ("Eins", "Zwei")]
    assert len(seen) == 5


def test_a_draft_is_published_while_ideas_are_collected_and_what_waited_afterwards_too(
    host: Host,
) -> None:
    """What waits was sent in time; its author only had to open the link."""
    collecting(host)
    author = known(host)
    write_idea(author, draft="y")
    write_idea(host.client(), "Ein Kiosk für alle", email="ada@example.org")
    draft, waiting = (idea_url(idea.id) for idea in stored(host))
    host.clock.move(days=6)
    collecting(host, phases=[phase("reden", "discuss", "2026-03-01T00:00")])
    late = press(author, draft, "/publish")
    assert late.status_code == 409
    assert "keine Ideen gesammelt" in page(late).select_one("[role=alert]").text  # type: ignore[union-attr]
    done = press(author, waiting, "/publish")
    assert done.status_code == 303
    assert "Danke! Jetzt können alle deine Idee lesen." in words(author, str(done.location))
    assert [idea.status for idea in stored(host)] == ["draft", "published"]


def test_a_support_is_for_the_text_that_was_read(host: Host) -> None:
    """Changed while a page was open: it is shown anew, and what stands there then counts."""
    collecting(host)
    author = known(host)
    write_idea(author)
    url = idea_url(stored(host)[0].id)
    press(known(host, "ben@example.org"), url, "/support")
    cem = known(host, "cem@example.org")
    opened = cem.get(url)
    fill(author, f"{url}edit", {"text": "Am Brunnen fehlen Tische."})
    assert send(cem, send(cem, opened, action="/support")).status_code == 303
    with host.app.app_context():
        versions = select(IdeaSupport.version).order_by(IdeaSupport.participant_id)
        assert list(host.db.session.scalars(versions)) == [1, 2]


def test_of_two_tabs_the_second_sees_both_texts_and_saves_with_the_next_press(host: Host) -> None:
    collecting(host)
    author = known(host)
    write_idea(author)
    edit = idea_url(stored(host)[0].id, "edit")
    first, second = author.get(edit), author.get(edit)
    assert send(author, first, {"text": "Am Brunnen fehlen Stühle."}).status_code == 303
    refused = send(author, second, {"text": "Am Brunnen fehlen <b>Tische</b>."})
    assert refused.status_code == 409
    told = page(refused)
    assert told.select_one("[name=text]").text.strip() == "Am Brunnen fehlen <b>Tische</b>."  # type: ignore[union-attr]
    assert "Stühle" in told.select_one("[aria-labelledby=sl-stored]").text  # type: ignore[union-attr]
    assert stored(host)[0].text == "Am Brunnen fehlen Stühle."
    assert send(author, refused).status_code == 303
    assert stored(host)[0].text == "Am Brunnen fehlen <b>Tische</b>."


@pytest.mark.one_database
def test_a_double_click_on_save_is_no_conflict(host: Host) -> None:
    collecting(host)
    author = known(host)
    write_idea(author)
    form = author.get(idea_url(stored(host)[0].id, "edit"))
    for _ in range(2):
        assert send(author, form, {"text": "Am Brunnen fehlen Stühle."}).status_code == 303


@pytest.mark.one_database
def test_a_withdrawn_idea_keeps_its_page_and_leaves_the_list(host: Host) -> None:
    collecting(host)
    author = known(host)
    write_idea(author)
    (idea,) = stored(host)
    assert fill(author, idea_url(idea.id, "withdraw"), {"reason": ""}).status_code == 422
    done = fill(author, idea_url(idea.id, "withdraw"), {"reason": "Es gibt sie schon."})
    assert done.location == f"{idea_url(idea.id)}?now=withdrawn"
    answer = host.client().get(idea_url(idea.id))
    told = page(answer).get_text()
    assert "zurückgezogen" in told
    assert "Es gibt sie schon." in told
    assert BANKS in told
    assert "unterstützt niemand" not in told
    assert 'content="noindex"' in answer.text
    assert BANKS not in words(host.client(), LIST)
    assert host.client().get(idea_url(idea.id, "support")).status_code == 200
    assert press(author, NEW, "/new").status_code == 422
