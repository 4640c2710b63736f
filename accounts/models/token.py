"""Tokens with which programs act for a person in an organisation."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation


class ApiTokenQuerySet(models.QuerySet):
    """Tokens by time."""

    def in_force(self, *, on: datetime | None = None) -> "ApiTokenQuerySet":
        """Tokens neither expired nor revoked, of active people in active organisations."""
        return self.filter(
            expires_at__gt=on or timezone.now(),
            revoked_at=None,
            person__is_active=True,
            organisation__active=True,
        )


class ApiToken(models.Model):
    """A bearer token: the prefix finds it, the digest (SHA-256 of 256 random bits) proves it; the token is not kept."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="api_tokens", verbose_name=_("organisation")
    )
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    digest = models.CharField(_("digest"), max_length=64)
    read_only = models.BooleanField(_("read only"), default=True)
    created_at = models.DateTimeField(_("issued at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_its_issue"),
        ]

    def __str__(self):
        return f"{self.prefix}…"
