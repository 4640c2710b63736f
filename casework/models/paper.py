"""Papers: documents that the portal issues, rendered once."""

import base64
import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.of_case import OfCase


def new_code() -> str:
    """A verification code that can't be guessed: 26 letters and digits without 0, 1, 8, 9."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def storage_name(instance: "Paper", name: str) -> str:
    """Where the PDF lies."""
    return f"papers/{instance.code}.pdf"


class Paper(OfCase):
    """An acknowledgment, a notice, a decision, an agreement. `context` is what it says; the PDF is what counts.

    The row is written in the step that orders the paper; the PDF is made once, in that step where the step needs its
    digest, otherwise right after it, and is never made again.
    """

    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("number"), max_length=60)
    context = models.JSONField()
    code = models.CharField(_("verification code"), max_length=32, unique=True, default=new_code)
    pdf = models.FileField(upload_to=storage_name, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    sm3 = models.CharField(_("SM3"), max_length=64, blank=True)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta(OfCase.Meta):
        abstract = False
        ordering = ["id"]
        verbose_name = _("paper")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
