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
def test_an_event_page_says_so_too(host: Host) -> None:
    portal = host.make()
    portal.load(factories.exchange(factories.open_event()))
    take_database_away(portal)
    answer = portal.client().get("/stadtlabor/de/events/plattform/")
    assert answer.status_code == 503
    assert page(answer).select_one("h1")
