"""An evening from an empty portal to its feedback, in the office and as citizens, by keys alone.

A1, A2, A4, A6: no pointer is used, the focus is seen at each stop, and axe looks at each page and
at what is wrong on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, has_request_context, redirect, request
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import URL, func, select
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from flask_stadtlabor import Actor
from flask_stadtlabor.events.models import Event
from flask_stadtlabor.feedback.models import FeedbackAnswer
from flask_stadtlabor.registration.models import Registration
from tests.browser import evening
from tests.browser.evening import Words
from tests.browser.keys import Keys
from tests.browser.live import live_host
from tests.browser.visit import LOOK_OF, check, visit
from tests.host import Clock, Host
from tests.pictures.files import photo

pytestmark = [pytest.mark.one_database, pytest.mark.needs("browser"), pytest.mark.slow]

LANGUAGES = ("de", "en")
SAVE = ".sl-edit-end button[type=submit]"
SUBMIT = "main form button[type=submit]"


def at(moment: str) -> datetime:
    """A time by the clock on the wall in Bochum."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@pytest.fixture
def portal(database_url: URL, tmp_path: Path) -> Iterator[Host]:
    """A portal without content that keeps pictures, and where somebody of the staff can sign in."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    clock = Clock()
    clock.now = at("2023-03-20T10:00")
    ports = {
        "clock": clock,
        "actor": signed_in,
        "policy": lambda actor, action, subject=None: actor is not None,
    }
    with live_host(database_url, tmp_path, ports=ports, STADTLABOR_PICTURES=str(pictures)) as host:
        host.clock = clock
        add_sign_in(host.app)
        yield host


def signed_in() -> Actor | None:
    """Whoever has signed in here is of the city's staff."""
    name = request.cookies.get("staff") if has_request_context() else None
    return Actor("staff:1", name, email="otto@stadt.example") if name else None


def add_sign_in(app: Flask) -> None:
    """The host's page for it."""

    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> Response | str:
        if request.method == "GET":
            field = "<label for=who>Name</label><input id=who name=who>"
            return f"<title>Sign in</title><form method=post>{field}<button>Sign in</button></form>"
        answer = redirect(request.args["next"], 303)
        answer.set_cookie("staff", request.form["who"])
        return answer


