"""An operator is selected from call to signed agreement, in the browser, each role signed in by its button."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from operators.jobs import advance_calls
from operators.models import Call, OperatingAgreement, OperatorApplication

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.printed]
STATEMENT = "本单位符合该项要求，有关制度、人员和设施均已到位。"
EVIDENCE = {"name": "证明材料.txt", "mimeType": "text/plain", "buffer": "演示证明材料".encode()}


def minute(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def publish_call(visitor, opens, closes) -> str:
    visitor.sign_in("bureau").follow("申报通知").follow("新建申报通知")
    visitor.fill(subject="公共数据授权运营单位申报通知", conditions="请在申报期内提交申请。", opens_at=minute(opens))
    visitor.fill(closes_at=minute(closes), seats=3, qualification_days=5).choose("expertise", "data")
    for name in ("云澜区财政局", "云澜区互联网信息办公室"):
        visitor.page.get_by_label(name).check()
    visitor.press("新建申报通知").sees("已建立")
    visitor.follow("发布申报通知").press("发布申报通知").sees("申报中")
    return visitor.number()


def apply(visitor, call: str) -> str:
    visitor.go("/calls/").picture("public-calls").follow("公共数据授权运营单位申报通知").sees("逐项条件")
    visitor.sign_in("applicant").go(f"/calls/{call}/").follow("申请").press("申请").sees("草稿")
    number = visitor.number()
    visitor.follow("继续填报").heading("填报申请").follow("申报单位")
    visitor.fill(
        legal_representative="唐海桐", address="云澜区数字大道 8 号", established_on="2016-05-18", capital="5000"
    )
    visitor.fill(staff=126, business="数据治理", contact_name="唐海桐", contact_phone="0755-00000000")
    visitor.fill(contact_email="applicant@yunlan.test").press("保存并继续").heading("填报申请")
    for point in OperatorApplication.objects.get(number=number).points():
        visitor.follow(point.title).fill(statement=STATEMENT)
        visitor.page.locator("#id_file").set_input_files(EVIDENCE)
        visitor.press("保存并继续").heading("填报申请")
    visitor.picture("application-tasks").follow("核对填写内容并提交").heading("核对填写内容").tick("truth")
    visitor.press("提交申请").heading("申请已提交").sees(number).sees("受理回执").picture("application-submitted")
    return number


def judge(visitor, number: str) -> None:
    visitor.sign_in("bureau").heading("待办事项").picture("bureau-inbox")
    visitor.follow("逐项开展资格审查").sees(number).picture("bureau-case").follow("逐项审查")
    application = OperatorApplication.objects.get(number=number)
    for point in application.points():
        visitor.choose(f"{point.code}_judgement", "met")
    visitor.press("逐项审查").sees("已办理")
    # Open, step, submit: three clicks beside the eleven judgements themselves.
    assert visitor.clicks - len(application.points()) == 3
    visitor.follow("资格审查通过").press("资格审查通过").follow("抽取评审专家").press("抽取评审专家").sees("专家评审")


def score(visitor, number: str) -> None:
    application = OperatorApplication.objects.get(number=number)
    drawn = list(application.sitting().values_list("expert__person__username", flat=True))
    assert len(drawn) == 3
    for index, username in enumerate(drawn):
        visitor.sign_in(username).follow("审阅申请材料并评分").follow("评分")
        for criterion in application.rules.criteria("operator_panel"):
            visitor.fill(**{criterion.code: criterion.maximum - index})
        visitor.fill(opinion="方案可行。")
        if index == 0:
            visitor.picture("expert-score")
        visitor.press("评分").sees("已办理")
        assert visitor.clicks == 3


def consult(visitor) -> None:
    for username in ("finance", "cyberspace"):
        visitor.sign_in(username).follow("反馈意见").follow("反馈意见").choose("stance", "agree")
        visitor.fill(opinion="无意见。").press("反馈意见").sees("已办理")


def decide(visitor) -> None:
    visitor.sign_in("bureau").follow("将评审结果报区人民政府审定").picture("bureau-report")
    visitor.follow("报区人民政府审定").choose("recommendation", "approve").fill(report="建议审定通过。")
    visitor.press("报区人民政府审定").sees("已办理")
    visitor.sign_in("government").follow("审定申请").follow("审定通过")
    visitor.fill(document_number="云府函〔2026〕20号", decided_on=timezone.localdate().isoformat()).press("审定通过")
    visitor.sees("已办理")


def sign_agreement(visitor, call: str, number: str) -> None:
    visitor.sign_in("bureau").follow("全部审定后公布结果").follow("公布结果").press("公布结果").sees("结果已公布")
    visitor.go(f"/calls/{call}/").sees("云府函〔2026〕20号").picture("public-results")
    visitor.go(f"/cases/operator-applications/{number}/").follow("拟订授权运营协议")
    visitor.fill(starts_on=timezone.localdate().isoformat()).press("拟订授权运营协议").sees("起草中")
    visitor.follow("定稿并送签").press("定稿并送签").sees("待签署").picture("agreement-signing")
    visitor.follow("签署").tick("agreed").press("签署").sees("已办理")
    visitor.sign_in("applicant").follow("阅读并签署协议").follow("签署").tick("agreed").press("签署")
    visitor.sees("已生效").picture("agreement-in-force")


def test_an_operator_is_selected_from_call_to_signed_agreement(visitor):
    opens, closes = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(hours=2)
    call = publish_call(visitor, opens, closes)
    number = apply(visitor, call)
    judge(visitor, number)
    score(visitor, number)
    consult(visitor)
    decide(visitor)
    with time_machine.travel(closes + timedelta(minutes=1), tick=True):
        advance_calls(now=timezone.now())
        sign_agreement(visitor, call, number)
    assert Call.objects.get(number=call).state == "decided"
    agreement = OperatingAgreement.objects.get(application__number=number)
    assert agreement.state == "effective"
    assert agreement.valid_signatures().count() == 2
    assert {signature.person for signature in agreement.signatures.all()} == set(
        User.objects.filter(username__in=["bureau", "applicant"])
    )
