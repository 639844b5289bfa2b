"""The database is away: people are told so in their language, and keep what they typed."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.forms import fields_of, form_on, page, typed_into
from tests.host import Host

FORM = "/stadtlabor/{}/events/plattform/register"


def take_database_away(host: Host) -> None:
    """From now on every statement of this portal fails as if the connection were lost."""

    def fail(*args: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    with host.app.app_context():
        event.listen(host.db.engine, "before_cursor_execute", fail)


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["de", "en"])
def test_what_was_typed_can_be_sent_again(host: Host, language: str) -> None:
    portal = host.make()
    portal.load(factories.exchange(factories.open_event()))
    client = portal.client()
    url = FORM.format(language)
    given = factories.person() | {"consent-photos-website": "refused"}
    fields = typed_into(form_on(client.get(url)), given)
    take_database_away(portal)

    answer = client.post(url, data=fields)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.headers["Cache-Control"] == "no-store"
    shown = page(answer)
    assert shown.select_one(f"html[lang={language}], .stadtlabor[lang={language}]")
    kept = fields_of(form_on(answer))
    for name, value in fields.items(multi=True):
        assert value in kept.getlist(name)


@pytest.mark.one_database
def test_a_field_that_only_a_browser_filled_in_comes_back_empty(host: Host) -> None:
    """Else the form would be refused once more, after the database is back."""
    portal = host.make()
    portal.load(factories.exchange(factories.open_event()))
    client = portal.client()
    url = FORM.format("de")
    fields = typed_into(form_on(client.get(url)), factories.person(website="https://me.example"))
    take_database_away(portal)
    kept = fields_of(form_on(client.post(url, data=fields)))
    assert kept["website"] == ""
    assert kept["given_name"] == fields["given_name"]


@pytest.mark.one_database
def test_the_body_of_a_get_is_shown_to_nobody(host: Host) -> None:
    """S15."""
    portal = host.make()
    portal.load(factories.exchange(factories.open_event()))
    take_database_away(portal)
    answer = portal.client().get(FORM.format("de"), data={"given_name": "Mallory"})
    assert answer.status_code == 503
    assert "Mallory" not in answer.text


@pytest.mark.one_database
def test_an_event_page_says_so_too(host: Host) -> None:
    portal = host.make()
    portal.load(factories.exchange(factories.open_event()))
    take_database_away(portal)
    answer = portal.client().get("/stadtlabor/de/events/plattform/")
    assert answer.status_code == 503
    assert page(answer).select_one("h1")
