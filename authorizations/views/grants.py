"""Grants: which there are, what each rests on, and what its user takes away of it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from authorizations import exports
from authorizations.links import REASONS, links_seen
from authorizations.models import Export, Grant
from authorizations.parties import USER_ROLES
from authorizations.queries import GrantList, grant_seen
from casework.refusals import NotVisible
from casework.spreadsheets import ROWS_AT_MOST
from casework.views.faces import signed_in


@require_safe
@signed_in
def grant_list(request):
    """The grants the reader may see, filtered by what the address says; as a page or as Excel."""
    now = timezone.now()
    if request.GET.get("format") == "xlsx":
        listing = GrantList.read(request.actor, request.GET, on=timezone.localdate(now), size=ROWS_AT_MOST)
        data = exports.workbook({_("Grants"): listing.table()})
        return exports.download(data, f"grants-{timezone.localdate(now):%Y%m%d}.xlsx")
    listing = GrantList.read(request.actor, request.GET, on=timezone.localdate(now))
    return render(request, "authorizations/grants.html", {"listing": listing})


def _found(code: str, actor: Actor) -> Grant:
    """The grant with this code, if the reader may see it.

    Raises:
        Http404: whether it is not there or not theirs.
    """
    found = grant_seen(code, actor, on=timezone.localdate())
    if found is None:
        raise Http404
    return found


@require_safe
@signed_in
def grant_page(request, code: str):
    """One grant: whether it is usable, and each thing it rests on with its state and article."""
    grant, actor = _found(code, request.actor), request.actor
    mine = Export.objects.visible_to(actor).filter(grant=grant)[:20]
    context = {
        "grant": grant,
        "links": links_seen(grant, on=timezone.localdate(), by=actor),
        "exports": [(export, REASONS.get(export.refused_code, "")) for export in mine],
        "is_user": actor.organisation.pk == grant.organisation_id and actor.has(*USER_ROLES),
        "may_order": actor.organisation.pk == grant.organisation_id and actor.has(*USER_ROLES) and grant.is_usable,
    }
    return render(request, "authorizations/grant.html", context)


@require_safe
@signed_in
def dictionary(request, code: str):
    """The field list of the version granted, while the grant is usable."""
    grant = _found(code, request.actor)
    return exports.download(exports.dictionary(grant, at=timezone.now()), f"{grant.code}-fields.xlsx")


@require_POST
@signed_in
def order_export(request, code: str):
    """Order an export; a job makes it."""
    exports.order(_found(code, request.actor), by=request.actor, at=timezone.now())
    messages.success(request, _("The export has been ordered. It is made in the background; reload the page shortly."))
    return redirect("grant", code)


@require_safe
@signed_in
def export_file(request, code: str, export: str):
    """Download an export, while its grant is usable."""
    if not Export.objects.visible_to(request.actor).filter(code=export, grant__code=code).exists():
        raise NotVisible(export)
    return exports.read(export, by=request.actor, at=timezone.now())
