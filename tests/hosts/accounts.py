"""Users and roles as Flask-Security has them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import RoleMixin, UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.test import TestResponse

from tests.forms import fill

SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_SALT": "only for tests",
    "SECURITY_PASSWORD_HASH": "plaintext",
    "SECURITY_PASSWORD_SCHEMES": ["plaintext"],
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
}
PASSWORD = "Lovelace-1815"


def models(db: SQLAlchemy) -> tuple[Any, Any]:
    """The models of users and of roles."""

    class Role(RoleMixin, db.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(80), unique=True)

    class User(UserMixin, db.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(String(255), unique=True)
        password: Mapped[str] = mapped_column(String(255))
        active: Mapped[bool] = mapped_column(default=True)
        fs_uniquifier: Mapped[str] = mapped_column(
            String(64), unique=True, default=lambda: uuid.uuid4().hex
        )
        roles = db.relationship(
            Role,
            secondary=db.Table(
                "roles_users",
                db.Column("user_id", db.ForeignKey("user.id")),
                db.Column("role_id", db.ForeignKey("role.id")),
            ),
        )

    return User, Role


def add_people(app: Flask, db: SQLAlchemy) -> None:
    """Ada, who is an organiser, and Bo, who is not; makes the tables first."""
    with app.app_context():
        db.create_all()
        users = app.extensions["security"].datastore
        organiser = users.create_role(name="organiser")
        users.create_user(email="ada@stadt.example", password=PASSWORD, roles=[organiser])
        users.create_user(email="bo@stadt.example", password=PASSWORD)
        users.commit()


def sign_in(client: FlaskClient, name: str, page: str = "/login") -> TestResponse:
    """Sign ``ada`` or ``bo`` in, by the form on ``page``."""
    signed_in = fill(client, page, {"email": f"{name}@stadt.example", "password": PASSWORD})
    assert signed_in.status_code == 302, signed_in.text
    return signed_in
