"""Editors write consent texts: drafts, previews, what publishing brings about."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from flask_stadtlabor import Action, Actor
from flask_stadtlabor.consent.models import ConsentDraft, ConsentText, Purpose
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fill, page, press, send
from tests.host import Host

HERE = "/stadtlabor/en/organise/texts/"
EDIT = f"{HERE}{PHOTOS}/edit"
PREVIEW = f"{HERE}{PHOTOS}/preview"
SAVE = f"/{PHOTOS}/edit"
EVERYTHING = frozenset(Action)


@pytest.fixture
def desk(host: Host) -> Host:
    """A portal whose visitors may all edit and publish, with a published text."""
    host.load(exchange(open_event()))
    return with_rights(host)


def with_rights(
    host: Host, rights: frozenset[str] = EVERYTHING, key: str = "staff:anna", **config: Any
) -> Host:
    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        return action in rights

    ports = {"policy": policy, "actor": lambda: Actor(key), "mailer": host.sent.append}
    other = host.make(ports=ports, **config)
    other.sent = host.sent
    return other


def draft(desk: Host, **changes: Any) -> Any:
    """Save a draft of the photo text; every name is a field's."""
    given = {"text-de": "Neuer Text.", "text-en": "New text.", "change": "material", **changes}
    return fill(desk.client(), EDIT, given, action=SAVE)


def words(desk: Host, path: str) -> str:
    response = desk.client().get(path)
    assert response.status_code == 200
    return page(response).get_text(" ", strip=True)


def publish(desk: Host) -> Any:
    browser = desk.client()
    return press(browser, PREVIEW, "/publish")


def versions(host: Host) -> list[tuple[int, str, bool, str]]:
    with host.app.app_context():
        rows = host.db.session.scalars(
            select(ConsentText)
            .join(Purpose, Purpose.id == ConsentText.purpose_id)
            .where(Purpose.slug == PHOTOS, ConsentText.language == "en")
            .order_by(ConsentText.version)
        )
        return [(row.version, row.body, row.material, row.published_by) for row in rows]


def test_from_draft_to_publication(desk: Host) -> None:
    """C5: a draft is nobody's text until it is published, in all languages at once."""
    assert "The text of photos-website" in words(desk, f"{HERE}{PHOTOS}/")
    saved = draft(desk, valid_days="365", **{"title-en": "Pictures"})
    assert (saved.status_code, saved.headers["Location"]) == (303, PREVIEW)
    assert versions(desk) == [
        (1, "The text of **photos-website**.", True, "flask stadtlabor import")
    ]
    seen = words(desk, PREVIEW)
    assert "Draft of version 2" in seen
    assert "Pictures" in seen
    assert "365 days" in seen
    done = publish(desk).headers["Location"]
    assert done == f"{HERE}{PHOTOS}/?now=published"
    assert "It is published. Version 2 is in force." in words(desk, done)
    assert versions(desk)[1:] == [(2, "New text.", True, "Account staff:anna")]
    assert desk.scalar(select(func.count()).select_from(ConsentDraft)) == 0
    assert desk.client().get(PREVIEW).status_code == 404
    assert "New text." in words(desk, f"/stadtlabor/en/privacy/{PHOTOS}/2/")


@pytest.mark.one_database
def test_the_preview_shows_what_changes_in_each_language(desk: Host) -> None:
    draft(desk, **{"text-de": "Der neue Text.", "text-en": "The new text."})
    columns = page(desk.client().get(PREVIEW)).select("[aria-labelledby=sl-changed] ins")
    shown = [found.get_text(" ", strip=True) for found in columns]
    assert "[new: neue Text. end]" in shown
    assert "[new: new text. end]" in shown


def test_publishing_says_how_many_are_asked_again(desk: Host) -> None:
    """C7: before the button, in numbers."""
    form = "/stadtlabor/en/events/plattform/register"
    for number in (1, 2, 3):
        answer = "refused" if number == 3 else "given"
        fill(desk.client(), form, {**person(number), f"consent-{PHOTOS}": answer})
    draft(desk)
    seen = words(desk, PREVIEW)
    assert "2 people have said yes to the text in force" in seen
    assert "2 people will be asked again." in seen
    draft(desk, change="editorial")
    seen = words(desk, PREVIEW)
    assert "the yes of 2 people stays, and nobody is asked again" in seen
    draft(desk, mode="notice", change="editorial")
    seen = words(desk, PREVIEW)
    assert "2 people have said yes to the text in force" in seen
    assert "asked again" not in seen
    draft(desk, change="editorial", mode="consent")
    publish(desk)
    assert versions(desk)[-1][2] is False


