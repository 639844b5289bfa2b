"""A member of staff who leaves is forgotten; what they did stays."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from flask_stadtlabor.by_staff import columns_of_staff
from flask_stadtlabor.events.history_models import EventRevision
from tests.factories import PHOTOS, exchange, open_event, person, purpose
from tests.forms import fill, press
from tests.host import Host
from tests.migrations.frozen import FOLDER, Frozen
from tests.organise.staff import DESK, HERE, register, staff_of, words_of

NOBODY = "somebody of the team"
KEPT_AS_PROOF = {"stadtlabor_consent_text.published_by"}
"""Columns that keep a name: it is sealed with the published text, whose rows nobody can change."""


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
    assert "Forgotten in 2 places." in done.output
    for page in (f"{HERE}history/", f"{DESK}venues/halle/history/"):
        told = words_of(staff, page)
        assert entry.actor_name not in told
        assert NOBODY in told
    again = host.scalar(select(EventRevision.document).where(EventRevision.id == entry.id))
    assert again == document


@pytest.mark.one_database
def test_the_pages_of_consent_and_of_messages_forget_as_well(host: Host) -> None:
    """Who wrote a draft, published, took something off the web, or passed a message on."""
    host.load(exchange(open_event(), purposes=[purpose(PHOTOS)]))
    staff = staff_of(host).client()
    number = without_an_address(host, staff)
    withdrawn(host)
    press(staff, f"{DESK}notices/", "/done")
    press(staff, f"{DESK}take-downs/", "/done")
    gallery = {"purpose": PHOTOS, "place": "Issue 3", "published_on": "2026-03-01"}
    fill(staff, f"{HERE}publications/", gallery, action="/record")
    draft = {"text-en": "Something else.", "change": "material"}
    fill(staff, f"{DESK}texts/{PHOTOS}/edit", draft, action="/edit")
    other = staff_of(host, name="Eva Erbin").client()
    pages = {
        f"{HERE}registrations/{number}/": "Passed on by {}",
        f"{DESK}take-downs/": "by {}",
        f"{HERE}publications/": "recorded by {}",
        f"{DESK}texts/{PHOTOS}/": "( {} )",
        f"{DESK}texts/{PHOTOS}/preview": "( {} )",
    }
    for page, told in pages.items():
        assert told.format("Otto Orga") in words_of(other, page), page
    assert host.run("person", "forget-staff", "staff:1").exit_code == 0
    for page, told in pages.items():
        assert told.format(NOBODY) in words_of(other, page), page


def test_no_column_of_any_table_keeps_somebody_who_is_forgotten(bare_host: Host) -> None:
    """Whoever adds a column with a key or name says how it is forgotten, or here why it is kept.

    In these rows something stands in every column of every table, and all was one person's work.
    """
    frozen = Frozen.read(max(path.stem for path in FOLDER.glob("*.json")))
    frozen.fill(bare_host)
    assert naming(bare_host, frozen) == KEPT_AS_PROOF | {
        f"{column.table.name}.{column.name}" for pair in columns_of_staff() for column in pair
    }
    assert bare_host.run("person", "forget-staff", "staff:1").exit_code == 0
    assert naming(bare_host, frozen) == KEPT_AS_PROOF
    assert bare_host.run("consent", "verify").exit_code == 0


def test_whom_nothing_names_is_told_so(host: Host) -> None:
    for key in ("nobody", ""):
        done = host.run("person", "forget-staff", key)
        assert done.exit_code == 1
        assert f"by somebody with the key {key!r}" in done.output


def without_an_address(host: Host, staff: FlaskClient) -> int:
    """Somebody whom staff registers and tells what a mail would say; their number."""
    at_desk = {**person(7), "email": None, "reach": "0234 567", "method": "paper"}
    answer = fill(staff, f"{HERE}register", at_desk)
    return int(answer.headers["Location"].split("/registrations/")[1].split("/")[0])


def withdrawn(host: Host) -> None:
    """Somebody takes their yes to photos back."""
    register(host, 1, **{f"consent-{PHOTOS}": "given"})
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    press(browser, "/stadtlabor/de/registration/", f"/{PHOTOS}/withdraw")


def naming(host: Host, frozen: Frozen) -> set[str]:
    """The columns in which the key or the name of that person stands."""
    return {
        f"{table}.{column}"
        for table, rows in frozen.found(host).items()
        for row in rows
        for column, value in row.items()
        if "staff:1" in str(value) or "Otto Orga" in str(value)
    }
