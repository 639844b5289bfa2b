"""Several databases: the host's people live on a bind of their own, ours on the default one."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL, String, inspect
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor import Stadtlabor
from flask_stadtlabor.signals import registration_confirmed
from tests.hosts.matrix.walk import City


def test_a_host_with_several_databases(other_database: URL, city: City) -> None:
    """One session writes into both: what a receiver of ours adds arrives on the host's bind."""
    db = SQLAlchemy()

    class Visit(db.Model):  # type: ignore[name-defined, misc]
        __bind_key__ = "people"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(200))

    app = city.app(__name__, SQLALCHEMY_BINDS={"people": other_database})
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    with app.app_context():
        db.create_all()

    def note_the_visit(sender: object, registration: object, **extra: object) -> None:
        db.session.add(Visit(name=registration.family_name))  # type: ignore[attr-defined]

    with registration_confirmed.connected_to(note_the_visit, sender=app):
        city.walk(app, db)
    with app.app_context():
        assert [visit.name for visit in db.session.query(Visit)] == ["Yıldız-1"]
        assert inspect(db.engines["people"]).get_table_names() == ["visit"]
        assert "visit" not in inspect(db.engine).get_table_names()
