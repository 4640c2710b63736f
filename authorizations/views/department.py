"""A department's own pages: who answers for its data, its figures, and the import of its resources (Art. 6)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import client_address
from accounts.models import Membership
from accounts.responsible import name_responsible
from accounts.roles import Role
from authorizations import catalogue, workbooks
from authorizations.figures import quality_figures
from authorizations.forms import ImportForm, ResponsibleForm
from authorizations.importing import SHOWN_AT_MOST, Outcome, take_workbook
from authorizations.models import DataResource
from authorizations.views.figures import quality_heads
from casework.refusals import NotYourStep, Refusal
from casework.views.faces import signed_in
from regulation.rules import NoRulesInForce


def _for_a_department(request) -> None:
    if not request.actor.has(Role.DEPARTMENT):
        raise NotYourStep(_("This page is for the departments that keep data."), article="6(1)")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def department(request):
    """Responsible unit and person, the people with a role, the figures at a glance."""
    _for_a_department(request)
    actor = request.actor
    may_change = not actor.read_only and actor.scope is None
    form = ResponsibleForm(request.POST or None, instance=actor.organisation)
    if request.method == "POST":
        if not may_change:
            raise NotYourStep(_("A delegation for single kinds of case does not cover this."), article="6(1)")
        if form.is_valid():
            changed = name_responsible(form.cleaned_data, by=actor, ip=client_address(request))
            if changed:
                messages.success(request, _("Saved. Who entered it and when stands in the account events."))
            else:
                messages.info(request, _("Nothing has been changed."))
            return redirect("department")
        actor.organisation.refresh_from_db()
    people = Membership.objects.in_force().filter(organisation=actor.organisation).select_related("person")
    context = {
        "form": form,
        "may_change": may_change,
        "organisation": actor.organisation,
        "people": people.order_by("person__name", "role"),
        "figures": catalogue.department_figures(actor),
        "tasks": catalogue.department_tasks(actor),
        "quality": list(zip(quality_heads(), quality_figures(actor.organisation).as_data().values(), strict=True)),
    }
    return render(request, "authorizations/department.html", context, status=422 if form.errors else 200)


# --- workbooks -------------------------------------------------------------------------------------------------


@require_safe
@signed_in
def template(request):
    """An empty workbook to fill in."""
    _for_a_department(request)
    return workbooks.template("resources-template")


@require_safe
@signed_in
def own_resources(request):
    """The department's resources as it works on them, in the form that an import reads."""
    _for_a_department(request)
    mine = DataResource.objects.filter(organisation=request.actor.organisation).select_related("organisation")
    return workbooks.written([(one, one) for one in mine.order_by("code")], "resources")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def take_in(request):
    """Import a workbook: everything is checked first; what is wrong is told by row and column, nothing half-entered."""
    _for_a_department(request)
    if refusal := DataResource.start.person_refusal(DataResource.kind, request.actor):
        raise refusal
    form, refusal, outcome = ImportForm(request.POST or None, request.FILES or None), None, None
    if request.method == "POST" and form.is_valid():
        check_only = "check" in request.POST
        file = form.cleaned_data["file"]
        try:
            outcome = take_workbook(file.read(), file.name, by=request.actor, check_only=check_only)
        except workbooks.NotReadable as error:
            form.add_error("file", str(error))
        except NoRulesInForce as error:
            refusal = Refusal(str(error))
        else:
            if not outcome.faults and not check_only:
                messages.success(request, _done(outcome))
                return redirect("catalogue-import")
    context = {"form": form, "refusal": refusal, "outcome": outcome, "shown": SHOWN_AT_MOST}
    if outcome and outcome.faults:
        context["faults"] = outcome.faults[:SHOWN_AT_MOST]
    wrong = form.errors or (outcome and outcome.faults)
    return render(request, "authorizations/import.html", context, status=409 if refusal else 422 if wrong else 200)


def _done(outcome: Outcome) -> str:
    rows = ngettext("%(count)s resource read", "%(count)s resources read", outcome.rows) % {"count": outcome.rows}
    facts = {"rows": rows, "new": outcome.created, "changed": outcome.changed, "same": outcome.unchanged}
    return _("%(rows)s: %(new)s new, %(changed)s changed, %(same)s unchanged. Hand in what is complete.") % facts
