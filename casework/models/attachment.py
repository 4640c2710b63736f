"""Files attached to a case."""

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from casework.models.of_case import OfCase


def storage_name(instance: "Attachment", name: str) -> str:
    """A random name: what the sender called the file never reaches the file system."""
    return f"attachments/{secrets.token_hex(2)}/{secrets.token_hex(16)}"


class Attachment(OfCase):
    """A file as received: its own name for people, its type as found in its bytes, its digest. Never deleted."""

    tag = models.CharField(_("belongs to"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("digest"), max_length=64)
    file = models.FileField(_("file"), upload_to=storage_name)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    class Meta(OfCase.Meta):
        abstract = False
        ordering = ["id"]
        verbose_name = _("attachment")

    def __str__(self) -> str:
        return self.name
