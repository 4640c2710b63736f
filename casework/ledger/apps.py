"""The ledger: an append-only Merkle log of what was decided, when, by whom, under which article."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "casework.ledger"
    label = "ledger"
    verbose_name = _("Ledger")
