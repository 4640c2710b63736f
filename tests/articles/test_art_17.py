"""Art. 17: operators set rules for partners' entry and exit; each entry and each exit is filed with the bureau."""

from datetime import timedelta

import pytest

from casework.beginning import begin
from casework.models.clock import Clock
from casework.models.outbox import OutboxMessage
from casework.models.paper import Paper
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from casework.step import steps_for
from operators.models import PartnerRules, Partnership
from regulation import rules as rule_sets
from tests.desk import nothing_changes, refused
from tests.kinds.partners import leaving, partner_complete, rules_complete, rules_late
from tests.partner_story import EXIT, PARTICULARS
from tests.story import DAY, NOW

PARTS = ["qualification", "procedure", "conduct", "exit_grounds", "exit_procedure"]
HANDED_IN = [state for state in Partnership.states.by_name if state not in {"draft", "withdrawn"}]
REASON = {"reason": "For a reason."}


@pytest.fixture
def story(partner_story):
    return partner_story


# --- the rules -----------------------------------------------------------------------------------------------


def test_17a_the_rules_settle_entry_and_exit():
    parts = rule_sets.in_force(NOW.date()).parts("partner_rules")
    assert [part.code for part in parts] == PARTS
    assert {part.article for part in parts} == {"17"}


def test_17a_an_operator_publishes_its_rules_on_the_page_and_partners_see_them(story, page, api):
    story.operating_agreement()
    host = page(story.cast.operator)
    host.begin(PartnerRules, effective_on=NOW.date().isoformat())
    rules = PartnerRules.objects.get()
    texts = story.rule_texts(rules)
    host.take(rules, "edit", effective_on=NOW.date().isoformat(), **texts)
    for who in ("partner", "bureau", "finance"):
        assert page(story.cast[who]).see(rules).status_code == 404
    host.take(rules, "publish")
    rules.refresh_from_db()
    assert (rules.state, rules.edition, rules.published_at, rules.parts) == ("published", 1, NOW, texts)
    assert "On exit_grounds." in page(story.cast.partner).see(rules).content.decode()
    assert api(story.cast.bureau).see(rules).json()["parts"] == texts


def test_17a_and_through_the_api(story, api):
    story.operating_agreement()
    host = api(story.cast.operator)
    number = host.begin(PartnerRules, effective_on="2026-03-02").json()["number"]
    rules = PartnerRules.objects.get(number=number)
    host.change(rules, effective_on="2026-03-02", **story.rule_texts(rules))
    assert host.take(rules, "publish").json()["state"] == "published"


@pytest.mark.parametrize("state", ["suspended", "terminated", "expired"])
def test_17a_an_operator_without_an_agreement_in_force_publishes_nothing(story, page, api, state):
    rules = rules_complete(story)
    story.operating_agreement(state=state)
    refusal = refused(GuardRefused, rules.publish, by=story.cast.operator)
    assert (refusal.article, refusal.message) == ("17", "The operator has no operating agreement in force.")
    with nothing_changes():
        assert page(story.cast.operator).take(rules, "publish").status_code == 409
        assert api(story.cast.operator).take(rules, "publish").status_code == 409


@pytest.mark.parametrize("code", PARTS)
def test_17a_rules_with_an_empty_part_are_not_published(story, api, code):
    rules = rules_complete(story)
    rules.edit(by=story.cast.operator, effective_on=rules.effective_on, **rules.parts | {code: "  "})
    title = next(part.title for part in rules.required_parts() if part.code == code)
    assert refused(GuardRefused, rules.publish, by=story.cast.operator).details == (title,)
    with nothing_changes():
        assert api(story.cast.operator).take(rules, "publish").json()["details"] == [title]


def test_17a_rules_do_not_take_effect_in_the_past_or_before_those_they_replace(story):
    late = rules_late(story)
    assert refused(GuardRefused, late.publish, by=story.cast.operator).message == (
        "The rules would take effect in the past."
    )
    story.partner_rules(effective_on=NOW.date() + 9 * DAY)
    earlier = rules_complete(story)
    assert refused(GuardRefused, earlier.publish, by=story.cast.operator).message == (
        "The rules would take effect before the edition that they replace."
    )


def test_17a_a_new_edition_supersedes_the_one_before_and_the_rules_of_a_day_are_known(story):
    first = story.partner_rules()
    other = story.partner_rules(who="applicant")
    second = story.partner_rules(effective_on=NOW.date() + 10 * DAY)
    first.refresh_from_db()
    assert (first.state, second.state, second.edition, other.state) == ("superseded", "published", 2, "published")
    mine = PartnerRules.objects.filter(organisation=story.cast.operator.organisation)
    for days, found in [(-1, []), (0, [first]), (9, [first]), (10, [second])]:
        assert list(mine.filter(pk__in=PartnerRules.objects.in_force(on=NOW.date() + days * DAY))) == found, days


