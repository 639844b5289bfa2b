"""Somebody follows the tutorial to the letter, and clicks what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.hosts.reader import ROOT, Reader

EVENT = "/stadtlabor/en/events/open-lab/"
EMAIL = "you@example.org"

REGISTER = f"""
import time
from tests.forms import page, send
event = client.get("{EVENT}")
(register,) = {{link["href"] for link in page(event).select("a") if link.text == "Register now"}}
form = client.get(register)
time.sleep(2)  # as long as a form at least takes
answer = send(client, form, {{"given_name": "Ada", "family_name": "Meier", "email": "{EMAIL}",
                             "party_size": 1, "consent-photos-website": "given"}})
assert answer.status_code == 303, answer.text
"""
CONFIRM = """
from tests.forms import form_on, press
show = client.get("{link}").location
assert "{button}" in form_on(client.get(show), "/confirm").text
assert press(client, show, "/confirm").status_code == 303
"""
LOOK = f"""
print(client.get("{EVENT}").text)
print(client.get("/static/portal.css").text)
"""


@pytest.mark.one_database
@pytest.mark.slow
def test_the_tutorial_leads_to_a_confirmed_registration_in_a_layout_of_ones_own(
    tmp_path: Path,
) -> None:
    document = ROOT / "docs/tutorial.md"
    pages: list[str] = []

    def visit(reader: Reader) -> None:
        if pages:
            pages.append(reader.browse(LOOK))
            return
        mail = reader.browse(REGISTER)
        assert mail.startswith(f"To {EMAIL}: ")
        (link,) = set(re.findall(r"http://127\.0\.0\.1:5000(/\S+/registration/[\w-]{20,})", mail))
        (button,) = re.findall(r"press \*(.+?)\*", document.read_text("utf-8"))
        pages.append(reader.browse(CONFIRM.format(link=link, button=button)))

    reader = Reader(tmp_path, visit)
    reader.follow(document)
    confirmed, looked_at = pages
    assert "To you@example.org" in confirmed
    assert '<header><a href="/">Musterstadt</a></header>' in looked_at
    assert "--sl-accent: #0d5c4a" in looked_at
    stored = json.loads(reader.type(f"flask stadtlabor person export {EMAIL}"))
    assert [item["state"] for item in stored["registrations"]] == ["confirmed"]
    (consent,) = stored["consents"]
    assert [item["permits_use"] for item in consent["now"]] == [True]
