"""The story of an idea, from an evening of the city to its answer: a function for each step.

Everybody works by keys alone, in a browser of their own that stays open, and after each step
:class:`Post` says who has got which mail since the one before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import Page, expect

from flask_stadtlabor.testing.content import sample
from tests.browser.keys import Keys
from tests.host import Host
from tests.participation.telling.desk import at_the_hour, ending_of, text_of

SUBMIT = "main form[method=post] button[type=submit]"
WRITE_COMMENT = "details.sl-comment-write form button[type=submit]"
ARE_IN_ORDER = """() => {
    const links = [...document.querySelectorAll('.sl-errors a')];
    const fields = links.map(link => document.getElementById(link.hash.slice(1)));
    return fields.every((field, at) => !at
        || fields[at - 1].compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""
COMMENT = "Da war schon immer ein Kiosk."
INSULT = "Wer das will, hat keine **Ahnung**."
REPLY = "Das geht auch sachlich."
REASONS = "Der Satz meint die Leute und nicht die Sache."
THRESHOLD = 2
"""How many have to support an idea before the city has to answer it."""


@dataclass(frozen=True)
class Words:
    """What people write in a language, and the mails that they get."""

    title: str
    similar: int
    """The number of the imported idea that is like it."""
    similar_title: str
    link: str
    receipt: str
    outcome: str
    statement: str
    objection: str
    again: str
    """What whoever has reported a text is told once it can be read again."""
    merged: str
    answer: str
    digest: str
    enough: str
    """What the digest tells the author of an idea that enough people support."""
    comments: str
    """What it tells them of the comments on it."""
    replies: str
    """What it tells the author of a comment."""


WORDS = {
    "de": Words(
        title="Bänke im Schatten für alle",
        similar=1,
        similar_title="Mehr Bänke im Schatten",
        link="Dein Link zum Mitmachen",
        receipt="Deine Meldung vom Montag, 2. März 2026, um 10:00 Uhr ist da",
        outcome="Wir haben über deine Meldung vom Montag, 2. März 2026, um 10:00 Uhr entschieden",
        statement="Zu deinem Text „Wer das will, hat keine Ahnung.“",
        objection="Dein Widerspruch: „Wer das will, hat keine Ahnung.“",
        again=(
            "Der Text aus deiner Meldung vom Montag, 2. März 2026, um 10:00 Uhr ist wieder zu lesen"
        ),
        merged="„Mehr Bänke im Schatten“ ist jetzt Teil einer anderen Idee",
        answer="Die Stadt hat geantwortet: Bänke im Schatten für alle",
        digest="Neues dort, wo du mitmachst",
        enough="2 Personen unterstützen sie. Die Stadt muss antworten.",
        comments="„Bänke im Schatten für alle“: 3 neue Kommentare",
        replies="„Wer das will, hat keine Ahnung.“: 1 Antwort",
    ),
    "en": Words(
        title="More benches in the shade",
        similar=2,
        similar_title="Benches in the shade",
        link="Your link for taking part",
        receipt="Your report of Monday, 2 March 2026, at 10:00 is here",
        outcome="We have decided about your report of Monday, 2 March 2026, at 10:00",
        statement="About your text “Wer das will, hat keine Ahnung.”",
        objection="Your objection: “Wer das will, hat keine Ahnung.”",
        again="The text of your report of Monday, 2 March 2026, at 10:00 can be read again",
        merged="“Benches in the shade” is part of another idea now",
        answer="The city has answered: More benches in the shade",
        digest="News about what you take part in",
        enough="2 people support it. The city has to answer.",
        comments="“More benches in the shade”: 3 new comments",
        replies="“Wer das will, hat keine Ahnung.”: 1 reply",
    ),
}


def content(portal: Host) -> dict[str, Any]:
    """An evening that presents a project, which collects ideas and answers those of two."""
    found = sample(portal.clock())
    project = next(each for each in found["projects"] if each["slug"] == "spielplatz")
    project["threshold"] = THRESHOLD
    return found


def address_of(name: str) -> str:
    """Where somebody gets mail."""
    return f"{name}@example.org"


class Post:
    """The mails that the portal has sent."""

    def __init__(self, portal: Host) -> None:
        self._portal = portal
        self._seen = 0

    def new(self) -> list[EmailMessage]:
        """What was sent since this was last asked, after a round of the worker."""
        mails = self._portal.mails()[self._seen :]
        self._seen += len(mails)
        return mails

    def got(self, *expected: tuple[str, str]) -> list[EmailMessage]:
        """These people got a mail with that subject, and nobody another one; the mails."""
        mails = self.new()
        told = sorted((str(mail["To"]), str(mail["Subject"])) for mail in mails)
        wanted = sorted((address_of(name), subject) for name, subject in expected)
        assert told == wanted, f"{told} instead of {wanted}"
        return mails


class Person:
    """Somebody at a browser of their own, with a keyboard and no pointer."""

    def __init__(
        self, page: Page, post: Post, language: str, look: Callable[[Page], None], name: str
    ) -> None:
        self.page = page
        self.post = post
        self.keys = Keys(page)
        self.words = WORDS[language]
        self.start = f"/stadtlabor/{language}/"
        self.name = name
        self.main = page.locator("main")
        self._look = look

    def look(self) -> None:
        """Axe where scripts run, and nothing that is wider than the window."""
        self._look(self.page)

    def open(self, address: str) -> None:
        """Type an address that is there, and look at it."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        self.look()

    def open_idea(self, number: int) -> None:
        self.open(f"{self.start}ideas/{number}/")

    def go(self, selector: str) -> None:
        """Press a button or follow a link, and look at where it leads."""
        assert self.keys.go(selector) == 200, selector
        self.look()

    def fail(self, selector: str, field: str) -> None:
        """Send something incomplete: the summary comes first and leads to the field (A4).

        Where there is more than that, it is said in the order in which it is asked.
        """
        assert self.keys.go(selector) == 422
        expect(self.page.locator(".sl-errors")).to_be_focused()
        self.look()
        assert self.page.evaluate(ARE_IN_ORDER)
        self.keys.press(f".sl-errors a[href='#{field}']")
        expect(self.page.locator(f"[id='{field}']")).to_be_focused()

    def is_told(self) -> None:
        """What was just done stands on the page, and is read first."""
        expect(self.page.locator(".sl-done")).to_be_focused()

    def open_mail(self, subject: str) -> None:
        """Open the link to their own page in the only mail that came."""
        (mail,) = self.post.got((self.name, subject))
        self.open_link(mail)

    def open_link(self, mail: EmailMessage) -> None:
        """Open the link to their own page in a mail."""
        found = re.search(r"https?://\S+/me/open/[\w-]+", text_of(mail))
        assert found is not None, text_of(mail)
        self.page.goto(found[0])
        # a page between may lead on
        self.page.wait_for_url(lambda url: "/me/open/" not in url)
        self.look()


def come_from_the_evening(ada: Person) -> None:
    """The event names the project that it presents, and the project its dates."""
    ada.open(f"{ada.start}events/plattform/")
    ada.go("main a[href$='/projects/spielplatz/']")
    expect(ada.page.locator(".sl-phases [aria-current=step]")).to_have_count(1)
    ada.go("#sl-dates ~ div a[href$='/events/plattform/']")
    ada.go("main a[href$='/projects/spielplatz/']")


def write_idea(ada: Person, *, javascript: bool) -> int:
    """Without a title first, then beside a similar one; published by the mail. Its number."""
    ada.go("main a[href$='/ideas/new']")
    ada.fail(SUBMIT, "title")
    ada.keys.write("title", ada.words.title)
    similar = ada.page.locator(".sl-similar li")
    if javascript:
        expect(similar).to_contain_text([ada.words.similar_title])
        ada.look()
    ada.keys.write("text", "Am Brunnen fehlen **Bänke**.")
    ada.keys.write("public_name", "Ada")
    ada.keys.write("email", address_of("ada"))
    ada.go(SUBMIT)
    if not javascript:
        expect(ada.page.locator(".sl-similar")).to_be_focused()
        expect(similar).to_contain_text([ada.words.similar_title])
        ada.go(SUBMIT)
    expect(ada.page).to_have_url(re.compile(r"/ideas/sent$"))
    ada.open_mail(ada.words.link)
    ada.go("section[aria-labelledby=sl-waiting] form button")
    ada.is_told()
    expect(ada.page.locator("h1")).to_have_text(ada.words.title)
    expect(ada.main).to_contain_text("Am Brunnen fehlen Bänke.")
    found = re.search(r"/ideas/(\d+)/", ada.page.url)
    assert found is not None
    return int(found[1])


def support(somebody: Person, number: int) -> None:
    """From the list of ideas; an address is asked for, and the link in its mail leads back."""
    somebody.open(f"{somebody.start}projects/spielplatz/ideas/")
    somebody.go(f"main a[href$='/ideas/{number}/']")
    somebody.go(".sl-call a[href$='/support']")
    somebody.fail(SUBMIT, "email")
    somebody.keys.write("email", address_of(somebody.name))
    somebody.go(SUBMIT)
    somebody.open_mail(somebody.words.link)
    expect(somebody.page).to_have_url(re.compile(rf"/ideas/{number}/support$"))
    press_the_one_button(somebody, number)


def press_the_one_button(somebody: Person, number: int) -> None:
    """Support an idea on the page to which a mail leads, which asks nothing else."""
    expect(somebody.page.locator(SUBMIT)).to_have_count(1)
    somebody.go(SUBMIT)
    expect(somebody.page).to_have_url(re.compile(rf"/ideas/{number}/"))
    somebody.is_told()
    expect(somebody.page.locator(".sl-call form[action$='/take-back'] button")).to_have_attribute(
        "aria-pressed", "true"
    )


def comment_for(somebody: Person, number: int, text: str) -> None:
    """Whoever is known writes on the idea's page itself."""
    somebody.open_idea(number)
    somebody.keys.write("text", text)
    somebody.keys.choose("stance", "for")
    somebody.keys.write("public_name", somebody.name.capitalize())
    somebody.go(WRITE_COMMENT)
    somebody.is_told()
    expect(somebody.page.locator(".sl-stance-for")).to_be_visible()


def comment_against(cem: Person, number: int) -> int:
    """A stranger needs an address and a press; the number of the comment."""
    cem.open_idea(number)
    cem.go(".sl-discussion a[href*='/new']")
    cem.fail(SUBMIT, "text")
    cem.keys.write("text", INSULT)
    cem.keys.choose("stance", "against")
    cem.keys.write("public_name", "Cem")
    cem.keys.write("email", address_of("cem"))
    cem.go(SUBMIT)
    cem.open_mail(cem.words.link)
    cem.go("section[aria-labelledby=sl-waiting] form button")
    cem.is_told()
    found = re.search(r"/comments/(\d+)", cem.page.url)
    assert found is not None
    return int(found[1])


def reply(ben: Person, number: int, comment: int) -> None:
    """From the list below the idea."""
    ben.open_idea(number)
    ben.go(f"#comment-{comment} a[href$='/reply']")
    ben.keys.write("text", REPLY)
    ben.go(SUBMIT)
    expect(ben.page.locator(".sl-answered")).to_contain_text("keine Ahnung")
    ben.post.got()


def report(dora: Person, number: int, comment: int) -> None:
    """A stranger reports a comment, and gives an address to hear what becomes of it."""
    dora.open_idea(number)
    dora.go(f"#comment-{comment} a[href$='/report']")
    dora.fail(SUBMIT, "rule-0")
    dora.keys.choose("rule", "respect")
    dora.keys.write("words", "Das ist eine Beleidigung.")
    dora.keys.write("email", address_of("dora"))
    dora.go(SUBMIT)
    dora.post.got(("dora", dora.words.receipt))


def sign_in(staff: Person) -> None:
    """By the host's page, which is none of ours."""
    staff.page.goto(f"/sign-in?next={staff.start}organise/")
    staff.keys.write("who", staff.name)
    staff.go("button")


def hide(mia: Person, comment: int) -> None:
    """With a rule and reasons, after a look at what the author will be told."""
    mia.go("main a[href$='/organise/moderation/']")
    mia.go(f"main a[href$='/moderation/comment/{comment}']")
    expect(mia.main).to_contain_text("Das ist eine Beleidigung.")
    decide = ".sl-desk-buttons button:not([name])"
    mia.fail(decide, "measure-0")
    mia.keys.choose("measure", "hidden")
    mia.keys.choose("rule", "respect")
    mia.keys.write("reasons", REASONS)
    mia.go("button[name=preview]")
    expect(mia.page.locator("#sl-preview")).to_be_focused()
    expect(mia.page.locator("section[aria-labelledby=sl-preview]")).to_contain_text(REASONS)
    mia.post.got()
    mia.go(decide)
    mia.is_told()


def read_tombstone(dora: Person, number: int, comment: int) -> None:
    """The comment has left a note, and the reply to it stands below."""
    dora.open_idea(number)
    tombstone = dora.page.locator(f"#comment-{comment}.sl-tombstone")
    expect(tombstone).to_contain_text(REPLY)
    expect(dora.main).to_contain_text(COMMENT)
    expect(dora.main).not_to_contain_text("keine Ahnung")


def object_to(cem: Person, statement: EmailMessage) -> None:
    """The author opens the page of the decision from their mail, and objects."""
    cem.open_link(statement)
    expect(cem.main).to_contain_text(REASONS)
    cem.fail(SUBMIT, "words")
    cem.keys.write("words", "Ich meine niemanden persönlich.")
    cem.go(SUBMIT)
    expect(cem.page.locator("section[aria-labelledby=sl-objection]")).to_be_visible()
    cem.post.got()


def decide_objection(max_: Person) -> None:
    """Somebody else of the team decides that the author was right."""
    max_.go("main a[href$='/organise/moderation/']")
    max_.go("main a[href$='?list=objections']")
    max_.go("main a[href*='/moderation/objections/']")
    max_.fail(SUBMIT, "outcome-0")
    max_.keys.choose("outcome", "upheld")
    max_.keys.write("reasons", "Hart, aber noch zur Sache.")
    max_.go(SUBMIT)
    max_.is_told()
    max_.post.got(("cem", max_.words.objection), ("dora", max_.words.again))


def read_restored(dora: Person, number: int, comment: int) -> None:
    """The comment stands where it stood."""
    dora.open_idea(number)
    expect(dora.page.locator(f"#comment-{comment}")).to_contain_text(["keine Ahnung"])
    expect(dora.page.locator(".sl-tombstone")).to_have_count(0)


def merge(mia: Person, number: int) -> EmailMessage:
    """The imported idea becomes part of Ada's; the mail to whoever supports only that one."""
    other = mia.words.similar
    mia.open(f"{mia.start}organise/")
    mia.go("main a[href$='/organise/ideas/']")
    mia.go(f"main a[href$='/organise/ideas/{other}/merge']")
    mia.go(f"main a[href$='?into={number}']")
    mia.post.got()
    mia.go(SUBMIT)
    mia.is_told()
    (mail,) = mia.post.got(("eva", mia.words.merged))
    return mail


def support_what_it_became(eva: Person, mail: EmailMessage, number: int) -> None:
    """The link in the mail leads to one button; the merged idea leads to the other one too."""
    eva.open_link(mail)
    press_the_one_button(eva, number)
    eva.open_idea(eva.words.similar)
    eva.go(f".sl-idea-state a[href$='/ideas/{number}/']")


def change(ada: Person, number: int, text: str) -> None:
    """The author writes it otherwise; nobody is written to before the digest."""
    ada.open_idea(number)
    ada.go(f"main a[href$='/ideas/{number}/edit']")
    ada.keys.write("text", text)
    ada.go(SUBMIT)
    ada.is_told()
    ada.post.got()


def answer(mia: Person, number: int) -> list[EmailMessage]:
    """The city answers, after a look at who is told; the mails."""
    mia.open(f"{mia.start}organise/")
    mia.go("main a[href$='/organise/answers/']")
    mia.go(f"main a[href$='/organise/answers/{number}/']")
    mia.fail("button[value=look]", "verdict-0")
    mia.keys.choose("verdict", "partly")
    mia.keys.write("department", "Grünflächenamt")
    for code in ("de", "en"):
        mia.keys.write(f"reasons.{code}", "**Vier** Bänke, im Mai.")
    mia.go("button[value=look]")
    expect(mia.page.locator("section[aria-labelledby=sl-look]")).to_be_focused()
    expect(mia.page.locator("section[aria-labelledby=sl-told] .sl-strong")).to_contain_text("3")
    mia.post.got()
    mia.go(".sl-message-buttons button:not([value])")
    mia.is_told()
    return mia.post.got(*((name, mia.words.answer) for name in ("ada", "ben", "eva")))


def read_answer(dora: Person, number: int) -> None:
    """It stands first on the idea's page."""
    dora.open_idea(number)
    expect(dora.page.locator(".sl-idea > header + *")).to_contain_text("Vier Bänke, im Mai.")


def end_news(ben: Person, digest: EmailMessage) -> None:
    """By the address in the mail's head, and one press."""
    ben.open(ending_of(digest))
    ben.go(SUBMIT)


def digests(portal: Host, post: Post, words: Words, *names: str) -> dict[str, EmailMessage]:
    """It is a little after the hour: these people get their news in one mail, by their names."""
    at_the_hour(portal)
    mails = post.got(*((name, words.digest) for name in names))
    return {str(mail["To"]).partition("@")[0]: mail for mail in mails}


def read_news(words: Words, digests: dict[str, EmailMessage]) -> None:
    """Each reads what concerns them: a new text, enough support and comments, or a reply."""
    texts = {name: " ".join(text_of(mail).split()) for name, mail in digests.items()}
    for name, text in texts.items():
        assert (words.enough in text) is (words.comments in text) is (name == "ada"), text
        assert (words.replies in text) is (name == "cem"), text
        assert (words.title in text) is (name != "cem"), text


def look_at_heads(mails: list[EmailMessage]) -> None:
    """Each says where mails of its kind to this person end, by one press (RFC 8058)."""
    assert {mail["List-Unsubscribe-Post"] for mail in mails} == {"List-Unsubscribe=One-Click"}
    assert len({ending_of(mail) for mail in mails}) == len(mails)
