"""Which organisation one acts for, and who acts on one's behalf."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import acting, delegating
from accounts.addresses import client_address
from accounts.forms import DelegationForm, case_kinds
from accounts.models import AccountEvent, Delegation, EventKind, Organisation
from accounts.queries import delegations_to, organisations_of

PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Choose among one's own organisations and the delegations one holds."""
    if request.method == "POST":
        return _switch(request)
    return render(
        request,
        "accounts/acting.html",
        {
            "organisations": organisations_of(request.user),
            "delegations": _with_scopes(delegations_to(request.user)),
            "next": _next(request, request.GET.get("next", "")),
            "ended": acting.has_ended(request),
        },
    )


@transaction.atomic
def _switch(request: HttpRequest) -> HttpResponse:
    chosen = _own_choice(request)
    acting.choose(request, chosen)
    delegated = isinstance(chosen, Delegation)
    organisation = chosen.organisation if delegated else chosen
    AccountEvent.objects.record(
        EventKind.ACTING_SWITCHED,
        person=request.user,
        by=request.user,
        organisation=organisation,
        ip=client_address(request),
        **({"delegation": chosen.pk} if delegated else {}),
    )
    messages.success(request, _("You now act for %(organisation)s.") % {"organisation": organisation})
    return redirect(_next(request, request.POST.get("next", "")))


def _own_choice(request: HttpRequest) -> Organisation | Delegation:
    """The organisation or delegation that was sent; 404 for any that is not the person's own."""
    if "delegation" in request.POST:
        mine = delegations_to(request.user)
        wanted = request.POST["delegation"]
    else:
        mine = organisations_of(request.user)
        wanted = request.POST.get("organisation", "")
    for candidate in mine:
        if str(candidate.pk) == wanted:
            return candidate
    raise Http404


def _next(request: HttpRequest, wanted: str) -> str:
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@login_required
@require_http_methods(["GET"])
def delegations(request: HttpRequest) -> HttpResponse:
    """The delegations one gave, and those one holds now."""
    given = Delegation.objects.filter(delegator=request.user).select_related("delegate", "organisation")
    page = Paginator(given, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/delegations.html",
        {
            "page": page,
            "given": _with_scopes(page.object_list),
            "held": _with_scopes(delegations_to(request.user)),
            "refusal": delegating.may_delegate(request.actor),
        },
    )


def _with_scopes(rows) -> list[tuple[Delegation, list[str]]]:
    labels = dict(case_kinds())
    return [(row, [labels.get(kind, kind) for kind in row.case_kinds]) for row in rows]


@login_required
@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest) -> HttpResponse:
    """Give a delegation."""
    if refusal := delegating.may_delegate(request.actor):
        raise PermissionDenied(refusal)
    form = DelegationForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        given = form.save(ip=client_address(request))
        if given:
            messages.success(request, _("%(name)s can act on your behalf.") % {"name": given.delegate})
            return redirect("delegations")
    return render(request, "accounts/delegate.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a delegation one gave, at once."""
    given = get_object_or_404(
        Delegation.objects.select_related("delegate", "organisation"), pk=pk, delegator=request.user
    )
    delegating.revoke(given, by=request.user, ip=client_address(request))
    messages.success(request, _("%(name)s no longer acts on your behalf.") % {"name": given.delegate})
    return redirect("delegations")