def test_both_languages_must_be_there_before_publishing(desk: Host) -> None:
    """C5: the page says what is missing, and there is no button; nor is there a way past it."""
    draft(desk)
    before = desk.client()
    shown = before.get(PREVIEW)
    draft(desk, **{"title-en": "", "text-en": ""})
    seen = words(desk, PREVIEW)
    assert "The title is missing in English." in seen
    assert "The text is missing in English." in seen
    assert not page(desk.client().get(PREVIEW)).select("form[action$='/publish']")
    refused = send(before, shown, action="/publish")
    assert refused.status_code == 409
    assert len(versions(desk)) == 1


@pytest.mark.one_database
def test_a_language_that_the_portal_learns_is_added_to_the_text_in_force(host: Host) -> None:
    """C5: without it texts can be published; with it everybody's yes stays and nobody is asked."""
    host.load(exchange(open_event()))
    form = "/stadtlabor/en/events/plattform/register"
    fill(host.client(), form, {**person(), f"consent-{PHOTOS}": "given"})
    desk = with_rights(host, STADTLABOR_LOCALES=["de", "en", "pl"])
    draft(desk, change="editorial")
    assert "There is no text in Polish" in words(desk, PREVIEW)
    publish(desk)
    assert versions(desk)[-1][:2] == (2, "New text.")

    polish = {"title-pl": "Zdjęcia"}
    refused = fill(desk.client(), EDIT, {**polish, "text-en": "Other."}, action=SAVE)
    assert refused.status_code == 422
    fill(desk.client(), EDIT, polish, action=SAVE)
    assert "The text is missing in Polish." in words(desk, PREVIEW)
    fill(desk.client(), EDIT, {**polish, "text-pl": "Nowy tekst."}, action=SAVE)
    seen = words(desk, PREVIEW)
    assert "Translation of version 2" in seen
    assert "every yes stays, and nobody is asked again" in seen
    assert "Add Polish for ever" in seen
    assert publish(desk).status_code == 303
    assert len(versions(desk)) == 2
    assert "Polish added on" in words(desk, f"{HERE}{PHOTOS}/")
    assert "Nowy tekst." in words(desk, f"/stadtlabor/pl/privacy/{PHOTOS}/2/")
    assert "New text." in words(desk, f"/stadtlabor/en/privacy/{PHOTOS}/2/")


@pytest.mark.one_database
def test_a_draft_that_says_nothing_new_is_not_published(desk: Host) -> None:
    """And a form that is saved as it was opened is such a draft."""
    fill(desk.client(), EDIT, {"change": "material"}, action=SAVE)
    assert "says the same as the text in force" in words(desk, PREVIEW)


def test_what_the_form_does_not_show_stays(desk: Host) -> None:
    """A text that is the same in all languages, another language, and how data are processed."""
    described = purpose(
        PHOTOS,
        title="Logo",
        text={"de": "Eins.", "en": "One.", "tr": "Bir."},
        processing={"purpose": "Marketing"},
    )
    desk.load(exchange(purposes=[described]))
    draft(desk)
    publish(desk)
    with desk.app.app_context():
        rows = desk.db.session.scalars(select(ConsentText).where(ConsentText.version == 3)).all()
        assert {row.language: row.body for row in rows} == {
            "de": "Neuer Text.",
            "en": "New text.",
            "tr": "Bir.",
        }
        assert {row.title.to_json() for row in rows} == {"Logo"}
        assert rows[0].processing is not None
        assert rows[0].processing.purpose == "Marketing"


