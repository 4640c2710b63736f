"""Conditions of a request for authorization (Art. 18)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from authorizations.guards.standing import standing_faults
from casework.guards import guard


@guard(
    "18",
    otherwise=_("Data can be requested only while the agreements of operator and partner are in force."),
    remedy=_("The agreements named must be in force first."),
)
def standing_in_force(case, *, on: datetime):
    return standing_faults(case, on=timezone.localdate(on))


@guard("18", otherwise=_("No resource is asked for."), remedy=_("Choose resources in the catalogue."))
def items_chosen(request):
    return bool(request.items_chosen)


@guard("18", otherwise=_("The request is not complete."), remedy=_("Fill in what is named."))
def request_complete(request):
    return request.lacking()


@guard(
    "5(1)",
    otherwise=_("A resource asked for is not in the catalogue any more."),
    remedy=_("Take it out of the request."),
)
def resources_offered(request):
    return [item.version.name for item in request.items.select_related("resource", "version")
            if not item.resource.is_offered]  # fmt: skip


@guard(
    "18",
    otherwise=_("The day by which the request had to be corrected has passed."),
    remedy=_("Withdraw it and copy it as a new request."),
)
def correction_in_time(request, *, on: datetime):
    return request.correct_by is None or timezone.localdate(on) <= request.correct_by


@guard("18", otherwise=_("The day by which the request has to be corrected has not passed."))
def correction_overdue(request, *, on: datetime):
    return request.correct_by is not None and timezone.localdate(on) > request.correct_by


@guard("18(3)", otherwise=_("Every resource asked for belongs to this district."))
def crosses_the_district(request):
    return request.crosses


@guard("18(3)", otherwise=_("The city has answered already."))
def city_not_answered(request):
    return bool(request.items_for_the_city())


@guard(
    "18(3)",
    otherwise=_("A resource of another level or region is asked for, and the city has not answered yet."),
    remedy=_("Take the request to the city first."),
)
def city_answered(request):
    return [item.version.name for item in request.items_for_the_city()]


@guard("18(1)", otherwise=_("Your department has decided on its resources already."))
def own_items_undecided(request, *, by: Actor):
    return by.organisation is None or request.items.filter(department=by.organisation, decision="").exists()


@guard(
    "18", otherwise=_("They have been urged today already."), remedy=_("Urge again tomorrow, if it is still needed.")
)
def not_urged_today(request, *, on: datetime):
    urged = request.urged_at
    return urged is None or urged < request.state_since or timezone.localdate(urged) < timezone.localdate(on)


@guard("18(1)", otherwise=_("Not every resource has been decided on."))
def all_decided(request):
    return not request.items.filter(decision="").exists()


@guard("18", otherwise=_("Not every resource was granted."))
def all_granted(request):
    return not request.items.filter(decision="refused").exists()


@guard("18", otherwise=_("No resource was granted."))
def some_granted(request):
    return request.granted_items().exists()


@guard("19(1)", otherwise=_("An agreement on the use has been drawn up already."))
def no_agreement_yet(request):
    return not request.agreements.exclude(state="cancelled").exists()


def _own(request, by: Actor):
    items = request.granted_items().filter(revoked_at=None)
    department = by.organisation is not None and request.items.filter(department=by.organisation).exists()
    return items.filter(department=by.organisation) if department else items


@guard("33(2)", otherwise=_("No authorization is in force here."))
def something_in_force(request, *, by: Actor):
    return _own(request, by).filter(suspended_at=None).exists()


@guard("33(2)", otherwise=_("No authorization is suspended here."))
def something_suspended(request, *, by: Actor):
    return _own(request, by).filter(suspended_at__isnull=False).exists()


@guard("33(2)", otherwise=_("Every authorization here has been revoked."))
def something_not_revoked(request, *, by: Actor):
    return _own(request, by).exists()
