"""Exports that users order: what a grant gives them to take away, made by a job, while the grant is usable (law 3)."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from authorizations.models.grant import Grant


def storage_name(instance: "Export", name: str) -> str:
    """A random name: nobody finds a file by guessing what it holds."""
    return f"exports/{secrets.token_hex(2)}/{secrets.token_hex(16)}"


def new_code() -> str:
    """The name of an export in addresses."""
    return secrets.token_hex(16)


class ExportQuerySet(models.QuerySet):
    """Reads of exports."""

    def visible_to(self, actor: Actor) -> "ExportQuerySet":
        """Those of the actor's organisation."""
        if not actor.is_authenticated or actor.organisation is None:
            return self.none()
        return self.filter(organisation=actor.organisation)

    def waiting(self) -> "ExportQuerySet":
        """Those that have been neither made nor refused, the earliest first."""
        return self.filter(finished_at=None).order_by("pk")


class Export(models.Model):
    """One order: waiting, then made (there is a file) or refused (`refused_code` names the link that is not in force).

    It holds particulars and figures of the grant, never data of the resource (Art. 4).
    """

    KINDS = [("particulars", _("Particulars of the grant and figures of use"))]

    code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="exports")
    kind = models.CharField(_("content"), max_length=20, choices=KINDS)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("ordered at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    file = models.FileField(_("file"), upload_to=storage_name)
    sha256 = models.CharField(_("digest"), max_length=64, blank=True)
    refused_code = models.CharField(_("refused because of"), max_length=60, blank=True)
    refused_article = models.CharField(max_length=20, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["id"], condition=models.Q(finished_at=None), name="export_waiting")]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.ordered_at:%Y-%m-%d %H:%M}"

    @property
    def is_made(self) -> bool:
        """Whether there is a file to download."""
        return bool(self.file)
