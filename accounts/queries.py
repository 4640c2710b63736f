"""Reads about people and organisations that deserve a name."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from accounts.actors import ANONYMOUS, Actor
from accounts.models import Delegation, Membership, Organisation, OrganisationKind, User
from accounts.roles import ADMIN_ROLES, Role


def bureau() -> Organisation:
    """The district's data authority; the database allows one.

    Raises:
        Organisation.DoesNotExist: before it has been entered.
    """
    return Organisation.objects.get(kind=OrganisationKind.BUREAU, active=True)


def government() -> Organisation:
    """The district government; the database allows one.

    Raises:
        Organisation.DoesNotExist: before it has been entered.
    """
    return Organisation.objects.get(kind=OrganisationKind.GOVERNMENT, active=True)


def organisations_of_kind(kind: OrganisationKind) -> QuerySet[Organisation]:
    """Active organisations of a kind, by name."""
    return Organisation.objects.filter(kind=kind, active=True)


def organisations_of(person: User, *, on: datetime | None = None) -> list[Organisation]:
    """Organisations in which the person holds a role at the moment `on`, the longest held first."""
    held = Membership.objects.in_force(on=on).filter(person=person).select_related("organisation").order_by("id")
    return list(dict.fromkeys(membership.organisation for membership in held))


def actor_for(person: User, organisation: Organisation | None = None, *, on: datetime | None = None) -> Actor:
    """The person with the roles held in the organisation, by default in the first one they belong to.

    One query. Somebody without a role there acts for no organisation and has no role; an inactive account is nobody.
    """
    if not person.is_active:
        return ANONYMOUS
    held = Membership.objects.in_force(on=on).filter(person=person).select_related("organisation").order_by("id")
    if organisation is not None:
        held = held.filter(organisation=organisation)
    memberships = list(held)
    if not memberships:
        return Actor(person, None, frozenset())
    chosen = memberships[0].organisation
    return Actor(person, chosen, frozenset(Role(held.role) for held in memberships if held.organisation == chosen))


def delegations_to(person: User, *, on: datetime | None = None) -> QuerySet[Delegation]:
    """Delegations under which the person may act at the moment `on`, that is while both still belong there."""
    return (
        Delegation.objects.in_force(on=on)
        .filter(
            delegate=person,
            organisation__in=Membership.objects.in_force(on=on).filter(person=person).values("organisation"),
        )
        .select_related("delegator", "organisation")
    )


def delegated_actor(delegation: Delegation, *, on: datetime | None = None) -> Actor:
    """The delegate with the roles that the delegator holds in the organisation at the moment `on`.

    Give a delegation from `delegations_to`. A delegator without roles there passes on none.
    """
    held = Membership.objects.in_force(on=on).filter(
        person=delegation.delegator, organisation=delegation.organisation_id
    )
    roles = frozenset(Role(role) for role in held.values_list("role", flat=True)) - ADMIN_ROLES
    if not roles:
        return Actor(delegation.delegate, None, frozenset())
    return Actor(
        delegation.delegate,
        delegation.organisation,
        roles,
        on_behalf_of=delegation.delegator,
        scope=delegation.scope,
    )


def members_with(role: Role, organisation: Organisation, *, on: datetime | None = None) -> QuerySet[User]:
    """Active people who hold the role in the organisation at the moment `on`, by name."""
    held = Membership.objects.in_force(on=on).filter(role=role, organisation=organisation)
    return User.objects.filter(pk__in=held.values("person")).order_by("name", "pk")


def holders(roles: Iterable[Role], organisation: Organisation, *, on: datetime | None = None) -> QuerySet[User]:
    """Active people who hold one of the roles in the organisation at the moment `on`, by name."""
    held = Membership.objects.in_force(on=on).filter(role__in=list(roles), organisation=organisation)
    return User.objects.filter(pk__in=held.values("person")).order_by("name", "pk")


def roles_held(person: User, organisation: Organisation, *, on: datetime | None = None) -> set[str]:
    """The roles the person holds in the organisation at the moment `on`."""
    held = Membership.objects.in_force(on=on).filter(person=person, organisation=organisation)
    return set(held.values_list("role", flat=True))


def colleagues(person: User, organisation: Organisation, *, on: datetime | None = None) -> QuerySet[User]:
    """Other active people with a role in the organisation, by name."""
    held = Membership.objects.in_force(on=on).filter(organisation=organisation)
    return User.objects.filter(pk__in=held.values("person")).exclude(pk=person.pk).order_by("name", "pk")
