"""A host gives a single mail other words by a file, and all of them its colours and its logo."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader, StrictUndefined, TemplateRuntimeError
from sqlalchemy import select

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.outbox.templates import words_of
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.kinds import KINDS
from flask_stadtlabor.registration.mails.preview import preview
from tests.factories import exchange, open_event
from tests.host import Host
from tests.registration.mails.written import bodies, mail

pytestmark = pytest.mark.one_database

TEMPLATES = Path(__file__).parents[2] / "flask_stadtlabor/templates/stadtlabor/mail"


def portal(host: Host, **files: str) -> Host:
    """A portal with templates of its own, by the end of their names."""
    own = {f"stadtlabor/mail/{name.replace('__', '/')}": text for name, text in files.items()}
    other = host.make(ports={"mailer": host.sent.append})
    other.app.jinja_loader = ChoiceLoader([DictLoader(own)])
    other.sent = host.sent
    return other


def test_the_words_of_every_kind_stand_in_a_file_of_its_name() -> None:
    folder = {path.stem for path in (TEMPLATES / "registration").glob("*.jinja")}
    assert folder == {kind.name for kind in KINDS} | {"base"}


def test_a_host_writes_one_mail_itself(host: Host) -> None:
    """Text and HTML say the same; all other parts and all other mails stay as they are."""
    words = """{% extends "~stadtlabor/mail/registration/confirm.jinja" %}
{% block words %}
{{ paragraph("Nur <noch> ein Klick & fertig.") }}{{ button("Los") }}
{% endblock %}"""
    here = portal(host, **{"registration__confirm.jinja": words})
    message = mail(here, kinds.CONFIRM, {})
    text, html = bodies(message)
    lines = text.splitlines()
    assert "Nur <noch> ein Klick & fertig." in lines
    assert "<p>Nur &lt;noch&gt; ein Klick &amp; fertig.</p>" in html
    assert lines[lines.index("Los:") + 1].startswith("https://stadt.example/")
    assert "Danke, dass" not in text + html
    assert str(message["Subject"]).startswith("Bitte bestätige deine Anmeldung")


def test_words_that_no_mail_would_show_are_named(host: Host) -> None:
    here = portal(host, **{"registration__confirmed.jinja": "<p>Hallo!</p>"})
    said = pytest.raises(TemplateRuntimeError, match=r"confirmed\.jinja prints '<p>Hallo!</p>'")
    with here.app.test_request_context(), said:
        words_of("registration/confirmed")


def test_a_host_dresses_all_mails(host: Host) -> None:
    layout = """{% extends "~stadtlabor/mail/layout.html" %}
{% block sl_colours %}.action td { background: #7a0019; }{% endblock %}
{% block sl_brand %}<p class="brand"><img src="https://stadt.example/logo.png" alt="Stadt"></p>
{% endblock %}"""
    here = portal(host, **{"layout.html": layout})
    _, html = bodies(mail(here, kinds.CONFIRM, {}))
    assert html.index("#86dbea") < html.index("#7a0019") < html.index("</style>")
    assert html.index("logo.png") < html.index("<main>")


def test_mails_are_the_same_where_a_host_sets_its_templates_up_otherwise(host: Host) -> None:
    """With an error for whatever is undefined, everything escaped, and other delimiters."""
    host.load(exchange(open_event(title="Fest & Co")))
    usual = texts(host)
    other = host.make()
    environment = other.app.jinja_env
    environment.undefined = StrictUndefined
    environment.autoescape = environment.trim_blocks = environment.lstrip_blocks = True
    environment.block_start_string, environment.block_end_string = "[%", "%]"
    environment.variable_start_string, environment.variable_end_string = "[[", "]]"
    assert texts(other) == usual
    assert all("Fest & Co" in text for text in usual)


def texts(host: Host) -> list[str]:
    """The text of every mail."""
    with host.app.app_context():
        event = host.db.session.scalars(select(Event)).one()
        return [preview(event, kind, "de").text for kind in KINDS]
