"""Art. 19(1): before use, user, bureau and every department concerned sign one data use agreement with seven parts."""

import itertools
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authorizations.jobs import sweep_use_agreements
from authorizations.models import DataUseAgreement, Grant, UseSignature
from casework.models.outbox import OutboxMessage
from casework.models.paper import Paper
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from tests.desk import nothing_changes, refused
from tests.story import BEIJING, DAY, NOW

PARTS = ["scenario", "data_list", "access", "term", "charging", "responsibility", "confidentiality"]
SIDES = ("operator", "bureau", "health", "transport")
TODAY = {"use_from": NOW.date(), "use_until": NOW.date() + 200 * DAY}


def signature(agreement, **given) -> dict:
    return {"digest": agreement.text_digest, "agreed": True} | given


def fresh(agreement) -> DataUseAgreement:
    return DataUseAgreement.objects.get(pk=agreement.pk)


def texts(agreement, **given) -> dict:
    return {"starts_on": agreement.starts_on, "ends_on": agreement.ends_on} | agreement.parts | given


# --- drafted from what was authorised -------------------------------------------------------------------------------


def test_19a_the_agreement_is_drafted_with_seven_parts_filled_from_the_request(data_story):
    request = data_story.request("authorised", who="partner")
    agreement = request.agreements.get()
    assert [part.code for part in agreement.required_parts()] == PARTS
    assert agreement.parts.keys() == set(PARTS)
    assert all(text.strip() for text in agreement.parts.values())
    said = agreement.parts
    for item in request.items.select_related("version", "resource"):
        assert item.version.name in said["data_list"]
        assert item.resource.code in said["data_list"]
    assert request.scenario.name in said["scenario"]
    assert request.purpose.rstrip(".") in said["scenario"]
    assert ".." not in said["scenario"] + said["responsibility"]
    assert str(request.use_from) in said["term"]
    assert str(request.use_until) in said["term"]
    assert request.measures.rstrip(".") in said["responsibility"]
    assert "Health Department" in said["responsibility"]
    assert (agreement.organisation, agreement.operator) == (request.organisation, request.operator)


def test_19a_no_required_part_is_called_optional(data_story, page):
    agreement = data_story.use_agreement("draft")
    html = page(data_story.cast.bureau).open("step", agreement.plural, agreement.number, "edit").content.decode()
    assert html.count("(may be completed later)") == len(PARTS)
    assert "(optional)" not in html


def test_19a_only_authorised_resources_and_their_departments_are_in_it(data_story):
    request = data_story.request("authorised_in_part")
    agreement = request.agreements.get()
    granted, left_out = request.items.get(decision="granted"), request.items.get(decision="refused")
    assert granted.resource.code in agreement.parts["data_list"]
    assert left_out.resource.code not in agreement.parts["data_list"]
    assert agreement.departments() == {granted.department_id}
    assert left_out.department_id not in agreement.sides()


@pytest.mark.parametrize("state", ["draft", "assessment", "confirmation", "refused", "withdrawn"])
def test_19a_no_agreement_without_an_authorised_request(data_story, page, api, state):
    request, bureau = data_story.request(state), data_story.cast.bureau
    given = {"request": request.number, "starts_on": "2026-04-01", "ends_on": "2026-12-31", "succession": ""}
    assert not request.agreements.exists()
    with nothing_changes():
        assert page(bureau).begin(DataUseAgreement, **given).status_code == 422
        answer = api(bureau).begin(DataUseAgreement, **given)
    assert answer.json()["errors"] == {"request": ["There is no authorised request with this number."]}


def test_19a_the_agreement_page_shows_sides_parts_and_resources_to_each_side_and_nobody_else(data_story, page):
    agreement = data_story.use_agreement("signing", who="partner")
    for who in ("bureau", "partner", "operator", "health", "transport"):
        shown = page(data_story.cast[who]).see(agreement).content.decode()
        for name in ("Partner Company", "Data Authority", "Health Department", "Transport Department"):
            assert name in shown, (who, name)
        assert shown.count("not signed yet") == 4
        assert "Confidentiality" in shown
    for who in ("outsider", "partner2", "applicant"):
        assert page(data_story.cast[who]).see(agreement).status_code == 404


def test_19a_a_side_sees_no_draft(data_story, page, api):
    agreement = data_story.use_agreement("draft")
    for who in ("operator", "health", "finance"):
        assert page(data_story.cast[who]).see(agreement).status_code == 404
        assert api(data_story.cast[who]).see(agreement).status_code == 404
    assert "Being drafted" in page(data_story.cast.bureau).see(agreement).content.decode()


