"""Chapter 3 of the measures: how operators are selected and bound by an agreement."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperatorsConfig(AppConfig):
    name = "operators"
    verbose_name = _("Selection of operators")
