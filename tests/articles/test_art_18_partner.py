"""Art. 18(2): a partner's request is reviewed by its operator first, then goes the way of an operator's (18b)."""

import pytest
from django.urls import reverse

from authorizations.models import AuthorizationRequest, BasketItem
from casework.beginning import begin
from casework.models.paper import Paper
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from operators.models import Partnership
from tests.data_story import BACK, TEXT, YES
from tests.desk import nothing_changes, refused
from tests.story import DAY, NOW

REVIEWING = {
    "pass_preliminary": YES,
    "return_preliminary": BACK,
    "refuse_preliminary": {"reason": "It is outside the agreed services."},
}
OTHERS = ["bureau", "bureau_lead", "outsider", "partner", "partner2", "health", "finance", "government"]


def again(case):
    return AuthorizationRequest.objects.get(pk=case.pk)


def two_operators(story) -> list[Partnership]:
    """The partner's standing with two operators."""
    story.operating_agreement("outsider")
    return [story.in_standing("partner"), story.partnership("active", "partner", "outsider")]


def test_18b_a_partner_makes_a_request_from_its_basket_and_its_operator_gets_it(data_story, page):
    data_story.user("partner")
    for who in ("health", "transport"):
        BasketItem.objects.create(
            person=data_story.cast.partner.person, organisation=data_story.cast.partner.organisation,
            resource=data_story.resource(who=who),
        )  # fmt: skip
    desk = page(data_story.cast.partner)
    number = data_story.in_standing("partner").number
    assert f'value="{number}"' in desk.open("basket").content.decode()
    desk.send("basket", partnership=number)
    case = AuthorizationRequest.objects.get()
    assert (case.operator, case.organisation) == (
        data_story.cast.operator.organisation, data_story.cast.partner.organisation,
    )  # fmt: skip
    assert page(data_story.cast.operator).see(case).status_code == 404
    desk.send("request-text", case.number, version=case.version, **TEXT)
    sent = desk.send("request-check", case.number, version=again(case).version, truth=True)
    assert "Your operator reviews the request first" in desk.client.get(sent.url).content.decode()
    case = again(case)
    assert (case.state, case.received_at) == ("preliminary_review", None)
    assert "Review the partner&#x27;s request" in page(data_story.cast.operator).open("inbox").content.decode()


def test_18b_and_through_the_api(data_story, api):
    program, resource = api(data_story.user("partner")), data_story.resource()
    number = data_story.in_standing("partner").number
    made = program.begin(AuthorizationRequest, resources=[resource.code], partnership=number).json()
    case = AuthorizationRequest.objects.get(number=made["number"])
    program.change(case, **TEXT | {"use_from": "2026-04-01", "use_until": "2027-03-31"})
    assert program.take(case, "submit_to_operator", truth=True).json()["state"] == "preliminary_review"
    answer = api(data_story.cast.operator).take(case, "pass_preliminary", **YES).json()
    assert (answer["state"], answer["received_at"] is not None) == ("assessment", True)
    api(data_story.cast.bureau).take(case, "confirm_assessment", **YES)
    values = data_story.decisions(case, data_story.cast.health)
    assert api(data_story.cast.health).take(case, "decide", **values).json()["state"] == "authorised"


def test_18b_a_partner_of_two_operators_chooses_one(data_story, page, api):
    first, second = two_operators(data_story)
    resource, partner = data_story.resource(), data_story.cast.partner
    BasketItem.objects.create(person=partner.person, organisation=partner.organisation, resource=resource)
    desk = page(partner)
    shown = desk.open("basket").content.decode()
    assert "Operator Company" in shown
    assert "Outsider Company" in shown
    with nothing_changes():
        assert desk.send("basket").status_code == 422
        assert desk.send("basket", partnership="HZF-2026-9999").status_code == 422
        assert api(partner).begin(AuthorizationRequest, resources=[resource.code]).status_code == 422
    desk.send("basket", partnership=second.number)
    case = AuthorizationRequest.objects.get()
    assert (case.partnership, case.operator) == (second, data_story.cast.outsider.organisation)
    data_story.bring_request(case, "draft")
    case.edit(by=partner, **TEXT)
    case.submit_to_operator(by=partner, truth=True)
    assert page(data_story.cast.outsider).see(case).status_code == 200
    assert page(data_story.cast.operator).see(case).status_code == 404
    refused(NotYourStep, case.pass_preliminary, by=data_story.cast.operator, **YES)
    assert first.state == "active"