# --- the text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PARTS)
def test_19a_a_part_left_empty_stops_the_text(data_story, page, api, code):
    agreement, bureau = data_story.use_agreement("draft"), data_story.cast.bureau
    agreement.edit(by=bureau, **texts(agreement, **{code: " "}))
    refusal = refused(GuardRefused, agreement.fix_text, by=bureau)
    title = next(part.title for part in agreement.required_parts() if part.code == code)
    assert (refusal.article, refusal.details) == ("19(1)", (title,))
    with nothing_changes():
        assert page(bureau).take(agreement, "fix_text").status_code == 409
        assert api(bureau).take(agreement, "fix_text").json()["details"] == [title]


def test_19a_a_part_follows_the_term_unless_it_was_written_by_hand(data_story, api):
    agreement, bureau = data_story.use_agreement("draft"), data_story.cast.bureau
    given = texts(agreement, ends_on="2026-12-31", charging="Free of charge.", starts_on="2026-04-01")
    assert api(bureau).change(agreement, **given).status_code == 200
    assert "2026-12-31" in fresh(agreement).parts["term"]
    assert fresh(agreement).parts["charging"] == "Free of charge."


def test_19a_the_text_is_not_fixed_while_the_operator_is_suspended(data_story):
    agreement = data_story.use_agreement("draft")
    data_story.operating_agreement(state="suspended")
    refusal = refused(GuardRefused, agreement.fix_text, by=data_story.cast.bureau)
    assert refusal.details == ("The operating agreement of the operator is not in force.",)


def test_19a_a_term_that_ends_before_it_begins_is_refused_at_its_field(data_story, page, api):
    agreement, bureau = data_story.use_agreement("draft"), data_story.cast.bureau
    given = texts(agreement, starts_on="2026-05-01", ends_on="2026-05-01")
    assert set(refused(InvalidInput, agreement.edit, by=bureau, **given).errors) == {"ends_on"}
    with nothing_changes():
        assert page(bureau).take(agreement, "edit", **given).status_code == 422
        assert set(api(bureau).change(agreement, **given).json()["errors"]) == {"ends_on"}


# --- signatures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations(SIDES))[::7], ids="-".join)
def test_19a_all_sides_sign_one_digest_in_any_order_over_page_and_api(data_story, page, api, order):
    agreement = data_story.use_agreement("signing")
    for number, who in enumerate(order):
        assert fresh(agreement).state == "signing"
        assert not Grant.objects.exists()
        desk = (page, api)[number % 2](data_story.cast[who])
        desk.take(agreement, "sign", **signature(agreement))
    agreement.refresh_from_db()
    assert (agreement.state, agreement.effective_at) == ("effective", NOW)
    assert set(agreement.signatures.values_list("digest", flat=True)) == {agreement.text_digest}
    assert Grant.objects.filter(agreement=agreement).count() == 2
    assert not Task.objects.of(agreement).filter(closed_at=None).exists()


def test_19a_a_partners_agreement_is_signed_by_the_partner_and_not_by_its_operator(data_story, page, api):
    agreement = data_story.use_agreement("signing", who="partner")
    given = signature(agreement)
    refused(NotYourStep, agreement.sign, by=data_story.cast.operator, **given)
    with nothing_changes():
        assert page(data_story.cast.operator).take(agreement, "sign", **given).status_code == 403
        assert api(data_story.cast.operator).take(agreement, "sign", **given).status_code == 403
    data_story.sign_all(agreement)
    assert agreement.state == "effective"


@pytest.mark.parametrize("who", ["outsider", "partner", "finance", "government", "bureau_lead", "sysadmin"])
def test_19a_nobody_else_signs(data_story, page, api, who):
    agreement = data_story.use_agreement("signing")
    given = signature(agreement)
    refused(NotYourStep, agreement.sign, by=data_story.cast[who], **given)
    with nothing_changes():
        assert page(data_story.cast[who]).take(agreement, "sign", **given).status_code in {403, 404}
        assert api(data_story.cast[who]).take(agreement, "sign", **given).status_code in {403, 404}


@pytest.mark.parametrize("who", SIDES)
def test_19a_a_side_signs_once_and_has_no_task_then(data_story, page, api, who):
    agreement, actor = data_story.use_agreement("signing"), data_story.cast[who]
    agreement.sign(by=actor, **signature(agreement))
    refusal = refused(GuardRefused, agreement.sign, by=actor, **signature(agreement))
    assert refusal.message == "Your side has signed already."
    with nothing_changes():
        assert page(actor).take(agreement, "sign", **signature(agreement)).status_code == 409
        assert api(actor).take(agreement, "sign", **signature(agreement)).status_code == 409
    open_tasks = Task.objects.of(agreement).filter(closed_at=None)
    assert set(open_tasks.values_list("organisation", flat=True)) == agreement.sides() - {actor.organisation.pk}


