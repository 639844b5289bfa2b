"""Users by Flask-Login."""

from __future__ import annotations

import pytest
from flask import session
from flask_login import LoginManager, UserMixin, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor import Actor, Stadtlabor
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database


def test_a_host_with_flask_login(city: City) -> None:
    """Whoever is signed in is the actor; the policy is the host's, and nobody else is let in."""
    db = SQLAlchemy()

    class User(UserMixin, db.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(200))

    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        return actor == Actor("1", "Ada")

    app = city.app(__name__)
    db.init_app(app)
    login_manager = LoginManager()
    login_manager.init_app(app, add_context_processor=False)
    login_manager.user_loader(lambda key: db.session.get(User, int(key)))
    Stadtlabor(db, policy=policy, **city.ports).init_app(app)

    @app.post("/sign-in/<int:number>")
    def sign_in(number: int) -> str:
        login_user(db.session.get(User, number))
        return str(session["_user_id"])

    with app.app_context():
        db.create_all()
        db.session.add_all([User(name="Ada"), User(name="Bo")])
        db.session.commit()
    city.walk(app, db)
    assert "public" in app.test_client().get(f"/stadtlabor/de/{EVENT}").headers["Cache-Control"]
    for number, status in ((1, 200), (2, 403)):
        client = app.test_client()
        assert client.get("/stadtlabor/de/organise/").status_code == 403
        client.post(f"/sign-in/{number}")
        assert client.get("/stadtlabor/de/organise/").status_code == status
