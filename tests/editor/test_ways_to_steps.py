"""What can be done with an event is offered where people look for it, while it makes sense."""

from __future__ import annotations

import pytest

from flask_stadtlabor import Action
from tests.factories import event, exchange, open_event
from tests.forms import page, press
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of

pytestmark = pytest.mark.one_database

STEPS = {"move", "cancel", "postpone", "unpublish"}


def ways(host: Host, address: str, **given: object) -> set[str]:
    """Where the links of a page's lists lead, by the last part of their addresses."""
    found = page(staff_of(host, **given).client().get(address)).select("main .sl-ways a")  # type: ignore[arg-type]
    assert found, address
    return {str(link["href"]).rstrip("/").rpartition("/")[2] for link in found}


def test_a_draft_is_edited_from_its_overview(host: Host) -> None:
    host.load(exchange(event(status="draft")))
    staff = staff_of(host).client()
    links = page(staff.get(HERE)).select("main .sl-ways a")
    assert {link["href"] for link in links if link.get_text() == "Edit"} == {f"{HERE}edit/text"}
    assert not ways(host, HERE) & STEPS


def test_the_overview_leads_to_moving_and_cancelling(host: Host) -> None:
    host.load(exchange(open_event()))
    assert ways(host, HERE) & STEPS == {"move", "cancel"}
    assert "duplicate" in ways(host, HERE)
    assert ways(host, f"{HERE}review") >= STEPS
    assert not ways(host, HERE, without=[Action.PUBLISH]) & STEPS
    assert "text" not in ways(host, HERE, without=[Action.EDIT])
    press(staff_of(host).client(), f"{HERE}cancel", "/cancel")
    assert not ways(host, HERE) & STEPS


def test_an_event_that_is_over_is_neither_moved_nor_cancelled(host: Host) -> None:
    """A postponed one gets its new date after the old one, too."""
    host.load(exchange(event(), event("spaeter", status="postponed")))
    host.clock.move(days=90)
    over, later = HERE, f"{DESK}events/spaeter/"
    for address in (over, f"{over}review"):
        assert not ways(host, address) & STEPS
        assert "duplicate" in ways(host, address)
    assert ways(host, later) & STEPS == {"move", "cancel"}
    assert ways(host, f"{later}review") & STEPS == STEPS - {"postpone"}
