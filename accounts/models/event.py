"""What happened to accounts: sign-ins, roles, delegations. Append-only; the ledger above copies it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation


class EventKind(models.TextChoices):
    """What happened."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
    LOCKED_OUT = "locked_out", _("account locked after failures")
    UNLOCKED = "unlocked", _("account unlocked")
    SIGNED_OUT = "signed_out", _("signed out")
    TIMED_OUT = "timed_out", _("signed out after no activity")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    PASSWORD_RESET = "password_reset", _("password set by an administrator")
    SECOND_FACTOR_ENROLLED = "second_factor_enrolled", _("second factor enrolled")
    SECOND_FACTOR_PASSED = "second_factor_passed", _("second factor passed")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("second factor refused")
    SECOND_FACTOR_RESET = "second_factor_reset", _("second factor reset by an administrator")
    ACCOUNT_CREATED = "account_created", _("account created")
    ACCOUNT_CHANGED = "account_changed", _("account changed")
    ORGANISATION_CREATED = "organisation_created", _("organisation created")
    ORGANISATION_CHANGED = "organisation_changed", _("organisation changed")
    ROLE_GRANTED = "role_granted", _("role granted")
    ROLE_CHANGED = "role_changed", _("role changed")
    ROLE_WITHDRAWN = "role_withdrawn", _("role withdrawn")
    DELEGATION_GIVEN = "delegation_given", _("delegation given")
    DELEGATION_REVOKED = "delegation_revoked", _("delegation revoked")
    ACTING_SWITCHED = "acting_switched", _("switched the organisation acted for")
    TOKEN_ISSUED = "token_issued", _("API token issued")
    TOKEN_REVOKED = "token_revoked", _("API token revoked")


class AccountEventManager(models.Manager):
    """Writes events."""

    def record(self, kind: EventKind, *, person=None, by=None, organisation=None, ip=None, **detail) -> "AccountEvent":
        """Write an event; call it in the transaction of the change. `detail` holds JSON values only."""
        return self.create(kind=kind, person=person, by=by, organisation=organisation, ip=ip or None, detail=detail)


class AccountEvent(models.Model):
    """One event: about whom, by whom, when, from which address. The database refuses to change or delete it."""

    at = models.DateTimeField(_("time of the event"), default=timezone.now, db_index=True)
    kind = models.CharField(_("event"), max_length=30, choices=EventKind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="account_events", verbose_name=_("person")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="account_events_caused",
        verbose_name=_("done by"),
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="account_events", verbose_name=_("organisation")
    )
    detail = models.JSONField(_("detail"), default=dict)
    ip = models.GenericIPAddressField(_("network address"), null=True)

    objects = AccountEventManager()

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"
