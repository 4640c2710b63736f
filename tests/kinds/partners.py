"""The kinds of case of Art. 17, 19(2) and 5(2), for the tests that go over every kind."""

import time_machine
from django.utils import timezone

from accounts.models import OrganisationKind
from casework.models.case import Case
from operators.models import Document, PartnerRules, Partnership, PlatformServiceAgreement
from operators.sheets.partners import PROOF
from tests.factories.accounts import OrganisationFactory
from tests.kinds.told import Told
from tests.partner_story import EXIT, PARTICULARS, TERM
from tests.story import DAY, NOW

REASON = {"reason": "For a reason."}


def again(case: Case, number: int, **more) -> Case:
    """A copy of a row under another number, past the steps: only the reading is measured with it."""
    values = {field.attname: getattr(case, field.attname) for field in case._meta.concrete_fields}
    copy = type(case)(**values | {"id": None, "number": f"{case.number}-{number}"} | more)
    copy.save(force_insert=True)
    return copy


def another_partner(number: int):
    return OrganisationFactory(name=f"Partner Company {number}", kind=OrganisationKind.PARTNER)


# --- rules for partners --------------------------------------------------------------------------------------


def bound(story) -> dict:
    story.operating_agreement()
    return {"effective_on": timezone.localdate()}


def rules_complete(story) -> PartnerRules:
    rules = story.partner_rules("draft")
    return rules.edit(by=story.cast.operator, effective_on=rules.effective_on, **story.rule_texts(rules))


def rules_late(story) -> PartnerRules:
    rules = rules_complete(story)
    return rules.edit(by=story.cast.operator, effective_on=(NOW - DAY).date(), **rules.parts)


RULES = Told(
    model=PartnerRules,
    name="partner_rules",
    ground=lambda story: story.operating_agreement(),
    bring=lambda story, state: story.partner_rules(state),
    begin=bound,
    inputs=lambda story, case: {
        "edit": lambda: {"effective_on": case.effective_on} | story.rule_texts(case), "withdraw": lambda: REASON,
    },
    situations=lambda story: {
        "draft, complete": lambda: rules_complete(story), "draft, complete and late": lambda: rules_late(story),
    },
    prepared={"publish": lambda story, case: rules_complete(story)},
    listed=lambda story: story.partner_rules("draft"),
    list_reader="operator",
    copy=again,
)  # fmt: skip


# --- partners ------------------------------------------------------------------------------------------------


def partner_complete(story, *, bound: bool = True) -> Partnership:
    case = story.fill_in(story.partnership("draft"))
    if not bound:
        story.operating_agreement(state="suspended")
    return case


def returned_in_february(story, operator: str = "operator") -> Partnership:
    with time_machine.travel(NOW - 10 * DAY):
        case = story.partnership("review", operator=operator)
        day = (NOW - DAY).date()
        return case.return_for_correction(by=story.cast[operator], **story.defects(correct_by=day))


def filing_returned(story) -> Partnership:
    return story.partnership("entry_filing").return_entry(by=story.cast.bureau, remark="The term is unclear.")


def agreement_ended(story) -> Partnership:
    case = story.partnership("entry_filing")
    case.agreements.get().terminate(by=story.cast.operator, reason="Fees were not paid.")
    return case


def suspended_by_bureau(story) -> Partnership:
    return story.partnership("active").suspend(by=story.cast.bureau, **REASON)


def leaving(story, *, reported: bool, proved: bool) -> Partnership:
    case = story.partnership("exit")
    if reported:
        case.report_exit(by=story.cast.operator, **EXIT)
    if proved:
        story.attach(case, "operator", name="deletion.txt", tag=PROOF)
    return case


def application(story) -> dict:
    story.rules_in_effect()
    return {"operator": str(story.cast.operator.organisation.pk)}


