"""Users and roles by Flask-Security."""

from __future__ import annotations

import flask_security as security
import pytest
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor import Actor, Stadtlabor
from tests.hosts import accounts
from tests.hosts.matrix.walk import EVENT, City

pytestmark = pytest.mark.one_database


def test_a_host_with_flask_security(city: City) -> None:
    """Its users are the actors, its roles answer the policy, and its pages keep working."""
    db = SQLAlchemy()
    user, role = accounts.models(db)

    def policy(actor: Actor | None, action: str, subject: object = None) -> bool:
        return actor is not None and bool(security.current_user.has_role("organiser"))

    app = city.app(__name__, **accounts.SETTINGS)
    db.init_app(app)
    security.Security(app, security.SQLAlchemyUserDatastore(db, user, role))
    Stadtlabor(db, policy=policy, **city.ports).init_app(app)
    accounts.add_people(app, db)
    city.walk(app, db)
    for name, status in (("ada", 200), ("bo", 403)):
        client = app.test_client()
        assert client.get("/stadtlabor/de/organise/").status_code == 403
        accounts.sign_in(client, name)
        assert client.get("/stadtlabor/de/organise/").status_code == status
        assert client.get(f"/stadtlabor/de/{EVENT}").status_code == 200
