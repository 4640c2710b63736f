"""What a grant rests on, link by link, and which of them is not in force: the reasons behind `Grant.usable` (law 3).

`GrantQuerySet.usable` decides; this module only says why. A test holds the two together in every combination of states.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from authorizations.models import Consent, Grant
from authorizations.models.resource import OFFERED
from casework.agreements import Agreement
from casework.models.case import Case
from operators.models import OperatingAgreement


@dataclass(frozen=True)
class Link:
    """One thing a grant rests on. `code` is stable, for programs; `reason` says why it is not in force.

    The reason names no number: it is told to partners, who don't see the operator's matters.
    """

    code: str
    label: str
    article: str
    case: Case | None
    state: str
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return not self.reason


def links(grant: Grant, *, on: date) -> list[Link]:
    """Everything a grant rests on, from the operator down to the consent. Four to six queries."""
    return [
        link for step in (_operator, _partner, _authorization, _resource, _use, _consent) for link in step(grant, on)
    ]


def links_seen(grant: Grant, *, on: date, by: Actor) -> list[Link]:
    """The same for a reader: without the cases that are not theirs to see."""
    return [link if _sees(by, link.case) else replace(link, case=None) for link in links(grant, on=on)]


def _sees(actor: Actor, case: Case | None) -> bool:
    return case is not None and type(case).objects.visible_to(actor).filter(pk=case.pk).exists()


def broken(grant: Grant, *, on: date) -> Link | None:
    """The first link that is not in force; None where all are."""
    return next((link for link in links(grant, on=on) if not link.holds), None)


def _of_agreement(code: str, label: str, article: str, agreement: Agreement | None, on: date) -> Link:
    if agreement is None:
        return Link(code, label, article, None, _("none"), _("There is no %(what)s.") % {"what": label})
    facts = {"what": label, "state": agreement.get_state_display()}
    reason = ""
    if agreement.state != "effective":
        reason = _("%(what)s is at “%(state)s”.") % facts
    elif on < agreement.starts_on:
        reason = _("%(what)s begins on %(day)s.") % (facts | {"day": agreement.starts_on})
    elif on > agreement.ends_on:
        reason = _("%(what)s ended on %(day)s.") % (facts | {"day": agreement.ends_on})
    return Link(code, label, article, agreement, agreement.get_state_display(), reason)


def _latest(agreements, on: date) -> Agreement | None:
    """The agreement in force on a day, or the last one there was."""
    signed = agreements.filter(effective_at__isnull=False)
    return agreements.in_force(on=on).order_by("-pk").first() or signed.order_by("-pk").first()


def _operator(grant: Grant, on: date) -> Iterator[Link]:
    agreement = _latest(OperatingAgreement.objects.filter(organisation=grant.operator_id), on)
    state = agreement.state if agreement is not None else ""
    article = {"effective": "13", "suspended": "29(2)"}.get(state, "14")
    yield _of_agreement("operating-agreement-not-in-force", _("Operating agreement"), article, agreement, on)


def _partner(grant: Grant, on: date) -> Iterator[Link]:
    partner = grant.partnership
    if partner is None:
        return
    label, state, reason = _("Platform partner"), partner.get_state_display(), ""
    if partner.state != "active":
        reason = _("%(what)s is at “%(state)s”.") % {"what": label, "state": state}
    yield Link("partner-not-in-standing", label, partner.current.article, partner, state, reason)
    label, agreement = _("Platform service agreement"), _latest(partner.agreements.all(), on)
    yield _of_agreement("service-agreement-not-in-force", label, "19(2)", agreement, on)


def _authorization(grant: Grant, on: date) -> Iterator[Link]:
    item, code, reason = grant.item, "authorization-refused", ""
    state = item.get_decision_display() or _("not decided")
    if item.revoked_at is not None:
        code, state, reason = (
            "authorization-revoked",
            _("revoked"),
            _("The authorization of this resource was revoked."),
        )
    elif item.suspended_at is not None:
        code, state = "authorization-suspended", _("suspended")
        reason = _("The authorization of this resource is suspended.")
    elif item.decision not in item.GRANTED:
        reason = _("This resource was not granted.")
    article = "18(1)" if code == "authorization-refused" else "33(2)"
    yield Link(code, _("Authorization"), article, grant.request, state, reason)


def _resource(grant: Grant, on: date) -> Iterator[Link]:
    resource, reason = grant.resource, ""
    if resource.state not in OFFERED:
        reason = _("The resource is not in the catalogue any more.")
    yield Link("resource-not-offered", _("Data resource"), "5(1)", resource, resource.get_state_display(), reason)


def _use(grant: Grant, on: date) -> Iterator[Link]:
    agreement = grant.agreement
    article = "39" if agreement.state in {"suspended", "terminated"} else "19(1)"
    yield _of_agreement("use-agreement-not-in-force", _("Data use agreement"), article, agreement, on)


def _consent(grant: Grant, on: date) -> Iterator[Link]:
    if not grant.version.needs_consent:
        return
    valid = Consent.objects.valid(on=on).filter(scenario=grant.scenario_id, resource=grant.resource_id).exists()
    reason = "" if valid else _("No valid consent for this resource and scenario is on file.")
    state = _("on file") if valid else _("not on file")
    yield Link("consent-missing", _("Consent"), "20", grant.agreement, state, reason)


REASONS = {
    "operating-agreement-not-in-force": gettext_lazy("The operating agreement of the operator is not in force."),
    "partner-not-in-standing": gettext_lazy("The partner's standing is not in force."),
    "service-agreement-not-in-force": gettext_lazy("The platform service agreement is not in force."),
    "authorization-refused": gettext_lazy("This resource was not granted."),
    "authorization-revoked": gettext_lazy("The authorization of this resource was revoked."),
    "authorization-suspended": gettext_lazy("The authorization of this resource is suspended."),
    "resource-not-offered": gettext_lazy("The resource is not in the catalogue any more."),
    "use-agreement-not-in-force": gettext_lazy("The data use agreement is not in force."),
    "consent-missing": gettext_lazy("No valid consent for this resource and scenario is on file."),
}
"""Each code of a link with a sentence that names no case, for what is kept longer than the state it speaks of."""
