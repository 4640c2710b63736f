"""Preparing an application: task list, particulars, points with evidence, check your answers, confirmation."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from casework import attachments
from casework.attachments import UploadRefused
from casework.inputs import StepForm
from casework.models.paper import Paper
from casework.queries import find
from casework.refusals import NotVisible, Refusal
from casework.step import steps_of
from casework.views.cases import given, in_preparation, kept, version_of
from casework.views.faces import signed_in
from operators import facts, sheets
from operators.models import OperatorApplication


def _preparing(request, number: str) -> OperatorApplication:
    """The reader's own case while it can still be changed."""
    return in_preparation(OperatorApplication, "save_answer", number, request)


def _point(case: OperatorApplication, code: str):
    for point in case.points():
        if point.code == code:
            return point
    raise Http404


@require_safe
@signed_in
def prepare(request, number: str):
    """The task list of an application."""
    case = _preparing(request, number)
    lacking = {str(title) for title in case.lacking()}
    wrong = {point.code: judgement for point, judgement in case.defects()}
    sections = [
        {
            "title": _("About the applicant"),
            "items": [_task(_("Applicant"), reverse("prepare-entity", args=[number]), lacking)],
        },
        {"title": _("Qualification"), "items": _tasks(case, "qualification", lacking, wrong)},
        {"title": _("Technical and management requirements"), "items": _tasks(case, "technical", lacking, wrong)},
        {"title": _("Check and submit"), "items": [_check_task(case, lacking)]},
    ]
    total = len(case.points()) + 1
    context = {"case": case, "sections": sections, "total": total, "complete": total - len(lacking)}
    return render(request, "operators/prepare.html", context)


def _task(label: str, url: str, lacking: set[str], hint: str = "", wrong=None) -> dict:
    if str(label) in lacking:
        status, tone = _("Not complete"), "neutral"
    elif wrong is not None:
        status, tone, hint = _("To be corrected"), "warn", wrong.reason
    else:
        status, tone = _("Complete"), "good"
    return {"label": label, "url": url, "hint": hint, "status": status, "tone": tone}


def _tasks(case: OperatorApplication, checklist: str, lacking: set[str], wrong: dict) -> list[dict]:
    return [
        _task(
            point.title, reverse("prepare-point", args=[case.number, point.code]), lacking, wrong=wrong.get(point.code)
        )
        for point in case.rules.checklist(checklist)
    ]


