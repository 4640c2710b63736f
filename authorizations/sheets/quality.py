"""What the steps of an issue with the quality of data ask for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.roles import Role
from authorizations.sheets.resource import options
from casework.inputs import Input
from casework.refusals import InvalidInput
from operators.models import Partnership

reason = {"reason": Input(kind="longtext", label=_("Reason"))}
opinion = {
    "opinion": Input(
        kind="longtext", label=_("Opinion"), phrases=(_("Checked: the problem is as described."),),
    )
}  # fmt: skip
answer_by = {
    "answer_by": Input(
        kind="future_date", label=_("To be answered by"), help=_("The measures set no limit: choose a day.")
    )
}
passing = opinion | answer_by
explanation = {
    "answer": Input(kind="longtext", label=_("Why it is not corrected"), help=_("The raiser is told these reasons."))
}


def beginning(actor: Actor) -> dict[str, Input]:
    """The resource, the field of it if there is one, what is wrong; the grant, and a partner's operator."""
    asked = {
        "resource": Input(
            kind="text", label=_("Resource"), max_length=60, help=_("Number or code of a resource in the catalogue.")
        ),
        **text(None),
    }
    if actor.has(Role.OPERATOR, Role.PARTNER):
        asked["grant"] = Input(
            kind="text", label=_("Grant"), max_length=40, required=False,
            help=_("The code of the grant under which the problem was found, if any."),
        )  # fmt: skip
    if actor.has(Role.PARTNER):
        asked["partnership"] = Input(
            kind="choice", label=_("Operator"), choices=lambda: _operators(actor), initial=_only(_operators(actor))
        )
    return asked


def _operators(actor: Actor) -> list[tuple[str, str]]:
    found = Partnership.objects.filter(organisation=actor.organisation, entered_at__isnull=False)
    return list(found.order_by("-id").values_list("number", "operator__name"))


def _only(choices: list[tuple[str, str]]) -> str | None:
    return choices[0][0] if len(choices) == 1 else None


def text(issue) -> dict[str, Input]:
    """What is wrong, with what is said so far."""

    def said(name: str):
        return getattr(issue, name) if issue else None

    return {
        "field": Input(
            kind="text", label=_("Field"), max_length=80, required=False, initial=said("field"),
            help=_("The name of the field, as it stands in the catalogue; empty for the resource as a whole."),
        ),
        "problem": Input(
            kind="choice", label=_("Kind of problem"), choices=lambda: options("quality_problem"),
            initial=said("problem"),
        ),
        "description": Input(
            kind="longtext", label=pgettext_lazy("of an issue", "Description"), initial=said("description"),
            help=_("What is wrong, where it shows and how it can be seen again. No personal data, please."),
        ),
    }  # fmt: skip


def correction(issue) -> dict[str, Input]:
    """What was corrected, when, and the version of the entry that came with it, if one did."""
    versions = [(str(one.pk), f"v{one.round}") for one in issue.resource.versions.order_by("-round")[:20]]
    return {
        "answer": Input(kind="longtext", label=_("What was corrected")),
        "corrected_on": Input(kind="past_date", label=_("Corrected on")),
        "new_version": Input(
            kind="choice", label=_("New version of the resource"), choices=versions, required=False,
            help=_("Where the entry in the catalogue changed with it."),
        ),
    }  # fmt: skip


def known_field(resource, name: str) -> str:
    """The field's name as the catalogue has it; given by name or by what it is; empty for none.

    Raises:
        InvalidInput: at `field`.
    """
    name = name.strip()
    if not name:
        return ""
    for field in resource.listed_version.fields:
        if name in (field["name"], field["label"]):
            return field["name"]
    raise InvalidInput({"field": [_("The resource has no field of this name.")]}, article="24")
