"""The pool of experts, kept by the bureau, and each expert's declared conflicts of interest (Art. 5(4))."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from casework.refusals import NotYourStep
from casework.views.faces import signed_in
from operators import queries
from operators.forms import ConflictForm, ExpertForm
from operators.models import ConflictDeclaration, Expert


def _for_the_bureau(request) -> None:
    if not request.actor.has(Role.BUREAU) or request.actor.read_only:
        raise NotYourStep(_("The pool of experts is kept by the bureau."), article="5(4)")


@require_safe
@signed_in
def pool(request):
    """Everybody in the pool."""
    _for_the_bureau(request)
    return render(request, "operators/experts.html", {"experts": queries.pool()})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def expert(request, pk: int | None = None):
    """Add somebody with the role of an expert to the pool, or change what is known of them."""
    _for_the_bureau(request)
    found = get_object_or_404(Expert.objects.select_related("person", "employer"), pk=pk) if pk else None
    form = ExpertForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(name)s” has been saved.") % {"name": saved.person.name})
        return redirect("experts")
    return render(request, "operators/expert.html", {"form": form, "expert": found}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def conflicts(request):
    """An expert's declared conflicts of interest (Art. 5(4))."""
    expert = Expert.objects.filter(person=request.actor.person).first()
    if expert is None:
        raise NotYourStep(_("You are not in the pool of experts."), article="5(4)")
    form = ConflictForm(request.POST or None, expert=expert)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            ConflictDeclaration.objects.create(expert=expert, declared_at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your declaration has been recorded."))
        return redirect("conflicts")
    context = {"form": form, "declared": expert.conflicts.select_related("organisation").order_by("-declared_at")}
    return render(request, "operators/conflicts.html", context, status=422 if form.errors else 200)
