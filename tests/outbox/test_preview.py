"""Staff sees each mail beforehand, with a made-up person in it and nothing written anywhere."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event as events
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.registration.mails.kinds import KINDS
from flask_stadtlabor.registration.mails.preview import preview
from tests import factories
from tests.host import Host

pytestmark = pytest.mark.one_database

SHAPES = {
    "full": {"contact": {"name": "Team", "email": "team@stadt.example"}},
    "bare": {"venue": None, "registration": {"capacity": None, "max_party_size": 1}},
    "draft": {"status": "draft"},
}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_kind_can_be_seen_before_anybody_gets_it(
    host: Host, shape: str, language: str
) -> None:
    """In both languages, of a draft too; its link opens nothing."""
    host.load(factories.exchange(factories.open_event(**SHAPES[shape])))
    writes: list[str] = []

    def remember(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
            writes.append(statement)

    with host.app.app_context():
        events.listen(host.db.engine, "before_cursor_execute", remember)
        event = host.db.session.scalars(select(Event)).one()
        found = {kind.name: preview(event, kind, language) for kind in KINDS}
        host.db.session.commit()
        assert writes == []
        events.remove(host.db.engine, "before_cursor_execute", remember)
    assert len({mail.subject for mail in found.values()}) == len(KINDS)
    for mail in found.values():
        page = BeautifulSoup(mail.html, "html.parser")
        (button,) = page.select("a.button")
        assert button["href"] == f"https://stadt.example/stadtlabor/{language}/registration/example"
        assert str(button["href"]) in mail.text
        assert not re.search(r"None|Undefined|%\(|LocalizedText", mail.text + mail.html)
    assert host.client().get(f"/stadtlabor/{language}/registration/example").status_code == 404
