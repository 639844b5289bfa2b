"""The examples of docs/hosts.md are run as they stand there."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from flask import Flask, g, render_template, render_template_string
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from jinja2 import DictLoader

from flask_stadtlabor import Actor, SitemapEntry, Stadtlabor
from tests.events.desk import statements
from tests.factories import PHOTOS, event_in, exchange, open_event
from tests.forms import fill, press
from tests.host import Host, create_app
from tests.hosts.guide import Guide
from tests.participation.ideas.desk import NEW, collecting, idea_url, published
from tests.participation.people import known

pytestmark = pytest.mark.one_database

HOSTS = Guide("hosts.md")
run, template = HOSTS.run, HOSTS.template
CONTENT = exchange(open_event(purposes=[PHOTOS]))
EVENT = "/stadtlabor/de/events/plattform/"


def test_a_portal_is_mounted_as_the_document_says(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_SECRET_KEY", "only for tests")
    monkeypatch.setenv(
        "FLASK_SQLALCHEMY_DATABASE_URI", host.url.render_as_string(hide_password=False)
    )
    names = run(
        "def create_app():",
        Flask=Flask,
        SQLAlchemy=SQLAlchemy,
        __name__=__name__,
        migrate=Migrate(),
        babel=Babel(),
        csrf=CSRFProtect(),
        login_manager=LoginManager(),
    )
    app = names["create_app"]()
    host.load(CONTENT)
    assert app.test_client().get(EVENT).status_code == 200
    said = app.test_cli_runner().invoke(args=["stadtlabor", "check"])
    assert "after Stadtlabor" not in said.stderr


class Portal:
    """The ``my_portal`` of the examples."""

    def own_sitemap_entries(self) -> list[SitemapEntry]:
        return [SitemapEntry("https://stadt.example/", None, ())]

    def __init__(self) -> None:
        self.user: SimpleNamespace | None = None
        self.sent: list[EmailMessage] = []
        self.told: list[str] = []
        self.send = self.sent.append
        self.tell = self.told.append

    def signed_in_user(self) -> SimpleNamespace | None:
        return self.user

    def is_staff(self, key: str) -> bool:
        return key == "user:1"


@pytest.fixture
def portal() -> Portal:
    return Portal()


@pytest.fixture
def app(host: Host, portal: Portal) -> Flask:
    """A host with the ports of the example, and an event to come."""
    db = SQLAlchemy()
    stadtlabor = run("def policy(", my_portal=portal, db=db)["stadtlabor"]
    assert isinstance(stadtlabor, Stadtlabor)
    host.load(exchange(open_event(**event_in(20))))
    return create_app(host.url, db, stadtlabor)


def test_the_ports_of_the_document_let_staff_in_and_nobody_else(app: Flask, portal: Portal) -> None:
    organise = "/stadtlabor/de/organise/"
    for user, status in ((None, 403), (2, 403), (1, 200)):
        portal.user = user and SimpleNamespace(id=user, name="Ada")
        assert app.test_client().get(organise).status_code == status


@pytest.mark.parametrize("page", ["organise/", "me/"])
def test_strangers_find_the_sign_in_of_the_document_on_what_is_not_for_them(
    app: Flask, page: str
) -> None:
    app.add_url_rule("/sign-in", "sign_in", lambda: "")
    way = "stadtlabor/sign_in.html"
    app.jinja_loader = DictLoader({way: template(f"{{# templates/{way} #}}")})
    for below in ("", "/city"):
        refused = app.test_client().get(
            f"/stadtlabor/de/{page}", environ_overrides={"SCRIPT_NAME": below}
        )
        assert refused.status_code == 403
        address = f"{below}/sign-in?next={below}/stadtlabor/de/{page}"
        assert f'href="{address}"' in refused.text


def test_strangers_find_it_beside_the_forms_that_ask_for_an_address(host: Host) -> None:
    """Once, and not where somebody is known."""
    collecting(host)
    number = published(host)
    lent = host.make(mailer=host.sent.append)
    lent.app.add_url_rule("/sign-in", "sign_in", lambda: "")
    way = "stadtlabor/sign_in.html"
    lent.app.jinja_loader = DictLoader({way: template(f"{{# templates/{way} #}}")})
    ada = known(lent)
    for form in (NEW, idea_url(number, "comments/new")):
        for browser, links in ((lent.client(), 1), (ada, 0)):
            assert browser.get(form).text.count('href="/sign-in') == links
        refused = fill(lent.client(), form, {"email": ""}, action="new")
        assert refused.status_code == 422
        assert 'href="/sign-in' in refused.text


@pytest.mark.parametrize(("is_staff", "status"), [(True, 200), (False, 403)])
def test_a_policy_is_enough_where_there_is_flask_login(
    host: Host, is_staff: bool, status: int
) -> None:
    db = SQLAlchemy()
    stadtlabor = run("def staff_may_do_everything(", Stadtlabor=Stadtlabor, db=db)["stadtlabor"]
    host.load(CONTENT)
    app = Flask(__name__)
    login_manager = LoginManager(app, add_context_processor=False)
    user = SimpleNamespace(is_authenticated=True, is_staff=is_staff, get_id=lambda: "7")
    login_manager.request_loader(lambda request: user)
    app.config.update(host.app.config)
    db.init_app(app)
    stadtlabor.init_app(app)
    assert app.test_client().get("/stadtlabor/de/organise/").status_code == status


def test_attributes_of_users_are_named_where_there_is_flask_login() -> None:
    given = {"Stadtlabor": Stadtlabor, "db": SQLAlchemy(), "staff_may_do_everything": None}
    actor = run("FlaskLoginActor(", **given)["actor"]
    user = SimpleNamespace(
        is_authenticated=True,
        get_id=lambda: "7",
        email="ada@example.org",
        confirmed_at=None,
        first_name="Ada",
        last_name="Meier",
    )
    app = Flask(__name__)
    LoginManager(app)
    with app.test_request_context():
        g._login_user = user
        known = {"email": "ada@example.org", "given_name": "Ada", "family_name": "Meier"}
        assert actor() == Actor("7", **known)
        user.confirmed_at = datetime(2026, 3, 1, tzinfo=UTC)
        assert actor() == Actor("7", email_verified=True, **known)


def test_the_receiver_of_the_document_hears_of_a_withdrawal(
    host: Host, app: Flask, portal: Portal
) -> None:
    """And the mail before it left through the portal's own mailer."""
    receivers = run("consent_withdrawn", my_portal=portal)
    assert "tell_the_press_office" in receivers
    client = app.test_client()
    answers = {"given_name": "Ada", "family_name": "Meier", "email": "ada@example.org"}
    fill(client, f"{EVENT}register", {**answers, f"consent-{PHOTOS}": "given"})
    assert app.test_cli_runner().invoke(args=["stadtlabor", "outbox", "run"]).exit_code == 0
    (mail,) = portal.sent
    show = client.get(host.link(mail)).location
    press(client, show, "/confirm")
    assert press(client, show, f"/consents/{PHOTOS}/withdraw").status_code == 303
    assert portal.told == [f"Take down what {PHOTOS} allowed: task 1"]


