"""One factory a model of the app `operators` that is reference data; cases come from `tests.story`, by steps only."""

import factory
from django.utils import timezone

from operators import models
from tests.factories.accounts import OrganisationFactory, UserFactory


class ExpertFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Expert

    person = factory.SubFactory(UserFactory)
    employer = factory.SubFactory(OrganisationFactory)
    expertise = ("data",)


class ConflictDeclarationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ConflictDeclaration

    expert = factory.SubFactory(ExpertFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    reason = "Adviser to the company"
    declared_at = factory.LazyFunction(timezone.now)
