"""One factory a model of the app `accounts`."""

from datetime import timedelta

import factory
from django.utils import timezone

from accounts import models
from accounts.roles import OrganisationKind, Role
from tests.cast import PASSWORD, credit_code


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.User
        skip_postgeneration_save = True

    username = factory.Sequence("person{}".format)
    name = factory.Sequence("Person {}".format)
    email = factory.LazyAttribute(lambda person: f"{person.username}@example.test")
    password = factory.django.Password(PASSWORD)
    password_changed_at = factory.LazyFunction(timezone.now)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Organisation

    name = factory.Sequence("Organisation {}".format)
    kind = OrganisationKind.OPERATOR
    uscc = factory.Sequence(lambda number: credit_code(1000 + number))


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Membership

    person = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.OPERATOR


class DelegationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Delegation

    delegator = factory.SubFactory(UserFactory)
    delegate = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    starts_at = factory.LazyFunction(timezone.now)
    ends_at = factory.LazyAttribute(lambda delegation: delegation.starts_at + timedelta(days=7))
    reason = "Leave"


class ApiTokenFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ApiToken

    person = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    prefix = factory.Sequence("t{:07d}".format)
    digest = "0" * 64
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


class AccountEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.AccountEvent

    kind = models.EventKind.SIGNED_IN
    person = factory.SubFactory(UserFactory)


class PastPasswordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PastPassword

    person = factory.SubFactory(UserFactory)
    hashed = ""
