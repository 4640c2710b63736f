"""The standing of operator and partner, on which requests, agreements and access rest (Art. 12, 17, 19(2), 29, 30)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from operators.models import OperatingAgreement, Partnership


def standing_faults(case, *, on: date) -> list[str]:
    """What is not in force on a day of the operating agreement and, for a partner, of its standing; empty if all is.

    `case` has `operator_id` and `partnership_id` (None for an operator).
    """
    faults = []
    if not OperatingAgreement.objects.in_force(on=on).filter(organisation=case.operator_id).exists():
        faults.append(str(_("The operating agreement of the operator is not in force.")))
    if case.partnership_id and not Partnership.objects.in_force(on=on).filter(pk=case.partnership_id).exists():
        faults.append(str(_("The partner's standing or its platform service agreement is not in force.")))
    return faults
