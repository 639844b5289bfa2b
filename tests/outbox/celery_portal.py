"""A portal with Celery as Flask's documentation has it; run as a module, Celery's command.

``python -m tests.outbox.celery_portal worker …``, configured by its environment.
"""

from __future__ import annotations

import sys
from typing import Any

from celery import Celery, Task
from flask import Flask

from tests.hosts import ten_lines


def set_up_celery(app: Flask, config: dict[str, Any]) -> Celery:
    """A Celery app whose tasks run in contexts of ``app``."""

    class FlaskTask(Task):  # type: ignore[misc]
        def __call__(self, *args: object, **kwargs: object) -> object:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=FlaskTask, set_as_current=False)
    celery.config_from_object(config)
    app.extensions["celery"] = celery
    return celery


if __name__ == "__main__":
    portal = ten_lines.create_app()
    celery = set_up_celery(portal, portal.config["CELERY"])
    celery.set_default()
    celery.start(sys.argv[1:])
