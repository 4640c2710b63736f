"""Which rule: articles, periods, checklists, the working-day calendar."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from regulation import validation


class RegulationConfig(AppConfig):
    """The rules and the working-day calendar."""

    name = "regulation"
    verbose_name = _("Rules")

    def ready(self):
        """An unknown citation or a broken file stops the start."""
        checks.register(validation.check_rule_sets)
