"""The portal's own tables; the Stadtlabor's lie beside them in the same database."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash

from example_app.extensions import db

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase as Model
else:
    Model = db.Model


class User(Model):
    """Somebody who can sign in, in the form that Flask-Login expects."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    is_organiser: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str] = mapped_column(String(255))

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The key in the session."""
        return str(self.id)

    def set_password(self, password: str) -> None:
        """Keep the password's hash."""
        self.password_hash = generate_password_hash(password)

    def has_password(self, password: str) -> bool:
        """Whether this is the password."""
        return check_password_hash(self.password_hash, password)


class News(Model):
    """A notice of the city, in both languages."""

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    published_on: Mapped[date]
    title_de: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    teaser_de: Mapped[str] = mapped_column(Text)
    teaser_en: Mapped[str] = mapped_column(Text)
    body_de: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)


class BarrierReport(Model):
    """A barrier that somebody met on these pages."""

    __tablename__ = "barrier_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    reported_at: Mapped[datetime]
    page: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(320))
