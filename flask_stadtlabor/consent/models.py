"""Tables of consent: purposes, texts and their drafts, the ledger, what is to be taken down."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor.by_staff import LONGEST_NAME, staff_key
from flask_stadtlabor.consent.processing import Processing
from flask_stadtlabor.db import (
    Base,
    Document,
    LocalizedColumn,
    LocalizedText,
    UTCDateTime,
    long_text,
    slug_type,
)


class Mode(StrEnum):
    """What a purpose asks of people."""

    NOTICE = "notice"
    """Told, not asked."""
    CONSENT = "consent"
    """Asked, and free to refuse."""
    PRIVACY = "privacy"
    """The privacy notice by Art. 13 GDPR: linked and its version recorded, never consented to."""


class ConsentAction(StrEnum):
    """What a ledger entry tells (C7)."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    CONFIRMED = "confirmed"
    """The person's address is confirmed: about the person, not about a purpose."""


NO_PURPOSE = ""
"""The purpose of an entry that is about the person alone; no slug is empty."""


class ActorKind(StrEnum):
    """Who acted."""

    SUBJECT = "subject"
    GUARDIAN = "guardian"
    STAFF = "staff"
    SYSTEM = "system"


class Method(StrEnum):
    """How they acted."""

    WEB = "web"
    EMAIL_LINK = "e-mail link"
    PAPER = "paper"
    KIOSK = "kiosk"


class Controller(BaseModel):
    """Who is responsible (Art. 13 (1) GDPR), in the exchange file's form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: LocalizedText = LocalizedText()
    address: LocalizedText = LocalizedText()
    email: str = ""
    phone: str = ""
    data_protection_officer: LocalizedText = LocalizedText()
    authority: LocalizedText = LocalizedText()


class Purpose(Base):
    """Something that people are told or asked, such as photos on the city's website."""

    __tablename__ = "stadtlabor_purpose"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(slug_type(), unique=True)
    mode: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    """The version of the text in force."""
    asked_version: Mapped[int] = mapped_column(default=1)
    """Up to which version everybody was asked again whose yes was about an older text."""


class ConsentText(Base):
    """One published text in one language; the database refuses to change it (C5)."""

    __tablename__ = "stadtlabor_consent_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("stadtlabor_purpose.id"))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(20))
    """A language code, or ``*`` for a text that is the same in all languages."""
    mode: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    body: Mapped[str] = mapped_column(long_text())
    """Markdown in Unicode NFC with LF line ends."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of all that the text says and decides; of texts from before 0003, of the body alone."""
    controller: Mapped[Controller | None] = mapped_column(Document(Controller))
    material: Mapped[bool] = mapped_column(default=True)
    """Whether this version differs in substance, so that older consent does not carry over."""
    valid_days: Mapped[int | None]
    """After so many days a consent to this text expires; None: it does not."""
    processing: Mapped[Processing | None] = mapped_column(Document(Processing))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """The name of a person or a command, sealed with the text as proof: it is never forgotten."""

    __table_args__ = (UniqueConstraint("purpose_id", "version", "language"),)


class ConsentTextSeal(Base):
    """The seal of a published text, made with the ledger's key."""

    __tablename__ = "stadtlabor_consent_text_seal"

    text_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[str] = mapped_column(String(64))
    """HMAC over all that the text says and decides."""


class ConsentSubject(Base):
    """A pseudonym in the ledger. Whom it stands for is told by the registration alone."""

    __tablename__ = "stadtlabor_consent_subject"

    reference: Mapped[str] = mapped_column(String(32), primary_key=True)
    context: Mapped[str] = mapped_column(String(64), index=True)
    """What the person takes part in, as an opaque key (an event's uid)."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when the address is confirmed; until then no consent of theirs permits use."""
    entries: Mapped[int] = mapped_column(default=0)
    """How many entries the ledger has about them, written together with these."""
    last_seq: Mapped[int] = mapped_column(default=0)
    """The number of the last of them; 0 without any."""


class ConsentEntry(Base):
    """One line of the ledger (C8); appended only, chained by HMAC."""

    __tablename__ = "stadtlabor_consent_entry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(slug_type())
    text_version: Mapped[int]
    text_sha256: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(20))
    event: Mapped[str] = mapped_column(String(20))
    """The :class:`ConsentAction`."""
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(40))

    __table_args__ = (
        Index("ix_stadtlabor_consent_entry_subject_purpose_seq", "subject", "purpose", "seq"),
    )


class ConsentExpiry(Base):
    """An index of consents by their expiry; whether one is in force is decided by the ledger alone.

    The row is deleted once the expiry was handled.
    """

    __tablename__ = "stadtlabor_consent_expiry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The number of the entry that said yes."""
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class ConsentHead(Base):
    """The single row that every writer locks first: the last entry's number and hash, sealed."""

    __tablename__ = "stadtlabor_consent_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    """HMAC over number and hash, so that a cut tail is found."""
    key_id: Mapped[str] = mapped_column(String(40))
    confirmations_after: Mapped[int] = mapped_column(default=0)
    """Subjects that were first named after this entry have a ledger entry for their
    confirmation."""
    confirmations_seal: Mapped[str] = mapped_column(String(64), default="")
    """HMAC over that number."""
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a checkpoint was last mailed."""
    mailed_seq: Mapped[int] = mapped_column(default=0)
    """How many entries it named."""


class ConsentDraft(Base):
    """A purpose's next text while an editor works on it; nobody else sees it."""

    __tablename__ = "stadtlabor_consent_draft"

    slug: Mapped[str] = mapped_column(slug_type(), primary_key=True)
    """The purpose, which need not exist yet."""
    mode: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    text: Mapped[LocalizedText] = mapped_column(LocalizedColumn)
    controller: Mapped[Controller | None] = mapped_column(Document(Controller))
    valid_days: Mapped[int | None]
    processing: Mapped[Processing | None] = mapped_column(Document(Processing))
    editorial: Mapped[bool] = mapped_column(default=False)
    edited_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_by: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """The name of who saved it last; empty once it is forgotten."""
    edited_key: Mapped[str | None] = staff_key("edited_by")
    """The host's opaque key of who that was."""


class Publication(Base):
    """Something that the city published under a purpose, such as a gallery of an event."""

    __tablename__ = "stadtlabor_publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    context: Mapped[str] = mapped_column(String(64), index=True)
    """What it shows, as an opaque key (an event's uid)."""
    purpose: Mapped[str] = mapped_column(slug_type())
    place: Mapped[str] = mapped_column(long_text())
    """An address, or words such as the issue of a magazine."""
    picture: Mapped[str | None] = mapped_column(String(64))
    """A picture of the portal's own that it is, as an opaque key (an uploaded picture's name)."""
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """The name of who recorded it; empty once it is forgotten."""
    recorded_key: Mapped[str | None] = staff_key("recorded_by")
    """The host's opaque key of who that was."""
    taken_down_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TakeDownTask(Base):
    """Staff takes down what a withdrawn consent had allowed (C10)."""

    __tablename__ = "stadtlabor_take_down_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(32), index=True)
    purpose: Mapped[str] = mapped_column(slug_type())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    """The name of who did it; None while nobody has, and once it is forgotten."""
    done_key: Mapped[str | None] = staff_key("done_by")
    """The host's opaque key of who that was."""


IN_FORCE = (ConsentAction.GIVEN, ConsentAction.RENEWED)
"""The latest acts that can permit use (C7)."""