@pytest.mark.parametrize("who", ["applicant", "partner", "bureau", "finance", "bureau_lead"])
def test_17a_nobody_else_writes_an_operators_rules(story, page, api, who):
    rules = rules_complete(story)
    for step, given in [("publish", {}), ("edit", {"effective_on": NOW.date()} | rules.parts), ("withdraw", REASON)]:
        refused(NotYourStep, getattr(rules, step), by=story.cast[who], **given)
        with nothing_changes():
            assert page(story.cast[who]).take(rules, step, **given).status_code in {403, 404}
            assert api(story.cast[who]).take(rules, step, **given).status_code in {403, 404}


# --- the application -----------------------------------------------------------------------------------------


def test_17a_a_partner_applies_under_the_rules_in_effect_and_is_reviewed_by_the_operator(story, page, api):
    rules = story.partner_rules()
    desk = page(story.cast.partner)
    desk.begin(Partnership, operator=str(story.cast.operator.organisation.pk))
    case = Partnership.objects.get()
    assert (case.state, case.operator, case.partner_rules) == ("draft", story.cast.operator.organisation, rules)
    desk.take(case, "save_particulars", **PARTICULARS)
    story.attach(case, "partner")
    assert page(story.cast.operator).see(case).status_code == 404
    desk.take(case, "submit", truth=True)
    case.refresh_from_db()
    assert (case.state, case.round, case.submitted_at) == ("review", 1, NOW)
    task = Task.objects.of(case).get(closed_at=None)
    assert (task.organisation, task.role) == (story.cast.operator.organisation, "operator")
    assert "A model of bus traffic" in page(story.cast.operator).see(case).content.decode()
    assert api(story.cast.operator).take(case, "accept", opinion="Agreed.").json()["state"] == "agreement"


def test_17a_and_applies_through_the_api(story, api):
    story.partner_rules()
    desk = api(story.cast.partner)
    answer = desk.begin(Partnership, operator=str(story.cast.operator.organisation.pk)).json()
    case = Partnership.objects.get(number=answer["number"])
    desk.change(case, **PARTICULARS)
    story.attach(case, "partner")
    assert desk.take(case, "submit", truth=True).json()["state"] == "review"
    assert answer["operator"] == "Operator Company"


def test_17a_nobody_applies_to_an_operator_without_rules_or_without_an_agreement(story, page):
    key = str(story.cast.operator.organisation.pk)
    story.operating_agreement()
    assert set(refused(InvalidInput, begin, Partnership, by=story.cast.partner, operator=key).errors) == {"operator"}
    story.partner_rules()
    story.operating_agreement(state="suspended")
    with nothing_changes():
        assert page(story.cast.partner).begin(Partnership, operator=key).status_code == 422
    draft = None
    story.operating_agreement(state="effective")
    draft = partner_complete(story, bound=False)
    refusal = refused(GuardRefused, draft.submit, by=story.cast.partner, truth=True)
    assert refusal.message == "The operator has no operating agreement in force."


def test_17a_one_open_case_with_an_operator_and_as_many_operators_as_one_likes(story, api):
    case = story.partnership("review")
    key = str(story.cast.operator.organisation.pk)
    refusal = refused(GuardRefused, begin, Partnership, by=story.cast.partner, operator=key)
    assert refusal.message.startswith("Your organisation already is a partner of this operator")
    with nothing_changes():
        assert api(story.cast.partner).begin(Partnership, operator=key).status_code == 409
    assert story.partnership("active", operator="applicant").state == "active"
    case.refuse(by=story.cast.operator, **REASON)
    assert begin(Partnership, by=story.cast.partner, operator=key).state == "draft"


@pytest.mark.parametrize("name", PARTICULARS)
def test_17a_an_incomplete_application_is_kept_and_not_taken(story, page, api, name):
    case = story.fill_in(story.partnership("draft"))
    page(story.cast.partner).take(case, "save_particulars", **PARTICULARS | {name: ""})
    case.refresh_from_db()
    assert (getattr(case, name), case.team) == ("", "" if name == "team" else PARTICULARS["team"])
    assert len(refused(GuardRefused, case.submit, by=story.cast.partner, truth=True).details) == 1
    with nothing_changes():
        assert page(story.cast.partner).take(case, "submit", truth=True).status_code == 409
        assert api(story.cast.partner).take(case, "submit", truth=True).json()["code"] == "guard-refused"