def test_18b_a_partner_without_standing_asks_for_nothing(data_story, page, api):
    resource, partner = data_story.resource(), data_story.cast.partner
    BasketItem.objects.create(person=partner.person, organisation=partner.organisation, resource=resource)
    given = {"resources": [resource.code], "copy_of": "", "partnership": ""}
    refused(InvalidInput, begin, AuthorizationRequest, by=partner, **given)
    desk = page(partner)
    assert "You have no standing with an operator" in desk.open("basket").content.decode()
    with nothing_changes():
        assert desk.send("basket").status_code == 422
        assert api(partner).begin(AuthorizationRequest, resources=[resource.code]).status_code == 422


def test_18b_no_request_under_another_partners_standing(data_story, api):
    other = data_story.in_standing("partner2").number
    data_story.user("partner")
    resource = data_story.resource()
    with nothing_changes():
        answer = api(data_story.cast.partner).begin(AuthorizationRequest, resources=[resource.code], partnership=other)
    assert answer.status_code == 422


def test_18b_a_suspended_partners_request_goes_no_further(data_story, page):
    case = data_story.request("preliminary_review", who="partner")
    case.partnership.suspend(by=data_story.cast.operator, reason="A breach.")
    refusal = refused(GuardRefused, case.pass_preliminary, by=data_story.cast.operator, **YES)
    assert "partner's standing" in refusal.details[0]
    with nothing_changes():
        assert page(data_story.cast.operator).take(case, "pass_preliminary", **YES).status_code == 409


@pytest.mark.parametrize("step", REVIEWING)
@pytest.mark.parametrize("who", OTHERS)
def test_18b_nobody_but_the_partners_operator_reviews(data_story, page, api, who, step):
    case = data_story.request("preliminary_review", who="partner")
    refused(NotYourStep, getattr(case, step), by=data_story.cast[who], **REVIEWING[step])
    given = {name: str(value) for name, value in REVIEWING[step].items()}
    with nothing_changes():
        assert page(data_story.cast[who]).take(case, step, **given).status_code in {403, 404}
        assert api(data_story.cast[who]).take(case, step, **given).status_code in {403, 404}


def test_18b_the_review_comes_before_the_bureaus_assessment(data_story, page):
    case = data_story.request("preliminary_review", who="partner")
    refused(WrongState, case.confirm_assessment, by=data_story.cast.bureau, **YES)
    draft = data_story.request("draft", who="partner")
    draft.edit(by=data_story.cast.partner, **TEXT)
    refused(NotYourStep, draft.submit, by=data_story.cast.partner, truth=True)
    with nothing_changes():
        assert page(data_story.cast.partner).take(draft, "submit", truth=True).status_code == 403
        assert page(data_story.cast.bureau).take(case, "confirm_assessment", **YES).status_code == 409


def test_18b_a_refusal_in_the_review_gives_its_reason_and_ends_it(data_story, page):
    case = data_story.request("preliminary_review", who="partner")
    page(data_story.cast.operator).take(case, "refuse_preliminary", **REVIEWING["refuse_preliminary"])
    assert again(case).state == "refused"
    assert "outside the agreed services" in page(data_story.cast.partner).see(case).content.decode()


# --- correction, the same for operator and bureau ---------------------------------------------------------------


