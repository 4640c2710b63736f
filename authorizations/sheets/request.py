"""What the steps of a request for authorization ask for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor
from accounts.roles import Role
from authorizations.sheets.resource import options
from casework.inputs import Input
from operators.models import Partnership

truth = {"truth": Input(kind="confirm", label=_("What is stated is true, and the data will be used for it only."))}
reason = {"reason": Input(kind="longtext", label=_("Reason"))}
refusal = {
    "reason": Input(
        kind="longtext", label=_("Reason of the refusal"),
        phrases=(
            _("The purpose of use is not clear."),
            _("The security measures do not suffice for data of this grade."),
            _("The resources asked for go beyond what the scenario needs."),
        ),
    )
}  # fmt: skip
opinion = {
    "opinion": Input(
        kind="longtext", label=_("Opinion"),
        phrases=(
            _("The scenario is clear, the resources are needed for it, and the security measures suffice."),
            _("Agreed, on condition that the security measures are carried out in full."),
        ),
    )
}  # fmt: skip
correction = {
    "defects": Input(
        kind="longtext", label=_("What has to be corrected"), help=_("Everything at once, one point a line."),
        phrases=(
            _("Describe the scenario and the purpose in more detail."),
            _("State the security measures for each resource."),
            _("Ask only for the resources that the scenario needs."),
        ),
    ),
    "correct_by": Input(kind="future_date", label=_("Correct by"), help=_("The measures set no limit: choose a day.")),
}  # fmt: skip
letter = {
    "city_letter": Input(kind="text", label=_("Number of the letter to the city"), max_length=80),
    "city_asked_on": Input(kind="past_date", label=_("Sent on")),
}
OUTCOMES = [("agreed", _("The city agrees")), ("refused", _("The city does not agree"))]
answer = {
    "city_outcome": Input(kind="choice", label=_("The city's answer"), choices=OUTCOMES),
    "city_answer": Input(kind="text", label=_("Number of the city's answer"), max_length=80),
    "city_answered_on": Input(kind="past_date", label=_("Answered on")),
    "remark": Input(kind="longtext", label=_("Remark"), required=False),
}


def beginning(actor: Actor, model) -> dict[str, Input]:
    """What begins a request: resources by number or code, or an earlier request; a partner names its operator."""
    asked = {
        "resources": Input(
            kind="codes", label=_("Resources"), required=False, help=_("Numbers or codes, one a line, or your basket.")
        ),
        "copy_of": Input(
            kind="text", label=_("Copy of the request"), required=False, max_length=40,
            help=_("The number of an earlier request of yours, whose text and resources are taken over."),
        ),
    }  # fmt: skip
    if actor.has(Role.PARTNER):
        mine = Partnership.objects.filter(organisation=actor.organisation, state="active").select_related("operator")
        choices = [(one.number, one.operator.name) for one in mine]
        asked["partnership"] = Input(
            kind="choice", label=_("Operator"), choices=choices, initial=choices[0][0] if len(choices) == 1 else None
        )
    return asked


def text(request) -> dict[str, Input]:
    """The text of the request, with what it says so far. Everything can be saved half done."""
    use, term = _("Scenario and use"), _("Term")
    return {
        "scenario": Input(
            kind="text", label=_("Application scenario"), max_length=120, later=True, group=use,
            initial=request.scenario.name if request.scenario_id else "",
            help=_("One name a scenario; the same name again is the same scenario."),
        ),
        "purpose": Input(
            kind="longtext", label=_("Purpose"), max_length=4000, later=True, group=use, initial=request.purpose,
            help=_("What is made from the data, for whom, and why these resources are needed."),
        ),
        "mode_of_use": Input(
            kind="choice", label=_("Mode of use"), later=True, group=use, initial=request.mode_of_use,
            choices=lambda: options("mode_of_use"), help=_("Raw data stay on the platform in each of them."),
        ),
        "use_from": Input(kind="date", label=_("Used from"), later=True, group=term, initial=request.use_from),
        "use_until": Input(kind="date", label=_("Used until"), later=True, group=term, initial=request.use_until),
        "measures": Input(
            kind="longtext", label=_("Security measures"), max_length=4000, later=True, group=_("Security"),
            initial=request.measures, help=_("Who has access, how it is logged, how data are masked and deleted."),
        ),
    }  # fmt: skip


def resources(request) -> dict[str, Input]:
    """The resources asked for, by number or code."""
    codes = request.items.values_list("resource__code", flat=True)
    return {
        "resources": Input(
            kind="codes", label=_("Resources"), initial="\n".join(codes), help=_("Numbers or codes, one a line.")
        )
    }


CONDITIONS = (_("Masked data only."), _("No combination with other data of persons."))
REASONS = (
    _("The law does not allow this use."),
    _("The data are not needed for the scenario."),
    _("The data have not reached the quality that the use needs."),
)


def _decision(name: str, group: str, decisions: list, *, required: bool) -> dict[str, Input]:
    """A decision with what it makes necessary; `name` stands before each."""
    return {
        f"{name}_decision": Input(
            kind="choice", label=pgettext_lazy("of a department", "Decision"), choices=decisions, group=group,
            required=required,
        ),
        f"{name}_conditions": Input(
            kind="longtext", label=_("Conditions"), required=False, group=group, phrases=CONDITIONS,
            needed_when=(f"{name}_decision", "conditional"),
        ),
        f"{name}_reason": Input(
            kind="longtext", label=_("Reason of the refusal"), required=False, group=group, phrases=REASONS,
            needed_when=(f"{name}_decision", "refused"),
        ),
    }  # fmt: skip


def decisions(request, *, by: Actor) -> dict[str, Input]:
    """For each undecided resource of the actor's department: the decision, the conditions, the reason.

    Where there are several, one decision can be given for all that are left open.
    """
    own = list(request.items.filter(department=by.organisation, decision="").select_related("resource", "version"))
    choices = own[0].DECISIONS if own else []
    asked = _decision("rest", _("All resources left open below"), choices, required=False) if len(own) > 1 else {}
    for item in own:
        group = f"{item.version.name} · {item.resource.code}"
        asked |= _decision(f"item{item.pk}", group, choices, required=len(own) == 1)
    return asked


def _items(request, by: Actor, which) -> dict[str, Input]:
    items = [item for item in request.items.select_related("version", "resource") if which(item)]
    if by.has(Role.DEPARTMENT):
        items = [item for item in items if item.department_id == by.organisation.pk]
    return {
        "items": Input(
            kind="choices", label=_("Resources"),
            choices=[(str(item.pk), f"{item.version.name} · {item.resource.code}") for item in items],
        ),
    } | reason  # fmt: skip


def suspension(request, *, by: Actor) -> dict[str, Input]:
    """Which authorizations to suspend, and why."""
    return _items(request, by, lambda item: item.in_force)


def resumption(request, *, by: Actor) -> dict[str, Input]:
    """Which suspensions to lift, and why."""
    return _items(request, by, lambda item: item.suspended_at is not None and item.revoked_at is None)


def revocation(request, *, by: Actor) -> dict[str, Input]:
    """Which authorizations to revoke, and why."""
    return _items(request, by, lambda item: item.is_granted and item.revoked_at is None)


TEXT = ("purpose", "mode_of_use", "use_from", "use_until", "measures")
"""The columns that hold the text of a request, beside the name of its scenario."""


def words(request) -> dict:
    """The text of a request as it stands."""
    scenario = request.scenario.name if request.scenario_id else ""
    return {name: getattr(request, name) for name in TEXT} | {"scenario": scenario}


def named(item) -> dict:
    """A resource asked for as a submission names it: code and version."""
    return {"code": item.resource.code, "version": item.version.round}


def snapshot(request) -> dict:
    """Everything the applicant hands in, by field, with the resources and the digests of the files."""
    items = request.items.select_related("resource", "version")
    return words(request) | {
        "resources": [named(item) for item in items],
        "files": request.files_handed_in(),
    }
