"""Where an event has no limit of seats, nobody is told that somebody else gets theirs."""

from __future__ import annotations

import re

import pytest

from flask_stadtlabor.registration.mails.kinds import KINDS
from tests.factories import exchange, open_event
from tests.forms import press
from tests.host import Host
from tests.organise.staff import HERE, register, staff_of, words_of
from tests.registration.mails.written import bodies, mails_of

pytestmark = pytest.mark.one_database

NO_LIMIT = {"capacity": None, "waiting_list": False, "max_party_size": 4}
TO_OTHERS = re.compile(
    r"jemand anderes (deinen|kann)|an andere|damit andere|andere zum Zug|für andere|"
    r"\bto others|somebody else (can|may)|so that others|for others|next in line",
)
MINE = "/stadtlabor/{}/registration/{}"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("people", [1, 3])
def test_no_mail_says_so(host: Host, language: str, people: int) -> None:
    mails = mails_of(host, KINDS, {"registration": NO_LIMIT}, language=language, party_size=people)
    assert len(mails) == len(KINDS)
    said = {str(mail["Subject"]): " ".join(bodies(mail)[0].split()) for mail in mails}
    assert {subject: text for subject, text in said.items() if TO_OTHERS.search(text)} == {}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("capacity", [None, 30])
def test_pages_say_so_only_where_there_is_a_limit(
    host: Host, language: str, capacity: int | None
) -> None:
    host.load(exchange(open_event(registration={**NO_LIMIT, "capacity": capacity})))
    number = register(host, 1, party_size=2)
    browser = host.client()
    browser.get(host.link(host.mails()[-1]))
    for path in ("", "ticket", "change", "erase"):
        said = words_of(browser, MINE.format(language, path))
        assert bool(TO_OTHERS.search(said)) == (capacity is not None), (path, said)
    staff = staff_of(host).client()
    theirs = f"{HERE}registrations/{number}/"
    for address in (theirs, f"{theirs}change"):
        said = words_of(staff, address.replace("/en/", f"/{language}/"))
        assert bool(TO_OTHERS.search(said)) == (capacity is not None), (address, said)
    press(browser, MINE.format(language, "erase"), "/erase")
    said = words_of(browser, MINE.format(language, "erased"))
    assert ("nicht mehr angemeldet." in said) or ("not registered any more." in said)
    assert bool(TO_OTHERS.search(said)) == (capacity is not None), said
