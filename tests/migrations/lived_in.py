"""A portal in use, with something in every column of every table; frozen for each revision.

``python -m tests.migrations.lived_in`` writes down the newest revision's; a revision that was
released is never frozen anew.
"""

from __future__ import annotations

import tempfile
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import URL, select, text

from flask_stadtlabor import Actor
from flask_stadtlabor.participation.moderation.models import Decision
from tests.factories import (
    PHOTOS,
    event,
    exchange,
    open_event,
    person,
    phase,
    project,
    purpose,
    question,
    series,
)
from tests.forms import fill, press, send
from tests.host import Host
from tests.migrations.frozen import freeze
from tests.organise.staff import DESK, HERE, register, staff_of
from tests.participation.consul.city import comment, debate
from tests.participation.consul.installation import Consul, serving
from tests.participation.ideas.districts import collection, square, write
from tests.participation.ideas.pictures import send_with
from tests.participation.moderation.desk import hide
from tests.participation.people import known
from tests.pictures.files import WORDS, photo, upload

MINE = "/stadtlabor/de/registration/"
FIELD = f"consent-{PHOTOS}"
ADDRESS = "Ringstr. 1, 44777 Musterstadt"


def live_in(host: Host) -> str:
    """Some weeks of a portal, by its own pages and commands; the path of a link in a mail."""
    host.load(exchange(*_events(), **_texts()))
    staff = staff_of(host).client()
    fill(staff, f"{HERE}preview-links", {}, action="/preview-links")
    _plan_too_early(host, staff)
    _ideas(host)
    _from_consul(host)
    _last_week(host, staff)
    link = _to_come(host, staff)
    _pictures(host)
    _write_to_a_group(staff)
    _texts_change(host, staff)
    _mail_server_away(host)
    _answer(host, staff)
    assert host.run("consent", "verify").exit_code == 0
    return link


def _events() -> list[dict[str, Any]]:
    everything: dict[str, Any] = {
        "series": "zu-besuch",
        "topic": {"de": "Plattformen", "en": "Platforms"},
        "description": {"de": "Was **uns** bewegt.", "en": "What moves **us**."},
        "easy_language": {"de": "Kommt alle."},
        "sign_language_url": "https://stadt.example/dgs.mp4",
        "languages": ["de"],
        "price": {"de": "Kostenlos", "en": "Free of charge"},
        "doors_at": "2026-04-22T17:00",
        "organisers": [{"name": "Stadt Musterstadt", "url": "https://stadt.example/"}],
        "contact": {"name": "Bürgerbüro", "email": "buero@stadt.example", "phone": "0234 1"},
        "image": {"url": "https://stadt.example/halle.jpg", "alt": {"de": "Die Halle"}},
        "programme": [{"starts_at": "17:40", "title": {"de": "Begrüßung"}, "speakers": ["A. B."]}],
        "projects": ["radweg"],
        "retention_days": 90,
        "registration": {
            "opens_at": "2026-03-01T08:00",
            "closes_at": "2026-04-22T12:00",
            "capacity": 9,
            "ask_age": True,
            "questions": [question("woher"), question("was", "choice")],
            "smaller_parties_may_pass": True,
            "companion_names": "optional",
            "ask_support": True,
            "support_retention_days": 2,
            "reminder_hours": [24, 2],
            "thank_you": True,
        },
    }
    return [
        open_event(**everything),
        open_event(
            "letzte-woche",
            starts_at="2026-03-05T17:30",
            ends_at="2026-03-05T19:00",
            registration={"thank_you": True},
            feedback={"days": 4, "public": True},
            results={
                "text": {"de": "Der Radweg kommt.", "en": "The cycle path will be built."},
                "minutes_url": "https://stadt.example/protokoll.pdf",
                "minutes": {"de": "Es begann um halb sechs."},
                "links": [{"title": {"de": "Radweg"}, "url": "/radweg"}],
                "by": {"de": "Bürgerbüro"},
            },
        ),
        open_event(
            "lange-her",
            starts_at="2026-03-03T17:30",
            ends_at="2026-03-03T19:00",
            retention_days=1,
        ),
        event(
            "ohne-anmeldung",
            status="cancelled",
            off_reason={"de": "Ein Sturm."},
            alternative_event="plattform",
            alternative_date={"de": "Im Mai"},
        ),
    ]


