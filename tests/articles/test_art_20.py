"""Art. 20: where personal information or business secrets are involved, consent by scenario is on file before use."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actors import SYSTEM
from authorizations.models import Consent, DataUseAgreement, Grant
from casework import attachments
from casework.attachments import UploadRefused
from casework.models.attachment import Attachment
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from tests.desk import nothing_changes, refused
from tests.story import DAY, NOW

TODAY = {"use_from": NOW.date(), "use_until": NOW.date() + 200 * DAY}
KINDS = ["personal_information", "business_secret"]


def values(agreement, file, **given) -> dict:
    item = next(item for item in agreement.covered() if item.version.needs_consent)
    return {
        "resource": str(item.resource_id), "basis": "subject", "statement": "Signed forms.",
        "valid_from": NOW.date().isoformat(), "valid_until": "", "evidence": [str(file.pk)],
    } | given  # fmt: skip


def awaiting(data_story, who="operator", **given) -> DataUseAgreement:
    return data_story.use_agreement("consent", who=who, **TODAY | given)


def fresh(agreement) -> DataUseAgreement:
    return DataUseAgreement.objects.get(pk=agreement.pk)


def upload(name="consent.txt", text=b"Consent of the subjects") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text)


@pytest.mark.parametrize("kind", KINDS)
def test_20a_signed_by_all_the_agreement_waits_for_consent_and_takes_effect_with_it(data_story, page, kind):
    resource = data_story.resource(**{kind: "yes"})
    agreement, user = awaiting(data_story, resources=[resource]), data_story.cast.operator
    assert agreement.valid_signatures().count() == 3
    assert not Grant.objects.exists()
    assert "No valid consent is on file for:" in page(user).see(agreement).content.decode()
    address = reverse("attach", args=[agreement.plural, agreement.number])
    page(user).client.post(address, {"file": upload(), "tag": "consent"})
    file = Attachment.objects.of(agreement).get()
    assert page(user).take(agreement, "file_consent", **values(agreement, file)).status_code == 302
    assert fresh(agreement).state == "effective"
    assert Grant.objects.usable(on=NOW.date()).count() == 1
    shown = page(data_story.cast.bureau).see(agreement).content.decode()
    assert "consent.txt" in shown
    assert "Signed forms." in shown


def test_20a_and_through_the_api(data_story, api):
    agreement, desk = awaiting(data_story, who="partner"), api(data_story.cast.partner)
    path = f"/api/v1/{agreement.plural}/{agreement.number}/attachments/"
    answer = desk.client.post(path, {"file": upload(), "tag": "consent"}, headers=desk.headers)
    assert answer.status_code == 201
    file = Attachment.objects.get(pk=answer.json()["id"])
    answer = desk.take(agreement, "file_consent", **values(agreement, file))
    assert (answer.status_code, answer.json()["state"]) == (200, "effective")


def test_20a_consent_can_be_on_file_before_the_last_signature(data_story):
    resource = data_story.resource(personal_information="yes")
    agreement = data_story.use_agreement("signing", resources=[resource], **TODAY)
    data_story.consent(agreement)
    assert agreement.state == "signing"
    data_story.sign_all(agreement)
    assert agreement.state == "effective"


def test_20a_no_consent_is_asked_for_where_neither_is_involved(data_story):
    agreement = data_story.use_agreement("signing", **TODAY)
    refusal = refused(GuardRefused, agreement.file_consent, by=data_story.cast.operator)
    assert refusal.article == "20"
    data_story.sign_all(agreement)
    assert agreement.state == "effective"


@pytest.mark.parametrize(
    ("field", "value"),
    [("evidence", []), ("evidence", ["0"]), ("statement", " "), ("basis", "hearsay"), ("resource", "0"),
     ("valid_from", ""), ("valid_until", "2026-02-01"), ("valid_until", "2026-03-01")],
)  # fmt: skip
def test_20a_consent_without_evidence_or_with_nonsense_is_refused(data_story, page, api, field, value):
    agreement, user = awaiting(data_story), data_story.cast.operator
    given = values(agreement, data_story.evidence(agreement), **{field: value})
    assert field in refused(InvalidInput, agreement.file_consent, by=user, **given).errors
    with nothing_changes():
        assert page(user).take(agreement, "file_consent", **given).status_code == 422
        assert api(user).take(agreement, "file_consent", **given).status_code == 422


def test_20a_a_consent_that_has_not_begun_or_has_run_out_is_none(data_story):
    agreement = awaiting(data_story)
    file = data_story.evidence(agreement)
    later = (NOW.date() + DAY).isoformat()
    agreement.file_consent(by=data_story.cast.operator, **values(agreement, file, valid_from=later))
    assert fresh(agreement).state == "consent"
    agreement.file_consent(by=data_story.cast.operator, **values(agreement, file))
    assert fresh(agreement).state == "effective"


def test_20a_consent_holds_for_its_scenario_only(data_story):
    resource = data_story.resource(personal_information="yes")
    first = awaiting(data_story, resources=[resource])
    data_story.consent(first)
    other = awaiting(data_story, resources=[resource], scenario="Another scenario")
    assert (fresh(first).state, fresh(other).state) == ("effective", "consent")
    same = data_story.use_agreement("signing", resources=[resource], **TODAY)
    data_story.sign_all(same)
    assert same.state == "effective"


def test_20a_consent_holds_for_its_resource_only(data_story):
    resources = [data_story.resource(personal_information="yes"), data_story.resource(business_secret="yes")]
    agreement = awaiting(data_story, resources=resources)
    data_story.consent(agreement)
    assert fresh(agreement).state == "consent"
    file = data_story.evidence(agreement)
    agreement.file_consent(
        by=data_story.cast.operator, **values(agreement, file, resource=str(resources[1].pk), basis="holder")
    )
    assert fresh(agreement).state == "effective"


# --- evidence -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["signing", "consent", "effective", "suspended"])
def test_20a_the_user_attaches_evidence_whenever_consent_can_be_filed(data_story, page, state):
    resource = data_story.resource(personal_information="yes")
    agreement = data_story.use_agreement("signing", resources=[resource], **TODAY)
    if state != "signing":
        data_story.sign_all(agreement)
    if state in {"effective", "suspended"}:
        data_story.consent(agreement)
    if state == "suspended":
        fresh(agreement).suspend(by=data_story.cast.bureau, reason="A breach was found.")
    agreement.refresh_from_db()
    assert agreement.state == state
    assert 'name="tag" value="consent"' in page(data_story.cast.operator).see(agreement).content.decode()
    before = Attachment.objects.count()
    file = data_story.evidence(agreement)
    assert Attachment.objects.count() == before + 1
    agreement.file_consent(by=data_story.cast.operator, **values(agreement, file))


@pytest.mark.parametrize("who", ["bureau", "health", "outsider", "finance", "operator"])
def test_20a_nobody_else_attaches_evidence(data_story, page, api, who):
    agreement = awaiting(data_story, who="partner")
    actor = data_story.cast[who]
    refused(NotYourStep, attachments.receive, agreement, upload(), by=actor, tag="consent")
    path = reverse("attach", args=[agreement.plural, agreement.number])
    with nothing_changes():
        assert page(actor).client.post(path, {"file": upload(), "tag": "consent"}).status_code in {403, 404}
        desk = api(actor)
        answer = desk.client.post(desk.path(agreement, "attachments/"), {"file": upload(), "tag": "consent"},
                                  headers=desk.headers)  # fmt: skip
        assert answer.status_code in {403, 404}
    if who not in {"outsider", "finance"}:
        assert 'name="tag" value="consent"' not in page(actor).see(agreement).content.decode()


def test_20a_a_signatory_whose_turn_it_is_attaches_no_evidence_in_the_users_name(data_story):
    resource = data_story.resource(personal_information="yes")
    agreement = data_story.use_agreement("signing", resources=[resource], **TODAY)
    refused(UploadRefused, attachments.receive, agreement, upload(), by=data_story.cast.health, tag="consent")


@pytest.mark.parametrize("state", ["terminated", "expired", "cancelled"])
def test_20a_no_evidence_is_taken_after_the_end(data_story, state):
    resource = data_story.resource(personal_information="yes")
    agreement = data_story.use_agreement("signing", resources=[resource], **TODAY)
    if state == "cancelled":
        agreement.cancel(by=data_story.cast.bureau, reason="Given up.")
    else:
        data_story.sign_all(agreement)
        data_story.consent(agreement)
        agreement = fresh(agreement)
        if state == "terminated":
            agreement.terminate(by=data_story.cast.bureau, reason="A breach was found.")
        else:
            agreement.expire(by=SYSTEM, on=NOW + 300 * DAY)
    refused(NotYourStep, attachments.receive, agreement, upload(), by=data_story.cast.operator, tag="consent")


def test_20a_a_department_sees_the_evidence_for_its_own_resources_only(data_story, page, api):
    resources = [data_story.resource(who="health", personal_information="yes"), data_story.resource(who="transport")]
    agreement = awaiting(data_story, resources=resources)
    data_story.consent(agreement)
    file = Attachment.objects.of(agreement).get()
    assert "consent.txt" in page(data_story.cast.health).see(agreement).content.decode()
    assert page(data_story.cast.health).open("attachment", file.pk).status_code == 200
    assert "consent.txt" not in page(data_story.cast.transport).see(agreement).content.decode()
    assert page(data_story.cast.transport).open("attachment", file.pk).status_code == 404
    assert api(data_story.cast.transport).see(agreement, "attachments/").json() == []


# --- withdrawal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["operator", "bureau"])
def test_20a_withdrawing_consent_closes_access_at_once_and_filing_it_again_opens_it(data_story, page, api, who):
    agreement = awaiting(data_story)
    data_story.consent(agreement)
    grant, consent = agreement.grants.get(), Consent.objects.get()
    asked = f"grant={grant.code}&resource={grant.resource.code}&scenario={grant.scenario.code}"
    desk = api(data_story.cast.operator)
    assert desk.get(f"/api/v1/access-decision/?{asked}").status_code == 200
    taken = page(data_story.cast[who]).take(
        agreement, "withdraw_consent", consent=str(consent.pk), reason="A subject withdrew."
    )
    assert taken.status_code == 302
    answer = desk.get(f"/api/v1/access-decision/?{asked}")
    assert (answer.status_code, answer.json()["code"], answer.json()["article"]["code"]) == (
        403, "consent-missing", "20",
    )  # fmt: skip
    assert fresh(agreement).state == "effective"
    assert "A subject withdrew." in page(data_story.cast.bureau).see(agreement).content.decode()
    data_story.consent(fresh(agreement))
    assert desk.get(f"/api/v1/access-decision/?{asked}").status_code == 200


@pytest.mark.parametrize("who", ["health", "outsider", "partner"])
def test_20a_nobody_else_withdraws_consent(data_story, page, api, who):
    agreement = awaiting(data_story)
    data_story.consent(agreement)
    agreement, given = fresh(agreement), {"consent": str(Consent.objects.get().pk), "reason": "For a reason."}
    refused(NotYourStep, agreement.withdraw_consent, by=data_story.cast[who], **given)
    with nothing_changes():
        assert page(data_story.cast[who]).take(agreement, "withdraw_consent", **given).status_code in {403, 404}
        assert api(data_story.cast[who]).take(agreement, "withdraw_consent", **given).status_code in {403, 404}


def test_20a_the_consent_of_another_scenario_cannot_be_withdrawn_here(data_story):
    resource = data_story.resource(personal_information="yes")
    other = awaiting(data_story, who="partner", resources=[resource])
    data_story.consent(other)
    foreign = Consent.objects.get()
    agreement = awaiting(data_story, resources=[resource], scenario="Another scenario")
    data_story.consent(agreement)
    agreement = fresh(agreement)
    given = {"consent": str(foreign.pk), "reason": "For a reason."}
    refused(InvalidInput, agreement.withdraw_consent, by=data_story.cast.operator, **given)
    foreign.refresh_from_db()
    assert foreign.withdrawn_at is None


def test_20a_after_the_end_consent_is_neither_filed_nor_withdrawn(data_story):
    agreement = awaiting(data_story)
    data_story.consent(agreement)
    agreement = fresh(agreement)
    file = data_story.evidence(agreement)
    agreement.terminate(by=data_story.cast.bureau, reason="A breach was found.")
    refused(WrongState, agreement.file_consent, by=data_story.cast.operator, **values(agreement, file))
    given = {"consent": str(Consent.objects.get().pk), "reason": "For a reason."}
    refused(WrongState, agreement.withdraw_consent, by=data_story.cast.operator, **given)


def test_20a_a_consent_that_runs_out_closes_access_and_nothing_is_written(data_story, now, api):
    agreement = awaiting(data_story)
    data_story.consent(agreement, valid_until=NOW.date() + 10 * DAY)
    grant = agreement.grants.get()
    last = NOW.date() + 10 * DAY
    with nothing_changes():
        assert Grant.objects.usable(on=last).filter(pk=grant.pk).exists()
        assert not Grant.objects.usable(on=last + timedelta(days=1)).filter(pk=grant.pk).exists()
