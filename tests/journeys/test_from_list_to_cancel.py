"""One person's whole way without a browser, on each database and in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.models import Registration
from tests import factories
from tests.forms import fill, page, press, send
from tests.host import Host


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["de", "en"])
def test_from_the_list_to_cancelling(host: Host, language: str) -> None:
    """C2, C10, S1, S3: each page leads to the next one."""
    host.load(factories.exchange(factories.open_event(), series=[factories.series()]))
    client, start = host.client(), f"/stadtlabor/{language}/"

    listing = page(client.get(start))
    link = listing.select_one("a[href$='/events/plattform/']")
    assert link is not None
    event_page = page(client.get(str(link["href"])))
    register = event_page.select_one("a[href$='/events/plattform/register']")
    assert register is not None

    wrong = fill(client, str(register["href"]), given_name="Änne")
    assert wrong.status_code == 422
    assert page(wrong).select_one("input[name=given_name][value=Änne]")
    right = send(client, wrong, factories.person() | {"consent-photos-website": "given"})
    assert right.status_code == 303
    assert client.get(right.location).status_code == 200

    (mail,) = host.mails()
    assert mail["To"] == factories.person()["email"]
    assert f"/{language}/registration/" in host.link(mail)

    # a scanner follows the link first, and changes nothing
    host.client().get(host.link(mail), follow_redirects=True)
    assert host.scalar(select(Registration.state)) == "held"

    opened = client.get(host.link(mail))
    assert opened.status_code in (302, 303)
    mine = opened.location
    assert press(client, mine, "/confirm").status_code == 303
    assert host.scalar(select(Registration.state)) == "confirmed"

    assert press(client, mine, "/consents/photos-website/withdraw").status_code == 303
    assert press(client, mine, "/cancel").status_code == 303
    assert host.scalar(select(Registration.state)) == "cancelled"
    assert host.scalar(select(Event.seats_taken)) == 0
    assert host.run("consent", "verify").exit_code == 0
