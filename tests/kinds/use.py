"""The data use agreement as the tests over every kind of case know it."""

from datetime import date

import time_machine

from authorizations.models import DataUseAgreement
from authorizations.sheets.use import evidence_of
from tests.kinds.told import Told, again
from tests.story import DAY, NOW

REASON = {"reason": "For a reason."}


def inputs(story, case):
    return {
        "edit": lambda: {"starts_on": case.starts_on, "ends_on": case.ends_on} | case.parts,
        "take_back": lambda: REASON,
        "sign": lambda: {"digest": case.text_digest, "agreed": True},
        "cancel": lambda: REASON,
        "file_consent": lambda: consent_values(story, case),
        "withdraw_consent": lambda: {"consent": str(consent_key(case))} | REASON,
        "suspend": lambda: REASON,
        "resume": lambda: REASON,
        "terminate": lambda: REASON,
    }


def consent_values(story, case):
    """Consent for the first resource that needs it, with the evidence attached already, if there is any."""
    item = next((item for item in case.covered() if item.version.needs_consent), case.covered().first())
    return {
        "resource": str(item.resource_id), "basis": "subject", "statement": "Signed forms.",
        "valid_from": NOW.date(), "valid_until": None,
        "evidence": [str(file.pk) for file in evidence_of(case)] or ["0"],
    }  # fmt: skip


def consent_key(case):
    return case.request.scenario.consents.values_list("pk", flat=True).first() or 0


def begun_with(story):
    request = story.request("authorised")
    request.agreements.get().cancel(by=story.cast.bureau, reason="Drawn up anew.", on=NOW)
    return {"request": request.number, "starts_on": NOW.date(), "ends_on": date(2027, 3, 1), "succession": ""}


def signed_once(story):
    agreement = story.use_agreement("signing")
    agreement.sign(by=story.by(agreement), digest=agreement.text_digest, agreed=True, on=NOW)
    return agreement


def with_empty_part(story):
    agreement = story.use_agreement("draft")
    parts = agreement.parts | {"charging": ""}
    term = {"starts_on": agreement.starts_on, "ends_on": agreement.ends_on}
    return agreement.edit(by=story.cast.bureau, on=NOW, **term, **parts)


def with_evidence(story):
    agreement = story.use_agreement("consent")
    story.evidence(agreement)
    return agreement


def with_consent(story):
    agreement = story.use_agreement("consent")
    story.consent(agreement)
    agreement.refresh_from_db()
    return agreement


def term_over(story):
    with time_machine.travel(NOW - 20 * DAY):
        term = {"use_from": (NOW - 19 * DAY).date(), "use_until": (NOW - 5 * DAY).date()}
        return story.use_agreement("effective", **term)


def succeeded(story):
    agreement = story.use_agreement("effective")
    story.succession(agreement).fix_text(by=story.cast.bureau, on=NOW)
    return agreement


def without_standing(story):
    agreement = story.use_agreement("draft")
    story.operating_agreement(state="suspended")
    return agreement


KINDS = [
    Told(
        model=DataUseAgreement, name="use_agreement",
        ground=lambda story: story.user("operator"),
        bring=lambda story, state: story.use_agreement(state),
        begin=begun_with,
        inputs=inputs,
        situations=lambda story: {
            "draft, a part empty": lambda: with_empty_part(story),
            "draft, the operator suspended": lambda: without_standing(story),
            "signing, one has signed": lambda: signed_once(story),
            "consent, evidence attached": lambda: with_evidence(story),
            "effective, term over": lambda: term_over(story),
            "effective, another one's term has begun": lambda: succeeded(story),
            "effective, consent on file": lambda: with_consent(story),
        },
        sources={"file_consent": "consent", "withdraw_consent": "effective", "take_back": "signing",
                 "cancel": "draft", "terminate": "effective"},
        prepared={
            "file_consent": lambda story, case: with_evidence(story),
            "withdraw_consent": lambda story, case: with_consent(story),
        },
        listed=lambda story: story.use_agreement("signing"), copy=again,
    ),
]  # fmt: skip