def test_17a_evidence_is_attached_before_submission(story):
    case = story.partnership("draft")
    case.save_particulars(by=story.cast.partner, **PARTICULARS)
    assert refused(GuardRefused, case.submit, by=story.cast.partner, truth=True).details == ("Attachments",)


def test_17a_all_defects_are_named_at_once_with_a_day_and_the_resubmission_shows_what_changed(story, page):
    case = story.partnership("review")
    page(story.cast.operator).take(case, "return_for_correction", **story.defects(correct_by="2026-03-12"))
    case.refresh_from_db()
    assert case.defects == {"team": "Name the people.", "files": "The certificate is out of date."}
    assert Clock.objects.of(case).get().due_on == (NOW + 10 * DAY).date()
    desk = page(story.cast.partner)
    shown = desk.see(case).content.decode()
    assert "Name the people." in shown
    assert "The certificate is out of date." in shown
    desk.take(case, "save_particulars", **PARTICULARS | {"team": "Zhao Min and eleven others"})
    desk.take(case, "resubmit", truth=True)
    case.refresh_from_db()
    assert (case.state, case.round) == ("review", 2)
    first, second = case.submissions.all()
    assert second.changes_since(first) == {"team"}
    assert page(story.cast.operator).see(case).content.decode().count("Changed") == 1


def test_17a_a_return_without_a_defect_or_a_day_is_refused(story, page, api):
    case = story.partnership("review")
    nothing = story.defects(team_defect="", files_defect="")
    assert set(refused(InvalidInput, case.return_for_correction, by=story.cast.operator, **nothing).errors) == {
        "legal_representative_defect"
    }
    with nothing_changes():
        assert page(story.cast.operator).take(case, "return_for_correction", **nothing).status_code == 422
        answer = api(story.cast.operator).take(case, "return_for_correction", team_defect="Name them.")
    assert set(answer.json()["errors"]) == {"correct_by"}


def test_17a_after_the_day_nothing_is_resubmitted_unless_the_operator_sets_a_new_one(story, now):
    case = story.partnership("correction")
    refused(GuardRefused, case.refuse_uncorrected, by=story.cast.operator, **REASON)
    now.move_to(NOW + 11 * DAY)
    refused(GuardRefused, case.resubmit, by=story.cast.partner, truth=True)
    case.extend_correction(by=story.cast.operator, correct_by=(NOW + 12 * DAY).date())
    now.move_to(NOW + 13 * DAY)
    case.refuse_uncorrected(by=story.cast.operator, **REASON)
    assert case.state == "refused"


# --- filing --------------------------------------------------------------------------------------------------


def test_17a_an_entry_takes_place_when_the_bureau_has_acknowledged_its_filing(story, page):
    case = story.partnership("entry_filing")
    assert not case.is_in_force()
    task = Task.objects.of(case).get(closed_at=None)
    assert task.organisation == story.cast.bureau.organisation
    page(story.cast.bureau).take(case, "acknowledge_entry", remark="")
    case.refresh_from_db()
    assert (case.state, case.entered_at, case.is_in_force()) == ("active", NOW, True)
    receipt = Paper.objects.of(case).get()
    assert (receipt.kind, receipt.context["partner"]) == ("entry_receipt", "Partner Company")
    told = OutboxMessage.objects.of(case).filter(context__state="active").values_list("organisation__name", flat=True)
    assert set(told) == {"Partner Company", "Operator Company"}


def test_17a_a_filing_is_corrected_by_the_operator_and_filed_again(story, page, api):
    case = story.partnership("entry_filing")
    page(story.cast.bureau).take(case, "return_entry", remark="The term is unclear.")
    assert "The term is unclear." in page(story.cast.operator).see(case).content.decode()
    answer = api(story.cast.operator).take(case, "file_entry_again", answer="It was made clear.")
    assert answer.json()["state"] == "entry_filing"


@pytest.mark.parametrize("who", ["operator", "partner", "finance", "bureau_lead", "applicant"])
def test_17a_nobody_but_the_bureau_acknowledges_a_filing(story, page, api, who):
    for state, step in [("entry_filing", "acknowledge_entry"), ("exit_filing", "acknowledge_exit")]:
        case = story.partnership(state, who={"entry_filing": "partner", "exit_filing": "partner2"}[state])
        refused(NotYourStep, getattr(case, step), by=story.cast[who], remark="")
        with nothing_changes():
            assert page(story.cast[who]).take(case, step, remark="").status_code in {403, 404}
            assert api(story.cast[who]).take(case, step, remark="").status_code in {403, 404}


