"""Roles: who holds which where, and the three administrators kept apart."""

import threading
from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from accounts.models import Membership, Organisation, OrganisationKind
from accounts.queries import actor_for, bureau, members_with
from accounts.roles import ADMIN_ROLES, Role, fits
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory

CASE_ROLES = sorted(set(Role) - ADMIN_ROLES)


def kind_for(role):
    return next(kind for kind in OrganisationKind if fits(role, kind))


def place_for(role):
    kind = kind_for(role)
    return Organisation.objects.filter(kind=kind).first() or OrganisationFactory(kind=kind)


@pytest.mark.parametrize("held", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("wanted", sorted(ADMIN_ROLES))
def test_no_account_combines_two_administrators(cast, held, wanted):
    person = cast[held].person
    elsewhere = OrganisationFactory(kind=OrganisationKind.ADMINISTRATION)
    with pytest.raises(ValidationError) as refused:
        Membership(person=person, organisation=elsewhere, role=wanted).save()
    assert refused.value.message_dict == {
        "role": ["The system, security and audit administrators are three different accounts."]
    }
    assert actor_for(person).roles == {Role(held)}


@pytest.mark.parametrize("admin", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("role", CASE_ROLES)
def test_no_administrator_takes_a_role_in_cases(cast, admin, role):
    with pytest.raises(ValidationError) as refused:
        Membership(person=cast[admin].person, organisation=place_for(role), role=role).save()
    assert refused.value.message_dict == {
        "role": ["An administrator's account takes no part in cases. Use another account for this role."]
    }


@pytest.mark.parametrize("admin", sorted(ADMIN_ROLES))
def test_nobody_with_a_role_in_cases_becomes_an_administrator(cast, admin):
    with pytest.raises(ValidationError, match="takes no part in cases"):
        Membership(person=cast.bureau.person, organisation=cast.sysadmin.organisation, role=admin).save()


def test_an_administrator_that_was_stays_apart(cast):
    Membership.objects.filter(person=cast.secadmin.person).update(valid_until=date(2024, 2, 1))
    with pytest.raises(ValidationError, match="takes no part in cases"):
        Membership(person=cast.secadmin.person, organisation=bureau(), role=Role.BUREAU).save()


@pytest.mark.parametrize(
    ("person", "role", "place"),
    [
        ("sysadmin", Role.SECADMIN, "System Administration"),
        ("sysadmin", Role.BUREAU, "Data Authority"),
        ("bureau", Role.AUDITADMIN, "System Administration"),
    ],
)
def test_the_database_refuses_what_goes_round_the_model(cast, person, role, place):
    row = Membership(person=cast[person].person, organisation=Organisation.objects.get(name=place), role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.bulk_create([row])
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(person=cast.bureau2.person).update(person=cast.sysadmin.person)


@pytest.mark.parametrize("role", sorted(Role))
def test_a_role_is_held_only_where_it_fits(db, role):
    for kind in OrganisationKind:
        membership = Membership(person=UserFactory(), organisation=OrganisationFactory(kind=kind), role=role)
        if fits(role, kind):
            membership.save()
            continue
        with pytest.raises(ValidationError, match="is not held in an organisation of the kind"):
            membership.save()


def test_experts_come_from_any_employer_but_the_administration():
    assert [kind for kind in OrganisationKind if not fits(Role.EXPERT, kind)] == [OrganisationKind.ADMINISTRATION]


def test_one_row_a_role(cast):
    again = Membership(person=cast.bureau.person, organisation=bureau(), role=Role.BUREAU)
    with pytest.raises(ValidationError):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_a_role_holds_from_its_first_to_its_last_day(cast):
    person, place = UserFactory(), bureau()
    MembershipFactory(
        person=person,
        organisation=place,
        role=Role.BUREAU,
        valid_from=date(2026, 3, 2),
        valid_until=date(2026, 3, 6),
    )
    beijing = timezone.get_default_timezone()

    def holds(day, hour, minute):
        return person in members_with(Role.BUREAU, place, on=datetime(2026, 3, day, hour, minute, tzinfo=beijing))

    assert [holds(1, 23, 59), holds(2, 0, 0), holds(6, 23, 59), holds(7, 0, 0)] == [False, True, True, False]


def test_the_last_day_is_not_before_the_first(cast):
    membership = Membership(
        person=UserFactory(), organisation=bureau(), role=Role.BUREAU, valid_from="2026-03-02", valid_until="2026-03-01"
    )
    with pytest.raises(ValidationError, match="The last day is before the first"):
        membership.full_clean()


@pytest.mark.parametrize("closed", ["person", "organisation"])
def test_closed_accounts_and_organisations_have_no_members(cast, closed):
    if closed == "person":
        cast.operator.person.is_active = False
        cast.operator.person.save()
    else:
        Organisation.objects.filter(pk=cast.operator.organisation.pk).update(active=False)
    assert not members_with(Role.OPERATOR, cast.operator.organisation).exists()
    assert actor_for(cast.operator.person).organisation is None
    assert not actor_for(cast.operator.person).roles


def test_an_actor_costs_one_query(cast, django_assert_num_queries):
    MembershipFactory(person=cast.bureau.person, organisation=bureau(), role=Role.BUREAU_LEAD)
    with django_assert_num_queries(1):
        actor = actor_for(cast.bureau.person)
    assert actor.roles == {Role.BUREAU, Role.BUREAU_LEAD}


def test_the_district_has_one_bureau_and_one_government(cast):
    for kind in (OrganisationKind.BUREAU, OrganisationKind.GOVERNMENT):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrganisationFactory(kind=kind)
        with pytest.raises(ValidationError, match="it is there"):
            Organisation(name="Second", kind=kind).full_clean()


def test_owners_form_no_ring(db):
    first = OrganisationFactory()
    second = OrganisationFactory(owner=first)
    first.owner = second
    with pytest.raises(ValidationError, match="an owner of itself"):
        first.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=first.pk).update(owner=first.pk)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_two_grants_at_the_same_moment_do_not_slip_past_each_other():
    person = UserFactory()
    rows = [
        Membership(person=person, organisation=OrganisationFactory(kind=kind), role=role)
        for kind, role in [
            (OrganisationKind.ADMINISTRATION, Role.SYSADMIN),
            (OrganisationKind.BUREAU, Role.BUREAU),
            (OrganisationKind.OPERATOR, Role.OPERATOR),
            (OrganisationKind.ADMINISTRATION, Role.AUDITADMIN),
        ]
    ]
    start, refusals = threading.Barrier(len(rows)), []

    def grant(row):
        start.wait()
        try:
            row.save()
        except ValidationError as refused:
            refusals.append(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=grant, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = set(Membership.objects.filter(person=person).values_list("role", flat=True))
    assert len(held) + len(refusals) == len(rows)
    assert len(held) == 1 or not held & ADMIN_ROLES
