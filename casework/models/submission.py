"""What was handed in, as it was: once on submission, once more after each correction."""

import hashlib
import json
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class HandedIn(models.Model):
    """One round of what an applicant handed in. A kind of case adds the case it belongs to.

    `content` maps the name of each field or part to its value; the digest is the SHA-256 of its canonical JSON.
    """

    round = models.PositiveSmallIntegerField(_("submission no."))
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    submitted_at = models.DateTimeField(_("submitted at"))

    class Meta:
        abstract = True
        ordering = ["round"]

    @staticmethod
    def fixed(content: dict) -> dict:
        """The columns `content` and `digest` for `create()`."""
        text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
        return {"content": json.loads(text), "digest": hashlib.sha256(text.encode()).hexdigest()}

    def changes_since(self, earlier: Self | None) -> set[str]:
        """The names of what differs from an earlier submission."""
        if earlier is None:
            return set()
        before, now = earlier.content, self.content
        return {name for name in set(before) | set(now) if before.get(name) != now.get(name)}