def _texts(**changes: Any) -> dict[str, Any]:
    controller = {
        "name": "Stadt Musterstadt",
        "address": ADDRESS,
        "email": "stadt@stadt.example",
        "data_protection_officer": "dsb@stadt.example",
    }
    processing = {"storage_duration": "P2Y"}
    photos = purpose(PHOTOS, valid_days=365, controller=controller, processing=processing)
    return {
        "purposes": [photos | changes],
        "series": [series(url="https://stadt.example/zu-besuch", description={"de": "Unterwegs."})],
        "projects": [
            {
                "slug": "radweg",
                "title": {"de": "Ein Radweg", "en": "A cycle path"},
                "summary": {"de": "Vom Bahnhof zur Halle."},
                "description": {"de": "Mit Bäumen."},
                "status": {"de": "Im Bau"},
                "url": "https://stadt.example/radweg",
                "promise": {"de": "Bis Juni ist entschieden."},
                "image": {"url": "https://stadt.example/rad.jpg", "alt": {"de": "Ein Rad"}},
                "phases": [
                    {
                        **phase("ideen", "ideas", "2026-03-01T00:00", "2026-04-01T00:00"),
                        "title": {"de": "Eure Ideen"},
                        "text": {"de": "Wo hakt es?"},
                    },
                    phase("reden", "discuss", "2026-10-25T02:30+01:00"),
                ],
                "categories": [{"slug": "bruecke", "title": {"de": "Brücke"}}],
                "level": "signed_in",
                "threshold": 50,
            }
        ],
    }


def _plan_too_early(host: Host, staff: FlaskClient) -> None:
    """A draft that was to be published by itself, and something is missing."""
    draft = event("entwurf", status="draft", summary={"de": "Bald."})
    host.load(exchange(draft))
    tomorrow = {"publish_at": "2026-03-03T12:00"}
    fill(staff, f"{DESK}events/entwurf/publish", tomorrow, action="/publish")
    host.load(exchange(draft | {"summary": {}}))


def _ideas(host: Host) -> None:
    """Ideas that were supported and then changed, withdrawn, kept as a draft, and waiting."""
    trees = [{"slug": "baum", "title": "Baum"}]
    allee = project("allee", categories=trees, threshold=1, most_ideas=9)
    host.load(exchange(projects=[allee]))
    new = "/stadtlabor/de/projects/allee/ideas/new"
    areas = write(host.folder, collection(square("hafen")))
    author, friend = (
        host.make(
            ports={"actor": lambda key=key: Actor(key, "Änne")}, STADTLABOR_AREAS=areas
        ).client()
        for key in ("user:1", "user:2")
    )
    said = {
        "text": "Zwölf **Linden**.",
        "category": "baum",
        "area": "hafen",
        "place": "Ringstr.",
        "public_name": "A",
    }
    for title in ("Linden pflanzen", "Eine Schaukel"):
        fill(author, new, {"title": title, **said})
    fill(author, new, {"title": "Vielleicht ein Teich", **said, "draft": "y"})
    del said["area"]
    fill(host.client(), new, {"title": "Hunde an die Leine", **said, "email": "ben@example.org"})
    for deed in ("support", "follow"):
        press(friend, f"/stadtlabor/de/ideas/1/{deed}", f"/{deed}")
    fill(author, "/stadtlabor/de/ideas/1/edit", {"text": "Zwölf Eichen."})
    _merge(host, author)
    fill(author, "/stadtlabor/de/ideas/2/withdraw", {"reason": "Es gibt schon eine."})
    _moderation(host, author)
    _comments(host, author, friend)
    host.load(exchange(projects=[{**allee, "holds_first_posts": True}]))


def _moderation(host: Host, author: FlaskClient) -> None:
    """A text was reported and hidden; its author objected, and was not right."""
    fill(
        author,
        "/stadtlabor/de/projects/allee/ideas/new",
        {"title": "Keine Autos von auswärts", "text": "Die haben hier nichts verloren."},
    )
    at = "/stadtlabor/en/organise/moderation/"
    report = {"rule": "respect", "words": "Das beleidigt uns.", "email": "rita@example.org"}
    fill(host.client(), "/stadtlabor/de/ideas/5/report", report)
    decision = {"measure": "hidden", "rule": "respect", "reasons": "Der zweite Satz."}
    moderator = staff_of(host).client()
    fill(moderator, f"{at}idea/5", decision)
    mark = host.scalar(select(Decision.mark))
    objection = {"words": "Ich meine niemanden."}
    fill(author, f"/stadtlabor/de/me/decisions/{mark}", objection)
    answer = {"outcome": "rejected", "reasons": "Gemeint sind Menschen."}
    fill(moderator, f"{at}objections/1", answer)


