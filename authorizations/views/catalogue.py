"""The catalogue for its readers: search, facets, one entry, the basket's button, and DCAT for everybody."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from accounts.roles import Role
from authorizations import catalogue, dcat, workbooks
from authorizations.models import BasketItem, DataResource, Need, Objection
from authorizations.models.resource import READERS
from authorizations.sheets.wording import field_lines, lines
from casework import spreadsheets
from casework.refusals import NotVisible, NotYourStep
from casework.views.faces import signed_in


def _for_readers(request) -> None:
    if not request.actor.has(*READERS):
        raise NotYourStep(_("The catalogue is read by users of data, departments, the bureau and supervising bodies."))


def _entry(request, number: str) -> DataResource:
    """The entry with this number, where it stands in the catalogue of this reader.

    Raises:
        NotVisible: whether it is not there or not theirs.
    """
    _for_readers(request)
    found = catalogue.listed_for(request.actor).filter(number=number).select_related("organisation").first()
    if found is None:
        raise NotVisible(number)
    return found


@require_safe
@signed_in
def browse(request):
    """The catalogue, searched and narrowed by what the address says; as a page or as Excel."""
    _for_readers(request)
    if request.GET.get("format") == "xlsx":
        most = spreadsheets.ROWS_AT_MOST
        listing = catalogue.Catalogue.read(request.actor, request.GET, size=most, facets=False)
        return workbooks.written([(row.resource, row.version) for row in listing.rows], "catalogue")
    listing = catalogue.Catalogue.read(request.actor, request.GET)
    context = {
        "listing": listing,
        "may_choose": catalogue.may_choose(request.actor),
        "may_post_need": Need.start.person_refusal(Need.kind, request.actor) is None,
        "keeps_resources": request.actor.has(Role.DEPARTMENT) and not request.actor.read_only,
    }
    return render(request, "authorizations/catalogue.html", context)


@require_safe
@signed_in
def entry(request, number: str):
    """One entry as it is listed: what it says, its fields, whom to ask, its versions."""
    resource = _entry(request, number)
    version = resource.listed_version
    context = {
        "resource": resource,
        "version": version,
        "lines": lines(version),
        "field_lines": field_lines(version),
        "versions": resource.versions.order_by("-round"),
        "may_choose": catalogue.may_choose(request.actor),
        "in_basket": bool(catalogue.in_basket([resource], request.actor)),
        "may_object": Objection.start.person_refusal(Objection.kind, request.actor) is None,
        "works_on_it": resource.is_open_to(request.actor),
    }
    return render(request, "authorizations/catalogue_entry.html", context)


# --- the basket's button ---------------------------------------------------------------------------------------


def _back(request, number: str):
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("catalogue-entry", args=[number]))


def _with_a_basket(request) -> None:
    if not catalogue.may_choose(request.actor):
        raise NotYourStep(_("Operators and partners choose resources for a request."), article="18")


@require_POST
@signed_in
def basket_add(request, number: str):
    """Put an entry into the basket of the person and organisation acting."""
    _with_a_basket(request)
    resource = _entry(request, number)
    BasketItem.objects.put(request.actor, resource)
    messages.success(request, _("“%(name)s” is in your basket.") % {"name": resource.title})
    return _back(request, number)


@require_POST
@signed_in
def basket_remove(request, number: str):
    """Take a resource out of the basket, also one that has left the catalogue."""
    _with_a_basket(request)
    BasketItem.objects.of(request.actor).filter(resource__number=number).delete()
    messages.success(request, _("It has been taken out of your basket."))
    return _back(request, number)


# --- for everybody ---------------------------------------------------------------------------------------------


@require_safe
@condition(etag_func=lambda request: dcat.etag())
def catalog_jsonld(request):
    """The open part of the catalogue as DCAT 3, streamed; 304 where it is what the asker has."""
    response = StreamingHttpResponse(dcat.document(), content_type="application/ld+json")
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response
