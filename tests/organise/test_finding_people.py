"""Staff finds people however their names are spelt, in the order of the language's rules."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import select

from flask_stadtlabor.registration.models import Registration
from tests.factories import PHOTOS, exchange, open_event, purpose
from tests.forms import fill, page
from tests.host import Host
from tests.organise.staff import DOOR, HERE, register, staff_of, words_of

FAMILIES = ("Zander", "von Berg", "özdemir", "Müller", "Bergmann", "Oz", "YILDIZ", "Berg-Ahrens")
IN_ORDER = ["von Berg", "Berg-Ahrens", "Bergmann", "Müller", "Oz", "özdemir", "YILDIZ", "Zander"]
"""By DIN 5007, variant 1, a particle aside."""


def test_lists_of_people_are_in_the_order_of_their_names(host: Host) -> None:
    """The office's list, the door's, and that of who must not be photographed."""
    photos = purpose(PHOTOS)
    host.load(exchange(open_event(registration={"capacity": 50}), purposes=[photos]))
    for number, family in enumerate(FAMILIES, 1):
        register(host, number, given_name="Kim", family_name=family)
    staff = staff_of(host).client()
    in_order = [f"Kim {family}" for family in IN_ORDER]
    for address in (HERE, f"{HERE}no-photos", f"{DOOR}?q=kim"):
        text = words_of(staff, address)
        places = [text.index(name) for name in in_order]
        assert places == sorted(places), address


def test_people_are_found_however_staff_spells_them(host: Host) -> None:
    host.load(exchange(open_event(registration={"capacity": 50})))
    theirs = "ada@xn--bcher-kva.example"
    register(host, 1, given_name="Zoë", family_name="Müller-Yıldız", email=theirs)
    register(host, 2, given_name="Zora", family_name="O’Neill")
    staff = staff_of(host).client()
    at_desk = {"given_name": "Bo", "family_name": "Ek", "reach": "0234 / 123-45", "email": ""}
    assert fill(staff, f"{HERE}register", at_desk).status_code == 303
    for sought, name in (
        ("Muller", "Zoë"),
        ("mueller zoe", "Zoë"),
        ("Yildiz, Zoe", "Zoë"),
        ("Müller Yildiz", "Zoë"),
        ("ada@bücher.example", "Zoë"),
        (theirs, "Zoë"),
        ("ONeill", "Zora"),
        ("O'Neill, Zora", "Zora"),
        ("023412345", "Bo"),
        ("0234/12345", "Bo"),
        ("+49 (0)234 12345", "Bo"),
        ("0049 234 123-45", "Bo"),
    ):
        in_office = words_of(staff, f"{HERE}?q={quote(sought)}")
        found = [one for one in ("Zoë", "Zora", "Bo Ek") if one in in_office]
        assert found == [one for one in ("Zoë", "Zora", "Bo Ek") if one.startswith(name)], sought
        at_door = staff.get(DOOR, query_string={"q": sought}, follow_redirects=True)
        assert name in at_door.text, sought


def test_an_address_is_shown_as_it_was_typed(host: Host) -> None:
    """With the letters of its domain; what is sent goes to the form that every server knows."""
    host.load(exchange(open_event()))
    browser = host.client()
    form = "/stadtlabor/de/events/plattform/register"
    typed = {
        "given_name": "Ada",
        "family_name": "B",
        "email": "\u200b\u202aada@bücher.example\ufeff",
    }
    again = fill(browser, form, typed | {"given_name": ""})
    assert again.status_code == 422
    email = page(again).select_one("input[name=email]")
    assert email is not None
    assert email["value"] == "ada@bücher.example"
    sent = browser.get(fill(browser, form, typed).location)
    assert "ada@bücher.example" in sent.text
    (mail,) = host.mails()
    assert str(mail["To"]) == "ada@xn--bcher-kva.example"
    staff = staff_of(host).client()
    theirs = f"{HERE}registrations/{host.scalar(select(Registration.id))}/"
    for address in (HERE, theirs, f"{theirs}rectify"):
        shown = staff.get(address).text
        assert "ada@bücher.example" in shown, address
        assert "xn--" not in shown, address
    mine = host.client()
    mine.get(host.link(mail))
    assert "ada@bücher.example" in mine.get("/stadtlabor/de/registration/data").text
    assert host.run("person", "export", "\ufeffADA@bücher.example ").exit_code == 0


def test_one_name_is_a_name(host: Host) -> None:
    """Everything that shows people copes with it."""
    host.load(exchange(open_event()))
    browser = host.client()
    form = "/stadtlabor/de/events/plattform/register"
    said = page(browser.get(form)).select_one("#family_name-help")
    assert said is not None
    assert "nur einen Namen" in said.text
    one = {"given_name": " \u2068Suharto\u2069\u200e", "family_name": "", "email": "s@x.example"}
    assert fill(browser, form, one).status_code == 303
    (mail,) = host.mails()
    mine = host.client()
    mine.get(host.link(mail))
    at_home = "/stadtlabor/de/registration/"
    assert fill(mine, at_home, action="/confirm").status_code == 303
    (confirmed,) = host.mails()[1:]
    text = confirmed.get_body(("plain",))
    assert text is not None
    assert "Hallo Suharto!" in text.get_content()
    name = "\u2068Suharto\u2069"
    for address in ("", "ticket", "receipt", "data"):
        shown = mine.get(at_home + address)
        assert shown.status_code == 200
        assert name in shown.text, address
        assert f"{name} <" not in shown.text, address
    staff = staff_of(host).client()
    number = host.scalar(select(Registration.id))
    theirs, card = f"{HERE}registrations/{number}/", f"{DOOR}{number}/"
    for address in (HERE, theirs, f"{HERE}no-photos", card):
        assert name in staff.get(address).text, address
    assert staff.get(DOOR, query_string={"q": "suharto"}).location.startswith(card)
    corrected = fill(staff, f"{theirs}rectify", given_name="Sukarno")
    assert corrected.status_code == 303
    assert host.scalar(select(Registration.sort_key)) == "sukarno"
    found_by = str(host.scalar(select(Registration.search_text)))
    assert "sukarno" in found_by
    assert "suharto" not in found_by


@pytest.mark.one_database
def test_names_may_hold_pictures_that_python_does_not_know_yet(host: Host) -> None:
    host.load(exchange(open_event()))
    browser, form = host.client(), "/stadtlabor/de/events/plattform/register"
    for number, (name, status) in enumerate(
        (("Ada \U0001fae9\U0001f6d8", 303), ("A\u202eda", 422), ("Ada\ufdd0", 422))
    ):
        typed = {"given_name": name, "family_name": "B", "email": f"a{number}@x.example"}
        assert fill(browser, form, typed).status_code == status, name


@pytest.mark.one_database
def test_a_list_uses_the_index_of_its_order(host: Host) -> None:
    """So that a page of a large event reads fifty rows and sorts none.

    SQLite alone chooses an index without looking at how many rows there are.
    """
    host.load(exchange(open_event()))
    with host.app.app_context():
        plan = host.db.session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM stadtlabor_registration WHERE event_id = 1 "
            "ORDER BY sort_key, id LIMIT 50"
        )
        steps = [row[-1] for row in plan]
    assert any("ix_stadtlabor_registration_event_list" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
