"""Models as Flask-SQLAlchemy 2 had them: ``db.Model`` with ``db.Column``."""

from __future__ import annotations

import pytest
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor import Stadtlabor
from tests.hosts.matrix.walk import City

pytestmark = pytest.mark.one_database


def test_a_host_with_classic_models(city: City) -> None:
    db = SQLAlchemy()

    class Citizen(db.Model):  # type: ignore[name-defined, misc]
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(200), nullable=False)

    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    with app.app_context():
        db.create_all()
        db.session.add(Citizen(name="Ada"))
        db.session.commit()
    city.walk(app, db)
    with app.app_context():
        assert db.session.query(Citizen.name).all() == [("Ada",)]
