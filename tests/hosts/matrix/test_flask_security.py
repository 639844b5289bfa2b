"""Users and roles by Flask-Security."""

from __future__ import annotations

import uuid

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor import Actor, Stadtlabor
from tests.forms import fill
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database

security = pytest.importorskip("flask_security", reason="Flask-Security is not installed")


def test_a_host_with_flask_security(city: City) -> None:
    """Its users are the actors, its roles answer the policy, and its pages keep working."""
    db = SQLAlchemy()

    class Role(security.RoleMixin, db.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(80), unique=True)

    class User(security.UserMixin, db.Model):  # type: ignore[name-defined, misc]
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

    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        return actor is not None and bool(security.current_user.has_role("organiser"))

    app = city.app(
        __name__,
        SECURITY_PASSWORD_SALT="only for tests",
        SECURITY_PASSWORD_HASH="plaintext",
        SECURITY_PASSWORD_SCHEMES=["plaintext"],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    )
    db.init_app(app)
    users = security.SQLAlchemyUserDatastore(db, User, Role)
    security.Security(app, users)
    Stadtlabor(db, policy=policy, **city.ports).init_app(app)
    with app.app_context():
        db.create_all()
        organiser = users.create_role(name="organiser")
        users.create_user(email="ada@stadt.example", password="Lovelace-1815", roles=[organiser])
        users.create_user(email="bo@stadt.example", password="Lovelace-1815")
        users.commit()
    city.walk(app, db)
    for name, status in (("ada", 200), ("bo", 403)):
        client = app.test_client()
        assert client.get("/stadtlabor/de/organise/").status_code == 403
        signed_in = fill(
            client, "/login", {"email": f"{name}@stadt.example", "password": "Lovelace-1815"}
        )
        assert signed_in.status_code == 302, signed_in.text
        assert client.get("/stadtlabor/de/organise/").status_code == status
        assert client.get(f"/stadtlabor/de/{EVENT}").status_code == 200
