"""The app itself."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from accounts.checks import second_factor_roles_are_known


class AccountsConfig(AppConfig):
    """People and organisations; everything above builds on it."""

    name = "accounts"
    verbose_name = _("People and organisations")

    def ready(self):
        """Register the checks."""
        register(second_factor_roles_are_known, Tags.security)
