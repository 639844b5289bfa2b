"""Users by Flask-Login."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, g, session
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor import Actor, Stadtlabor
from flask_stadtlabor.adapters.flask_login import FlaskLoginActor
from flask_stadtlabor.ports import CurrentActor
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


class Citizen(UserMixin):
    """A user of the host's, with names of its own for things."""

    def __init__(self, **values: object) -> None:
        self.id = 7
        self.name = "Ada L."
        self.mail: str | None = "ada@buerger.example"
        self.confirmed_at: datetime | None = datetime(2026, 3, 1, tzinfo=UTC)
        self.first_name, self.last_name = "Ada", None
        vars(self).update(values)

    def is_confirmed(self) -> bool:
        """A method, which is true as an attribute, whatever it gives."""
        return self.confirmed_at is not None


NAMED = FlaskLoginActor(
    email="mail", email_verified="confirmed_at", given_name="first_name", family_name="last_name"
)


def actor_for(user: object, port: CurrentActor) -> Actor | None:
    app = Flask(__name__)
    LoginManager(app)
    with app.test_request_context():
        g._login_user = user
        return port()


def test_a_host_names_what_its_users_have() -> None:
    known = {"email": "ada@buerger.example", "given_name": "Ada"}
    right = Actor("7", "Ada L.", email_verified=True, **known)  # type: ignore[arg-type]
    assert actor_for(Citizen(), NAMED) == right
    assert actor_for(Citizen(), FlaskLoginActor()) == Actor("7", "Ada L.")
    assert actor_for(Citizen(), FlaskLoginActor(key="name")) == Actor("Ada L.", "Ada L.")
    assert actor_for(AnonymousUserMixin(), NAMED) is None


@pytest.mark.parametrize(
    ("user", "name"),
    [
        (Citizen(confirmed_at=None), "confirmed_at"),
        (Citizen(confirmed_at=None), "is_confirmed"),
        (Citizen(mail=None), "confirmed_at"),
        (Citizen(mail=""), "is_confirmed"),
        (Citizen(), "misspelt"),
        (Citizen(), ""),
    ],
)
def test_no_address_is_confirmed_that_the_host_does_not_say_is(user: Citizen, name: str) -> None:
    """A method is called, and a name that is not there confirms nothing."""
    actor = actor_for(user, FlaskLoginActor(email="mail", email_verified=name))
    assert actor is not None
    assert actor.email_verified is False
