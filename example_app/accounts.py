"""Signing in and out, and who is there."""

from __future__ import annotations

import re

from flask import (
    Blueprint,
    Flask,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.security import generate_password_hash
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired

from example_app import languages
from example_app.extensions import db, login_manager
from example_app.languages import PREFIX
from example_app.models import BarrierReport, User
from example_app.security import Throttle
from flask_stadtlabor import erase_person, export_person

blueprint = Blueprint("accounts", __name__, url_prefix=PREFIX)
languages.speak_by_path(blueprint)
throttle = Throttle()


class SignInForm(FlaskForm):
    """Address and password."""

    email = EmailField(
        lazy_gettext("Email address"),
        [InputRequired(lazy_gettext("Please enter your email address."))],
    )
    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(lazy_gettext("Please enter your password."))]
    )
    next = HiddenField()


class SignOutForm(FlaskForm):
    """One button."""


class CloseForm(FlaskForm):
    """One button."""


def visitor() -> User | None:
    """The signed-in user, or None.

    Whoever brings no session cookie is not looked for: Flask-Login's ``current_user`` would open
    a session, and the pages of strangers could no longer be cached.
    """
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None


def find_user(key: str) -> User | None:
    """The user with this id."""
    return db.session.get(User, int(key)) if key.isdecimal() else None


def key_of(user: User) -> str:
    """The key of the account that the Stadtlabor gets."""
    return f"user:{user.id}"


def path_within_site(target: str | None) -> str | None:
    """``target`` where it is a path of this site, else None: no way to another one (S11)."""
    if target and re.fullmatch(r"/(?![/\\])[^\s\\\x00-\x1f]*", target):
        return target
    return None


@blueprint.route("/sign-in/", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The form, and what became of it."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = path_within_site(request.args.get("next"))
        return render_template("portal/sign_in.html", form=form, problem=None)
    problem = None
    if form.validate_on_submit():
        user, problem = _check(form)
        if user is not None:
            login_user(user)
            return redirect(path_within_site(form.next.data) or url_for("accounts.account"), 303)
    return render_template("portal/sign_in.html", form=form, problem=problem), 422


def _check(form: SignInForm) -> tuple[User | None, str | None]:
    """The user whose password this is, or a sentence; it takes as long for an unknown address."""
    email = (form.email.data or "").replace("\0", "").strip().lower()
    if not throttle.allows(f"{request.remote_addr}|{email}"):
        return None, gettext("Too many attempts. Please wait ten minutes.")
    user = db.session.scalar(select(User).filter_by(email=email))
    password = form.password.data or ""
    if user is None:
        generate_password_hash(password)
    elif user.has_password(password):
        return user, None
    return None, gettext("This email address and password do not match.")


@blueprint.post("/sign-out/")
def sign_out() -> ResponseReturnValue:
    """Leave; the host's CSRFProtect has looked at the form."""
    logout_user()
    return redirect(url_for("pages.home"), 303)


@blueprint.get("/account/")
def account() -> ResponseReturnValue:
    """The user's own page; organisers see which barriers were reported."""
    user = visitor()
    if user is None:
        return redirect(url_for("accounts.sign_in", next=request.script_root + request.path), 303)
    reports = (
        db.session.scalars(select(BarrierReport).order_by(BarrierReport.id.desc()).limit(20)).all()
        if user.is_organiser
        else []
    )
    return render_template("portal/account.html", reports=reports)


@blueprint.route("/account/close/", methods=["GET", "POST"])
def close_account() -> ResponseReturnValue:
    """Ask first; then the account goes, with all that the Stadtlabor has of it or of its address.

    Addresses of accounts are confirmed in this portal, or anybody could erase somebody else's data.
    """
    user = visitor()
    if user is None:
        return redirect(url_for("accounts.sign_in", next=request.script_root + request.path), 303)
    form = CloseForm()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("portal/close_account.html", form=form), status
    erase_person(user.email, account=key_of(user))
    db.session.delete(user)
    db.session.commit()
    logout_user()
    return redirect(url_for("pages.home"), 303)


@blueprint.get("/account/data.json")
def account_data() -> ResponseReturnValue:
    """All that is stored about the user, in the portal and in the Stadtlabor."""
    user = visitor()
    if user is None:
        return redirect(url_for("accounts.sign_in"), 303)
    response = jsonify(
        account={"email": user.email, "name": user.name},
        stadtlabor=export_person(user.email, account=key_of(user)),
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = "attachment; filename=musterstadt.json"
    return response


def set_up(app: Flask) -> None:
    """Tell Flask-Login and the templates about our users."""
    login_manager.user_loader(find_user)
    app.jinja_env.globals.update(visitor=visitor, sign_out_form=SignOutForm)
