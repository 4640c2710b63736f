"""Chapter 4 of the measures: catalogue, authorization of data, agreements on its use, access, quality."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthorizationsConfig(AppConfig):
    name = "authorizations"
    verbose_name = _("Authorization of data")
