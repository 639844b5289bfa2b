"""A host portal of ten lines, run by a real server and configured by its environment."""

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor import Stadtlabor

db = SQLAlchemy()
stadtlabor = Stadtlabor(db)


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.from_mapping(SECRET_KEY="only for tests")
    app.config.from_prefixed_env()
    db.init_app(app)
    stadtlabor.init_app(app)
    return app