@pytest.mark.parametrize(("state", "who"), [("preliminary_correction", "partner"), ("correction", "operator")])
def test_18b_every_defect_is_told_at_once_and_changes_are_marked_with_what_was_there(data_story, page, state, who):
    case = data_story.request(state, who=who)
    desk = page(data_story.cast[who])
    html = desk.see(case).content.decode()
    for line in BACK["defects"].splitlines():
        assert line in html
    assert "2026-03-20" in html
    assert reverse("request-prepare", args=[case.number]) in html
    assert Paper.objects.of(case).filter(kind="request_correction").exists() == (state == "correction")
    desk.send("request-text", case.number, version=case.version, **TEXT | {"purpose": "A monthly indicator."})
    reader = data_story.cast.operator if who == "partner" else data_story.cast.bureau
    assert "A monthly indicator." not in page(reader).see(case).content.decode()
    desk.send("request-check", case.number, version=again(case).version, truth=True)
    assert again(case).round == 2
    html = page(reader).see(case).content.decode()
    assert "A monthly indicator." in html
    assert TEXT["purpose"] in html
    assert html.count("is-changed") == 1


@pytest.mark.parametrize(
    ("state", "who", "resubmit", "refuse", "by"),
    [
        ("preliminary_correction", "partner", "resubmit_to_operator", "refuse_uncorrected_preliminary", "operator"),
        ("correction", "operator", "resubmit", "refuse_uncorrected", "bureau"),
    ],
)
def test_18b_a_correction_after_its_day_is_refused(data_story, now, page, state, who, resubmit, refuse, by):
    case = data_story.request(state, who=who)
    given = {"reason": "Not corrected in time."}
    refused(GuardRefused, getattr(case, refuse), by=data_story.cast[by], **given)
    now.move_to(NOW + 19 * DAY)
    refusal = refused(GuardRefused, getattr(case, resubmit), by=data_story.cast[who], truth=True)
    assert refusal.remedy == "Withdraw it and copy it as a new request."
    with nothing_changes():
        desk = page(data_story.cast[who])
        assert desk.send("request-check", case.number, version=case.version, truth=True).status_code == 409
    page(data_story.cast[by]).take(case, refuse, **given)
    assert again(case).state == "refused"


def test_18b_a_day_that_has_passed_is_no_day_to_correct_by(data_story, page):
    case = data_story.request("preliminary_review", who="partner")
    given = BACK | {"correct_by": (NOW - DAY).date()}
    assert set(refused(InvalidInput, case.return_preliminary, by=data_story.cast.operator, **given).errors) == {
        "correct_by"
    }
    with nothing_changes():
        assert page(data_story.cast.operator).take(case, "return_preliminary", **given).status_code == 422


# --- whose it is ----------------------------------------------------------------------------------------------


def test_18b_a_partners_copy_stays_with_its_operator_or_asks_for_another(data_story, page):
    case = data_story.request("authorised", who="partner")
    desk = page(data_story.cast.partner)
    desk.send("request-copy", case.number)
    assert AuthorizationRequest.objects.latest("pk").partnership == case.partnership
    case.partnership.begin_exit(by=data_story.cast.operator, reason="The project has ended.")
    with nothing_changes():
        answer = desk.send("request-copy", case.number)
    assert answer.url == f"{reverse('begin', args=[case.plural])}?copy_of={case.number}"
    with nothing_changes():
        assert page(data_story.cast.operator).send("request-copy", case.number).status_code == 403


def test_18b_an_operator_sees_its_own_partners_requests_only(data_story, page, api):
    case = data_story.request("preliminary_review", who="partner")
    data_story.operating_agreement("outsider")
    assert api(data_story.cast.operator).numbers(AuthorizationRequest) == [case.number]
    for who in ("outsider", "partner2"):
        assert api(data_story.cast[who]).numbers(AuthorizationRequest) == []
        assert page(data_story.cast[who]).see(case).status_code == 404
