"""Asking for data: the basket, the pages that prepare a request, check your answers, confirmation (Art. 18)."""

from collections.abc import Iterable

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authorizations import facts, sheets
from authorizations.models import AuthorizationRequest, BasketItem
from casework import attachments, keys
from casework.beginning import begin
from casework.inputs import StepForm
from casework.models.paper import Paper
from casework.queries import find
from casework.refusals import InvalidInput, NotVisible, NotYourStep, Refusal
from casework.step import steps_of
from casework.views.cases import case_url, given, in_preparation, kept, version_of
from casework.views.faces import signed_in
from regulation.rules import NoRulesInForce

SUBMITS = {
    "draft": ("submit", "submit_to_operator"),
    "preliminary_correction": ("resubmit_to_operator", "resubmit_to_operator"),
    "correction": ("resubmit", "resubmit"),
}
"""The step that hands a request in from each state in which it is prepared: an operator's, a partner's."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def basket(request):
    """The resources chosen so far, by department, and the request that is begun with them."""
    actor, start = request.actor, AuthorizationRequest.start
    if refusal := start.person_refusal(AuthorizationRequest.kind, actor):
        raise refusal
    chosen = list(_chosen(actor))
    asked = {name: one for name, one in start.asks(actor).items() if name == "partnership"}
    form, status, refusal = StepForm(inputs=asked), 200, None
    if request.method == "POST":
        codes = {"resources": [item.resource.code for item in chosen], "copy_of": ""}
        try:
            with transaction.atomic():
                case = begin(AuthorizationRequest, by=actor, **codes, **given(request, asked))
                BasketItem.objects.filter(pk__in=[item.pk for item in chosen]).delete()
        except NoRulesInForce as error:
            form, refusal, status = kept(request, asked), Refusal(str(error)), 409
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
        else:
            return redirect("request-text", case.number)
    context = {
        "departments": by_department(chosen), "count": len(chosen), "form": form, "refusal": refusal,
        "partnerships": asked["partnership"].choices if asked else None, "start": start,
    }  # fmt: skip
    return render(request, "requests/basket.html", context, status=status)


def _chosen(actor) -> Iterable[BasketItem]:
    found = BasketItem.objects.of(actor).select_related("resource__organisation", "resource__listed_version")
    return found.filter(resource__listed_version__isnull=False)


def by_department(rows: Iterable) -> list[dict]:
    """Rows with a `resource`, grouped by the department that keeps it, in the order of the first of each."""
    found: dict[int, dict] = {}
    for row in rows:
        department = row.resource.organisation
        found.setdefault(department.pk, {"department": department, "rows": []})["rows"].append(row)
    return list(found.values())


def _preparing(request, number: str) -> AuthorizationRequest:
    """The reader's own case while it can still be changed."""
    return in_preparation(AuthorizationRequest, "edit", number, request)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prepare(request, number: str):
    """The task list of a request, and its attachments."""
    case = _preparing(request, number)
    if request.method == "POST":
        return _remove_file(request, case)
    url, lacking, groups = reverse("request-text", args=[number]), set(case.lacking()), {}
    for name, asked in sheets.request.text(case).items():
        groups.setdefault(str(asked.group), set()).add(str(case._meta.get_field(name).verbose_name))
    tasks = [_task(group, url, lacking & labels) for group, labels in groups.items()]
    resources = _task(_("Resources"), reverse("request-resources", args=[number]), lacking & {str(_("resources"))})
    check = {
        "label": _("Check your answers and submit"),
        "url": "" if lacking else reverse("request-check", args=[number]),
        "status": _("Cannot start yet") if lacking else _("Ready"), "tone": "neutral" if lacking else "info",
    }  # fmt: skip
    context = {
        "case": case,
        "sections": [
            {"title": _("What is asked for"), "items": [resources]},
            {"title": _("What the data are for"), "items": tasks},
            {"title": _("Check and submit"), "items": [check]},
        ],
        "files": attachments.seen_by(request.actor, case).filter(tag="", organisation=case.organisation).order_by("pk"),
        "defects": facts.request.defects(case),
    }
    return render(request, "requests/prepare.html", context)


def _task(label: str, url: str, lacking: set[str]) -> dict:
    status, tone = (_("Not complete"), "neutral") if lacking else (_("Complete"), "good")
    hint = _("Still missing: %(what)s") % {"what": "、".join(sorted(lacking))} if lacking else ""
    return {"label": label, "url": url, "hint": hint, "status": status, "tone": tone}