def test_a_new_purpose_begins_with_a_name_of_its_own(desk: Host) -> None:
    given = {
        "slug": "newsletter",
        "mode": "consent",
        "title-de": "Rundbrief",
        "title-en": "Newsletter",
        "text-de": "Wir schreiben dir.",
        "text-en": "We write to you.",
    }
    answer = fill(desk.client(), f"{HERE}new", given, action="/new")
    assert answer.headers["Location"] == f"{HERE}newsletter/preview"
    assert "Newsletter" in words(desk, HERE)
    assert "Not published yet" in words(desk, HERE)
    assert "Stadt Musterstadt" not in words(desk, f"{HERE}newsletter/")
    press(desk.client(), f"{HERE}newsletter/preview", "/publish")
    public = words(desk, "/stadtlabor/en/privacy/newsletter/1/")
    assert "We write to you." in public
    assert "Stadt Musterstadt" in public


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": ""}, "Enter a short name."),
        ({"slug": "Ärger"}, "small letters, digits and hyphens only"),
        ({"slug": PHOTOS}, "There is a text with this name already."),
        ({"slug": "a" * 121}, "small letters, digits and hyphens only"),
        (
            {"mode": "obligation"},
            "“What does this text ask of people?”: please choose one of the answers.",
        ),
        ({"valid_days": "soon"}, "Enter a number of days"),
        ({"valid_days": "0"}, "Enter a number of days"),
        ({"title-de": "x" * 201}, "“Title”: please enter at most 200 characters."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    desk: Host, changes: dict[str, str], sentence: str
) -> None:
    """A4, A5."""
    given = {"slug": "film", "mode": "consent", "text-de": "Wir filmen.", **changes}
    refused = fill(desk.client(), f"{HERE}new", given, action="/new")
    assert refused.status_code == 422
    shown = page(refused)
    assert shown.title is not None
    assert str(shown.title.string).startswith("Error:")
    (told,) = shown.select("[role=alert] li")
    assert sentence in told.get_text()
    (field,) = shown.select("[name='text-de']")
    assert field.get_text().strip() == "Wir filmen."
    switch = shown.select_one("button[lang=de]")
    assert switch is not None
    assert switch["formaction"] == "/stadtlabor/de/organise/texts/new"
    assert desk.scalar(select(func.count()).select_from(ConsentDraft)) == 0


@pytest.mark.one_database
def test_two_editors_do_not_overwrite_each_other(desk: Host) -> None:
    """The second sees what happened, and nothing typed is lost."""
    first, second = desk.client(), desk.client()
    one, two = first.get(EDIT), second.get(EDIT)
    send(first, one, {"text-en": "From Anna.", "change": "material"}, action=SAVE)
    refused = send(second, two, {"text-en": "From Bea.", "change": "material"}, action=SAVE)
    assert refused.status_code == 409
    assert "Somebody else has saved or published this draft" in refused.text
    assert "From Bea." in refused.text
    again = send(second, refused, action=SAVE)
    assert again.status_code == 303
    assert "From Bea." in words(desk, PREVIEW)


@pytest.mark.one_database
def test_a_draft_says_who_worked_on_it_last(desk: Host, host: Host) -> None:
    draft(desk)
    assert "(Account staff:anna)" in words(desk, PREVIEW).replace("( ", "(").replace(" )", ")")
    bea = with_rights(host, key="staff:bea")
    assert draft(bea, **{"text-en": "From Bea."}).status_code == 303
    assert "(Account staff:bea)" in words(desk, PREVIEW).replace("( ", "(").replace(" )", ")")


def test_what_was_looked_at_is_what_is_published(desk: Host) -> None:
    draft(desk)
    browser = desk.client()
    seen = browser.get(PREVIEW)
    draft(desk, **{"text-en": "Something else."})
    for button in ("/publish", "/discard"):
        refused = send(browser, seen, action=button)
        assert refused.status_code == 409
        assert "Something else." in refused.text
    assert len(versions(desk)) == 1


@pytest.mark.one_database
def test_a_draft_can_be_thrown_away(desk: Host) -> None:
    draft(desk)
    assert press(desk.client(), PREVIEW, "/discard").headers["Location"] == f"{HERE}{PHOTOS}/"
    assert desk.client().get(PREVIEW).status_code == 404
    assert len(versions(desk)) == 1


@pytest.mark.one_database
def test_who_may_write_may_not_always_publish(desk: Host, host: Host) -> None:
    """S12."""
    draft(desk)
    browser = desk.client()
    seen = browser.get(PREVIEW)
    writer = with_rights(host, frozenset({Action.EDIT_TEXTS}))
    assert "Somebody who may publish texts does the rest." in words(writer, PREVIEW)
    assert not page(writer.client().get(PREVIEW)).select("form[action$='/publish']")
    cookie = browser.get_cookie("session")
    assert cookie is not None
    other = FlaskClient(writer.app)
    other.set_cookie("session", cookie.value)
    assert send(other, seen, action="/publish").status_code == 403
    assert len(versions(desk)) == 1


@pytest.mark.one_database
def test_an_unknown_purpose_is_a_404(desk: Host) -> None:
    for path in ("unknown/", "unknown/edit", "unknown/preview", f"{PHOTOS}/preview", "nul%00/"):
        assert desk.client().get(f"{HERE}{path}").status_code == 404, path


@pytest.mark.one_database
def test_the_back_office_leads_to_the_texts(desk: Host, host: Host) -> None:
    organise = "/stadtlabor/en/organise/"
    assert page(desk.client().get(organise)).select(f"a[href='{HERE}']")
    other = with_rights(host, frozenset({Action.ORGANISE}))
    assert not page(other.client().get(organise)).select(f"a[href='{HERE}']")
