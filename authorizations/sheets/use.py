"""What the steps of a data use agreement ask for."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from authorizations.sheets.resource import options
from casework import agreements
from casework.inputs import Input
from casework.models.attachment import Attachment
from casework.refusals import InvalidInput


def _term(agreement=None) -> dict[str, Input]:
    group = _("Term")
    return {
        "starts_on": Input(
            kind="date", label=_("Begins on"), group=group, initial=agreement.starts_on if agreement else None
        ),
        "ends_on": Input(
            kind="date", label=_("Ends on"), group=group, initial=agreement.ends_on if agreement else None
        ),
    }  # fmt: skip


def beginning(model) -> dict[str, Input]:
    """The request whose authorised resources the agreement is on, and the term."""
    return {
        "request": Input(kind="text", label=_("Number of the request"), max_length=40),
        **_term(),
        "succession": Input(
            kind="choice", label=_("Where there is an agreement already"), choices=model.SUCCESSIONS, required=False
        ),
    }


def text(agreement) -> dict[str, Input]:
    """The term and each required part."""
    return _term(agreement) | agreements.part_inputs(agreement)


def refuse_empty_term(starts_on: date, ends_on: date) -> None:
    """Refuse a term that ends before it begins.

    Raises:
        InvalidInput: at `ends_on`.
    """
    if ends_on <= starts_on:
        raise InvalidInput({"ends_on": [_("The term must end after it begins.")]}, article="19(1)")


EVIDENCE = "consent"
"""The tag of files that are evidence of consent."""


def evidence_of(agreement):
    """The files that were attached as evidence of consent."""
    return Attachment.objects.of(agreement).filter(
        tag=EVIDENCE, withdrawn_at=None, organisation=agreement.organisation_id
    )


def sensitive_items(agreement) -> list:
    """The granted items with personal information or business secrets."""
    return [item for item in agreement.covered() if item.version.needs_consent]


def consent(agreement) -> dict[str, Input]:
    """The consent for one resource in the scenario of the agreement, with its evidence."""
    items = sensitive_items(agreement)
    return {
        "resource": Input(
            kind="choice", label=_("Resource"),
            choices=[(str(item.resource_id), f"{item.version.name} · {item.resource.code}") for item in items],
        ),
        "basis": Input(
            kind="choice", label=_("What the consent rests on"), choices=lambda: options("consent_kind")
        ),
        "statement": Input(
            kind="longtext", label=_("How the consent was given"),
            help=_("By whom, for which scenario, in what way, and how it can be withdrawn."),
        ),
        "valid_from": Input(kind="date", label=_("Valid from")),
        "valid_until": Input(
            kind="future_date", label=_("Valid until"), required=False, help=_("Empty where it has no end.")
        ),
        "evidence": Input(
            kind="choices", label=_("Evidence"),
            choices=[(str(file.pk), file.name) for file in evidence_of(agreement)],
            help=_("Files attached to this agreement as evidence of consent."),
        ),
    }  # fmt: skip


def withdrawal(agreement) -> dict[str, Input]:
    """Which consent, and why."""
    consents = agreement.request.scenario.consents.filter(withdrawn_at=None).select_related("resource")
    return {
        "consent": Input(
            kind="choice", label=_("Consent"), choices=[(str(one.pk), one.resource.name) for one in consents]
        ),
        "reason": Input(kind="longtext", label=_("Reason")),
    }


def file_consent(agreement, model, *, by: Actor, on: datetime, resource: str, evidence: list[str], **values) -> dict:
    """Keep a consent with its evidence.

    Raises:
        InvalidInput: where it would end before it begins.
    """
    if values["valid_until"] and values["valid_until"] < values["valid_from"]:
        raise InvalidInput({"valid_until": [_("It would end before it begins.")]}, article="20")
    made = model.objects.create(
        scenario=agreement.request.scenario, resource_id=int(resource), filed_by=by.person, filed_at=on, **values
    )
    files = evidence_of(agreement).filter(pk__in=evidence)
    made.evidence.set(files)
    return {"consent": made.pk, "evidence": [file.sha256 for file in files]}
