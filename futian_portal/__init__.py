"""The portal as a project: settings, routes, background jobs."""

from futian_portal.celery import app as celery_app

__all__ = ["celery_app"]
