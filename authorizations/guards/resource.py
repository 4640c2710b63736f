"""Conditions of the catalogue."""

from django.utils.translation import gettext_lazy as _

from casework.guards import guard


@guard("6(2)", otherwise=_("Another resource has this code."))
def code_free(resource):
    return not type(resource).objects.filter(code=resource.code).exclude(pk=resource.pk).exists()


@guard(
    "6(1)",
    otherwise=_("Your organisation has not named the unit and the person responsible for its data."),
    remedy=_("Enter both under “Our department”."),
)
def responsible_named(resource):
    return bool(resource.organisation.responsible_unit and resource.organisation.responsible_person)


@guard("6(2)", otherwise=_("The entry is not complete."), remedy=_("Change the entry and fill in what is named."))
def entry_complete(resource):
    needed = ("summary", "theme", "resource_format", "update_cycle", "fields", "contact_name", "contact_phone")
    return [str(resource._meta.get_field(name).verbose_name) for name in needed if not getattr(resource, name)]


@guard("5(3)", otherwise=_("The resource has not been classified and graded."))
def graded(resource):
    lacking = [str(resource._meta.get_field(name).verbose_name) for name in ("openness", "grade", "level")
               if not getattr(resource, name)]  # fmt: skip
    return lacking + [field["label"] for field in resource.fields if not field.get("sensitivity")]


@guard(
    "2(2)",
    otherwise=_("A resource that is not open does not enter the catalogue."),
    remedy=_("Record the legal basis that lets it be authorised, or change its class of openness."),
)
def openness_allows(resource):
    return resource.openness != "not_open" or bool(resource.legal_basis.strip())


@guard("6(2)", otherwise=_("Nothing has been changed since the version listed."))
def entry_changed(resource):
    return resource.has_changes
