"""What the steps of a need ask for (Art. 5(3))."""

from django.utils.translation import gettext_lazy as _

from accounts.queries import organisations_of_kind
from accounts.roles import OrganisationKind
from authorizations.sheets.resource import options
from casework.inputs import Input

OUTCOMES = [
    ("will_provide", _("It will be provided")),
    ("exists", _("It is in the catalogue already")),
    ("cannot", _("It can't be provided")),
]


def text(need=None) -> dict[str, Input]:
    """What is needed, for what, by when."""

    def said(name: str):
        return getattr(need, name) if need else None

    return {
        "subject": Input(kind="text", label=_("What is needed"), max_length=120, initial=said("subject"),
                         help=_("In a few words, such as “Opening hours of vaccination clinics”.")),
        "description": Input(kind="longtext", label=_("Description"), max_length=2000, initial=said("description"),
                             help=_("Which facts, about what, from when, how fresh.")),
        "scenario": Input(kind="text", label=_("Application scenario"), max_length=120, initial=said("scenario")),
        "theme": Input(kind="choice", label=_("Theme"), choices=lambda: options("theme"), initial=said("theme")),
        "wanted_by": Input(kind="future_date", label=_("Needed by"), required=False, initial=said("wanted_by")),
    }  # fmt: skip


def route(need) -> dict[str, Input]:
    """The department that is to answer, and by when. The measures set no limit, so the bureau may."""
    return {
        "department": Input(kind="choice", label=_("Department"), choices=departments),
        "answer_by": Input(kind="future_date", label=_("Answer by"), required=False,
                           help=_("The measures set no limit; leave it empty for none.")),
        "note": Input(kind="longtext", label=_("Note for the department"), max_length=1000, required=False),
    }  # fmt: skip


def departments() -> list[tuple[str, str]]:
    """Active departments by key and name."""
    found = organisations_of_kind(OrganisationKind.DEPARTMENT).values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]


answer = {
    "outcome": Input(kind="choice", label=_("Answer"), choices=OUTCOMES),
    "provide_by": Input(kind="future_date", label=_("Provided by"), required=False,
                        needed_when=("outcome", "will_provide")),
    "resource": Input(kind="text", label=_("Code of the resource"), max_length=60, required=False,
                      needed_when=("outcome", "exists"), help=_("The code of the entry in the catalogue.")),
    "reasons": Input(kind="longtext", label=_("Explanation"), max_length=2000,
                     help=_("How it will be provided, how the resource meets the need, or why it can't be.")),
}  # fmt: skip
reason = {"reason": Input(kind="longtext", label=_("Reason"), max_length=2000)}
