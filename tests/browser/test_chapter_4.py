"""From a partner's basket to an access that is closed in an instant, in the browser, each role by its button."""

import pytest
from django.utils import timezone, translation

from accounts import tokens
from authorizations.models import AuthorizationRequest, DataResource, DataUseAgreement, Grant
from casework.step import steps_of
from futian_portal.demo.catalogue import tell_catalogue
from futian_portal.demo.partners import Partners
from futian_portal.demo.story import Story
from operators.models import OperatingAgreement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.printed]
SCENARIO = "就诊出行高峰预测"
REASON = "现场检查发现查询日志留存不完整，责令整改。"


@pytest.fixture
def district(people):
    """An operator with its agreement, a partner that has entered, and a catalogue."""
    story = Story(people, timezone.localdate())
    story.selected_operator()
    Partners(story.actors, story.at).tell()
    tell_catalogue(story)
    return people


def open_resources(people) -> list[DataResource]:
    """One plain resource of each of two departments."""
    offered = DataResource.objects.offered().filter(
        listed_version__personal_information=False,
        listed_version__business_secret=False,
        listed_version__level="district",
    )
    return [
        offered.filter(organisation=people[who].organisation, listed_version__region="").order_by("pk").first()
        for who in ("health", "transport")
    ]


def in_chinese(model, step: str) -> str:
    """What a step is called on screen."""
    with translation.override("zh-hans"):
        return str(steps_of(model)[step].label)


def ask_for_data(visitor, resources) -> AuthorizationRequest:
    visitor.sign_in("partner").follow("数据目录").heading("公共数据授权运营目录").picture("catalogue")
    for resource in resources:
        visitor.go(f"/catalogue/?q={resource.code}")
        visitor.page.locator(f"form[action='/basket/{resource.number}/add/'] button").click()
    visitor.clicks = 0
    visitor.follow("申请清单").sees(resources[0].title).sees(resources[1].title).press("提出申请")
    today = timezone.localdate()
    visitor.fill(scenario=SCENARIO, purpose="按周预测就诊和出行高峰，为分时预约提供参考。")
    visitor.fill(use_from=today.isoformat(), use_until=today.replace(year=today.year + 1, day=1).isoformat())
    visitor.fill(measures="两人授权，全程留痕，结果脱敏。").choose("mode_of_use", "modelling")
    visitor.press("保存并继续").heading("核对填写内容").picture("request-check").tick("truth")
    visitor.press("向授权运营单位提交申请").sees("SJSQ-")
    # Basket, form, check, submit: four clicks beside what is chosen in the form.
    assert visitor.clicks - 2 == 4
    return AuthorizationRequest.objects.get()


def review(visitor) -> None:
    for who, task, step in (
        ("operator", "初审平台合作方的申请", "初审通过"), ("bureau", "评估该申请", "确认评估意见"),
    ):  # fmt: skip
        visitor.sign_in(who).follow(task)
        if who == "bureau":
            visitor.picture("request-assessment")
        visitor.follow(step).fill(opinion="应用场景明确，安全保障措施可行。").press(step).sees("已办理")
        assert visitor.clicks == 3


def confirm(visitor, case: AuthorizationRequest) -> None:
    for who in ("health", "transport"):
        visitor.sign_in(who).follow("对本部门数据资源逐项作出授权确认意见").follow("作出授权确认意见")
        department = visitor.people[who].organisation
        for item in case.items.filter(department=department):
            visitor.choose(f"item{item.pk}_decision", "granted")
        if who == "health":
            visitor.picture("department-decision")
        visitor.press("作出授权确认意见").sees("已办理")
        assert visitor.clicks - 1 == 3


def sign(visitor) -> None:
    visitor.sign_in("bureau").follow("完善协议文本").follow("定稿并送签").press("定稿并送签").sees("待签署")
    for who in ("transport", "partner", "bureau", "health"):
        visitor.sign_in(who).follow("阅读并签署协议").follow("签署").tick("agreed")
        if who == "partner":
            visitor.picture("use-agreement-signing")
        visitor.press("签署").sees("已办理")
        assert visitor.clicks - 1 == 3


def answer(visitor, grant: Grant, token: str) -> int:
    """What a gateway is told about a call of the partner."""
    asked = f"grant={grant.code}&resource={grant.resource.code}&scenario={grant.scenario.code}"
    address = f"{visitor.address}/api/v1/access-decision/?{asked}"
    return visitor.page.request.get(address, headers={"Authorization": f"Bearer {token}"}).status


def test_a_partner_is_given_data_and_loses_them_with_its_operators_suspension(visitor, district):
    visitor.people = district
    resources = open_resources(district)
    case = ask_for_data(visitor, resources)
    assert (case.state, case.items.count()) == ("preliminary_review", 2)
    review(visitor)
    confirm(visitor, case)
    case.refresh_from_db()
    assert case.state == "authorised"
    sign(visitor)
    agreement = DataUseAgreement.objects.get()
    assert (agreement.state, agreement.valid_signatures().count()) == ("effective", 4)
    grant = agreement.grants.order_by("pk").first()
    partner = district["partner"]
    token, _row = tokens.issue(partner.person, partner.organisation, read_only=True, days=1)
    assert answer(visitor, grant, token) == 200
    visitor.sign_in("partner").follow("使用权限").follow(grant.code).sees("下列依据均有效").picture("grant-usable")

    operating, label = OperatingAgreement.objects.get(), in_chinese(OperatingAgreement, "suspend")
    visitor.sign_in("bureau").go(f"/cases/operating-agreements/{operating.number}/").follow(label)
    visitor.fill(reason=REASON).press(label).sees("已办理")
    assert answer(visitor, grant, token) == 403
    visitor.sign_in("partner").go(f"/grants/{grant.code}/").sees("已暂停").picture("grant-closed")