class Person:
    """Somebody at a browser whose clock goes with the portal's."""

    def __init__(self, page: Page, portal: Host, language: str) -> None:
        self.page = page
        self.portal = portal
        self.language = language
        self.keys = Keys(page)
        page.clock.set_fixed_time(portal.clock.now)
        page.route(re.compile(r"/clock\.js"), self._tell_the_time)

    def _tell_the_time(self, route: Route) -> None:
        """What a countdown asks of the server, whose own clock is that of the machine."""
        if route.request.method == "HEAD":
            route.fulfill(headers={"Date": http_date(self.portal.clock.now)})
        else:
            route.fallback()

    def wait_until(self, moment: str) -> None:
        """Time goes by."""
        self.portal.clock.now = at(moment)
        self.page.clock.set_fixed_time(self.portal.clock.now)

    def open(self, address: str) -> int:
        """Type an address, or follow a link in a mail; the page's status."""
        answer = self.page.goto(address)
        assert answer is not None
        return answer.status

    def look(self) -> None:
        """Axe, and nothing that is wider than the window."""
        check(self.page, LOOK_OF[self.language])

    def say(self, words: Words, before: str = "", dot: str = ".") -> None:
        """Type words in both languages."""
        for name, texts in words.items():
            for code, text in zip(LANGUAGES, texts, strict=True):
                self.keys.write(f"{before}{name}{dot}{code}", text)

    def fail(self, selector: str, field: str) -> None:
        """Send something incomplete: the summary comes first and leads to the field (A4)."""
        assert self.keys.go(selector) == 422
        summary = self.page.locator(".sl-errors")
        expect(summary).to_be_focused()
        self.look()
        self.keys.press(f".sl-errors a[href='#{field}']")
        expect(self.page.locator(f"[id='{field}']")).to_be_focused()

    def save(self) -> None:
        """Save a page of the editor, which says so."""
        assert self.keys.go(SAVE) == 200
        expect(self.page.locator(".sl-done")).to_be_focused()

    def add_item(self, path: str, number: int) -> None:
        """One more item of a list of which there are so many; the first is there already."""
        if number:
            first = f"> details [name='{path}[0].position']"
            self.keys.press(f"section:has({first}) > [data-stadtlabor-more]")

    def turn_to(self, page: str) -> None:
        """Go to another page of the editor, and look at it."""
        assert self.keys.go(f".sl-edit-pages a[href$='/edit/{page}']") == 200
        self.look()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_evening_from_the_first_text_to_the_feedback(
    portal: Host, browser: Browser, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "halle.jpg"
    file.write_bytes(photo())
    with visit(browser, portal.address, language, in_dead_spots=True) as page:
        staff = Person(page, portal, language)
        sign_in(staff)
        write_what_is_shared(staff)
        for purpose in evening.TEXTS:
            write_text(staff, purpose)
        slug = begin_event(staff)
        tell_the_story(staff)
        arrange(staff)
        show_picture(staff, file)
        publish(staff)
        for number in range(3):
            with visit(browser, portal.address, language) as own:
                register(Person(own, portal, language), slug, number)
        move(staff, slug)
        staff.wait_until("2023-04-19T17:15")
        let_in_without_a_network(staff, slug)
        download(staff, slug)
        staff.wait_until("2023-04-19T20:00")
        write_to_group(staff, slug)
        say_what_came_of_it(staff, slug)
        with visit(browser, portal.address, language) as own:
            give_feedback(Person(own, portal, language), slug)
        read_feedback(staff, slug)
    assert portal.run("consent", "verify").exit_code == 0


def start(person: Person) -> str:
    return f"/stadtlabor/{person.language}/"


def sign_in(staff: Person) -> None:
    office = f"{start(staff)}organise/"
    assert staff.open(office) == 403
    staff.look()
    staff.open(f"/sign-in?next={office}")
    staff.keys.write("who", "Otto Orga")
    assert staff.keys.go("button") == 200
    staff.look()


def write_what_is_shared(staff: Person) -> None:
    """A series, which says who pays for it."""
    staff.keys.go("main a[href$='/organise/series/']")
    staff.look()
    staff.keys.go("main a[href$='/series/new']")
    staff.fail(SAVE, "sl-title-de")
    staff.say(evening.SERIES)
    staff.keys.write("funding[0].url", "https://bund.example/smart-cities")
    staff.save()
    staff.look()
    staff.keys.go(".sl-back a")
    staff.keys.go(".sl-back a")


def write_text(staff: Person, purpose: str) -> None:
    """From an empty form to the text in force; the first one begins with mistakes."""
    mode, words = evening.TEXTS[purpose]
    is_first = purpose == next(iter(evening.TEXTS))
    staff.keys.go("main a[href$='/organise/texts/']")
    if is_first:
        staff.look()
    staff.keys.go("main a[href$='/texts/new']")
    if is_first:
        staff.fail("main form.sl-form button[type=submit]", "slug")
    staff.keys.write("slug", purpose)
    staff.say(words, dot="-")
    staff.keys.choose("mode", mode)
    assert staff.keys.go("main form.sl-form button[type=submit]") == 200
    if is_first:
        staff.look()
    assert staff.keys.go("main form[action$='/publish'] button") == 200
    if is_first:
        staff.look()
    staff.keys.go(".sl-back a")
    staff.keys.go(".sl-back a")


def begin_event(staff: Person) -> str:
    """Title and time; the name of its address."""
    staff.keys.go("main a[href$='/events/new']")
    staff.look()
    button = "form.sl-edit > button[type=submit]"
    staff.fail(button, "sl-title-de")
    staff.say(evening.TITLE)
    staff.keys.write_when("starts_at", "2023-04-12T18:00")
    staff.keys.write_when("ends_at", "2023-04-12T19:30")
    staff.keys.choose("series", "stadtlabor-zu-besuch")
    assert staff.keys.go(button) == 200
    staff.look()
    found = re.search(r"/events/([^/]+)/edit/text", staff.page.url)
    assert found
    return found[1]


def tell_the_story(staff: Person) -> None:
    """The texts, after the title was lost on the way."""
    for code in LANGUAGES:
        staff.keys.reach(f"[name='title.{code}']")
        staff.page.keyboard.press("Control+a")
        staff.page.keyboard.press("Delete")
    staff.fail(SAVE, "sl-title-de")
    staff.say(evening.TITLE | evening.STORY)
    staff.keys.write("languages", "de, en")
    staff.save()


def arrange(staff: Person) -> None:
    """Doors, place, programme, people, registration, texts."""
    keys = staff.keys
    staff.turn_to("time")
    keys.write_when("doors_at", "2023-04-12T17:30")
    staff.save()
    staff.turn_to("place")
    staff.say(evening.VENUE)
    keys.write("venue.postal_code", "44787")
    keys.choose("venue.accessibility.wheelchair", "yes")
    staff.save()
    staff.turn_to("programme")
    for number, (time, *titles) in enumerate(evening.PROGRAMME):
        staff.add_item("programme", number)
        keys.write_when(f"programme[{number}].starts_at", time)
        staff.say({"title": (titles[0], titles[1])}, f"programme[{number}].")
    staff.look()
    staff.save()
    expect(staff.page.locator("fieldset.sl-edit-item")).to_have_count(len(evening.PROGRAMME))
    staff.look()
    staff.turn_to("people")
    for number, names in enumerate(evening.ORGANISERS):
        staff.add_item("organisers", number)
        staff.say({"name": names}, f"organisers[{number}].")
    keys.write("contact.email", "stadtlabor@stadt.example")
    staff.save()
    staff.turn_to("registration")
    keys.tick("registration")
    keys.write("registration.capacity", "30")
    keys.write("registration.max_party_size", "4")
    question = "registration.questions[0]"
    keys.write(f"{question}.slug", "plattform")
    keys.choose(f"{question}.kind", "choice")
    staff.say(evening.QUESTION, f"{question}.")
    for number, (value, *labels) in enumerate(evening.ANSWERS):
        staff.add_item(f"{question}.options", number)
        keys.write(f"{question}.options[{number}].value", value)
        staff.say({"label": (labels[0], labels[1])}, f"{question}.options[{number}].")
    keys.tick("feedback")
    staff.save()
    staff.look()
    staff.turn_to("consent")
    for purpose in evening.TEXTS:
        keys.tick("purposes", purpose)
    staff.save()


def show_picture(staff: Person, file: Path) -> None:
    """It is not taken without words for those who cannot see it."""
    staff.turn_to("picture")
    staff.keys.upload("image.file", file)
    staff.fail(SAVE, "sl-image-alt-de")
    staff.say(evening.PICTURE)
    staff.keys.reach(".sl-focus")
    staff.page.keyboard.press("ArrowRight")
    staff.save()
    assert staff.page.input_value("[name='image.focus_x']") == "52"
    staff.look()


def publish(staff: Person) -> None:
    """After a look at how it will be."""
    staff.keys.go(".sl-edit-pages a[href$='/review']")
    staff.look()
    assert staff.page.locator("#sl-blocking").count() == 0
    staff.keys.go("main a[href*='/preview/']")
    staff.look()
    staff.page.go_back()
    staff.keys.go("main a[href$='/publish']")
    staff.look()
    assert staff.keys.go("main form[action$='/publish'] button[type=submit]") == 200
    expect(staff.page.locator(".sl-done")).to_be_focused()
    staff.look()


def register(citizen: Person, slug: str, number: int) -> None:
    """One says yes to photos, one says no, one says nothing; each confirms by the mailed link."""
    keys, page = citizen.keys, citizen.page
    assert citizen.open(f"{start(citizen)}events/{slug}/") == 200
    if number == 0:
        citizen.look()
    keys.press("a[data-stadtlabor-register]:visible")
    expect(page.locator("#sl-register-title")).to_be_focused()
    for name, text in evening.PEOPLE[number].items():
        keys.write(name, text)
    keys.choose("question-plattform", evening.ANSWERS[number][0])
    if number < 2:
        keys.choose(f"consent-{evening.CONSENT}", ("given", "refused")[number])
    if number == 0:
        citizen.look()
    assert keys.go("form[data-stadtlabor-form] button[type=submit]") == 200
    mail = citizen.portal.mails()[-1]
    assert mail["To"] == evening.PEOPLE[number]["email"]
    citizen.open(citizen.portal.link(mail))
    assert keys.go("main form[action$='/confirm'] button") == 200
    confirmed = (
        select(func.count()).select_from(Registration).where(Registration.state == "confirmed")
    )
    assert citizen.portal.scalar(confirmed) == number + 1


def move(staff: Person, slug: str) -> None:
    """A week later, and half an hour earlier; the page says who is told, and they are."""
    staff.open(f"{start(staff)}organise/events/{slug}/")
    staff.look()
    staff.keys.go("main a[href$='/move']")
    staff.look()
    staff.keys.write_when("starts_at", "2023-04-19T17:30")
    assert staff.keys.go("form[method=get] button[type=submit]") == 200
    told = staff.page.locator("section[aria-labelledby=sl-told]")
    expect(told.locator(".sl-lead")).to_contain_text("3")
    staff.keys.press("section[aria-labelledby=sl-told] summary")
    staff.look()
    before = len(staff.portal.mails())
    assert staff.keys.go("main form[method=post] button[type=submit]:not([name])") == 200
    told_people = {mail["To"] for mail in staff.portal.mails()[before:]}
    assert told_people == {person["email"] for person in evening.PEOPLE}
    ends = staff.portal.scalar(select(Event.ends_at))
    assert ends == at("2023-04-19T19:00")


def let_in_without_a_network(staff: Person, slug: str) -> None:
    """Prepared before; sent by itself when the network is back."""
    keys, page = staff.keys, staff.page
    staff.open(f"{start(staff)}organise/")
    staff.look()
    keys.go(".sl-desk-today a")
    staff.look()
    keys.go("[data-stadtlabor-offline] a")
    staff.look()
    keys.press("[data-part=prepare-now]")
    expect(page.locator("[data-part=prepared]")).to_be_visible()
    page.context.set_offline(True)
    keys.reach("[name=q]")
    page.keyboard.type("gross")
    keys.press("[data-part=found] a")
    expect(page.locator("[data-part=name]")).to_be_focused()
    staff.look()
    keys.press("[data-part=let-in]")
    expect(page.locator("[data-part=kept]")).to_be_visible()
    staff.look()
    arrived = select(func.count()).select_from(Registration).where(Registration.arrived > 0)
    assert staff.portal.scalar(arrived) == 0
    page.context.set_offline(False)
    expect(page.locator("[data-part=sent]")).to_be_visible()
    staff.look()
    assert staff.portal.scalar(arrived) == 1
    keys.go(".sl-back a")


def download(staff: Person, slug: str) -> None:
    """The list of those who come, in both forms."""
    staff.open(f"{start(staff)}organise/events/{slug}/")
    form = "form[action$='/registrations.xlsx']"
    workbook = staff.keys.download(f"{form} button:not([formaction])")
    assert workbook.suggested_filename.endswith(".xlsx")
    assert Path(workbook.path()).read_bytes().startswith(b"PK")
    staff.look()
    table = staff.keys.download(f"{form} button[formaction]")
    assert table.suggested_filename.endswith(".csv")
    lines = Path(table.path()).read_text("utf-8-sig")
    assert all(person["family_name"] in lines for person in evening.PEOPLE)


def write_to_group(staff: Person, slug: str) -> None:
    """To those who confirmed, after it was tried without a group."""
    staff.open(f"{start(staff)}organise/events/{slug}/")
    staff.keys.go("main a[href*='/message']")
    staff.look()
    staff.keys.choose("state", "")
    staff.fail(".sl-message-buttons button[value=look]", "sl-state")
    staff.keys.choose("state", "confirmed")
    staff.say(evening.MESSAGE)
    assert staff.keys.go(".sl-message-buttons button[value=look]") == 200
    staff.look()
    before = len(staff.portal.mails())
    assert staff.keys.go(".sl-message-buttons button:not([value])") == 200
    staff.look()
    subject = evening.MESSAGE["subject"][LANGUAGES.index(staff.language)]
    sent = [mail["To"] for mail in staff.portal.mails()[before:] if subject in mail["Subject"]]
    assert sorted(sent) == sorted(person["email"] for person in evening.PEOPLE)


def say_what_came_of_it(staff: Person, slug: str) -> None:
    """A link without an address first."""
    staff.open(f"{start(staff)}organise/")
    staff.keys.go("main a[href$='/results']")
    staff.look()
    staff.say({"title": ("Folien", "Slides")}, "results.links[0].")
    staff.fail(SAVE, "sl-results-links-0-url")
    staff.keys.write("results.links[0].url", "https://stadt.example/folien")
    staff.say(evening.RESULTS)
    staff.save()
    staff.keys.go(".sl-edit-pages a[href$='/review']")
    staff.look()
    staff.keys.go("main a[href$='/publish']")
    staff.look()
    assert staff.keys.go("main form[action$='/publish'] button[type=submit]") == 200


def give_feedback(citizen: Person, slug: str) -> None:
    """By the button on the event's page."""
    citizen.open(f"{start(citizen)}events/{slug}/")
    citizen.look()
    citizen.keys.go("main a[href*='/feedback/']")
    citizen.look()
    citizen.fail(SUBMIT, "rating-0")
    citizen.keys.choose("rating", "5")
    citizen.keys.write("good", "Alle durften es ausprobieren.")
    assert citizen.keys.go(SUBMIT) == 200
    citizen.look()
    assert citizen.portal.scalar(select(func.count()).select_from(FeedbackAnswer)) == 1


def read_feedback(staff: Person, slug: str) -> None:
    staff.open(f"{start(staff)}organise/events/{slug}/")
    staff.keys.go("main a[href$='/feedback']")
    expect(staff.page.locator("main")).to_contain_text("Alle durften es ausprobieren.")
    staff.look()
