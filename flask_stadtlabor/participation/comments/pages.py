"""What the pages of comments show, ready for the templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_stadtlabor.events.models import Event
from flask_stadtlabor.forms import Button
from flask_stadtlabor.i18n import _sl, _sln, lazy, marked
from flask_stadtlabor.participation.comments.forms import CommentForm
from flask_stadtlabor.participation.comments.models import (
    Comment,
    CommentStatus,
    Opinion,
    Stance,
)
from flask_stadtlabor.participation.comments.operations.writing import (
    is_changeable,
    words_mark,
)
from flask_stadtlabor.participation.comments.queries import (
    FIRST_REPLIES,
    SORTS,
    CommentFilters,
    CommentSpan,
    Counts,
)
from flask_stadtlabor.participation.comments.threads import Thread
from flask_stadtlabor.participation.ideas.listing import Listing
from flask_stadtlabor.participation.people.current import STRANGER, Identity
from flask_stadtlabor.ports import Level
from flask_stadtlabor.urls import local_url


class News(NamedTuple):
    """What somebody has just done with a comment, as the address of the page has it."""

    number: int
    done: str

    def of(self, number: int) -> str:
        """The sentence about it, at that comment alone."""
        return str(OPINION_NEWS.get(self.done, "")) if number == self.number else ""


OPINION_NEWS = {
    "agreed": lazy("You agree with this comment now."),
    "disagreed": lazy("You disagree with this comment now."),
    "not-agreed": lazy("You have taken back that you agree with this comment."),
    "not-disagreed": lazy("You have taken back that you disagree with this comment."),
    "taken-back": lazy("You have no opinion on this comment."),
}
"""What a page says after one of the buttons was pressed, by a word in its address."""
NO_NEWS = News(0, "")


@dataclass(frozen=True, kw_only=True)
class ShownComment:
    """A comment as it stands on a page."""

    comment: Comment
    opinion: str = ""
    """What whoever asks thinks of it."""
    is_own: bool = False
    replies: Sequence[ShownComment] = ()
    has_more: bool = False
    """Whether there are further replies below it than these."""
    is_alone: bool = False
    """Whether it stands on its own page."""
    news: str = ""
    """What has just been done with it, in a sentence."""

    @property
    def shows_words(self) -> bool:
        """Whether its words can be read here: its author reads a hidden one on its own page."""
        is_for_them = self.is_own and self.is_alone and self.comment.status == CommentStatus.HIDDEN
        return not self.comment.is_tombstone or is_for_them

    @property
    def name(self) -> str:
        """The name that stands at it."""
        return self.comment.public_name or _sl("Anonymous")

    @property
    def whose(self) -> str:
        """Names it in words, for those who hear a button without what stands around it."""
        if not self.shows_words:
            return self.state_sentence
        return _sl("comment by %(name)s", name=self.name)

    @property
    def seen(self) -> str:
        """Stands for its words, for the buttons of whoever has read them."""
        return words_mark(self.comment)

    @property
    def stance_word(self) -> str:
        """For or against; empty for neither."""
        return stance_words().get(self.comment.stance or "", "")

    @property
    def state_sentence(self) -> str:
        """What has become of it, or what it waits for; empty for one that everybody reads."""
        if self.comment.was_refused:
            return _sl("A moderator has decided not to publish this comment.")
        return {
            CommentStatus.WAITING: _sl(
                "Nobody sees this comment yet. It waits until you publish it."
            ),
            CommentStatus.HELD: _sl(
                "Nobody sees this comment yet. It waits for a moderator, who reads it first."
            ),
            CommentStatus.HIDDEN: _sl("A moderator has hidden this comment."),
            CommentStatus.WITHDRAWN: _sl("Its author has deleted this comment."),
        }.get(CommentStatus(self.comment.status), "")

    @property
    def more_words(self) -> str:
        """The link to the replies that do not stand here; empty where all do."""
        if not self.comment.replies or not (self.has_more or not self.replies):
            return ""
        return _sln("Read %(num)d reply", "Read all %(num)d replies", self.comment.replies)

    @property
    def can_be_changed(self) -> bool:
        """Whether whoever asks can write it anew now."""
        return self.is_own and is_changeable(self.comment)

    def counted(self, opinion: str) -> int:
        """How many agree or disagree."""
        return self.comment.agrees if opinion == Opinion.AGREE else self.comment.disagrees


@dataclass(frozen=True, kw_only=True)
class CommentSection(Listing):
    """A thread as it stands on a page, or a page of it."""

    thread: Thread
    counts: Counts
    span: CommentSpan
    filters: CommentFilters = field(default_factory=CommentFilters)
    who: Identity = STRANGER
    opinions: Mapping[int, str] = field(default_factory=dict)
    form: CommentForm | None = None
    """Where it is known who asks, and comments are taken of them."""
    button: Button | None = None
    """A fresh one where it is known who asks: for a stranger nothing opens a session."""
    page_url: str = ""
    """Its page, where that is another than the list of the thread."""
    news: News = NO_NEWS

    @property
    def waits(self) -> bool:
        """Whether a moderator reads first what whoever asks writes here."""
        project = self.thread.project
        return project is not None and project.holds_first_posts and not self.who.has_been_read

    @property
    def here(self) -> str:
        """The page on which it stands."""
        return self.page_url or self.url(page=self.span.page)

    @property
    def shown(self) -> list[ShownComment]:
        """The comments of the page, each with its first replies."""
        return [self.show(comment) for comment in self.span.comments]

    def show(self, comment: Comment) -> ShownComment:
        """A comment with the first replies to it."""
        replies = self.span.replies.get(comment.id, ())
        return ShownComment(
            comment=comment,
            opinion=self.opinions.get(comment.id, ""),
            is_own=is_own(comment, self.who),
            replies=[self.show(reply) for reply in replies[:FIRST_REPLIES]],
            has_more=len(replies) > FIRST_REPLIES,
            news=self.news.of(comment.id),
        )

    @property
    def is_open(self) -> bool:
        """Whether comments and reactions are taken now."""
        return self.thread.is_open

    @property
    def is_level_enough(self) -> bool:
        """Whether whoever asks may write here."""
        return is_level_enough(self.thread, self.who)

    @property
    def counts_sentence(self) -> str:
        """How many comments there are, and how many speak for it and against it."""
        counts = self.counts
        if not counts.comments:
            return _sl("Nobody has said anything about it yet.")
        said = _sln("%(num)d comment", "%(num)d comments", counts.comments)
        if not counts.speak_for and not counts.speak_against:
            return said
        return _sl(
            "%(comments)s: %(yes)d for it, %(no)d against it",
            comments=said,
            yes=counts.speak_for,
            no=counts.speak_against,
        )

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """The address, name and choice of each order."""
        names = {
            "new": _sl("Newest first"),
            "old": _sl("Oldest first"),
            "agreed": _sl("Most agreed first"),
        }
        return [(self.url(sort=sort), names[sort], sort == self.filters.sort) for sort in SORTS]

    @property
    def query(self) -> dict[str, str]:
        """The parameters of its address."""
        return self.filters.query

    @property
    def position(self) -> tuple[int, int]:
        """The number of the page, and how many there are."""
        return self.span.page, self.span.pages

    def address(self, **query: str | int) -> str:
        """The address of the list with these parameters."""
        return self.thread.url(**query)


@dataclass(frozen=True, kw_only=True)
class CommentPage(CommentSection):
    """The page of one comment: what it answers, the comment, and the replies to it."""

    comment: Comment
    parent: Comment | None = None

    @property
    def main(self) -> ShownComment:
        """The comment itself; its replies stand below it in pages."""
        return ShownComment(
            comment=self.comment,
            opinion=self.opinions.get(self.comment.id, ""),
            is_own=is_own(self.comment, self.who),
            is_alone=True,
            news=self.news.of(self.comment.id),
        )

    @property
    def answered(self) -> ShownComment | None:
        """What it answers."""
        return ShownComment(comment=self.parent) if self.parent is not None else None

    @property
    def heading(self) -> str:
        """What the page is called."""
        if not self.main.shows_words:
            return _sl("A comment that is not here any more")
        if self.main.is_own and not self.comment.is_public:
            return _sl("Your comment")
        return _sl("Comment by %(name)s", name=self.main.name)

    @property
    def replies_words(self) -> str:
        """How many published comments stand below it."""
        return _sln("%(num)d reply", "%(num)d replies", self.comment.replies)

    def url(self, *, sort: str | None = None, page: int = 1) -> str:
        """The address of this page, or of another page of the replies."""
        return local_url("comment", number=self.comment.id, **({"page": page} if page > 1 else {}))


@dataclass(frozen=True)
class PartOfEvent:
    """One thread of an event in the list of them all."""

    thread: Thread
    comments: int

    @property
    def words(self) -> str:
        """How many comments it has."""
        if not self.comments:
            return _sl("No comment yet")
        return _sln("%(num)d comment", "%(num)d comments", self.comments)


def stance_words() -> dict[str, str]:
    """What a list and a filter call the stances."""
    return {Stance.FOR: _sl("For it"), Stance.AGAINST: _sl("Against it")}


def is_own(comment: Comment, who: Identity) -> bool:
    """Whether they have written it."""
    return who.participant is not None and who.participant.id == comment.participant_id


def is_level_enough(thread: Thread, who: Identity) -> bool:
    """Whether somebody may write in the thread; a stranger, where an address is enough."""
    return thread.least_level <= max(who.level, Level.CONFIRMED_EMAIL)


def shown(comments: Iterable[Comment]) -> list[tuple[object, ...]]:
    """All of these comments that a page shows to everybody."""
    return [
        (
            each.id, each.text, each.public_name, each.stance, each.language, each.status,
            each.agrees, each.disagrees, each.replies, each.published_at, each.edited_at,
        )
        for each in comments
    ]  # fmt: skip


def shown_of_span(span: CommentSpan) -> tuple[object, ...]:
    """All of a page of comments that it shows to everybody."""
    replies = [shown(found) for found in span.replies.values()]
    return span.page, span.pages, shown(span.comments), replies


def shown_of_thread(thread: Thread) -> tuple[object, ...]:
    """All of what comments are about that their pages show."""
    said = thread.title, str(thread.mark)
    of_event = marked(thread.about.title) if isinstance(thread.about, Event) else ""
    return thread.key, said, of_event, thread.time_zone, thread.level, thread.is_open
