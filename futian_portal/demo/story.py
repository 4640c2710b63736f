"""What has happened in the demo district: every step is taken through the same steps as on the pages, only earlier."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.delegating import give
from casework import attachments
from casework.beginning import begin
from casework.models.handling import Consultation
from futian_portal.demo.catalogue import tell_catalogue, tell_objection
from futian_portal.demo.partners import Partners
from futian_portal.demo.quality import calls, quality
from futian_portal.demo.requests import tell_requests
from futian_portal.demo.use import use
from operators.models import Call, OperatingAgreement, OperatorApplication
from operators.sheets import MET, NOT_MET

BEIJING = ZoneInfo("Asia/Shanghai")
CONDITIONS = (
    "一、申报单位应为依法设立的法人或者非法人组织，经营状况良好。\n"
    "二、申报单位应当逐项说明资质条件和技术管理条件，并附证明材料。\n"
    "三、请在申报期内通过本门户提交申请，逾期不予受理。\n"
    "四、咨询：区政务服务数据管理局数据资源管理科。"
)
STATEMENT = "本单位符合该项要求，有关制度、人员和设施均已到位，详见所附证明材料。"


class Story:
    """Tells the story relative to a day, `as_of`."""

    def __init__(self, actors: dict[str, Actor], as_of: date):
        self.actors = actors
        self.as_of = as_of

    def at(self, days: int, hour: int = 10) -> datetime:
        """A moment so many days after (or, negative, before) the day of the story, Beijing time."""
        return datetime.combine(self.as_of + timedelta(days=days), time(hour), tzinfo=BEIJING)

    def tell(self) -> None:
        """Everything, in the order in which it happened."""
        self.selected_operator()
        Partners(self.actors, self.at).tell()
        tell_catalogue(self)
        tell_requests(self)
        tell_objection(self)
        use(self)
        calls(self)
        quality(self)
        self._review_under_way()
        self._waiting_for_a_calendar()
        self._open_call()
        self._calls_to_come()
        self._absence()

    # --- calls -----------------------------------------------------------------------------------------------

    def call(self, subject: str, opens: int, closes: int, *, published: int | None = None, **limits) -> Call:
        """A call with a window; published unless told otherwise."""
        regulators = [str(self.actors[name].organisation.pk) for name in ("finance", "cyberspace")]
        bureau = self.actors["bureau"]
        began = self.at(published if published is not None else -3, 9)
        call = begin(
            Call, by=bureau, on=began, subject=subject, conditions=CONDITIONS, opens_at=self.at(opens, 9),
            closes_at=self.at(closes, 18), expertise="data", seats=3, consulted=regulators, **limits,
        )  # fmt: skip
        if published is not None:
            call.publish(by=bureau, on=began + timedelta(hours=1))
        return call

    def apply(self, call: Call, who: str, day: int, *, submit: bool = True) -> OperatorApplication:
        """An application; complete and handed in unless told otherwise."""
        actor, on = self.actors[who], self.at(day, 11)
        case = begin(OperatorApplication, by=actor, on=on, call=call.number)
        case.save_entity(
            by=actor, on=on, legal_representative=actor.person.name, address="云澜区数字大道 8 号",
            established_on=date(2016, 5, 18),
            capital="5000", staff=126, business="公共数据治理、加工处理与数据产品开发", contact_name=actor.person.name,
            contact_phone="0755-00000000", contact_email=f"{who}@yunlan.test",
        )  # fmt: skip
        points = case.points() if submit else case.points()[:5]
        for point in points:
            upload = SimpleUploadedFile(f"{point.title}证明.txt", f"演示证明材料：{point.title}".encode())
            attachments.receive(case, upload, by=actor, tag=point.code)
            case.save_answer(by=actor, on=on, point=point.code, statement=STATEMENT)
        if submit:
            case.submit(by=actor, on=on, truth=True)
        return case

    # --- steps of the review ---------------------------------------------------------------------------------

    def judge(self, case: OperatorApplication, day: int, *, lacking: dict[str, str] | None = None) -> None:
        """Judge every point; those in `lacking` are not met, for the reason given."""
        lacking = lacking or {}
        values = {}
        for point in case.points():
            values[f"{point.code}_judgement"] = NOT_MET if point.code in lacking else MET
            values[f"{point.code}_reason"] = lacking.get(point.code, "")
        case.judge(by=self.actors["bureau"], on=self.at(day, 15), **values)

    def qualify(self, case: OperatorApplication, day: int) -> None:
        """Judge every point as met, pass, and draw the panel."""
        self.judge(case, day)
        case.pass_qualification(by=self.actors["bureau"], on=self.at(day, 16))
        case.draw_panel(by=self.actors["bureau"], on=self.at(day, 17))

    def score(self, case: OperatorApplication, day: int, *, seats: int = 3, level: float = 0.86) -> None:
        """Let so many experts of the panel score."""
        for index, seat in enumerate(case.sitting().select_related("expert__person")[:seats]):
            marks = {
                criterion.code: round(criterion.maximum * (level + 0.03 * index))
                for criterion in case.rules.criteria("operator_panel")
            }
            actor = self.actors[seat.expert.person.username]
            case.score(by=actor, on=self.at(day, 10 + index), opinion="方案总体可行，安全保障措施较为完善。", **marks)

    def consult(
        self, case: OperatorApplication, day: int, *, bodies: tuple[str, ...] = ("finance", "cyberspace")
    ) -> None:
        """Let the bodies named give their opinion."""
        for body in bodies:
            case.give_opinion(by=self.actors[body], on=self.at(day, 14), stance="agree", opinion="在职责范围内无意见。")

    def report(self, case: OperatorApplication, day: int, recommendation: str) -> None:
        """Report to the district government."""
        case.make_report(
            by=self.actors["bureau"], on=self.at(day, 15), recommendation=recommendation,
            report="资格审查、专家评审和部门意见征询均已完成，现将综合评审结果报请审定。",
        )  # fmt: skip

    # --- chapters of the story -------------------------------------------------------------------------------

    def selected_operator(self) -> None:
        """An earlier call: one approved with an agreement in force, one refused."""
        call = self.call("2026 年度公共数据授权运营单位申报通知", -210, -180, published=-220, qualification_days=10)
        chosen, other = self.apply(call, "operator", -200), self.apply(call, "company7", -195)
        call.close_window(by=SYSTEM, on=self.at(-180, 18))
        for case, level in ((chosen, 0.9), (other, 0.5)):
            self.qualify(case, -178)
            self.score(case, -172, level=level)
            self.consult(case, -168)
            self.report(case, -165, "approve" if case is chosen else "refuse")
        decision = {"decided_on": self.at(-160).date()}
        government = self.actors["government"]
        chosen.approve(
            by=government, on=self.at(-160), document_number="云府函〔2026〕12号", decision_remark="", **decision
        )
        other.refuse(
            by=government, on=self.at(-160, 11), document_number="云府函〔2026〕13号",
            decision_remark="专家评审得分较低，数据安全保障能力不足。", **decision,
        )  # fmt: skip
        call.publish_results(by=self.actors["bureau"], on=self.at(-158))
        agreement = begin(
            OperatingAgreement, by=self.actors["bureau"], on=self.at(-155), application=chosen.number,
            starts_on=self.at(-150).date(), years=2,
        )  # fmt: skip
        agreement.fix_text(by=self.actors["bureau"], on=self.at(-154))
        for who in ("operator", "bureau"):
            agreement.sign(by=self.actors[who], on=self.at(-152), digest=agreement.text_digest, agreed=True)

    def _consult_within_the_bureau(self, case: OperatorApplication) -> None:
        """One handler of the bureau has the case and waits for a colleague's word; an earlier question is answered."""
        bureau, colleague = self.actors["bureau"], self.actors["bureau2"]
        case.assign_handler(by=bureau, on=self.at(-19), person=str(bureau.person.pk), reason="")
        asked = {"by": bureau, "person": str(colleague.person.pk)}
        premises = "该单位机房租赁合同仅余五个月，是否影响场所条件的认定？"
        case.consult_colleague(on=self.at(-18), question=premises, **asked)
        [question] = Consultation.objects.of(case)
        case.answer_colleague(
            by=colleague, on=self.at(-17), consultation=str(question.pk), answer="不影响认定，请其补充续租意向书。"
        )
        case.consult_colleague(on=self.at(-3), question="请协助核对其密码应用安全性评估报告的有效期。", **asked)

    def _review_under_way(self) -> None:
        """A call that has closed: an application at every stage, in time, nearly due and overdue."""
        limits = {"qualification_days": 5, "panel_days": 10, "consultation_days": 5}
        call = self.call("公共数据授权运营单位补充申报通知", -40, -1, published=-47, **limits)
        self.judge(self.apply(call, "company1", -2), -1)
        overdue = self.apply(call, "company2", -20)
        self._consult_within_the_bureau(overdue)
        returned = self.apply(call, "company3", -16)
        lacking = {point.code: "所附证明材料已过有效期，请更新。" for point in returned.points()[3:5]}
        self.judge(returned, -13, lacking=lacking)
        returned.return_for_correction(
            by=self.actors["bureau"],
            on=self.at(-12),
            correct_by=timezone.localdate() + timedelta(days=6),
            remark="请一次性补正下列各项。",
        )
        given_up = self.apply(call, "company7", -28)
        given_up.withdraw(by=self.actors["company7"], on=self.at(-27), reason="本年度业务计划调整，暂不参与申报。")
        scoring, consulting, deciding = (self.apply(call, f"company{n}", -30) for n in (4, 5, 6))
        for case in (scoring, consulting, deciding):
            self.qualify(case, -26)
        leaving = scoring.sitting().select_related("expert__person").first().expert.person.username
        scoring.step_back(by=self.actors[leaving], on=self.at(-25), reason="本人近亲属在该单位任职。")
        self.score(scoring, -8, seats=1)
        self.score(consulting, -12)
        self.consult(consulting, -5, bodies=("finance",))
        self.score(deciding, -15)
        self.consult(deciding, -10)
        self.report(deciding, -6, "approve")
        overdue.refresh_from_db()
        call.close_window(by=SYSTEM, on=self.at(-1, 18))

    def _waiting_for_a_calendar(self) -> None:
        """A limit so long that late in a year it ends in the next one, whose holidays are not published yet."""
        call = self.call("公共数据授权运营单位（城市治理领域）申报通知", -12, -4, published=-18, qualification_days=45)
        self.apply(call, "company1", -6)
        call.close_window(by=SYSTEM, on=self.at(-4, 18))

    def _open_call(self) -> None:
        """A call that is open now, with a draft begun."""
        call = self.call("公共数据授权运营单位（医疗健康领域）申报通知", -5, 25, published=-12, qualification_days=5)
        self.apply(call, "applicant", -1, submit=False)

    def _calls_to_come(self) -> None:
        """One published ahead of its window, one still being drafted."""
        self.call("公共数据授权运营单位（交通出行领域）申报通知", 20, 50, published=-1)
        self.call("公共数据授权运营单位（住房城建领域）申报通知", 40, 70)

    def _absence(self) -> None:
        """A case handler on leave: a colleague acts on her behalf for a fortnight."""
        give(
            by=self.actors["bureau"], delegate=self.actors["bureau2"].person, case_kinds=[], reason="年休假",
            starts_at=self.at(0, 0), ends_at=timezone.now() + timedelta(days=14),
        )  # fmt: skip
