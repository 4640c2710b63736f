"""The basket: resources a person has chosen for the next request."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from authorizations.models.resource import DataResource


class BasketItemQuerySet(models.QuerySet):
    """Reads of baskets."""

    def of(self, actor: Actor) -> "BasketItemQuerySet":
        """The basket of the person in the organisation acted for."""
        return self.filter(person=actor.person, organisation=actor.organisation)

    def put(self, actor: Actor, resource: DataResource) -> bool:
        """Put a resource into the actor's basket; whether it was not there yet."""
        _item, added = self.get_or_create(person=actor.person, organisation=actor.organisation, resource=resource)
        return added


class BasketItem(models.Model):
    """One resource in the basket of a person who acts for an organisation."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    resource = models.ForeignKey(DataResource, models.CASCADE, related_name="+")
    put_at = models.DateTimeField(_("put in at"), auto_now_add=True)

    objects = BasketItemQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "organisation", "resource"], name="once_in_a_basket")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.resource_id}"
