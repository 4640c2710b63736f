"""The conditions of Art. 17 and 19(2): rules for partners, entry and exit, platform service agreements."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from casework.guards import guard


@guard(
    "",
    otherwise=_("The operator has no operating agreement in force."),
    remedy=_("An operating agreement must be in force first; while one is suspended, wait until it is resumed."),
)
def operator_bound(case, *, on: datetime):
    return case.operator_is_bound(timezone.localdate(on))


# --- the rules for partners ----------------------------------------------------------------------------------


@guard("17", otherwise=_("A part of the rules is empty."), remedy=_("Change the rules and complete every part."))
def rules_complete(rules):
    return [part.title for part, text in rules.parts_shown() if not text.strip()]


@guard("17", otherwise=_("The rules would take effect in the past."), remedy=_("Change the rules and set a later day."))
def effect_not_past(rules, *, on: datetime):
    return timezone.localdate(on) <= rules.effective_on


@guard(
    "17",
    otherwise=_("The rules would take effect before the edition that they replace."),
    remedy=_("Change the rules and set a later day."),
)
def effect_in_order(rules):
    earlier = rules.latest()
    return earlier is None or earlier.effective_on <= rules.effective_on


# --- entry ---------------------------------------------------------------------------------------------------


@guard("17", otherwise=_("Your organisation already is a partner of this operator, or has applied to be one."))
def first_partnership(partnership):
    return not partnership.others_open().exists()


@guard("17", otherwise=_("The application is not complete."), remedy=_("Fill in the particulars named."))
def particulars_complete(partnership):
    return partnership.lacking()


@guard(
    "17",
    otherwise=_("The day by which the application had to be corrected has passed."),
    remedy=_("Ask the operator whether it sets a new day."),
)
def entry_correction_in_time(partnership, *, on: datetime):
    return partnership.correct_by is None or timezone.localdate(on) <= partnership.correct_by


@guard("17", otherwise=_("The day by which the application has to be corrected has not passed."))
def entry_correction_overdue(partnership, *, on: datetime):
    return partnership.correct_by is not None and timezone.localdate(on) > partnership.correct_by


@guard(
    "19(2)",
    otherwise=_("No platform service agreement between the operator and the partner is in force."),
    remedy=_("Have both sides sign one first."),
)
def service_agreed(partnership, *, on: datetime):
    return partnership.service_agreed(timezone.localdate(on))


# --- suspension and exit -------------------------------------------------------------------------------------


@guard(
    "30",
    otherwise=_("The bureau has suspended this partner; only the bureau can lift that."),
    remedy=_("Report to the bureau what has been rectified."),
)
def suspension_yours_to_lift(partnership, *, by: Actor):
    return by.has(Role.BUREAU) or not partnership.suspended_by_bureau


@guard("17", otherwise=_("How the exit was settled and the data deleted has not been reported."))
def exit_reported(partnership):
    return bool(partnership.settlement and partnership.deletion)


@guard(
    "17",
    otherwise=_("The proof that the data left on the platform were deleted is not attached."),
    remedy=_("Attach the proof to this case first."),
)
def deletion_proved(partnership):
    return partnership.deletion_proofs().exists()


# --- the platform service agreement --------------------------------------------------------------------------


@guard(
    "19(2)",
    otherwise=_("A platform service agreement is concluded with a partner that was accepted or has entered."),
)
def partner_accepted(agreement):
    return agreement.partnership.state in {"agreement", "active", "suspended"}


@guard("19(2)", otherwise=_("Another agreement with this partner is being prepared."))
def none_in_preparation(agreement):
    return [other.number for other in agreement.siblings().filter(state__in=["draft", "signing"])]


@guard(
    "19(2)",
    otherwise=_("The term begins before the agreement in force has ended."),
    remedy=_("Let the new term begin after the last day of the one before."),
)
def term_after_earlier(agreement):
    words = gettext("%(number)s runs until %(day)s.")
    earlier = agreement.siblings().filter(state="effective", ends_on__gte=agreement.starts_on)
    return [words % {"number": one.number, "day": one.ends_on} for one in earlier]
