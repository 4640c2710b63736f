"""Conditions of an issue with the quality of data (Art. 24)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authorizations.guards.standing import standing_faults
from casework.guards import guard


@guard(
    "24",
    otherwise=_("Issues are raised by users whose agreements are in force."),
    remedy=_("The agreements named must be in force first."),
)
def raiser_in_standing(issue, *, on: datetime):
    return standing_faults(issue, on=timezone.localdate(on)) if issue.operator_id else True


@guard("24", otherwise=_("The resource is not in the catalogue any more."))
def resource_listed(issue):
    return issue.resource.is_offered
