"""Lists, the page of a case, and the form of a step: one face for every kind of case."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from casework import attachments, handling, keys, queries, reading, remarks, spreadsheets
from casework.beginning import begin
from casework.diagrams import diagram_of
from casework.inputs import Inputs, StepForm
from casework.models.case import Case
from casework.overview import CaseList, case_overview
from casework.refusals import InvalidInput, NotYourStep, Refusal
from casework.remarks import may_remark, may_tell_all, write_remark
from casework.step import Step, steps_for, steps_of
from casework.views.faces import signed_in
from regulation.rules import NoRulesInForce


def case_url(case: Case) -> str:
    """The address of a case's page."""
    return reverse("case", args=[case.plural, case.number])


@require_safe
@signed_in
def case_list(request, plural: str):
    """The cases of a kind that the reader may see, filtered by what the address says; as a page or as Excel."""
    model = queries.model_named(plural)
    if request.GET.get("format") == "xlsx":
        size = spreadsheets.ROWS_AT_MOST
        return spreadsheets.of_cases(CaseList.read(model, request.actor, request.GET, on=timezone.now(), size=size))
    listing = CaseList.read(model, request.actor, request.GET, on=timezone.now())
    context = {
        "model": model,
        "title": model._meta.verbose_name_plural,
        "listing": listing,
        "start": _start(model, request),
    }
    return render(request, "casework/case_list.html", context)


def _start(model: type[Case], request: HttpRequest):
    return None if model.start.person_refusal(model.kind, request.actor) else model.start


@require_safe
@signed_in
def case_page(request, plural: str, number: str):
    """One case: where it stands, what I can do, what was done."""
    case = queries.find_in(plural, number, request.actor)
    return render(request, "casework/case.html", _case_context(case, request))


def _case_context(case: Case, request: HttpRequest) -> dict:
    actor, on = request.actor, timezone.now()
    offers = steps_for(case, actor, on=on)
    return {
        "case": case,
        "facts_template": f"{case.kind}/facts.html",
        "offers": [offer for offer in offers if offer.step.listed and not offer.step.inside],
        # What an office can't do among itself just now needs no explanation, as a closed step of the law does.
        "inside_offers": [offer for offer in offers if offer.step.inside and offer.is_open],
        "handling": handling.shown(case, actor),
        "overview": case_overview(case, actor, on=on),
        "today": timezone.localdate(on),
        "diagram": diagram_of(case),
        "show_people": actor.has(Role.BUREAU, Role.BUREAU_LEAD),
        "timeline": queries.timeline(case, actor),
        "papers": reading.papers_for(case, actor),
        # Files that belong to a part of the case, such as a point of a checklist, are shown there.
        "attachments": attachments.shown_to(actor, case, tag=""),
        "may_remark": may_remark(case, actor),
        "remarks": remarks.shown_to(actor, case),
        "may_tell_all": may_tell_all(actor),
        **case.facts(actor),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def begin_case(request, plural: str):
    """The form that begins a case of this kind."""
    model = queries.model_named(plural)
    if refusal := model.start.person_refusal(model.kind, request.actor):
        raise refusal
    asked = model.start.asks(request.actor)
    initial = {name: request.GET[name] for name in asked if name in request.GET}
    form, status, refusal = StepForm(inputs=asked, initial=initial), 200, None
    if request.method == "POST":
        try:
            case = begin(model, by=request.actor, **given(request, asked))
        except NoRulesInForce as error:
            form, refusal, status = kept(request, asked), Refusal(str(error)), 409
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
        else:
            messages.success(request, _("%(number)s has been begun.") % {"number": case.number})
            return redirect(case_url(case))
    context = {"model": model, "start": model.start, "form": form, "refusal": refusal}
    return render(request, "casework/begin.html", context, status=status)


def given(request: HttpRequest, asked: Inputs) -> dict:
    """What was sent for the inputs asked for, as a step takes it."""
    return {
        name: request.POST.getlist(name) if one.kind == "choices" else request.POST[name]
        for name, one in asked.items()
        if name in request.POST
    }


def kept(request: HttpRequest, asked: Inputs, refusal: Refusal | None = None) -> StepForm:
    """The form as it was sent, with the messages at its fields: nothing typed is lost."""
    form = StepForm(request.POST, inputs=asked)
    form.is_valid()
    if isinstance(refusal, InvalidInput):
        for name, texts in refusal.errors.items():
            for text in texts:
                if text not in form.errors.get(name, []):
                    form.add_error(name if name in form.fields else None, text)
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def take_step(request, plural: str, number: str, name: str):
    """The form of a step, and the taking of it."""
    case = queries.find_in(plural, number, request.actor)
    spec: Step | None = steps_of(type(case)).get(name)
    if spec is None:
        raise Http404
    # A forged form goes on to the step, which refuses it and writes that down.
    if request.method != "POST" and (refusal := spec.person_refusal(case, request.actor)):
        raise refusal
    asked = spec.inputs(case, by=request.actor)
    refusal = spec.state_refusal(case) or spec.guard_refusal(case, by=request.actor, on=timezone.now())
    form, status = StepForm(inputs=asked), 200
    if request.method == "POST":
        try:
            getattr(case, name)(by=request.actor, version=version_of(request), **given(request, asked))
        except NotYourStep:
            raise
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
        else:
            messages.success(request, _success(case, spec))
            return redirect(case_url(case))
    context = {
        "case": case,
        "step": spec,
        "form": form,
        "refusal": refusal,
        "facts_template": f"{case.kind}/facts.html",
        # A form that was refused as stale shows the case as it is now: sent again, it is meant.
        "shown_version": case.version,
    }
    return render(request, "casework/step.html", context | case.facts(request.actor), status=status)


def in_preparation(model: type[Case], step: str, number: str, request: HttpRequest) -> Case:
    """The reader's own case while it can still be changed by the step with which it is prepared.

    Raises:
        NotVisible, NotYourStep: for somebody else.
        WrongState: where it has been handed in.
    """
    case = queries.find(model.kind, number, request.actor)
    spec = steps_of(model)[step]
    for refusal in (spec.person_refusal(case, request.actor), spec.state_refusal(case)):
        if refusal:
            raise refusal
    return case


def version_of(request: HttpRequest) -> int | None:
    """The version of the case that the form was made for; None where it does not say."""
    return keys.number(request.POST.get("version", ""), digits=9)


def _success(case: Case, spec: Step) -> str:
    facts = {"step": spec.label, "number": case.number, "state": case.get_state_display()}
    return _("“%(step)s” is done. %(number)s is now at “%(state)s”.") % facts


@require_POST
@signed_in
def attach(request, plural: str, number: str):
    """Take an upload into a case."""
    case = queries.find_in(plural, number, request.actor)
    attachments.receive_from(request, case)
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else case_url(case))


@require_POST
@signed_in
def remark(request, plural: str, number: str):
    """Write a remark on a case."""
    case = queries.find_in(plural, number, request.actor)
    write_remark(
        case, by=request.actor, text=request.POST.get("text", ""), visibility=request.POST.get("visibility", "")
    )
    return redirect(f"{case_url(case)}#remarks")
