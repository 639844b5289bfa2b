"""Somebody follows the tutorial to the letter, and clicks what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.hosts.reader import ROOT, Reader

EVENT = "/stadtlabor/en/events/open-lab/"
OFFICE = "/stadtlabor/en/organise/"
SITE = "http://127.0.0.1:5000"
EMAIL = "you@example.org"

# what a page says goes to the terminal, beside what the server says there
BEGIN = """
from tests.forms import page, press, send
def say(answer):
    assert answer.status_code in (200, 303), answer.text
    print(page(answer).get_text(" ", strip=True))
    return answer
def follow(answer, words):
    links = page(answer).select("a")
    (link,) = {link["href"] for link in links if link.get_text(" ", strip=True) == words}
    return say(client.get(link))
"""
REGISTER = f"""
import time
form = follow(say(client.get("{EVENT}")), "Register now")
time.sleep(2)  # as long as a form at least takes
say(send(client, form, {{"given_name": "Ada", "family_name": "Meier", "email": "{EMAIL}",
                       "party_size": 1, "consent-photos-website": "given"}}))
"""
CONFIRM = """
show = client.get("{link}").location
say(client.get(show))
assert press(client, show, "/confirm").status_code == 303
say(client.get(show))
"""
CHECK_IN = f"""
event = follow(say(client.get("{OFFICE}")), "Open lab")
card = follow(follow(event, "Ada Meier"), "Open at the door")
say(client.get(send(client, card, action="/check-in").location))
"""
MAKE = f"""
times = {{"starts_at": "2030-06-05T17:30", "ends_at": "2030-06-05T19:00"}}
named = {{"title.de": "Sommerlabor", "title.en": "Summer lab", **times}}
new = follow(client.get("{OFFICE}"), "A new event")
made = send(client, new, named, action="/events/new")
assert made.status_code == 303, made.text
here = made.location.partition("edit/")[0]
in_short = {{"summary.de": "Im Freien.", "summary.en": "In the open."}}
market = {{"venue.name.de": "Markt", "venue.name.en": "Market"}}
for at, given in (("text", in_short), ("place", market)):
    saved = send(client, say(client.get(here + "edit/" + at)), given, action="/edit/" + at)
    assert saved.status_code == 303, saved.text
say(client.get(here + "review"))
assert press(client, here + "publish", "/publish").status_code == 303
say(client.get(here + "history/"))
say(client.get("/stadtlabor/en/"))
"""
LOOK = f"""
print(client.get("{EVENT}").text)
print(client.get("/static/portal.css").text)
"""


@pytest.mark.one_database
@pytest.mark.slow
def test_the_tutorial_leads_through_the_back_office_to_a_layout_of_ones_own(
    tmp_path: Path,
) -> None:
    document = ROOT / "docs/tutorial.md"
    words = document.read_text("utf-8")
    for path in (EVENT, OFFICE):
        assert f"<{SITE}{path}>" in words
    seen: list[str] = []

    def visit(reader: Reader) -> None:
        if len(seen) == 0:
            mail = reader.browse(BEGIN + REGISTER)
            assert f"To {EMAIL}: " in mail
            (link,) = set(re.findall(rf"{re.escape(SITE)}(/\S+/registration/[\w-]{{20,}})", mail))
            seen.append(mail + reader.browse(BEGIN + CONFIRM.format(link=link)))
        else:
            seen.append(reader.browse((BEGIN + CHECK_IN + MAKE) if len(seen) == 1 else LOOK))

    reader = Reader(tmp_path, visit)
    reader.follow(document)
    registered, office, looked_at = seen
    assert registered.count(f"To {EMAIL}: ") == 2
    for quote in quoted(words):
        assert quote in registered + office, quote
    assert office.rindex("Summer lab") > office.index("Who changed what")
    assert '<header><a href="/">Musterstadt</a></header>' in looked_at
    assert "--sl-accent: #0d5c4a" in looked_at
    stored = json.loads(reader.type(f"flask stadtlabor person export {EMAIL}"))
    (registration,) = stored["registrations"]
    assert (registration["state"], registration["arrived"]) == ("confirmed", 1)
    (consent,) = stored["consents"]
    assert [item["permits_use"] for item in consent["now"]] == [True]


def quoted(document: str) -> list[str]:
    """The words that a document quotes from pages: in italics, and in the texts of its pictures."""
    texts = " ".join(re.findall(r'alt="([^"]+)"', document))
    found = re.findall(r"(?<!\*)\*(\w[^*\n]+)\*(?!\*)", document)
    return [*found, *re.findall(r"“([^”]+)”", texts)]