def _check_task(case: OperatorApplication, lacking: set[str]) -> dict:
    ready = not lacking
    return {
        "label": _("Check your answers and submit"),
        "url": reverse("prepare-check", args=[case.number]) if ready else "",
        "status": _("Ready") if ready else _("Cannot start yet"),
        "tone": "info" if ready else "neutral",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prepare_entity(request, number: str):
    """The applicant's particulars."""
    case = _preparing(request, number)
    asked, refusal, status = sheets.entity(case), None, 200
    form = StepForm(inputs=asked)
    if request.method == "POST":
        try:
            case.save_entity(by=request.actor, version=version_of(request), **given(request, asked))
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
        else:
            return redirect("prepare", number)
    context = {"case": case, "form": form, "refusal": refusal, "section": _("Applicant"), "shown_version": case.version}
    return render(request, "operators/prepare_entity.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prepare_point(request, number: str, code: str):
    """Statement and evidence on one point. A refused file does not lose the statement, nor the other way round."""
    case = _preparing(request, number)
    point = _point(case, code)
    if request.method == "POST" and "remove" in request.POST:
        return _remove(request, case, point)
    asked = {"statement": sheets.statement(case)["statement"]}
    form, refusal, status = StepForm(inputs=asked, initial={"statement": case.statement_on(code)}), None, 200
    if request.method == "POST":
        form, refusal = _save_point(request, case, point, asked)
        if refusal is None and form.is_valid():
            return redirect("prepare-point", number, code) if "stay" in request.POST else redirect("prepare", number)
        status = refusal.status if refusal else 422
    context = {
        "case": case,
        "point": point,
        "form": form,
        "refusal": refusal,
        "files": case.evidence().filter(tag=code).order_by("pk"),
        "defect": {point.code: judgement for point, judgement in case.defects()}.get(code),
        "shown_version": case.version,
    }
    return render(request, "operators/prepare_point.html", context, status=status)


def _save_point(request, case: OperatorApplication, point, asked) -> tuple[StepForm, Refusal | None]:
    """Take in what was sent: the files first, then the statement; each problem at its own field."""
    form = StepForm(request.POST, inputs=asked)
    form.fields["file"] = attachments.file_field()
    form.is_valid()
    for upload in request.FILES.getlist("file"):
        try:
            attachments.receive(case, upload, by=request.actor, tag=point.code)
        except UploadRefused as refused:
            form.add_error("file", refused.messages)
    if "statement" not in form.cleaned_data:
        return form, None
    try:
        case.save_answer(
            by=request.actor, version=version_of(request), point=point.code, statement=form.cleaned_data["statement"]
        )
    except Refusal as refusal:
        return form, refusal
    return form, None


def _remove(request, case: OperatorApplication, point):
    """Take one file of evidence out of the draft; what was handed in before keeps it."""
    pk = request.POST["remove"]
    file = (
        case.evidence()
        .filter(tag=point.code, pk=pk if pk.isascii() and pk.isdigit() and len(pk) < 19 else None)
        .first()
    )
    if file is None:
        raise NotVisible(pk)
    attachments.withdraw(file, by=request.actor, at=timezone.now())
    messages.success(request, _("“%(name)s” has been removed.") % {"name": file.name})
    return redirect("prepare-point", case.number, point.code)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prepare_check(request, number: str):
    """Check your answers, and submit."""
    case = _preparing(request, number)
    name = "submit" if case.state == "draft" else "resubmit"
    spec = steps_of(OperatorApplication)[name]
    asked = spec.inputs(case, by=request.actor)
    form, status = StepForm(inputs=asked), 200
    refusal = spec.guard_refusal(case, by=request.actor, on=timezone.now())
    if request.method == "POST":
        try:
            getattr(case, name)(by=request.actor, version=version_of(request), **given(request, asked))
        except Refusal as error:
            form, refusal, status = kept(request, asked, error), error, error.status
        else:
            return redirect("submitted", number)
    context = {
        "case": case,
        "step": spec,
        "form": form,
        "refusal": refusal,
        "entity": _changeable(facts.entity_rows(case), reverse("prepare-entity", args=[number])),
        "answers": _answers(case),
        "shown_version": case.version,
    }
    return render(request, "operators/prepare_check.html", context, status=status)


def _changeable(rows: list[dict], url: str) -> list[dict]:
    return rows[:2] + [row | {"url": url} for row in rows[2:]]


def _answers(case: OperatorApplication) -> list[dict]:
    return [
        {
            "label": row["point"].title,
            "value": "\n".join(
                [row["statement"], *(_("Evidence: %(name)s") % {"name": file.name} for file in row["files"])]
            ).strip(),
            "url": reverse("prepare-point", args=[case.number, row["point"].code]),
        }
        for row in facts.point_rows(case, judged=False)
    ]


@require_safe
@signed_in
def submitted(request, number: str):
    """The confirmation: number, acknowledgment, what happens next."""
    case = find(OperatorApplication.kind, number, request.actor)
    if case.submitted_at is None:
        return redirect("prepare", number)
    context = {
        "case": case,
        "paper": Paper.objects.of(case).filter(kind="acknowledgment").order_by("-pk").first(),
        "next": _NEXT,
        "links": [{"label": _("To the application"), "url": reverse("case", args=[case.plural, number])}],
    }
    return render(request, "operators/submitted.html", context)


_NEXT = gettext_lazy(
    "The bureau reviews your qualification point by point. If something has to be corrected, you get one notice with "
    "every point and the day by which to correct it. “Operator applications” shows at any time whose turn it is."
)
