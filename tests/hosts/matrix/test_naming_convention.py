"""A metadata of the host's that names its constraints in its own way."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, String, inspect
from sqlalchemy.orm import Mapped, mapped_column

from flask_stadtlabor import Stadtlabor
from tests.hosts.matrix.walk import City, run

CONVENTION = {
    "pk": "host_pk_%(table_name)s",
    "ix": "host_ix_%(table_name)s_%(column_0_name)s",
    "uq": "host_uq_%(table_name)s_%(column_0_name)s",
    "ck": "host_ck_%(table_name)s_%(constraint_name)s",
    "fk": "host_fk_%(table_name)s_%(column_0_name)s",
}


def test_a_host_with_a_naming_convention(city: City) -> None:
    db = SQLAlchemy(metadata=MetaData(naming_convention=CONVENTION))

    class Citizen(db.Model):  # type: ignore[name-defined, misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(200), unique=True)

    app = city.app(__name__)
    db.init_app(app)
    Stadtlabor(db, **city.ports).init_app(app)
    with app.app_context():
        db.create_all()
    city.walk(app, db)
    with app.app_context():
        inspector = inspect(db.engine)
        assert inspector.get_unique_constraints("citizen")[0]["name"] == "host_uq_citizen_name"
        ours = inspector.get_foreign_keys("stadtlabor_registration")
        assert all(not str(key["name"]).startswith("host_") for key in ours)
    run(app, "db", "check")