def _comments(host: Host, author: FlaskClient, friend: FlaskClient) -> None:
    """Comments on all kinds of things: answered, changed, agreed with, deleted and waiting."""
    for below in ("ideas/1/comments", "projects/allee/comments"):
        said = {"text": "Endlich **Schatten**!", "stance": "for", "public_name": "B"}
        fill(friend, f"/stadtlabor/de/{below}/new", said, action="/new")
    event = "/stadtlabor/de/events/letzte-woche/comments/new"
    fill(friend, event, {"text": "Gut so."}, action="/new")
    here = "/stadtlabor/de/comments"
    fill(author, f"{here}/1/reply", {"text": "Danke!", "stance": "for"}, action="/reply")
    fill(author, f"{here}/1/reply", {"text": "Und wer gießt?"}, action="/reply")
    fill(author, f"{here}/4/edit", {"text": "Danke dir!"}, action="/edit")
    fill(author, f"{here}/5/delete", action="/delete")
    press(author, f"{here}/1", "/agree")
    press(author, f"{here}/2", "/disagree")
    waits = {"text": "Wer zahlt das?", "email": "ben@example.org"}
    fill(host.client(), "/stadtlabor/de/ideas/1/comments/new", waits, action="/new")


def _answer(host: Host, staff: FlaskClient) -> None:
    """An answer of the city that was corrected, and news that wait for somebody's digest."""
    said = {
        "verdict": "accepted",
        "department": "Grünflächenamt",
        "reasons.de": "Wir pflanzen.",
        "reasons.en": "We plant.",
        "next_step.de": "Im Herbst.",
        "next_step_on": "2026-10-01",
    }
    fill(staff, f"{DESK}answers/1/", said)
    fill(staff, f"{DESK}answers/1/correct", {"reasons.de": "Wir pflanzen zwölf Linden."})
    actor = Actor("user:3", "Cem", email="cem@example.org", email_verified=True)
    friend = host.make(ports={"actor": lambda: actor}).client()
    press(friend, "/stadtlabor/de/ideas/1/follow", "/follow")
    fill(friend, "/stadtlabor/de/me/settings", {"wants_answers": ""})
    author = host.make(ports={"actor": lambda: Actor("user:1", "Änne")}).client()
    fill(author, "/stadtlabor/de/ideas/1/edit", {"text": "Zwölf Linden und eine Bank."})


def _merge(host: Host, author: FlaskClient) -> None:
    """An idea became part of another one and did not any more, and its supporter was told."""
    new = "/stadtlabor/de/projects/allee/ideas/new"
    said = {"text": "Bitte.", "public_name": "A"}
    fill(author, new, {"title": "Ein Brunnen", **said})
    with host.app.app_context():
        numbers = host.db.session.scalars(text("SELECT id FROM stadtlabor_idea ORDER BY id")).all()
    brunnen = int(numbers[-1])
    cem = known(host, "cem@example.org")
    press(cem, f"/stadtlabor/de/ideas/{brunnen}/support", "/support")
    staff = staff_of(host).client()
    office = f"{DESK}ideas/{brunnen}/merge"
    fill(staff, f"{office}?into=1", {}, action="/merge")
    press(staff, office, "/unmerge")


def _from_consul(host: Host) -> None:
    """What citizens wrote elsewhere before."""
    consul = Consul()
    consul.debates = [debate(1, title={"de": "Ring", "en": "Ring road"})]
    consul.comments = [comment(1, body={"de": "Ja.", "en": "Yes."})]
    with serving(consul) as address:
        assert host.run("import-consul", address).exit_code == 0


