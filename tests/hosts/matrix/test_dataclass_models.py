"""Models that are dataclasses, by SQLAlchemy's ``MappedAsDataclass``."""

from __future__ import annotations

import pytest
import sqlalchemy
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from flask_stadtlabor import Stadtlabor
from tests.hosts.matrix.walk import City

pytestmark = pytest.mark.one_database

UNSUPPORTED = sqlalchemy.__version__.startswith("2.1")
"""Flask-SQLAlchemy 3.1 itself has no dataclasses with SQLAlchemy 2.1, whoever else is there."""


@pytest.mark.xfail(UNSUPPORTED, reason="Flask-SQLAlchemy fails", strict=True)
def test_a_host_with_dataclass_models(city: City) -> None:
    class Base(DeclarativeBase, MappedAsDataclass):
        pass

    db = SQLAlchemy(model_class=Base)

    class Citizen(db.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        name: Mapped[str] = mapped_column(String(200))

    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    with app.app_context():
        db.create_all()
        db.session.add(Citizen("Ada"))
        db.session.commit()
    city.walk(app, db)
    with app.app_context():
        assert repr(db.session.query(Citizen).one()).endswith("Citizen(id=1, name='Ada')")