@pytest.mark.parametrize("given", [{"digest": "0" * 64}, {"digest": ""}, {"agreed": False}], ids=str)
def test_19a_no_other_digest_and_no_signature_without_the_declaration(data_story, page, api, given):
    agreement = data_story.use_agreement("signing")
    given = signature(agreement, **given)
    refused(InvalidInput, agreement.sign, by=data_story.cast.health, **given)
    typed = {name: value for name, value in given.items() if value is not False}
    with nothing_changes():
        assert page(data_story.cast.health).take(agreement, "sign", **typed).status_code == 422
        assert api(data_story.cast.health).take(agreement, "sign", **given).status_code == 422


def test_19a_a_change_voids_the_signatures_which_stay_on_record(data_story, page, api):
    agreement, cast = data_story.use_agreement("signing"), data_story.cast
    read = signature(agreement)
    for who in ("operator", "health"):
        agreement.sign(by=cast[who], **read)
    agreement.take_back(by=cast.bureau, reason="A slip of the pen.")
    agreement.edit(by=cast.bureau, **texts(agreement, charging="Free of charge."))
    agreement.fix_text(by=cast.bureau)
    assert (agreement.edition, agreement.valid_signatures().count(), UseSignature.objects.count()) == (2, 0, 2)
    refused(InvalidInput, agreement.sign, by=cast.transport, **read)
    with nothing_changes():
        assert api(cast.transport).take(agreement, "sign", **read).status_code == 422
    assert "void: the text was changed" in page(cast.bureau).see(agreement).content.decode()
    data_story.sign_all(agreement)
    assert agreement.state == "effective"
    assert Paper.objects.of(agreement).filter(kind="data_use_agreement").count() == 2


@pytest.mark.parametrize("state", ["signing", "consent", "effective", "suspended", "terminated", "cancelled"])
def test_19a_a_fixed_text_is_not_edited(data_story, page, api, state):
    agreement, bureau = data_story.use_agreement(state), data_story.cast.bureau
    given = texts(agreement, charging="Free of charge.")
    refused(WrongState, agreement.edit, by=bureau, **given)
    with nothing_changes():
        assert page(bureau).take(agreement, "edit", **given).status_code == 409
        assert api(bureau).change(agreement, **given).status_code == 409


def test_19a_before_every_side_has_signed_nothing_can_be_used(data_story, api):
    agreement = data_story.use_agreement("signing", **TODAY)
    for who in SIDES[:-1]:
        agreement.sign(by=data_story.cast[who], **signature(agreement))
    assert fresh(agreement).state == "signing"
    assert not Grant.objects.exists()
    resource = agreement.covered().first().resource.code
    asked = f"grant=QX-2026-0001&resource={resource}&scenario={agreement.request.scenario.code}"
    answer = api(data_story.cast.operator).get(f"/api/v1/access-decision/?{asked}")
    assert (answer.status_code, answer.json()["code"]) == (403, "unknown-grant")


def test_19a_grants_follow_one_a_resource_and_rest_on_it(data_story, api):
    agreement = data_story.use_agreement("effective", **TODAY)
    grants = agreement.grants.order_by("pk")
    assert [grant.resource_id for grant in grants] == [item.resource_id for item in agreement.covered()]
    listed = api(data_story.cast.operator).get("/api/v1/grants/").json()["results"]
    assert {one["code"] for one in listed} == {grant.code for grant in grants}
    assert all(one["is_usable"] for one in listed)
    agreement.suspend(by=data_story.cast.bureau, reason="A breach was found.")
    listed = api(data_story.cast.operator).get("/api/v1/grants/?standing=usable").json()["results"]
    assert listed == []


# --- renewal, amendment, expiry -------------------------------------------------------------------------------------


def test_19a_the_bureau_draws_up_a_renewal_from_the_page_with_what_is_known(data_story, page):
    agreement, bureau = data_story.use_agreement("effective", **TODAY), data_story.cast.bureau
    shown = page(bureau).see(agreement).content.decode()
    begins = (agreement.ends_on + DAY).isoformat()
    query = f"?request={agreement.request.number}&succession=renewal&starts_on={begins}"
    assert f"data-use-agreements/new/{query}".replace("&", "&amp;") in shown
    form = page(bureau).client.get(reverse("begin", args=[agreement.plural]) + query).content.decode()
    assert f'value="{agreement.request.number}"' in form
    assert f'value="{begins}"' in form
    assert "Draw up a renewal" not in page(data_story.cast.operator).see(agreement).content.decode()


