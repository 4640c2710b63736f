"""Art. 7: supervising bodies see what falls under their duty, and change nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import OrganisationKind
from accounts.queries import actor_for
from accounts.roles import Role
from casework.beginning import begin
from casework.models.attachment import Attachment
from casework.models.remark import Remark
from casework.refusals import InvalidInput, NotYourStep
from casework.remarks import write_remark
from casework.step import steps_for, steps_of
from operators.models import Call, OperatingAgreement, OperatorApplication
from operators.models.panel import ConsultationOpinion
from tests.desk import nothing_changes, refused
from tests.factories.accounts import MembershipFactory, OrganisationFactory
from tests.machines.table import inputs
from tests.story import NOW

HANDED_IN = [state for state in OperatorApplication.states.by_name if state not in {"draft", "withdrawn"}]
AGREE = {"stance": "agree", "opinion": "No objection."}


# --- what they see -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", HANDED_IN)
def test_7a_a_body_named_in_the_call_sees_the_application_from_its_submission_on(story, page, api, state):
    case = story.application(state)
    for body in (story.cast.finance, story.cast.cyberspace):
        assert case.organisation.name in page(body).see(case).content.decode()
        assert api(body).see(case).json()["state"] == state
        assert api(body).numbers(OperatorApplication) == [case.number]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_7a_what_was_never_handed_in_is_seen_by_no_authority(story, page, api, state):
    case = story.application(state)
    for who in ("finance", "cyberspace", "bureau", "bureau_lead", "government"):
        assert page(story.cast[who]).see(case).status_code == 404
        assert api(story.cast[who]).see(case).status_code == 404
        assert api(story.cast[who]).see(case, "timeline/").status_code == 404
        assert api(story.cast[who]).numbers(OperatorApplication) == []


@pytest.mark.parametrize("state", HANDED_IN)
def test_7a_a_body_that_the_call_does_not_name_sees_no_application(story, page, api, state):
    case = story.application(state, bodies=["finance"])
    other = story.cast.cyberspace
    file = case.evidence().first()
    assert page(other).see(case).status_code == 404
    assert case.number not in page(other).open("cases", case.plural).content.decode()
    assert page(other).open("attachment", file.pk).status_code == 404
    for rest in ("", "actions/", "timeline/", "attachments/"):
        assert api(other).see(case, rest).status_code == 404
    assert api(other).numbers(OperatorApplication) == []
    assert api(story.cast.finance).numbers(OperatorApplication) == [case.number]


def test_7a_a_body_sees_published_calls_and_no_draft_of_one(story, api):
    published, draft = story.call("published"), story.call("draft")
    assert api(story.cast.finance).numbers(Call) == [published.number]
    assert api(story.cast.finance).see(draft).status_code == 404


def test_7a_agreements_are_seen_once_they_are_in_force(story, page, api):
    agreement = story.agreement("draft")
    body = story.cast.finance
    assert api(body).numbers(OperatingAgreement) == []
    agreement.fix_text(by=story.cast.bureau)
    assert page(body).see(agreement).status_code == 404
    story.sign(agreement, "applicant", "bureau")
    assert api(body).numbers(OperatingAgreement) == [agreement.number]
    assert agreement.organisation.name in page(body).see(agreement).content.decode()


# --- what they change: nothing but their own opinion ---------------------------------------------------------


@pytest.mark.parametrize("state", HANDED_IN)
def test_7a_every_step_by_a_body_but_its_own_opinion_is_refused(story, page, api, state):
    case, body = story.application(state), story.cast.finance
    desk, program = page(body), api(body)
    for name in steps_of(OperatorApplication):
        if (name, state) == ("give_opinion", "consultation"):
            continue
        given = inputs(story, case, name)
        with nothing_changes():
            if name != "give_opinion":
                refused(NotYourStep, getattr(case, name), by=body, **given)
            assert desk.take(case, name, **given).status_code in {403, 409}
            answer = program.take(case, name, **given)
        assert answer.json()["code"] == ("wrong-state" if name == "give_opinion" else "not-your-step")
    offered = [offer.step.name for offer in steps_for(case, body)]
    assert offered == (["give_opinion"] if state == "consultation" else [])


@pytest.mark.parametrize("state", ["published", "open", "closed", "decided", "withdrawn"])
def test_7a_every_step_of_a_call_is_refused_to_a_body(story, page, api, state):
    case, body = story.call(state), story.cast.finance
    for name in steps_of(Call):
        given = inputs(story, case, name)
        refused(NotYourStep, getattr(case, name), by=body, **given)
        with nothing_changes():
            assert page(body).take(case, name, **given).status_code == 403
            assert api(body).take(case, name).json()["code"] == "not-your-step"


def test_7a_every_step_of_an_agreement_is_refused_to_a_body(story, page, api):
    case, body = story.agreement("effective"), story.cast.finance
    for name in steps_of(OperatingAgreement):
        given = inputs(story, case, name)
        refused(NotYourStep, getattr(case, name), by=body, **given)
        with nothing_changes():
            assert page(body).take(case, name, **given).status_code == 403
            assert api(body).take(case, name).json()["code"] == "not-your-step"


@pytest.mark.parametrize("bring", ["call", "application", "agreement"])
def test_7a_a_body_changes_no_draft_and_no_case_by_patch_put_or_delete(story, api, bring):
    states = {"call": "open", "application": "consultation", "agreement": "effective"}
    case, program = getattr(story, bring)(states[bring]), api(story.cast.finance)
    with nothing_changes():
        assert program.change(case, subject="Ours", state="draft").status_code == 403
        for method in (program.client.put, program.client.delete):
            answer = method(program.path(case), {}, content_type="application/json", headers=program.headers)
            assert answer.status_code == 405


@pytest.mark.parametrize("model", [Call, OperatorApplication, OperatingAgreement])
def test_7a_a_body_begins_no_case(story, page, api, model):
    case = story.application("approved")
    story.close(case.call).publish_results(by=story.cast.bureau)
    given = {
        Call: story.call_values(), OperatorApplication: {"call": story.call().number},
        OperatingAgreement: {"application": case.number, "starts_on": NOW.date(), "years": 2},
    }[model]  # fmt: skip
    refused(NotYourStep, begin, model, by=story.cast.finance, **given)
    with nothing_changes():
        assert page(story.cast.finance).begin(model, **given).status_code == 403
        assert api(story.cast.finance).begin(model, **given).json()["code"] == "not-your-step"


@pytest.mark.parametrize("state", [state for state in HANDED_IN if state != "consultation"])
def test_7a_a_body_adds_no_file_out_of_its_turn(story, page, api, state):
    case = story.application(state)
    program, desk = api(story.cast.finance), page(story.cast.finance)
    with nothing_changes():
        for tag in ("", "sound_business"):
            sent = {"file": SimpleUploadedFile("note.txt", b"A note."), "tag": tag}
            answer = program.client.post(program.path(case, "attachments/"), sent, headers=program.headers)
            assert answer.json()["code"] == "not-your-step"
            sent["file"].seek(0)
            assert desk.client.post(reverse("attach", args=[case.plural, case.number]), sent).status_code == 403


def test_7a_a_file_with_its_opinion_never_passes_for_the_applicants_evidence(story, api):
    case = story.application("consultation")
    program = api(story.cast.finance)
    with nothing_changes():
        sent = {"file": SimpleUploadedFile("note.txt", b"A note."), "tag": "sound_business"}
        answer = program.client.post(program.path(case, "attachments/"), sent, headers=program.headers)
    assert answer.json()["errors"] == {"file": ["No file belongs to “sound_business” in this case now."]}
    sent = {"file": SimpleUploadedFile("note.txt", b"A note.")}
    assert program.client.post(program.path(case, "attachments/"), sent, headers=program.headers).status_code == 201
    mine = Attachment.objects.of(case).get(organisation=story.cast.finance.organisation)
    assert mine not in case.evidence()
    case.give_opinion(by=story.cast.finance, **AGREE)
    with nothing_changes():
        sent = {"file": SimpleUploadedFile("more.txt", b"More.")}
        again = program.client.post(program.path(case, "attachments/"), sent, headers=program.headers)
    assert again.json()["code"] == "not-your-step"


def test_7a_a_bodys_remark_is_for_its_own_people(story, page):
    case, body = story.application("consultation"), story.cast.finance
    refused(NotYourStep, write_remark, case, by=body, text="For everybody.", visibility="parties")
    with nothing_changes():
        answer = page(body).send("remark", case.plural, case.number, text="For everybody.", visibility="parties")
    assert answer.status_code == 403
    write_remark(case, by=body, text="Only for us.", visibility="internal")
    colleague = actor_for(MembershipFactory(organisation=body.organisation, role=Role.REGULATOR).person)
    assert Remark.objects.of(case).get().author == body.person
    for reader in (body, colleague):
        assert "Only for us." in page(reader).see(case).content.decode()
    for who in ("bureau", "applicant", "cyberspace"):
        assert "Only for us." not in page(story.cast[who]).see(case).content.decode()


@pytest.mark.parametrize("address", ["experts", "expert-new", "ledger"])
def test_7a_pages_of_others_duties_are_closed_to_a_body(story, page, address):
    desk = page(story.cast.finance)
    with nothing_changes():
        assert desk.open(address).status_code == 403
        assert desk.send(address, person=story.cast.expert1.person.pk).status_code in {403, 405}


# --- their own opinion ---------------------------------------------------------------------------------------


def test_7a_a_body_gives_its_own_opinion_on_the_page_or_through_the_api(story, page, api):
    case = story.application("consultation")
    page(story.cast.finance).take(case, "give_opinion", stance="conditions", opinion="If costs are accounted for.")
    api(story.cast.cyberspace).take(case, "give_opinion", **AGREE)
    given = ConsultationOpinion.objects.order_by("pk").values_list("organisation__name", "stance", "opinion")
    assert list(given) == [
        ("Finance Department", "conditions", "If costs are accounted for."),
        ("Cyberspace Office", "agree", "No objection."),
    ]
    case.refresh_from_db()
    assert case.state == "reporting"


def test_7a_a_body_not_named_gives_none(story, page, api):
    case = story.application("consultation", bodies=["finance"])
    refused(NotYourStep, case.give_opinion, by=story.cast.cyberspace, **AGREE)
    with nothing_changes():
        assert page(story.cast.cyberspace).take(case, "give_opinion", **AGREE).status_code == 404
        assert api(story.cast.cyberspace).take(case, "give_opinion", **AGREE).status_code == 404


@pytest.mark.parametrize(("field", "value"), [("stance", ""), ("stance", "maybe"), ("opinion", "  ")])
def test_7a_an_opinion_has_a_position_and_words(story, page, field, value):
    case = story.application("consultation")
    given = AGREE | {field: value}
    assert set(refused(InvalidInput, case.give_opinion, by=story.cast.finance, **given).errors) == {field}
    with nothing_changes():
        assert page(story.cast.finance).take(case, "give_opinion", **given).status_code == 422


def test_7a_a_body_created_later_sees_nothing_of_calls_that_do_not_name_it(story, api):
    case = story.application("consultation")
    audit = OrganisationFactory(kind=OrganisationKind.REGULATOR)
    auditor = actor_for(MembershipFactory(organisation=audit, role=Role.REGULATOR).person)
    assert api(auditor).numbers(OperatorApplication) == []
    refused(NotYourStep, case.give_opinion, by=auditor, **AGREE)