@pytest.mark.parametrize("who", ["operator", "partner"])
@pytest.mark.parametrize("state", ["active", "suspended"])
def test_17a_either_side_begins_the_exit_with_a_reason_and_access_ends_at_once(story, page, state, who):
    case = story.partnership(state)
    assert set(refused(InvalidInput, case.begin_exit, by=story.cast[who], reason=" ").errors) == {"reason"}
    page(story.cast[who]).take(case, "begin_exit", **REASON)
    case.refresh_from_db()
    assert (case.state, case.exit_because, case.is_in_force()) == ("exit", "For a reason.", False)


def test_17a_an_exit_is_filed_only_with_the_settlement_and_the_proof_of_deletion(story, page, api):
    case = leaving(story, reported=False, proved=False)
    assert "has not been reported" in refused(GuardRefused, case.file_exit, by=story.cast.operator).message
    page(story.cast.operator).take(case, "report_exit", **EXIT)
    assert "is not attached" in refused(GuardRefused, case.file_exit, by=story.cast.operator).message
    with nothing_changes():
        assert page(story.cast.operator).take(case, "file_exit").status_code == 409
        assert api(story.cast.operator).take(case, "file_exit").status_code == 409
    story.attach(case, "operator", name="note.txt")
    refused(GuardRefused, case.file_exit, by=story.cast.operator)
    story.attach(case, "operator", name="deletion.txt", tag="deletion_proof")
    assert api(story.cast.operator).take(case, "file_exit").json()["state"] == "exit_filing"


def test_17a_an_acknowledged_exit_has_a_receipt_and_ends_the_agreement(story, page):
    case = story.partnership("exit_filing")
    page(story.cast.bureau).take(case, "return_exit", remark="The log is missing.")
    case.refresh_from_db()
    assert (case.state, case.filing_remark) == ("exit", "The log is missing.")
    case.file_exit(by=story.cast.operator)
    page(story.cast.bureau).take(case, "acknowledge_exit", remark="")
    case.refresh_from_db()
    assert (case.state, case.exited_at, case.agreements.get().state) == ("exited", NOW, "terminated")
    receipt = Paper.objects.of(case).get(kind="exit_receipt")
    assert [proof["name"] for proof in receipt.context["proofs"]] == ["deletion.txt"]
    assert steps_for(case, story.cast.operator) == []


@pytest.mark.parametrize("state", ["draft", "review", "agreement", "entry_filing", "exited", "refused", "withdrawn"])
def test_17a_an_exit_begins_only_after_an_entry(story, state):
    refused(WrongState, story.partnership(state).begin_exit, by=story.cast.operator, **REASON)


def test_17a_what_was_being_agreed_lapses_with_the_application(story):
    agreement = story.service_agreement("signing")
    agreement.partnership.withdraw(by=story.cast.partner, **REASON)
    agreement.refresh_from_db()
    assert agreement.state == "cancelled"
    assert not Task.objects.of(agreement).filter(closed_at=None).exists()


# --- who sees what -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", Partnership.states.by_name)
def test_17a_partners_never_see_each_other_and_operators_only_their_own(story, page, api, state):
    case = story.partnership(state)
    for who in ("partner2", "applicant", "outsider", "health", "citizen"):
        assert page(story.cast[who]).see(case).status_code == 404
        assert api(story.cast[who]).see(case, "timeline/").status_code == 404
        if who != "citizen":
            assert api(story.cast[who]).numbers(Partnership) == []
    assert api(story.cast.partner).numbers(Partnership) == [case.number]
    handed_in = case.submitted_at is not None
    for who in ("operator", "bureau", "bureau_lead"):
        assert api(story.cast[who]).numbers(Partnership) == ([case.number] if handed_in else [])
    entered = [case.number] if case.entered_at else []
    assert api(story.cast.finance).numbers(Partnership) == entered
    assert steps_for(case, story.cast.finance) == []


def test_17a_a_partner_is_in_force_while_active_and_inside_the_term_of_its_agreement(story):
    case = story.partnership("active")
    agreement = case.agreements.get()
    for day, holds in [
        (agreement.starts_on - timedelta(days=1), False), (agreement.starts_on, True), (agreement.ends_on, True),
        (agreement.ends_on + timedelta(days=1), False),
    ]:  # fmt: skip
        assert Partnership.objects.in_force(on=day).exists() is holds, day
        assert case.is_in_force(day) is holds
    case.suspend(by=story.cast.operator, **REASON)
    assert not case.is_in_force()
    case.resume(by=story.cast.operator, **REASON)
    assert case.is_in_force()