def test_19a_a_renewal_takes_over_when_its_term_begins_and_leaves_no_gap(data_story, now):
    earlier = data_story.use_agreement("effective", **TODAY)
    begins = earlier.ends_on - 5 * DAY
    later = data_story.succession(earlier, starts_on=begins, ends_on=begins + 100 * DAY)
    data_story.sign_all(later.fix_text(by=data_story.cast.bureau))
    assert (later.state, fresh(earlier).state, later.succeeds, later.succession) == (
        "effective", "effective", earlier, "renewal",
    )  # fmt: skip

    def usable(day):
        found = Grant.objects.usable(on=day).values_list("agreement", flat=True)
        return set(found)

    assert usable(NOW.date()) == {earlier.pk}
    now.move_to(datetime.combine(begins - DAY, datetime.max.time(), tzinfo=BEIJING))
    assert sweep_use_agreements(now=timezone.now()) == 0
    now.move_to(datetime.combine(begins, datetime.min.time(), tzinfo=BEIJING))
    assert usable(begins) == {earlier.pk, later.pk}
    assert sweep_use_agreements(now=timezone.now()) == 1
    assert sweep_use_agreements(now=timezone.now()) == 0
    assert (fresh(earlier).state, usable(begins)) == ("replaced", {later.pk})


def test_19a_an_amendment_in_its_term_replaces_the_earlier_agreement_at_once(data_story, page):
    earlier = data_story.use_agreement("effective", **TODAY)
    later = data_story.succession(earlier, succession="amendment")
    data_story.sign_all(later.fix_text(by=data_story.cast.bureau))
    assert (fresh(earlier).state, later.state, later.succession) == ("replaced", "effective", "amendment")
    assert set(Grant.objects.usable(on=NOW.date()).values_list("agreement", flat=True)) == {later.pk}
    assert later.number in page(data_story.cast.operator).see(earlier).content.decode()


def test_19a_an_earlier_agreement_does_not_make_way_before_the_later_one_begins(data_story):
    earlier = data_story.use_agreement("effective", **TODAY)
    refused(NotYourStep, earlier.replace, by=data_story.cast.bureau)


def test_19a_two_agreements_on_one_request_are_not_drafted_side_by_side(data_story, page, api):
    earlier, bureau = data_story.use_agreement("effective", **TODAY), data_story.cast.bureau
    data_story.succession(earlier)
    refusal = refused(GuardRefused, data_story.succession, earlier)
    assert refusal.message == "Another agreement on this request is being drafted or signed."
    given = {"request": earlier.request.number, "starts_on": "2026-04-01", "ends_on": "2027-03-31",
             "succession": "renewal"}  # fmt: skip
    with nothing_changes():
        assert page(bureau).begin(DataUseAgreement, **given).status_code == 409
        assert api(bureau).begin(DataUseAgreement, **given).status_code == 409


def test_19a_what_was_revoked_is_not_in_a_renewal(data_story):
    earlier = data_story.use_agreement("effective", **TODAY)
    request = earlier.request
    gone, kept = request.items.order_by("pk")
    one, two = NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)
    request.revoke_authorization(by=data_story.cast.health, on=one, items=[str(gone.pk)], reason="Used otherwise.")
    later = data_story.succession(earlier, on=two)
    assert [item.pk for item in later.covered()] == [kept.pk]
    assert later.departments() == {kept.department_id}
    assert {item.pk for item in fresh(earlier).covered()} == {gone.pk, kept.pk}


def test_19a_an_agreement_expires_after_its_last_day_by_the_job_and_both_are_warned(data_story, now):
    agreement = data_story.use_agreement("effective", **TODAY)
    told = OutboxMessage.objects.of(agreement).filter(kind="agreement_ends")
    counts = []
    for left in (91, 90, 30, 29, 7, 0):
        now.move_to(datetime.combine(agreement.ends_on - left * DAY, datetime.min.time(), tzinfo=BEIJING))
        assert sweep_use_agreements(now=timezone.now()) == 0
        counts.append(told.count())
    assert counts == [0, 2, 4, 4, 6, 6]
    assert set(told.values_list("organisation__name", flat=True)) == {"Data Authority", "Operator Company"}
    now.move_to(datetime.combine(agreement.ends_on + DAY, datetime.min.time(), tzinfo=BEIJING))
    assert not Grant.objects.usable(on=timezone.localdate()).exists()
    assert (sweep_use_agreements(now=timezone.now()), fresh(agreement).state) == (1, "expired")
    assert sweep_use_agreements(now=timezone.now()) == 0


@pytest.mark.parametrize("who", ["operator", "health", "outsider"])
@pytest.mark.parametrize("verb", ["suspend", "terminate"])
def test_19a_only_the_bureau_suspends_and_ends(data_story, page, api, who, verb):
    agreement = data_story.use_agreement("effective", **TODAY)
    refused(NotYourStep, getattr(agreement, verb), by=data_story.cast[who], reason="For a reason.")
    with nothing_changes():
        answer = page(data_story.cast[who]).take(agreement, verb, reason="For a reason.")
        assert answer.status_code in {403, 404}
        assert api(data_story.cast[who]).take(agreement, verb, reason="For a reason.").status_code in {403, 404}
