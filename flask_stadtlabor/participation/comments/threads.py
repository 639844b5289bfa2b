"""What comments are about: each thing has one thread, with pages and a time to write in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from markupsafe import Markup

from flask_stadtlabor.events.content import ProgrammeItem
from flask_stadtlabor.events.models import Event, Project
from flask_stadtlabor.events.next_step import results_told
from flask_stadtlabor.i18n import _sl, citizens_language, lang_attribute, words
from flask_stadtlabor.participation.comments.models import Comment
from flask_stadtlabor.participation.ideas.models import UNSENT, Idea, IdeaStatus
from flask_stadtlabor.participation.projects.phases import Deed, open_deeds
from flask_stadtlabor.ports import Level
from flask_stadtlabor.state import now, settings
from flask_stadtlabor.urls import local_url

RESULTS = "results"
ITEM = "item-"
_ITEM = re.compile(f"{ITEM}[0-9a-f]{{12}}")
OPEN_AFTER_EVENT = timedelta(days=30)
"""How long an event and its programme are talked about once it is over."""
OPEN_AFTER_RESULTS = timedelta(days=90)
"""The same of its results, which come later."""
UNSEEN_IDEAS = (*UNSENT, IdeaStatus.HELD, IdeaStatus.HIDDEN)
"""Ideas whose comments nobody reads either."""


@dataclass(frozen=True)
class Thread:
    """All comments on one thing: an idea, a project, or an event or one part of it."""

    about: Idea | Project | Event
    part: str = ""
    """Of an event: :data:`RESULTS`, the name of an item of its programme, or empty."""

    @property
    def key(self) -> str:
        """Stands for it in each of its comments."""
        kind = type(self.about).__name__.lower()
        return f"{kind}/{self.about.id}" + (f"/{self.part}" if self.part else "")

    @property
    def kind(self) -> str:
        """What it is about: ``idea``, ``project``, ``event``, ``programme`` or ``results``."""
        if self.part:
            return RESULTS if self.part == RESULTS else "programme"
        return type(self.about).__name__.lower()

    @property
    def project(self) -> Project | None:
        """The project that decides who can write, and when; None for an event."""
        if isinstance(self.about, Idea):
            return self.about.project
        return self.about if isinstance(self.about, Project) else None

    @property
    def item(self) -> ProgrammeItem | None:
        """The item of the programme; None for anything else, and where it has gone since."""
        if not isinstance(self.about, Event):
            return None
        return next((item for item in self.about.programme if item_name(item) == self.part), None)

    @property
    def title(self) -> str:
        """What it is about, in words; nothing of it while not everybody can read that."""
        if self.is_readable:
            return self.full_title
        if isinstance(self.about, Idea):
            return _sl("An idea that is not here any more")
        return _sl("What this comment is about is not here any more.")

    @property
    def full_title(self) -> str:
        """The same for the team, which reads what is hidden too."""
        if isinstance(self.about, Idea):
            return self.about.title or _sl("An idea that is not here any more")
        if not self.part:
            return words(self.about.title)
        if self.part == RESULTS:
            return _sl("The results")
        return words(self.item.title) if self.item else _sl("An earlier item of the programme")

    @property
    def mark(self) -> Markup:
        """The language of these words, where it is another than the page's (A8).

        Of a citizen's words, which way they run as well.
        """
        if not self.is_readable:
            return Markup()
        if isinstance(self.about, Idea):
            return citizens_language(self.about.language, self.about.title)
        if self.part:
            return lang_attribute(self.item.title) if self.item else Markup()
        return lang_attribute(self.about.title)

    @property
    def time_zone(self) -> str:
        """In which its times are told."""
        return (self.about.project if isinstance(self.about, Idea) else self.about).timezone

    @property
    def is_readable(self) -> bool:
        """Whether everybody can read the comments."""
        if isinstance(self.about, Idea):
            return self.about.status not in UNSEEN_IDEAS
        return not isinstance(self.about, Event) or self.about.is_public

    @property
    def is_there(self) -> bool:
        """Whether what it is about stands on a page now; an item of a programme can have gone."""
        if not self.is_readable or not isinstance(self.about, Event) or not self.part:
            return self.is_readable
        if self.part == RESULTS:
            return results_told(self.about, now()) is not None
        return self.item is not None

    @property
    def is_open(self) -> bool:
        """Whether comments are taken now."""
        if not self.is_there:
            return False
        if isinstance(self.about, Event):
            open_for = OPEN_AFTER_RESULTS if self.part == RESULTS else OPEN_AFTER_EVENT
            return now() < self.about.ends_at + open_for
        if isinstance(self.about, Idea) and not self.about.is_public:
            return False
        return self.project is not None and Deed.COMMENT in open_deeds(self.project, now())

    @property
    def level(self) -> str:
        """The name of the least level of whoever writes here."""
        return self.project.level if self.project is not None else "confirmed_email"

    @property
    def least_level(self) -> Level:
        """How well the host must know whoever writes here."""
        return self.project.least_level if self.project is not None else Level.CONFIRMED_EMAIL

    @property
    def about_url(self) -> str:
        """The page of what it is about."""
        if isinstance(self.about, Idea):
            return local_url("idea", number=self.about.id)
        endpoint = "project" if isinstance(self.about, Project) else "event"
        return local_url(endpoint, slug=self.about.slug)

    def url(self, **query: str | int) -> str:
        """The page of its comments."""
        return local_url(self.endpoint, **self.names, **query)

    @property
    def form_url(self) -> str:
        """Where a comment is written."""
        return local_url(self.form_endpoint, **self.names)

    @property
    def endpoint(self) -> str:
        """That of the page of its comments."""
        return f"{'part' if self.part else self.kind}_comments"

    @property
    def form_endpoint(self) -> str:
        """That of the page where a comment is written."""
        return f"comment_on_{'part' if self.part else self.kind}"

    @property
    def names(self) -> dict[str, str | int]:
        """What names it in an address."""
        if isinstance(self.about, Idea):
            return {"number": self.about.id}
        part = {"part": self.part} if self.part else {}
        return {"slug": self.about.slug, **part}

    @property
    def asked(self) -> dict[str, str | int]:
        """What names it in the query of a page that is about any thread."""
        return {"on": type(self.about).__name__.lower(), **self.names}


def thread_of(comment: Comment) -> Thread:
    """The thread of a comment that was read with what it is about."""
    about = comment.idea or comment.project or comment.event
    if about is None:
        raise ValueError(f"Comment {comment.id} is about nothing.")
    return Thread(about, comment.thread.partition("/")[2].partition("/")[2])


def item_name(item: ProgrammeItem) -> str:
    """What names an item of a programme in an address: it follows its title, not its time."""
    title, _ = item.title.choose(settings().default_locale)
    return ITEM + sha256(title.encode()).hexdigest()[:12]


def is_item(part: str) -> bool:
    """Whether a part of an event's address can be an item of its programme."""
    return _ITEM.fullmatch(part) is not None


def parts_of(event: Event) -> list[Thread]:
    """The threads of an event's parts that stand on its page: programme and results."""
    names = dict.fromkeys([*(item_name(item) for item in event.programme), RESULTS])
    threads = (Thread(event, name) for name in names)
    return [thread for thread in threads if thread.is_there]


def level_sentence(level: str) -> str:
    """Who has to sign in first, in a sentence."""
    if level == "verified_resident":
        return _sl(
            "Residents can write here whom the city has verified. Please sign in with such an "
            "account."
        )
    return _sl("Whoever is signed in can write here. Please sign in first.")
