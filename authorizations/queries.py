"""Reads of chapter 4 that deserve a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.actors import Actor
from authorizations.models import Grant
from casework import keys

PAGE = 50
RELATED = (
    "organisation", "operator", "resource__organisation", "version", "scenario", "agreement", "request", "item",
    "partnership",
)  # fmt: skip


def grants_seen(actor: Actor, *, on: date):
    """The grants an actor may see with what they name, each with `is_usable` for the day, the latest first."""
    return Grant.objects.visible_to(actor).with_usable(on=on).select_related(*RELATED).order_by("-id")


def grant_seen(code: str, actor: Actor, *, on: date) -> Grant | None:
    """The grant with this code, or None where it is not there or not the actor's to see."""
    return grants_seen(actor, on=on).filter(code=code).first()


@dataclass
class GrantList:
    """One page of grants as the reader may see them, filtered by what the address says."""

    rows: list[Grant]
    standing: str
    text: str
    next: str

    @classmethod
    def read(cls, actor: Actor, asked: Mapping[str, str], *, on: date, size: int = PAGE) -> "GrantList":
        """Read the page from behind the key in `after`. A filter without sense is ignored."""
        standing = asked.get("standing", "") if asked.get("standing") in {"usable", "closed"} else ""
        text = asked.get("q", "").replace("\x00", "").strip()[:100]
        grants = grants_seen(actor, on=on)
        if standing:
            grants = grants.usable(on=on) if standing == "usable" else grants.closed(on=on)
        if text:
            named = Q(version__name__icontains=text) | Q(resource__code__icontains=text)
            whose = Q(organisation__name__icontains=text) | Q(scenario__name__icontains=text)
            grants = grants.filter(Q(code__icontains=text) | named | whose)
        if (after := keys.number(asked.get("after", ""))) is not None:
            grants = grants.filter(id__lt=after)
        found = list(grants[: size + 1])
        more = str(found[size - 1].pk) if len(found) > size else ""
        return cls(found[:size], standing, text, more)

    @property
    def query(self) -> str:
        """The filters as they stand in the address."""
        return urlencode({"q": self.text, "standing": self.standing})

    @property
    def is_filtered(self) -> bool:
        """Whether the reader narrowed the list, so that an empty one says so."""
        return bool(self.standing or self.text)

    def table(self) -> list[list]:
        """The rows as a sheet, the heading first."""
        heading = [
            _("Grant"), _("User"), _("Operator"), _("Data resource"), _("Resource code"), _("Department"),
            _("Scenario"), _("Scenario code"), _("Data use agreement"), _("Made at"), _("Status"),
        ]  # fmt: skip
        return [heading, *(self._row(grant) for grant in self.rows)]

    @staticmethod
    def _row(grant: Grant) -> list:
        return [
            grant.code, grant.organisation.name, grant.operator.name, grant.version.name, grant.resource.code,
            grant.resource.organisation.name, grant.scenario.name, grant.scenario.code, grant.agreement.number,
            grant.made_at, _("usable") if grant.is_usable else _("closed"),
        ]  # fmt: skip
