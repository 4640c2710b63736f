"""What the page of a data use agreement shows, and to whom."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from authorizations.sheets.use import EVIDENCE, evidence_of, sensitive_items
from casework.states import the_bureau

SUCCEEDED_FROM = ("effective", "suspended", "expired")
"""States after or beside which another agreement on the same request can be drawn up."""


@dataclass(frozen=True)
class Side:
    """One side with its signature over the present text, if it has given one."""

    organisation: Organisation
    signature: object | None


def of_agreement(agreement, actor: Actor) -> dict:
    """An agreement: sides, parts, resources, consents with their evidence, grants, what came before and after."""
    drawn_up = agreement.edition > 0
    return {
        "parts": agreement.parts_shown(),
        "sides": _sides(agreement),
        "void": [
            one for one in agreement.signatures.select_related("organisation") if one.edition != agreement.edition
        ],
        "items": list(agreement.covered()),
        "sensitive": bool(sensitive_items(agreement)),
        "consents": _consents(agreement, actor),
        "missing": [] if agreement.current.final else [item.version.name for item in agreement.items_without_consent()],
        "evidence": evidence_of(agreement) if agreement.organisation_id == _key(actor) else [],
        "may_attach_evidence": EVIDENCE in agreement.tags_open_to(actor),
        "grants": _grants(agreement, actor),
        "request_seen": type(agreement.request).objects.visible_to(actor).filter(pk=agreement.request_id).exists(),
        "earlier": _seen(type(agreement).objects.filter(pk=agreement.succeeds_id), actor),
        "later": _seen(agreement.successors.order_by("pk"), actor),
        "successions": _successions(agreement, actor) if drawn_up else [],
    }


def _key(actor: Actor) -> int | None:
    return actor.organisation.pk if actor.organisation else None


def _seen(agreements, actor: Actor) -> list:
    return list(agreements.visible_to(actor))


def _sides(agreement) -> list[Side]:
    given = {one.organisation_id: one for one in agreement.valid_signatures().select_related("person")}
    organisations = Organisation.objects.in_bulk(agreement.sides())
    order = sorted(organisations, key=lambda pk: (pk != agreement.organisation_id, pk in agreement.departments(), pk))
    return [Side(organisations[pk], given.get(pk)) for pk in order]


def _consents(agreement, actor: Actor) -> list:
    """The consents of the scenario for the resources of the agreement; to a department for its own."""
    found = agreement.request.scenario.consents.filter(resource__in=agreement.covered().values("resource"))
    if actor.has(Role.DEPARTMENT):
        found = found.filter(resource__organisation=actor.organisation)
    kinds = dict(agreement.rules.options("consent_kind"))
    found = list(found.select_related("resource", "filed_by").prefetch_related("evidence").order_by("pk"))
    for consent in found:
        consent.basis_label = kinds.get(consent.basis, consent.basis)
        # Evidence attached to an earlier agreement on the same scenario is downloaded there.
        consent.files = [file for file in consent.evidence.all() if file.case_id == agreement.pk]
    return found


def _grants(agreement, actor: Actor) -> list:
    today = agreement.today()
    found = agreement.grants.visible_to(actor).with_usable(on=today)
    return list(found.select_related("version", "resource").order_by("pk"))


def _successions(agreement, actor: Actor) -> list[dict]:
    """Where the bureau draws up a renewal or an amendment, with what is known already."""
    if not the_bureau.admits(agreement, actor) or actor.read_only or agreement.state not in SUCCEEDED_FROM:
        return []
    if agreement.successors.exclude(state="cancelled").exists():
        return []
    begin = reverse("begin", args=[agreement.plural])
    known = {"request": agreement.request.number}
    terms = {
        "renewal": {"starts_on": agreement.day_after_end().isoformat()},
        "amendment": {"starts_on": agreement.today().isoformat(), "ends_on": agreement.ends_on.isoformat()},
    }
    return [
        {"kind": kind, "url": f"{begin}?{urlencode(known | {'succession': kind} | terms[kind])}"}
        for kind, _label in agreement.SUCCESSIONS
        if kind == "renewal" or agreement.state != "expired"
    ]
