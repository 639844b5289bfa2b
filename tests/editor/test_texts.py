"""Staff writes texts in Markdown, and sees how they will look before anything is saved."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor.events.history_models import EventRevision
from flask_stadtlabor.text import LONGEST_MARKDOWN
from tests.factories import exchange, open_event
from tests.forms import fields_of, fill, form_on, page, typed_into
from tests.host import Host
from tests.organise.staff import HERE, staff_of

pytestmark = pytest.mark.one_database

EDIT = f"{HERE}edit/"
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def desk(host: Host) -> Host:
    host.load(exchange(open_event()))
    return staff_of(host)


def look(staff: FlaskClient, name: str = "text", **given: Any) -> Any:
    """Press the button that shows how the texts of a page will look."""
    sent = typed_into(form_on(staff.get(f"{EDIT}{name}"), f"/{name}"), given)
    return staff.post(f"{EDIT}{name}/preview", data=sent)


def ask(staff: FlaskClient, address: str, **values: Any) -> Any:
    """What the page's script asks; the token is that of the open page."""
    token = fields_of(form_on(staff.get(f"{EDIT}text"), "/text"))["csrf_token"]
    sent = json.dumps({"csrf_token": token, **values})
    return staff.post(f"{HERE}{address}", data=sent, content_type="application/json")


def element(answer: Any, selector: str) -> Tag:
    found = page(answer).select_one(selector)
    assert found is not None, selector
    return found


def test_without_a_script_a_button_shows_how_the_texts_will_look(desk: Host) -> None:
    """Nothing typed is lost, and nothing is saved."""
    staff = desk.client()
    before = desk.scalar(select(func.count()).select_from(EventRevision))
    seen = look(staff, **{"description.de": f"## Neu\n\n**laut** {EVIL}", "title.de": "Getippt"})
    assert seen.status_code == 200
    shown = element(seen, "#sl-description-de-preview")
    assert not shown.has_attr("hidden")
    assert [tag.name for tag in shown.select("h3, strong, img")] == ["h3", "strong"]
    assert EVIL in shown.get_text()
    assert element(seen, "#sl-title-de")["value"] == "Getippt"
    button = element(seen, ".sl-edit-end button[formaction]")
    assert button["formaction"] == f"{EDIT}text/preview"
    assert desk.scalar(select(func.count()).select_from(EventRevision)) == before
    assert "Getippt" not in staff.get(f"{EDIT}text").text


def test_a_preview_with_a_stale_token_shows_nothing_and_keeps_all(desk: Host) -> None:
    staff = desk.client()
    seen = look(staff, csrf_token="old", **{"description.de": "Lang **geschrieben**"})
    assert seen.status_code == 422
    assert element(seen, "#sl-description-de").get_text().strip() == "Lang **geschrieben**"
    assert element(seen, "#sl-description-de-preview").has_attr("hidden")


def test_a_page_whose_values_are_wrong_can_be_looked_at(desk: Host) -> None:
    seen = look(desk.client(), "time", starts_at="nie", ends_at="nie")
    assert seen.status_code == 200
    assert element(seen, "#sl-starts_at")["value"] == "nie"


def test_a_time_that_is_none_is_refused_with_a_sentence(desk: Host) -> None:
    wrong = fill(desk.client(), f"{EDIT}time", {"starts_at": "nie"}, action="/time")
    assert wrong.status_code == 422
    assert "Please say on which day and at what time" in wrong.text


def test_a_page_without_a_text_in_markdown_has_no_such_button(desk: Host) -> None:
    staff = desk.client()
    assert not page(staff.get(f"{EDIT}time")).select(".sl-edit-end button[formaction]")
    assert page(staff.get(f"{EDIT}programme")).select(".sl-edit-end button[formaction]")
    assert look(staff, "text").status_code == 200
    assert staff.post(f"{EDIT}nothing/preview").status_code == 404


def test_the_script_asks_how_one_text_will_look(desk: Host) -> None:
    staff = desk.client()
    drawn = ask(staff, "preview-text", path="description.de", text=f"- **eins**\n\n{EVIL}")
    assert drawn.status_code == 200
    assert "<strong>eins</strong>" in drawn.json["html"]
    assert "<img" not in drawn.json["html"]
    assert "&lt;img" in drawn.json["html"]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"csrf_token": "x", "text": "a"}, 422),
        ({"text": "a" * (LONGEST_MARKDOWN + 1)}, 422),
        ({"text": "a" * (8 * LONGEST_MARKDOWN)}, 413),
    ],
)
def test_a_preview_needs_a_token_and_has_a_limit(
    desk: Host, values: dict[str, str], status: int
) -> None:
    assert ask(desk.client(), "preview-text", **values).status_code == status


def test_each_text_has_a_toolbar_that_only_a_script_shows(desk: Host) -> None:
    shown = page(desk.client().get(f"{EDIT}text"))
    for field in shown.select("textarea"):
        toolbar = shown.select_one(f"[role=toolbar][aria-controls={field['id']}]")
        assert toolbar is not None
        assert toolbar.has_attr("hidden")
        assert toolbar["aria-label"]
        named = [button.get_text() for button in toolbar.select("button")]
        assert named == ["Bold", "Italic", "Heading", "List", "Numbered", "Link", "Preview"]


def test_pasted_html_becomes_markdown(desk: Host) -> None:
    made = ask(desk.client(), "pasted", html=f"<p><b>laut</b> {EVIL}<script>x()</script></p>")
    assert (made.status_code, made.json) == (200, {"markdown": "**laut**"})


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"csrf_token": "x", "html": "<b>a</b>"}, 422),
        ({"html": "<b>a" * 20_000}, 422),
        ({"html": "a" * 800_000}, 413),
    ],
)
def test_pasting_needs_a_token_and_has_a_limit(
    desk: Host, values: dict[str, str], status: int
) -> None:
    assert ask(desk.client(), "pasted", **values).status_code == status


HARD = "Die Bürgerversammlung wird nicht abgesagt."


def test_easy_language_gets_hints_and_no_faults(desk: Host) -> None:
    """Beside the field and in the review, and it can be published all the same."""
    staff = desk.client()
    seen = look(staff, **{"easy_language.de": HARD, "description.de": HARD})
    told = element(seen, "#sl-easy_language-de-preview [data-stadtlabor-hints]")
    assert not told.has_attr("hidden")
    assert [hint.get_text() for hint in told.select("li")] == [
        "A long word; a hyphen or a mediopoint (·) parts it, or take another: “Bürgerversammlung”",
        f"Who does it? Name them: “{HARD}”",
        f"Say what is, rather than what is not: “{HARD}”",
    ]
    assert element(seen, "#sl-description-de-preview [data-stadtlabor-hints]").has_attr("hidden")
    fill(staff, f"{EDIT}text", {"easy_language.de": HARD}, action="/text")
    review = page(staff.get(f"{HERE}review"))
    ways = {link.get_text(): link["href"] for link in review.select(".sl-edit-findings a")}
    sentence = "Easy language (German): 1 long word without a hyphen."
    assert ways[sentence] == f"{EDIT}text#sl-easy_language-de"
    assert review.select_one(f"a[href='{HERE}publish']")


def test_the_script_asks_for_hints_too(desk: Host) -> None:
    staff = desk.client()
    easy = ask(staff, "preview-text", path="easy_language.de", text=HARD)
    assert len(easy.json["hints"]) == 3
    for path in ("description.de", "easy_language.tlh", "nothing", ""):
        assert ask(staff, "preview-text", path=path, text=HARD).json["hints"] == []
