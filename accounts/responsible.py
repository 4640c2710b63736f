"""Who answers for a department's data: the unit, the person, how to reach them (Art. 6(1))."""

from collections.abc import Mapping

from django.db import transaction

from accounts.actors import Actor
from accounts.models import AccountEvent, EventKind, Organisation

COLUMNS = ("responsible_unit", "responsible_person", "responsible_phone", "email")


@transaction.atomic
def name_responsible(values: Mapping[str, str], *, by: Actor, ip: str | None = None) -> list[str]:
    """Enter the columns of `COLUMNS` for the actor's organisation and note which of them changed.

    The account event is copied to the ledger with all others. Returns the names of the columns that changed.
    """
    organisation = Organisation.objects.select_for_update().get(pk=by.organisation.pk)
    changed = [name for name in COLUMNS if getattr(organisation, name) != values[name]]
    if not changed:
        return []
    for name in changed:
        setattr(organisation, name, values[name])
    organisation.save(update_fields=changed)
    AccountEvent.objects.record(
        EventKind.ORGANISATION_CHANGED, by=by.person, organisation=organisation, ip=ip, fields=changed,
        on_behalf_of=by.on_behalf_of.pk if by.on_behalf_of else None,
    )  # fmt: skip
    return changed
