"""A member of staff who leaves is forgotten; what they did stays."""

from __future__ import annotations

from sqlalchemy import select

from flask_stadtlabor.events.history_models import EventRevision
from tests.factories import exchange, open_event
from tests.forms import fill
from tests.host import Host
from tests.organise.staff import DESK, HERE, staff_of, words_of


def test_the_history_forgets_whose_work_it_was(host: Host) -> None:
    """Art. 17 GDPR: by the portal's key of the account, in every history."""
    host.load(exchange(open_event()))
    desk = staff_of(host)
    staff = desk.client()
    fill(staff, f"{HERE}edit/text", {"topic.en": "Parks"}, action="/text")
    fill(staff, f"{DESK}venues/new", {"name.de": "Halle", "name.en": "Hall"}, action="/new")
    entry = host.scalar(select(EventRevision).order_by(EventRevision.number.desc()))
    assert entry.actor_name in words_of(staff, f"{HERE}history/")
    document = entry.document
    done = host.run("person", "forget-staff", entry.actor_key)
    assert "Forgotten in 2 places of the history." in done.output
    for page in (f"{HERE}history/", f"{DESK}venues/halle/history/"):
        told = words_of(staff, page)
        assert entry.actor_name not in told
        assert "somebody of the team" in told
    again = host.scalar(select(EventRevision.document).where(EventRevision.id == entry.id))
    assert again == document


def test_whom_no_history_names_is_told_so(host: Host) -> None:
    for key in ("nobody", ""):
        done = host.run("person", "forget-staff", key)
        assert done.exit_code == 1
        assert "names nobody with the key" in done.output
