"""``celery --app example_app.worker worker``: the portal as Celery's command finds it."""

from example_app import create_app

celery = create_app().extensions["celery"]