PARTNERS = Told(
    model=Partnership,
    name="partnership",
    ground=lambda story: story.operating_agreement(),
    bring=lambda story, state: story.partnership(state),
    begin=application,
    inputs=lambda story, case: {
        "save_particulars": lambda: PARTICULARS,
        "submit": lambda: {"truth": True},
        "resubmit": lambda: {"truth": True},
        "withdraw": lambda: REASON,
        "return_for_correction": story.defects,
        "extend_correction": lambda: {"correct_by": NOW.date().replace(day=20)},
        "accept": lambda: {"opinion": "Agreed."},
        "refuse": lambda: REASON,
        "refuse_uncorrected": lambda: REASON,
        "file_entry_again": lambda: {"answer": "The term was made clear."},
        "acknowledge_entry": lambda: {"remark": "Filed."},
        "return_entry": lambda: {"remark": "The term is unclear."},
        "suspend": lambda: REASON,
        "resume": lambda: REASON,
        "begin_exit": lambda: REASON,
        "report_exit": lambda: EXIT,
        "acknowledge_exit": lambda: {"remark": "Filed."},
        "return_exit": lambda: {"remark": "The log is missing."},
    },
    situations=lambda story: {
        "draft, complete": lambda: partner_complete(story),
        "draft, complete and operator suspended": lambda: partner_complete(story, bound=False),
        "correction, late": lambda: returned_in_february(story),
        "agreement, filing returned": lambda: filing_returned(story),
        "entry_filing, agreement ended": lambda: agreement_ended(story),
        "suspended, by the bureau": lambda: suspended_by_bureau(story),
        "exit, reported": lambda: leaving(story, reported=True, proved=False),
        "exit, reported and proved": lambda: leaving(story, reported=True, proved=True),
    },
    sources={
        "save_particulars": "draft", "withdraw": "review", "refuse": "review", "begin_exit": "active",
    },
    prepared={
        "submit": lambda story, case: story.fill_in(case),
        # At another operator, whose rules were not published only today.
        "refuse_uncorrected": lambda story, case: returned_in_february(story, "applicant"),
        "file_entry_again": lambda story, case: filing_returned(_cleared(story, case)),
    },
    listed=lambda story: story.partnership("review"),
    copy=lambda case, number: again(case, number, organisation_id=another_partner(number).pk),
)  # fmt: skip


def _cleared(story, case: Partnership):
    """The story, after the partner has given up the case that is in the way of another one with the same operator."""
    case.withdraw(by=story.cast.partner, **REASON)
    return story


# --- platform service agreements -----------------------------------------------------------------------------


def service_term(story) -> dict:
    return {"partnership": story.partnership("agreement").number} | TERM


def with_empty_part(story) -> PlatformServiceAgreement:
    agreement = story.service_agreement("draft")
    return agreement.edit(by=story.cast.operator, **TERM, **agreement.parts | {"fees": ""})


def signed_once(story) -> PlatformServiceAgreement:
    return story.sign_service(story.service_agreement("signing"), "partner")


def term_over(story) -> PlatformServiceAgreement:
    with time_machine.travel(NOW - 20 * DAY):
        return story.service_agreement(starts_on=(NOW - 19 * DAY).date(), ends_on=(NOW - 5 * DAY).date())


def copy_of_agreement(case: PlatformServiceAgreement, number: int) -> PlatformServiceAgreement:
    partnership = PARTNERS.copy(case.partnership, number)
    return again(case, number, partnership_id=partnership.pk, organisation_id=partnership.organisation_id)


SERVICE = Told(
    model=PlatformServiceAgreement,
    name="service_agreement",
    ground=lambda story: story.operating_agreement(),
    bring=lambda story, state: story.service_agreement(state),
    begin=service_term,
    inputs=lambda story, case: {
        "edit": lambda: {"starts_on": case.starts_on, "ends_on": case.ends_on} | case.parts,
        "take_back": lambda: REASON,
        "sign": lambda: {"digest": case.text_digest, "agreed": True},
        "cancel": lambda: REASON,
        "terminate": lambda: REASON,
    },
    situations=lambda story: {
        "draft, a part empty": lambda: with_empty_part(story),
        "signing, one has signed": lambda: signed_once(story),
        "effective, term over": lambda: term_over(story),
    },
    listed=lambda story: story.service_agreement("effective"),
    copy=copy_of_agreement,
)


# --- documents -----------------------------------------------------------------------------------------------


def without_content(story) -> Document:
    return story.document("draft", text="")


DOCUMENTS = Told(
    model=Document,
    name="document",
    bring=lambda story, state: story.document(state),
    begin=lambda story: story.document_values(),
    inputs=lambda story, case: {"edit": story.document_values, "withdraw": lambda: REASON},
    situations=lambda story: {"draft, without content": lambda: without_content(story)},
    sources={"withdraw": "published"},
    listed=lambda story: story.document("published"),
    copy=again,
)

KINDS = [RULES, PARTNERS, SERVICE, DOCUMENTS]
