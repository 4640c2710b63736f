"""The project's own app: it puts the others together and holds no rule of its own."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "futian_portal"
