"""Art. 3: the parties exist as organisations with their own people; one person acts for one organisation at a time."""

import pytest
from django.urls import reverse

from accounts.models import Membership, Organisation, OrganisationKind
from accounts.queries import actor_for, organisations_of
from accounts.roles import Role
from tests.factories.accounts import MembershipFactory, UserFactory

PARTIES = [
    (OrganisationKind.BUREAU, Role.BUREAU),
    (OrganisationKind.OPERATOR, Role.OPERATOR),
    (OrganisationKind.PARTNER, Role.PARTNER),
    (OrganisationKind.DEPARTMENT, Role.DEPARTMENT),
    (OrganisationKind.REGULATOR, Role.REGULATOR),
    (OrganisationKind.GOVERNMENT, Role.GOVERNMENT),
    (OrganisationKind.EXPERT, Role.EXPERT),
    (OrganisationKind.ASSESSOR, Role.ASSESSOR),
    (OrganisationKind.DATA_SUBJECT, Role.DATA_SUBJECT),
]


@pytest.mark.parametrize(("kind", "role"), PARTIES)
def test_3a_every_party_exists_as_an_organisation_with_its_own_people(cast, kind, role):
    organisation = Organisation.objects.filter(kind=kind).first()
    person = MembershipFactory(person=UserFactory(), organisation=organisation, role=role).person
    actor = actor_for(person)
    assert (actor.organisation, actor.roles) == (organisation, {role})
    assert actor_for(person, cast.sysadmin.organisation).organisation is None


@pytest.fixture
def person_of_two(cast):
    person = UserFactory()
    MembershipFactory(person=person, organisation=cast.operator.organisation, role=Role.OPERATOR)
    MembershipFactory(person=person, organisation=cast.partner.organisation, role=Role.PARTNER)
    return person


def test_3a_a_person_of_two_organisations_acts_for_one_with_its_roles_alone(cast, person_of_two):
    assert organisations_of(person_of_two) == [cast.operator.organisation, cast.partner.organisation]
    assert actor_for(person_of_two).roles == {Role.OPERATOR}
    assert actor_for(person_of_two, cast.partner.organisation).roles == {Role.PARTNER}


def test_3a_switching_leaves_the_other_organisation(client, cast, person_of_two):
    client.force_login(person_of_two)
    client.post(reverse("acting"), {"organisation": cast.partner.organisation.pk})
    actor = client.get(reverse("acting")).wsgi_request.actor
    assert (actor.organisation, actor.roles) == (cast.partner.organisation, {Role.PARTNER})


def test_3a_nobody_acts_for_an_organisation_of_others(client, cast, person_of_two):
    client.force_login(person_of_two)
    assert client.post(reverse("acting"), {"organisation": cast.bureau.organisation.pk}).status_code == 404
    assert actor_for(person_of_two, cast.bureau.organisation).roles == frozenset()


def test_3a_who_leaves_an_organisation_no_longer_acts_for_it(cast, person_of_two):
    Membership.objects.filter(person=person_of_two, organisation=cast.operator.organisation).delete()
    assert organisations_of(person_of_two) == [cast.partner.organisation]
    assert actor_for(person_of_two, cast.operator.organisation).organisation is None
