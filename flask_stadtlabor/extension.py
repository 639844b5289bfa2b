"""``Stadtlabor``: sets all parts of the package up on an app."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_sqlalchemy import SQLAlchemy

from flask_stadtlabor.adapters import flask_login, flask_mailman
from flask_stadtlabor.adapters.flask_limiter import FlaskLimiterLimit
from flask_stadtlabor.adapters.page_cache import FlaskCachingPages
from flask_stadtlabor.adapters.picture_files import PictureFiles
from flask_stadtlabor.blueprint import create_blueprint
from flask_stadtlabor.cli import stadtlabor_cli
from flask_stadtlabor.cli.checks.configuration import warn_of_missing_links
from flask_stadtlabor.config import ConfigurationError, Settings
from flask_stadtlabor.database_options import require_database
from flask_stadtlabor.events.history_models import SharedKind
from flask_stadtlabor.events.teaser import upcoming
from flask_stadtlabor.i18n import create_domain, set_up_babel
from flask_stadtlabor.migrations.guard import keep_out_of_host_migrations
from flask_stadtlabor.outbox.deferred import set_renderers
from flask_stadtlabor.outbox.undeliverable import set_last_resort
from flask_stadtlabor.outbox.wake import deliver_after_commit
from flask_stadtlabor.participation.areas.known import set_areas
from flask_stadtlabor.participation.comments.news import COMMENT_NEWS
from flask_stadtlabor.participation.comments.operations import belongings as comments
from flask_stadtlabor.participation.ideas.news import IDEA_NEWS
from flask_stadtlabor.participation.ideas.operations import belongings as ideas
from flask_stadtlabor.participation.moderation.operations import belongings as moderation
from flask_stadtlabor.participation.people.joining import Joiner, set_joiners
from flask_stadtlabor.participation.people.mails import PARTICIPATION_LINK, link_mail
from flask_stadtlabor.participation.telling.operations import hand_on_news
from flask_stadtlabor.participation.telling.words import set_news_words
from flask_stadtlabor.ports import (
    Clock,
    CurrentActor,
    Mailer,
    PageCache,
    PictureStore,
    Policy,
    Ports,
    RateLimit,
    deny_all,
    system_clock,
)
from flask_stadtlabor.registration.mails import kinds
from flask_stadtlabor.registration.mails.address_links import links_mail
from flask_stadtlabor.registration.mails.send import deferred_mail
from flask_stadtlabor.registration.mails.undelivered import hand_to_staff
from flask_stadtlabor.state import EXTENSION, State
from flask_stadtlabor.templating import NOT_ESCAPED, create_environment, escapes
from flask_stadtlabor.urls import one_of_converter

MAIL_RENDERERS = {
    kinds.LINKS.name: links_mail,
    PARTICIPATION_LINK.name: link_mail,
    **{kind.name: deferred_mail for kind in kinds.KINDS if kind.deferred_in},
}
JOINERS: tuple[Joiner, ...] = (
    ideas.hand_on,
    comments.hand_on_comments,
    moderation.hand_on,
    hand_on_news,
)
"""How each room of participation moves what one participant has to another."""
NEWS_WORDS = {**IDEA_NEWS, **COMMENT_NEWS}
"""What each kind of news is called in a digest, in the order in which they stand there."""


class Stadtlabor:
    """The extension.

    ``db`` is the host's Flask-SQLAlchemy object. The other arguments are ports
    (:mod:`flask_stadtlabor.ports`); each has a default: the user of Flask-Login where that is set
    up, no staff rights for anybody, Flask-Mailman where that is set up and SMTP elsewhere, limits
    counted by Flask-Limiter where that is set up and in this process elsewhere, the machine's
    clock, pages kept by Flask-Caching where that is set up and in this process elsewhere, pictures
    as files in the folder that ``STADTLABOR_PICTURES`` names.
    """

    def __init__(
        self,
        db: SQLAlchemy,
        *,
        actor: CurrentActor = flask_login.current_actor,
        policy: Policy = deny_all,
        mailer: Mailer = flask_mailman.send,
        rate_limit: RateLimit | None = None,
        clock: Clock = system_clock,
        page_cache: PageCache | None = None,
        pictures: PictureStore | None = None,
    ) -> None:
        self.db = db
        self._actor = actor
        self._policy = policy
        self._mailer = mailer
        self._rate_limit = rate_limit
        self._clock = clock
        self._page_cache = page_cache
        self._pictures = pictures

    def init_app(self, app: Flask, *, register_blueprint: bool = True) -> None:
        """Set the extension up on ``app``, after the host's own extensions.

        With ``register_blueprint=False`` the host registers :meth:`create_blueprint` itself.

        Raises :class:`~flask_stadtlabor.config.ConfigurationError` for a setting that cannot work.
        """
        require_database(app, self.db)
        settings = Settings.from_config(app.config)
        ports = Ports(
            actor=self._actor,
            policy=self._policy,
            mailer=self._mailer,
            rate_limit=self._rate_limit or FlaskLimiterLimit(),
            clock=self._clock,
            page_cache=self._page_cache or FlaskCachingPages(),
            pictures=self._pictures or PictureFiles(),
        )
        domain = create_domain(settings.translation_directories)
        environment = create_environment(app)
        app.extensions[EXTENSION] = State(self.db, settings, ports, domain, environment)
        set_renderers(app, MAIL_RENDERERS)
        set_last_resort(app, hand_to_staff)
        set_joiners(app, JOINERS)
        set_news_words(app, NEWS_WORDS)
        set_areas(app, settings.areas)
        app.url_map.converters["stadtlabor_locale"] = one_of_converter(settings.locales)
        app.url_map.converters["stadtlabor_shared"] = one_of_converter(SharedKind)
        set_up_babel(app)
        if not escapes(app):
            raise ConfigurationError(NOT_ESCAPED)
        app.jinja_env.globals["stadtlabor_upcoming"] = upcoming
        keep_out_of_host_migrations(app)
        if settings.outbox != "worker":
            deliver_after_commit(app, self.db)
        if settings.outbox == "celery":
            _add_tasks()
        app.cli.add_command(stadtlabor_cli)
        warn_of_missing_links(app)
        if register_blueprint:
            app.register_blueprint(self.create_blueprint(), url_prefix=settings.url_prefix)

    def create_blueprint(self) -> Blueprint:
        """A fresh blueprint, for hosts that register or nest it themselves."""
        return create_blueprint()


def _add_tasks() -> None:
    """Give every Celery app our tasks, whether it was made before or will be after."""
    try:
        from flask_stadtlabor import tasks  # noqa: F401
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "STADTLABOR_OUTBOX is 'celery', but Celery is not installed; install "
            "flask-stadtlabor[celery], or write 'worker'."
        ) from error
