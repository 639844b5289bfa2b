"""Mails from templates: the words of each from a file of its own, its looks from two layouts.

The template of a mail says what is in it by ``subject(…)``, ``paragraph(…)``, ``button(…)`` and so
on (:class:`Writer`). ``stadtlabor/mail/layout.txt`` and ``layout.html`` say what a paragraph or a
button looks like, so that text and HTML cannot differ in what they tell.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from jinja2 import TemplateRuntimeError

from flask_stadtlabor.db import LocalizedText
from flask_stadtlabor.templating import draw
from flask_stadtlabor.text import blocks, markdown

Said = str | LocalizedText
"""Text of a mail; a city's text may be in another language and is then marked with ``lang``."""
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


class Form(StrEnum):
    """What a part of a mail is; the layouts have a line for each."""

    HEADING = "heading"
    GREETING = "greeting"
    PARAGRAPH = "paragraph"
    PROSE = "prose"
    BUTTON = "button"
    EVENT = "event"
    ITEMS = "items"
    CODE = "code"
    PICTURE = "picture"


class Picture(NamedTuple):
    """A PNG that comes with the mail, so that nothing has to be fetched to see it."""

    cid: str
    """Its Content-ID (RFC 2392), without brackets."""
    content: bytes
    width: int
    """Of its sides, in CSS pixels."""


class Link(NamedTuple):
    """A line that is a link."""

    text: str
    address: str


Line = Said | Link


@dataclass(frozen=True)
class Part:
    """A part of a mail, in the order of reading."""

    form: Form
    text: Said = ""
    address: str = ""
    """Where a button leads."""
    date: str = ""
    flag: str = ""
    """The status of an event in one word, such as “Cancelled”."""
    lines: Sequence[Line] = ()
    picture: Picture | None = None


@dataclass
class MailWords:
    """What a mail says, in one language."""

    subject: str = ""
    occasion: str = ""
    """When people get it, for staff."""
    parts: list[Part] = field(default_factory=list)
    small_print: list[Part] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[Said]:
        """Its sentences alone, for somebody who is told them."""
        said: list[Said] = []
        for part in self.parts:
            if part.form == Form.PARAGRAPH:
                said.append(part.text)
            elif part.form == Form.PROSE:
                said += [line for line in part.lines if not isinstance(line, Link)]
        return said

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures that come with it."""
        return tuple(part.picture for part in self.parts if part.picture is not None)


class Mail(NamedTuple):
    """A mail as people read it."""

    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...] = ()

    def html_for_browsers(self) -> str:
        """The HTML with its pictures inside, as a mail program puts it together."""
        html = self.html
        for picture in self.pictures:
            data = b64encode(picture.content).decode("ascii")
            html = html.replace(f"cid:{picture.cid}", f"data:image/png;base64,{data}")
        return html


class Writer:
    """The functions of a mail's template: each method is one, and returns nothing to print.

    ``link`` is where a button leads that names no address.
    """

    def __init__(self, link: str) -> None:
        self.words = MailWords()
        self._link = link

    def names(self) -> dict[str, Any]:
        """The functions by the names that they have in a template."""
        functions = (
            self.occasion,
            self.subject,
            self.heading,
            self.greeting,
            self.paragraph,
            self.prose,
            self.button,
            self.about_event,
            self.line,
            self.items,
            self.code,
            self.picture,
            self.small_print,
            self.footer_link,
        )
        return {function.__name__: function for function in functions}

    def occasion(self, text: str) -> str:
        """When people get this mail, for staff who reads it beforehand."""
        self.words.occasion = text
        return ""

    def subject(self, text: str) -> str:
        """The subject."""
        self.words.subject = text
        return ""

    def heading(self, text: Said) -> str:
        """The first line of a mail that is about no one event."""
        return self._add(Part(Form.HEADING, text))

    def greeting(self, text: str) -> str:
        """The greeting."""
        return self._add(Part(Form.GREETING, text))

    def paragraph(self, text: str) -> str:
        """A paragraph; nothing where there are no words."""
        return self._add(Part(Form.PARAGRAPH, text)) if text else ""

    def prose(self, source: str) -> str:
        """A text in Markdown, of any number of paragraphs; its plain words name each address."""
        return self._add(Part(Form.PROSE, markdown(source), lines=blocks(source, with_marks=True)))

    def button(self, text: str, address: str = "") -> str:
        """A link that is the next thing to do."""
        return self._add(Part(Form.BUTTON, text, address=address or self._link))

    def about_event(
        self, title: Said, date: str, flag: str = "", lines: Sequence[Line] = ()
    ) -> str:
        """What an event is and when; ``lines`` stand below."""
        kept = [line for line in lines if line]
        return self._add(Part(Form.EVENT, title, date=date, flag=flag, lines=kept))

    def line(self, text: str, address: str) -> Link:
        """A line that is a link; the text of a mail shows the address behind a colon."""
        return Link(text, address)

    def items(self, heading: str, lines: Sequence[Line]) -> str:
        """A list under a heading; nothing where it is empty."""
        kept = [line for line in lines if line]
        return self._add(Part(Form.ITEMS, heading, lines=kept)) if kept else ""

    def code(self, text: str) -> str:
        """Lines for a machine, as they are."""
        return self._add(Part(Form.CODE, text))

    def picture(self, picture: Picture, text: str) -> str:
        """A picture that comes with the mail; its ``text`` says the same in words."""
        return self._add(Part(Form.PICTURE, text, picture=picture))

    def small_print(self, text: str, lines: Sequence[Line] = ()) -> str:
        """A paragraph at the end."""
        kept = [line for line in lines if line]
        self.words.small_print.append(Part(Form.PARAGRAPH, text, lines=kept))
        return ""

    def footer_link(self, text: str, address: str) -> str:
        """A link in the last line."""
        self.words.links.append(Link(text, address))
        return ""

    def _add(self, part: Part) -> str:
        self.words.parts.append(part)
        return ""


def words_of(template: str, *, link: str = "", **context: Any) -> MailWords:
    """What the mail ``stadtlabor/mail/<template>.jinja`` says, in the current language.

    Raises ``TemplateRuntimeError`` where a template prints something itself: nobody would see it.
    """
    writer = Writer(link)
    name = f"stadtlabor/mail/{template}.jinja"
    printed = draw(name, **writer.names(), link=link, **context).strip()
    if printed:
        raise TemplateRuntimeError(
            f"The template {name} prints {printed[:60]!r}, which no mail would show; say it by "
            "{{ paragraph(…) }} or another of its functions."
        )
    return writer.words


def drawn(words: MailWords) -> Mail:
    """The mail in both of its layouts."""
    text = draw("stadtlabor/mail/layout.txt", subject=words.subject, mail=words)
    html = draw("stadtlabor/mail/layout.html", subject=words.subject, mail=words)
    return Mail(words.subject, _BLANK_LINES.sub("\n\n", text).strip() + "\n", html, words.pictures)