def test_the_home_page_of_the_document_names_the_next_events(host: Host) -> None:
    """In the language of the page, by one statement; and nothing where nothing is planned."""
    home = template("{# templates/home.html")
    spoken = host.make()
    with spoken.app.test_request_context(headers={"Accept-Language": "en"}):
        assert "What comes next" not in render_template_string(home)
    host.load(exchange(open_event()))
    with spoken.app.test_request_context(headers={"Accept-Language": "en"}):
        with statements(spoken) as seen:
            shown = BeautifulSoup(render_template_string(home), "html.parser")
        assert len(seen) == 1
    (link,) = shown.select("ul.stadtlabor-upcoming[lang=en] a")
    assert link["href"] == "/stadtlabor/en/events/plattform/"
    assert link.text == "Have your say online"
    assert "At least 20 seats left" in shown.text


def test_the_sitemap_of_the_document_holds_our_public_pages(host: Host, portal: Portal) -> None:
    host.load(exchange(open_event(), open_event("entwurf", status="draft")))
    app = host.make().app
    app.jinja_loader = DictLoader({"sitemap.xml": template("<?xml")})
    run("sitemap_entries", app=app, my_portal=portal, render_template=render_template)
    answer = app.test_client().get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    namespaces = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    root = ElementTree.fromstring(answer.text)  # noqa: S314 - our own
    pages = {
        url.findtext("s:loc", "", namespaces): url for url in root.findall("s:url", namespaces)
    }
    german, english = (f"https://stadt.example/stadtlabor/{code}/" for code in ("de", "en"))
    assert list(pages) == [
        "https://stadt.example/", german, english,
        f"{german}events/plattform/", f"{english}events/plattform/",
    ]  # fmt: skip
    event = pages[f"{german}events/plattform/"]
    assert event.findtext("s:lastmod", "", namespaces) == "2026-03-02T09:00:00Z"
    assert [link.attrib["hreflang"] for link in event.findall("x:link", namespaces)] == [
        "de", "en", "x-default",
    ]  # fmt: skip


def test_an_account_of_the_document_is_shown_and_closed_with_its_registrations(host: Host) -> None:
    """Whether the erasure stays is decided by the host's own commit."""
    host.load(CONTENT)
    client = host.client()
    answers = {"given_name": "Ada", "family_name": "Meier", "email": "ada@example.org"}
    fill(client, f"{EVENT}register", {**answers, f"consent-{PHOTOS}": "given"})
    press(client, client.get(host.link(host.mails()[0])).location, "/confirm")
    user = SimpleNamespace(id=7, email="Ada@example.org", as_json=lambda: {"name": "Ada"})
    gone: list[object] = []
    session = SimpleNamespace(delete=gone.append, commit=host.db.session.commit)
    example = run("erase_person", db=SimpleNamespace(session=session))
    with host.app.app_context():
        stored = example["account_as_json"](user)
        assert stored["stadtlabor"]["registrations"][0]["given_name"] == "Ada"
        session.commit = host.db.session.rollback
        example["close_account"](user)
        assert example["account_as_json"](user)["stadtlabor"] is not None
        session.commit = host.db.session.commit
        example["close_account"](user)
        assert example["account_as_json"](user)["stadtlabor"] is None
        example["close_account"](user)
    assert gone == [user] * 3
