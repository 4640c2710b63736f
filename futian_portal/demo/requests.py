"""Requests for data in every state worth seeing: on time, due soon, overdue, returned, at the city, decided."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actors import Actor
from authorizations.models import AuthorizationRequest, BasketItem, DataResource
from casework import attachments
from casework.beginning import begin
from operators.models import Partnership

MEASURES = (
    "一、指定 2 名授权人员在平台内操作，实行实名登录和最小权限管理。\n"
    "二、查询、调用全程留痕，日志保存不少于两年。\n"
    "三、涉及个人信息的字段一律脱敏，仅输出汇总结果。\n"
    "四、项目结束后七个工作日内清除平台内的中间数据。"
)
PURPOSES = {
    "就诊高峰预测": "汇总门急诊人次和路口车流量，逐周预测各医疗机构的就诊高峰，为分时预约提供参考，不涉及个人信息。",
    "通勤时间预测": "结合路口车流量和公交线路，预测主要通勤走廊的出行时间，面向市民提供出行参考。",
    "停车共享撮合": "依据停车场泊位动态测算错峰共享潜力，为公共停车场开放时段提供建议。",
    "建筑节能诊断": "对公共建筑能耗进行对标分析，形成节能改造建议清单，供行业主管部门参考。",
    "轨道接驳优化": "分析轨道断面客流与公交线路的衔接关系，提出接驳线路调整建议。",
    "急救站点布局": "分析院前急救任务的时空分布，测算急救站点覆盖情况。",
    "慢性病随访提醒": "以健康档案摘要建立随访提醒模型，仅向签约医疗机构返回提醒名单的加工结果。",
    "道路运输企业画像": "依据经营许可信息形成企业经营状况画像，供金融机构授信参考。",
    "楼宇安全巡检": "将房屋安全鉴定结果与能耗异常比对，提示重点巡检楼宇。",
    "传染病早期预警": "以监测周报建立早期预警指标，按街道提示风险等级。",
    "社区就医导航": "汇总医疗机构基本信息和排班情况，为居民提供就近就医导航。",
    "夜间公交评估": "评估夜间公交线路的供需匹配情况，提出班次调整建议。",
}
OPINION = "应用场景明确，申请的数据资源与场景相适应，安全保障措施可行，同意提请数源部门确认。"
REVIEWED = "申请材料齐全，用途在平台服务协议约定的范围内，同意报送区数据主管部门。"
CONDITION = "仅提供按街道、按日汇总的脱敏数据，不得与其他个人数据关联。"
REASONS = {
    "JT-005": "该资源涉及企业商业秘密，所述授信用途超出公共利益范围，且未取得企业同意。",
    "WJ-004": "随访提醒可由签约医疗机构依其职责开展，本场景无使用个人健康档案的必要。",
    "WJ-003": "监测周报为工作性数据，尚未达到场景所需的稳定性，暂不授权。",
}
DEFECTS = "请补充预测结果的使用范围和发布方式。\n请逐项说明各数据资源的必要性。\n请明确中间数据的清除时限和责任人。"


class Requests:
    """Tells of requests relative to the day of the story, with the entries of the catalogue that there are."""

    def __init__(self, story):
        self.actors: dict[str, Actor] = story.actors
        self.at = story.at

    def tell(self) -> None:
        """Everything, once operator and partner are in standing and the catalogue is there."""
        self._decided()
        self._before_the_departments()
        self._with_the_bureau()
        self._of_the_partner()
        self._in_preparation()

    def one_more(self, number: int) -> AuthorizationRequest:
        """A request of the operator on one resource, handed in today: for load, whose words mean nothing."""
        actor, today = self.actors["operator"], timezone.localdate()
        case = begin(AuthorizationRequest, by=actor, resources=["WJ-001"], copy_of="")
        case.edit(
            by=actor, scenario=f"压力测试场景 {number}", purpose="用于压力测试的虚拟申请。", mode_of_use="modelling",
            use_from=today + timedelta(days=30), use_until=today + timedelta(days=300), measures=MEASURES,
        )  # fmt: skip
        return case.submit(by=actor, truth=True)

    # --- steps -----------------------------------------------------------------------------------------------

    def ask(self, who: str, scenario: str, codes: str, day: int) -> AuthorizationRequest:
        """A draft with its text and a file."""
        actor, on = self.actors[who], self.at(day, 9)
        standing = Partnership.objects.filter(organisation=actor.organisation, state="active").first()
        chosen = {"partnership": standing.number} if standing else {}
        case = begin(AuthorizationRequest, by=actor, on=on, resources=codes.split(), copy_of="", **chosen)
        first = on.date() + timedelta(days=1) * 30
        case.edit(
            by=actor, on=on, scenario=scenario, purpose=PURPOSES[scenario], mode_of_use="modelling", use_from=first,
            use_until=date(first.year + 1, first.month, min(first.day, 28)), measures=MEASURES,
        )  # fmt: skip
        upload = SimpleUploadedFile("项目实施方案.txt", f"演示材料：{scenario}实施方案".encode())
        attachments.receive(case, upload, by=actor)
        return case

    def sent(self, who: str, scenario: str, codes: str, day: int) -> AuthorizationRequest:
        """A request handed in; a partner's goes to its operator."""
        case, actor = self.ask(who, scenario, codes, day), self.actors[who]
        hand_in = case.submit_to_operator if case.partnership_id else case.submit
        hand_in(by=actor, on=self.at(day, 11), truth=True)
        return case

    def assessed(self, case: AuthorizationRequest, day: int) -> AuthorizationRequest:
        """The bureau has confirmed its assessment."""
        return case.confirm_assessment(by=self.actors["bureau"], on=self.at(day, 15), opinion=OPINION)

    def decide(self, case: AuthorizationRequest, who: str, day: int, **verdicts: str) -> None:
        """A department decides; what is not named by its code (with `_` for `-`) is granted."""
        department, values = self.actors[who], {}
        for item in case.items.filter(department=department.organisation, decision="").select_related("resource"):
            verdict = verdicts.get(item.resource.code.replace("-", "_"), "granted")
            values |= {
                f"item{item.pk}_decision": verdict,
                f"item{item.pk}_conditions": CONDITION if verdict == "conditional" else "",
                f"item{item.pk}_reason": REASONS[item.resource.code] if verdict == "refused" else "",
            }
        case.decide(by=department, on=self.at(day, 16), **values)

    # --- chapters --------------------------------------------------------------------------------------------

    def _decided(self) -> None:
        """Authorised, in part, refused by the department, refused by the bureau, withdrawn."""
        whole = self.assessed(self.sent("operator", "社区就医导航", "WJ-001 JT-001", -60), -56)
        self.decide(whole, "health", -54)
        self.decide(whole, "transport", -52)
        part = self.assessed(self.sent("operator", "道路运输企业画像", "JT-005 JT-002 ZJ-002", -45), -42)
        self.decide(part, "housing", -40, ZJ_002="conditional")
        self.decide(part, "transport", -38, JT_005="refused")
        none = self.assessed(self.sent("operator", "慢性病随访提醒", "WJ-004", -35), -32)
        self.decide(none, "health", -30, WJ_004="refused")
        stopped = self.sent("operator", "急救站点布局", "WJ-006", -33)
        stopped.refuse_assessment(
            by=self.actors["bureau"], on=self.at(-30, 16),
            reason="该场景与市级急救指挥系统的既有应用重复，本区不宜另行授权。",
        )  # fmt: skip
        gone = self.sent("operator", "夜间公交评估", "JT-001", -26)
        gone.withdraw(by=self.actors["operator"], on=self.at(-25), reason="项目计划调整，暂不实施。")

    def _before_the_departments(self) -> None:
        """One where a department has decided and another is late, one that has just come to them."""
        late = self.assessed(self.sent("operator", "就诊高峰预测", "WJ-002 JT-002 ZJ-002", -19), -13)
        self.decide(late, "health", -10, WJ_002="conditional")
        late.urge(by=self.actors["bureau"], on=self.at(-1, 9))
        fresh = self.assessed(self.sent("operator", "楼宇安全巡检", "ZJ-003 ZJ-002", -7), -1)
        fresh.urge(by=self.actors["operator"], on=self.at(0, 9))

    def _with_the_bureau(self) -> None:
        """On time, due soon, overdue, returned, corrected once, at the city, back from the city."""
        bureau, operator = self.actors["bureau"], self.actors["operator"]
        self.sent("operator", "停车共享撮合", "JT-003", -1)
        self.sent("operator", "建筑节能诊断", "ZJ-002", -5)
        self.sent("operator", "传染病早期预警", "WJ-003 WJ-002", -12)
        soon = timezone.localdate() + timedelta(days=1) * 6
        returned = self.sent("operator", "通勤时间预测", "JT-002 JT-001", -6)
        returned.return_for_correction(by=bureau, on=self.at(-3, 15), defects=DEFECTS, correct_by=soon)
        corrected = self.sent("operator", "夜间公交评估", "JT-001 JT-002", -7)
        corrected.return_for_correction(by=bureau, on=self.at(-5, 15), defects=DEFECTS, correct_by=soon)
        corrected.edit(
            by=operator, on=self.at(-2), scenario="夜间公交评估", mode_of_use="modelling", measures=MEASURES,
            use_from=corrected.use_from, use_until=corrected.use_until,
            purpose=PURPOSES["夜间公交评估"] + "评估结果仅供交通运输主管部门内部使用，不对外发布。",
        )  # fmt: skip
        corrected.resubmit(by=operator, on=self.at(-2, 11), truth=True)
        waiting = self.sent("operator", "急救站点布局", "WJ-006 WJ-001", -20)
        waiting.take_to_city(
            by=bureau, on=self.at(-18, 15), city_letter="云政数函〔2026〕41号", city_asked_on=self.at(-18).date()
        )  # fmt: skip
        back = self.sent("operator", "轨道接驳优化", "JT-004 JT-001", -30)
        back.take_to_city(
            by=bureau, on=self.at(-28, 15), city_letter="云政数函〔2026〕38号", city_asked_on=self.at(-28).date()
        )  # fmt: skip
        back.record_city_answer(
            by=bureau, on=self.at(-1, 10), city_outcome="agreed", city_answer="市数函〔2026〕107号",
            city_answered_on=self.at(-2).date(), remark="市级主管部门原则同意，限平台内建模使用。",
        )  # fmt: skip

    def _of_the_partner(self) -> None:
        """Under review by its operator, returned by it, and with the bureau."""
        operator = self.actors["operator"]
        self.sent("partner", "停车共享撮合", "JT-003 JT-002", -2)
        returned = self.sent("partner", "夜间公交评估", "JT-001", -4)
        returned.return_preliminary(
            by=operator, on=self.at(-3, 15), defects="请说明与平台服务协议约定的服务范围的关系。",
            correct_by=timezone.localdate() + timedelta(days=1) * 5,
        )  # fmt: skip
        passed = self.sent("partner", "通勤时间预测", "JT-002 JT-004", -5)
        passed.pass_preliminary(by=operator, on=self.at(-3, 16), opinion=REVIEWED)

    def _in_preparation(self) -> None:
        """A draft that is almost complete, and resources in the baskets."""
        self.ask("operator", "社区就医导航", "WJ-001 WJ-005", -1)
        for who, codes in {"operator": "JT-004 ZJ-002 WJ-004", "partner": "JT-001 JT-002"}.items():
            actor = self.actors[who]
            for code in codes.split():
                resource = DataResource.objects.get(code=code)
                BasketItem.objects.get_or_create(
                    person=actor.person, organisation=actor.organisation, resource=resource
                )


def tell_requests(story) -> None:
    """Tell the story of the requests."""
    Requests(story).tell()