def _remove_file(request, case: AuthorizationRequest):
    pk = keys.number(request.POST.get("remove", ""))
    file = attachments.seen_by(request.actor, case).filter(tag="", organisation=case.organisation, pk=pk).first()
    if file is None:
        raise NotVisible(request.POST.get("remove", ""))
    attachments.withdraw(file, by=request.actor, at=timezone.now())
    messages.success(request, _("“%(name)s” has been removed.") % {"name": file.name})
    return redirect("request-prepare", case.number)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def text(request, number: str):
    """Scenario, purpose, mode, term and measures on one page. It can be saved half done."""
    case = _preparing(request, number)
    asked, refusal, status = sheets.request.text(case), None, 200
    form = StepForm(inputs=asked)
    if request.method == "POST":
        try:
            case.edit(by=request.actor, version=version_of(request), **given(request, asked))
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
        else:
            if "stop" in request.POST:
                return redirect("request-prepare", number)
            return redirect("request-prepare" if case.lacking() else "request-check", number)
    context = {
        "case": case, "form": form, "refusal": refusal, "shown_version": case.version,
        "defects": facts.request.defects(case), "section": _("Scenario and use"),
    }  # fmt: skip
    return render(request, "requests/text.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def resources(request, number: str):
    """The resources asked for: take out, add from the basket, or name by code."""
    case = _preparing(request, number)
    asked, refusal, status = sheets.request.resources(case), None, 200
    form, waiting = StepForm(inputs=asked), list(_chosen(request.actor))
    items = list(case.items.select_related("resource__organisation", "version"))
    if request.method == "POST":
        try:
            _choose(request, case, items, waiting)
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
            if "resources" not in request.POST:
                form = StepForm(inputs=asked)
        else:
            return redirect("request-resources", number)
    context = {
        "case": case, "departments": by_department(items), "form": form, "refusal": refusal, "waiting": len(waiting),
        "shown_version": case.version, "section": _("Resources"),
    }  # fmt: skip
    return render(request, "requests/resources.html", context, status=status)


def _choose(request, case: AuthorizationRequest, items: list, waiting: list[BasketItem]) -> None:
    """Carry out the button that was pressed."""
    codes = [item.resource.code for item in items]
    if "remove" in request.POST:
        codes = [item.resource.code for item in items if str(item.pk) != request.POST["remove"]]
    elif "basket" in request.POST:
        codes += [item.resource.code for item in waiting]
    else:
        codes = request.POST.get("resources", "")
    if not codes and "resources" not in request.POST:
        raise Refusal(_("A request asks for at least one resource."), remedy=_("Add another one first."))
    case.choose_resources(by=request.actor, version=version_of(request), resources=codes)
    if "basket" in request.POST:
        BasketItem.objects.filter(pk__in=[item.pk for item in waiting]).delete()


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def check(request, number: str):
    """Check your answers, and submit."""
    case = _preparing(request, number)
    name = SUBMITS[case.state][case.partnership_id is not None]
    spec = steps_of(AuthorizationRequest)[name]
    asked = spec.inputs(case, by=request.actor)
    form, status = StepForm(inputs=asked), 200
    refusal = spec.guard_refusal(case, by=request.actor, on=timezone.now())
    if request.method == "POST":
        try:
            getattr(case, name)(by=request.actor, version=version_of(request), **given(request, asked))
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
        else:
            return redirect("request-submitted", number)
    url = reverse("request-text", args=[number])
    context = {
        "case": case, "step": spec, "form": form, "refusal": refusal, "shown_version": case.version,
        "rows": [row | {"url": f"{url}#id_{row['name']}"} for row in facts.request.text_rows(case, live=True)],
        "items": case.items.select_related("resource", "version", "department"),
        "files": case.files_handed_in(), "section": _("Check your answers"),
    }  # fmt: skip
    return render(request, "requests/check.html", context, status=status)


@require_safe
@signed_in
def submitted(request, number: str):
    """The confirmation: number, acknowledgment, what happens next."""
    case = find(AuthorizationRequest.kind, number, request.actor)
    if case.submitted_at is None or request.actor.organisation.pk != case.organisation_id:
        return redirect(case_url(case))
    context = {
        "case": case,
        "paper": Paper.objects.of(case).filter(kind="request_acknowledgment").order_by("-pk").first(),
        "next": NEXT_OF_PARTNER if case.partnership_id else NEXT,
        "links": [{"label": _("To the request"), "url": case_url(case)}],
    }
    return render(request, "requests/submitted.html", context)


@require_POST
@signed_in
def copy(request, number: str):
    """Begin a new request with text and resources of an earlier one of the reader's organisation."""
    earlier = find(AuthorizationRequest.kind, number, request.actor)
    if earlier.organisation_id != request.actor.organisation.pk:
        raise NotYourStep(_("Only the organisation that made a request copies it."), article="18")
    asked = AuthorizationRequest.start.asks(request.actor)
    values = {"resources": [], "copy_of": earlier.number}
    if "partnership" in asked:
        values["partnership"] = earlier.partnership.number if earlier.partnership_id else ""
    try:
        case = begin(AuthorizationRequest, by=request.actor, **values)
    except InvalidInput:
        # The standing it rested on has ended: the reader chooses another one on the form that begins a request.
        return redirect(f"{reverse('begin', args=[earlier.plural])}?copy_of={earlier.number}")
    messages.success(request, _("%(number)s has been begun as a copy.") % {"number": case.number})
    return redirect("request-prepare", case.number)


NEXT = gettext_lazy(
    "The bureau assesses the request; then each department decides on its own resources, all at the same time. If "
    "something has to be corrected, you get one notice with everything and the day by which to correct it."
)
NEXT_OF_PARTNER = gettext_lazy(
    "Your operator reviews the request first; then the bureau assesses it and each department decides on its own "
    "resources. If something has to be corrected, you learn of everything at once, with the day by which to correct it."
)