def _last_week(host: Host, staff: FlaskClient) -> None:
    """People who were reminded, checked in and thanked; of one of them only a consent is left."""
    register(host, 1, slug="lange-her", **{FIELD: "given"})
    number = register(host, 2, slug="letzte-woche", **{FIELD: "refused"})
    host.clock.move(days=2, hours=12)
    host.mails()
    assert host.run("retention", "run").exit_code == 0
    host.clock.move(hours=19, minutes=20)
    there = f"{DESK}events/letzte-woche/check-in/"
    fill(staff, there, door="Hof", action="/door")
    press(staff, f"{there}{number}/", "/check-in")
    _without_a_network(host, staff, there)
    host.clock.move(days=2)
    said = {"rating": "4", "good": "Die Halle.", "change": "Mehr Zeit.", "accessible": "partly"}
    fill(host.client(), "/stadtlabor/de/feedback/letzte-woche", said, action="/letzte-woche")
    host.mails()


def _without_a_network(host: Host, staff: FlaskClient, door: str) -> None:
    """A prepared device at the back door sends later who came in there."""
    number = register(host, 14, slug="letzte-woche")
    made = staff.get(f"{door}offline/list").get_json()
    came = {"key": "0123456789abcdef" * 2, "number": number, "people": 1, "seen": 0}
    came |= {"at": made["prepared_at"], "where": "Hof", "prepared": made["prepared"]}
    hello = staff.post(f"{door}offline/arrivals", json={}).get_json()
    sent = {"csrf_token": hello["csrf_token"], "arrivals": [came]}
    assert staff.post(f"{door}offline/arrivals", json=sent).status_code == 200


def _write_to_a_group(staff: FlaskClient) -> None:
    """Staff writes to those who come."""
    words = {f"{part}.{code}": "Bis bald" for part in ("subject", "text") for code in ("de", "en")}
    look = fill(staff, f"{HERE}message", {**words, "state": "confirmed", "do": "look"})
    assert send(staff, look).status_code == 303


def _to_come(host: Host, staff: FlaskClient) -> str:
    """A party, a child, a withdrawal, a desk, and everybody who waits or did not come."""
    party = {"party_size": 3, "companion-1": "Ben", "companion-2": "Çağla"}
    answers = {"question-woher": "Nord", "question-was": "a", "support_needs": "Gebärdensprache"}
    register(host, 3, **party, **answers, **{FIELD: "given"})
    link = host.link(_last_mail_to(host, 3))
    _take_over(host, link)
    register(host, 4, under_16="y", guardian_name="Ayşe Yıldız", **{FIELD: "given"})
    regrets = register(host, 5, **{FIELD: "given"})
    browser = host.client()
    browser.get(host.link(_last_mail_to(host, 5)))
    gallery = {"purpose": PHOTOS, "place": "Heft 3", "published_on": "2026-03-01"}
    fill(staff, f"{HERE}publications/", gallery, action="/record")
    press(browser, MINE, f"/{PHOTOS}/withdraw")
    press(browser, MINE, "/close")
    press(staff, f"{DESK}take-downs/", "/done")
    press(staff, f"{HERE}publications/", "/taken-down")
    press(staff, f"{HERE}registrations/{regrets}/", "/restrict")
    register(host, 6, confirm=False, **{FIELD: "given"})
    host.mails()
    host.clock.move(days=3)
    host.mails()
    at_desk = {**person(7), "email": None, "reach": "0234 567", FIELD: "given", "method": "paper"}
    fill(staff, f"{HERE}register", at_desk)
    leaving = register(host, 8, party_size=2)
    register(host, 9, confirm=False, party_size=2)
    register(host, 10, confirm=False, party_size=2)
    press(staff, f"{HERE}registrations/{leaving}/", "/cancel")
    register(host, 11, confirm=False)
    # the same address once more, with a name that is spelt otherwise
    register(host, 11, confirm=False, given_name="Anne", **{FIELD: "refused"})
    host.load(exchange(*[_moved(item) for item in _events()], **_texts()), "--notify")
    press(staff, f"{DESK}notices/", "/done")
    _mail_refused(host, person(3)["email"])
    return link


def _pictures(host: Host) -> None:
    """One that an event shows, and one that was withdrawn."""
    ports = {"policy": lambda *asked: True, "actor": lambda: Actor("staff:1", "Otto Orga")}
    staff = host.make(STADTLABOR_PICTURES=str(host.folder), ports=ports).client()
    edit = f"{DESK}events/ohne-anmeldung/edit/picture"
    said = {**WORDS, "image.credit.de": "Foto: A. B."}
    for width in (640, 660):
        assert upload(staff, photo(width, 400), said, to=edit).status_code == 303
        press(staff, f"{DESK}events/ohne-anmeldung/publish", "/publish")
    press(staff, f"{DESK}pictures/1/", "/withdraw")
    _picture_of_an_idea(host)
    shown = {"purpose": PHOTOS, "picture": "2", "place": "", "published_on": "2026-03-01"}
    assert fill(staff, f"{HERE}publications/", shown, action="/record").status_code == 303


