"""What the portal has on several machines; each part where its setting is given."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def set_up(app: Flask) -> None:
    """Believe the proxies, and share limits, pages and work with the other machines."""
    if proxies := app.config.get("PROXIES"):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    if "RATELIMIT_STORAGE_URI" in app.config:
        from flask_limiter import Limiter
        from flask_limiter.util import get_remote_address

        Limiter(get_remote_address).init_app(app)
    if "CACHE_TYPE" in app.config:
        from flask_caching import Cache

        Cache(app)
    if "CELERY" in app.config:
        _set_up_celery(app, app.config["CELERY"])


def _set_up_celery(app: Flask, settings: dict[str, Any]) -> None:
    """As Flask's documentation does: each task runs in a context of the app."""
    from celery import Celery, Task

    class FlaskTask(Task):
        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=FlaskTask)
    celery.config_from_object(settings)
    celery.set_default()
    app.extensions["celery"] = celery
