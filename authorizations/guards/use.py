"""Conditions of a data use agreement and of consent (Art. 19(1), 20)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authorizations.sheets.use import sensitive_items
from casework.guards import guard


@guard("19(1)", otherwise=_("Nothing of the request is authorised any more."))
def something_authorised(agreement):
    return agreement.request.granted_items().filter(revoked_at=None).exists()


@guard(
    "19(1)",
    otherwise=_("Another agreement on this request is being drafted or signed."),
    remedy=_("Finish or cancel that one first."),
)
def no_other_draft(agreement):
    return not agreement.request.agreements.filter(state__in=["draft", "signing", "consent"]).exists()


@guard(
    "20",
    otherwise=_("Consent is not on file for every resource with personal information or business secrets."),
    remedy=_("The user files the consent with its evidence, for this scenario."),
)
def consent_on_file(agreement, *, on: datetime):
    return [item.version.name for item in agreement.items_without_consent(timezone.localdate(on))]


@guard("19(1)", otherwise=_("The term of the later agreement has not begun."))
def successor_begun(agreement, *, on: datetime):
    # The later one is on its way into force when it asks, so its own state is not looked at, only its term.
    later = agreement.successors.exclude(state__in=["draft", "cancelled"])
    return later.filter(starts_on__lte=timezone.localdate(on)).exists()


@guard("20", otherwise=_("No resource of this agreement holds personal information or business secrets."))
def consent_concerned(agreement):
    return bool(sensitive_items(agreement))


@guard("20", otherwise=_("No consent is on file for this scenario."))
def consent_there(agreement):
    return agreement.request.scenario.consents.filter(withdrawn_at=None).exists()