def _picture_of_an_idea(host: Host) -> None:
    """An idea with a picture, which a moderator hides."""
    kept = {"STADTLABOR_PICTURES": str(host.folder)}
    author = host.make(ports={"actor": lambda: Actor("user:1", "Änne")}, **kept).client()
    new = "/stadtlabor/de/projects/allee/ideas/new"
    answer = send_with(
        author, author.get(new), photo(), title="Ein Briefkasten", text="Am Tor.", picture_alt="Tor"
    )
    assert answer.status_code == 303, answer.text
    number = int(answer.headers["Location"].split("/ideas/")[1].split("/")[0])
    ports = {"policy": lambda *asked: True, "actor": lambda: Actor("staff:1", "Otto Orga")}
    assert hide(host.make(ports=ports, **kept).client(), number).status_code == 303


def _take_over(host: Host, link: str) -> None:
    """Somebody with an account adds what they registered for before."""
    browser = host.make(ports={"actor": lambda: Actor("user:1", "Änne")}).client()
    browser.get(link)
    press(browser, MINE, "/add-to-account")


def _mail_refused(host: Host, address: str) -> None:
    """News of the moved event, which somebody's mail server does not take."""

    def refuse(message: EmailMessage) -> None:
        if message["To"] == address:
            raise SMTPRecipientsRefused({address: (550, b"no such mailbox")})

    result = host.make(ports={"mailer": refuse}).run("outbox", "run")
    assert "1 mail given up" in result.output, result.output


def _moved(item: dict[str, Any]) -> dict[str, Any]:
    if item["slug"] == "plattform":
        return item | {"starts_at": "2026-04-22T17:35"}
    return item


def _last_mail_to(host: Host, number: int) -> Any:
    address = person(number)["email"]
    return next(mail for mail in reversed(host.mails()) if mail["To"] == address)


def _texts_change(host: Host, staff: FlaskClient) -> None:
    """A text that changed in substance, one that staff corrected, and a draft of the next."""
    host.load(exchange(**_texts(text={"de": "Etwas anderes.", "en": "Something else."})))
    host.mails()
    host.clock.move(hours=2)
    host.mails()
    here = f"{DESK}texts/{PHOTOS}/"
    correction = {"text-en": "Something else!", "change": "editorial", "valid_days": "30"}
    fill(staff, f"{here}edit", correction, action="/edit")
    press(staff, f"{here}preview", "/publish")
    draft = {"text-en": "Something else again.", "change": "material"}
    fill(staff, f"{here}edit", draft, action="/edit")


def _mail_server_away(host: Host) -> None:
    """Mails that have yet to leave, one that a worker was about to send, and news of a change."""

    def refuse(message: object) -> None:
        raise ConnectionRefusedError("no mail server")

    for number in (12, 13):
        fill(host.client(), "/stadtlabor/de/events/plattform/register", person(number))
    host.make(ports={"mailer": refuse}).run("outbox", "run")
    with host.app.app_context(), host.db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE stadtlabor_outbox SET claimed_until = next_attempt_at WHERE id ="
                " (SELECT max(id) FROM stadtlabor_outbox)"
            )
        )
    renamed = {**_moved(_events()[0]), "title": {"de": "Neuer Name", "en": "New name"}}
    host.load({"format": "flask-stadtlabor/1", "events": [renamed]}, "--notify")


def main() -> None:
    """Freeze the newest revision."""
    with tempfile.TemporaryDirectory() as folder:
        url = URL.create("sqlite", database=f"{folder}/lived-in.sqlite")
        host = Host(url, Path(folder), STADTLABOR_CHECKPOINT_MAIL="dsb@stadt.example")
        assert host.run("db", "upgrade").exit_code == 0
        freeze(host, link=live_in(host), name="Yıldız-3", event="plattform")
        host.close()


if __name__ == "__main__":
    main()
