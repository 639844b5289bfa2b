"""The portal's own pages: home, news, and what the law asks for."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from example_app import languages
from example_app.extensions import db
from example_app.languages import PREFIX
from example_app.models import BarrierReport, News

blueprint = Blueprint("pages", __name__)
languages.speak_by_path(blueprint)


def stripped(value: str | None) -> str:
    """The text without white space around it, and without the NUL that no database keeps."""
    return (value or "").replace("\0", "").strip()


class BarrierForm(FlaskForm):
    """What was in the way, where, and how to answer."""

    description = TextAreaField(
        lazy_gettext("What was in your way?"),
        [DataRequired(lazy_gettext("Please describe the barrier.")), Length(max=5000)],
        filters=[stripped],
    )
    page = StringField(
        lazy_gettext("On which page? (optional)"), [Length(max=2000)], filters=[stripped]
    )
    email = EmailField(
        lazy_gettext("Email address for our answer (optional)"),
        [Length(max=320)],
        filters=[stripped],
    )


@blueprint.get("/")
def root() -> ResponseReturnValue:
    """To the home page in the visitor's language."""
    return languages.to_best("pages.home")


@blueprint.get(f"{PREFIX}/")
def home() -> ResponseReturnValue:
    """The latest news, and the way to the Stadtlabor."""
    return render_template("portal/home.html", news=_latest(3))


@blueprint.get(f"{PREFIX}/news/")
def news() -> ResponseReturnValue:
    """All news."""
    return render_template("portal/news.html", news=_latest(50))


@blueprint.get(f"{PREFIX}/news/<slug>/")
def news_item(slug: str) -> ResponseReturnValue:
    """One notice."""
    if "\0" in slug:
        abort(404)
    item = db.session.scalar(select(News).filter_by(slug=slug)) or abort(404)
    return render_template("portal/news_item.html", item=item)


@blueprint.get(f"{PREFIX}/imprint/")
def imprint() -> ResponseReturnValue:
    """Who answers for these pages."""
    return render_template(f"portal/imprint.{languages.current()}.html")


@blueprint.get(f"{PREFIX}/privacy/")
def privacy() -> ResponseReturnValue:
    """The portal's privacy notice."""
    return render_template(f"portal/privacy.{languages.current()}.html")


@blueprint.get(f"{PREFIX}/accessibility/")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template(f"portal/accessibility.{languages.current()}.html")


@blueprint.route(f"{PREFIX}/barrier/", methods=["GET", "POST"])
def barrier() -> ResponseReturnValue:
    """Report a barrier."""
    form = BarrierForm()
    if form.validate_on_submit():
        report = BarrierReport(
            reported_at=datetime.now(UTC).replace(tzinfo=None),
            page=form.page.data or "",
            description=form.description.data,
            email=form.email.data or None,
        )
        db.session.add(report)
        db.session.commit()
        return redirect(url_for("pages.barrier_reported"), 303)
    return render_template("portal/barrier.html", form=form), 422 if form.errors else 200


@blueprint.get(f"{PREFIX}/barrier/thanks/")
def barrier_reported() -> ResponseReturnValue:
    """The report has arrived."""
    return render_template("portal/barrier_reported.html")


def _latest(limit: int) -> list[News]:
    query = select(News).order_by(News.published_on.desc(), News.id).limit(limit)
    return list(db.session.scalars(query))


def _show_error(error: HTTPException) -> ResponseReturnValue:
    return render_template("portal/error.html", code=error.code), error.code or 500


def set_up(app: Flask) -> None:
    """Short addresses without a language, and the portal's own error pages."""
    for name in ("imprint", "privacy", "accessibility", "barrier"):
        app.add_url_rule(
            f"/{name}", f"short_{name}", languages.to_best, defaults={"endpoint": f"pages.{name}"}
        )
    for code in (400, 403, 404, 405, 413, 500):
        app.register_error_handler(code, _show_error)
    app.jinja_env.globals.update(current_path=lambda: request.path)
