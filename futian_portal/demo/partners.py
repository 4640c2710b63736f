"""The operator's partners in the demo district: rules, entries at every stage, an exit; and the published documents."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from casework import attachments
from casework.beginning import begin
from operators.jobs import sweep_documents
from operators.models import Document, PartnerRules, Partnership, PlatformServiceAgreement
from operators.sheets.partners import PROOF

RULES = {
    "qualification": (
        "申请入驻的单位应当依法设立、信用良好，具备与拟开展业务相适应的技术团队，"
        "明确数据安全负责人，建立数据安全管理制度。"
    ),
    "procedure": (
        "申请单位在门户提交入驻申请，本单位收到申请后及时审核；审核通过的，签订平台服务协议并报主管部门备案后方可入驻。"
    ),
    "conduct": "合作方应当在平台内处理数据，不得导出原始数据，不得将账号转借他人，并配合跟踪检查和安全培训。",
    "exit_grounds": "合作方主动申请退出、服务协议期满不再续签、违反管理规则且逾期未整改的，应当退出平台。",
    "exit_procedure": "退出前应当办结费用结算，删除平台内留存的数据并提交删除证明，由本单位报主管部门备案。",
}
PURPOSE = {
    "partner": "依托授权数据研发公共交通客流预测模型，为线网优化提供辅助决策服务。",
    "partner2": "研发社区健康服务资源分布分析产品，为居民就近就诊提供参考。",
    "partner3": "研发小微企业用能评估模型，为绿色金融服务提供参考。",
    "partner4": "研发住房租赁市场运行监测产品，为行业主管部门提供分析服务。",
    "partner5": "研发个人消费画像产品，为商业营销提供服务。",
}
DOCUMENTS = {
    "rule": (
        "公共数据授权运营管理规程",
        "为规范本区公共数据授权运营活动，明确各方职责和办理程序，制定本规程。\n"
        "一、授权运营坚持依法合规、安全可控、公平公正的原则。\n"
        "二、授权运营单位、平台合作方使用公共数据，应当逐项取得授权并签订协议。\n"
        "三、原始数据不出域，数据产品和服务经审核后方可提供。",
    ),
    "guide": (
        "平台合作方入驻与退出操作指南",
        "一、查阅授权运营单位公布的合作方管理规则。\n"
        "二、在门户填报入驻申请并上传证明材料。\n"
        "三、审核通过后签订平台服务协议，由授权运营单位报备案。\n"
        "四、退出时办结结算，删除留存数据并提交证明。",
    ),
    "standard": (
        "公共数据分级分类实施细则",
        "一、数据按照核心数据、重要数据、一般数据进行分级。\n二、各数源部门对本部门数据逐项确定级别，并及时更新。",
    ),
}


class Partners:
    """Tells of the partners relative to the day of the story. `at` gives a moment so many days after that day."""

    def __init__(self, actors: dict[str, Actor], at):
        self.actors, self.at = actors, at

    def tell(self) -> None:
        """Everything, once the operator's agreement is in force."""
        self._rules()
        self._entered("partner", -120)
        self._under_review("partner2", -3)
        self._left("partner3")
        self._suspended("partner4")
        self._refused("partner5")
        self._documents()

    # --- rules and applications --------------------------------------------------------------------------------

    def _rules(self) -> None:
        operator, on = self.actors["operator"], self.at(-145)
        rules = begin(PartnerRules, by=operator, on=on, effective_on=self.at(-140).date())
        parts = {part.code: RULES[part.code] for part in rules.required_parts()}
        rules.edit(by=operator, on=on, effective_on=rules.effective_on, **parts)
        rules.publish(by=operator, on=on + timedelta(hours=1))

    def apply(self, who: str, on: datetime) -> Partnership:
        """An application for entry, handed in."""
        actor, operator = self.actors[who], self.actors["operator"].organisation
        case = begin(Partnership, by=actor, on=on, operator=str(operator.pk))
        case.save_particulars(
            by=actor, on=on, legal_representative=actor.person.name, address="云澜区创新路 16 号",
            business="数据分析与行业应用软件开发", purpose=PURPOSE[who],
            qualification="本单位依法设立，信用良好，已建立数据安全管理制度，相关证明见附件。",
            team="技术人员 12 名，其中数据分析 6 名、安全管理 2 名", security_officer=actor.person.name,
            security_phone="0755-00000001", contact_name=actor.person.name, contact_phone="0755-00000002",
            contact_email=f"{who}@yunlan.test",
        )  # fmt: skip
        self._attach(case, who, "数据安全管理制度.txt")
        case.submit(by=actor, on=on + timedelta(hours=1), truth=True)
        return case

    def _attach(self, case, who: str, name: str, tag: str = "") -> None:
        upload = SimpleUploadedFile(name, f"演示材料：{name}".encode())
        attachments.receive(case, upload, by=self.actors[who], tag=tag)

    def _entered(self, who: str, day: int) -> Partnership:
        """From the application to the filed entry."""
        operator = self.actors["operator"]
        case = self.apply(who, self.at(day))
        case.accept(by=operator, on=self.at(day + 3), opinion="符合入驻条件，同意入驻。")
        agreement = begin(
            PlatformServiceAgreement, by=operator, on=self.at(day + 4), partnership=case.number,
            starts_on=self.at(day + 8).date(), ends_on=self.at(day + 8 + 480).date(),
        )  # fmt: skip
        agreement.fix_text(by=operator, on=self.at(day + 5))
        for name in ("operator", who):
            agreement.sign(by=self.actors[name], on=self.at(day + 6), digest=agreement.text_digest, agreed=True)
        case.acknowledge_entry(by=self.actors["bureau"], on=self.at(day + 8), remark="")
        return case

    def _under_review(self, who: str, day: int) -> None:
        self.apply(who, self.at(day))

    def _left(self, who: str) -> None:
        operator = self.actors["operator"]
        case = self._entered(who, -110)
        case.begin_exit(by=self.actors[who], on=self.at(-20), reason="项目已经完成，不再使用公共数据。")
        self._attach(case, "operator", "数据删除记录.txt", PROOF)
        case.report_exit(
            by=operator, on=self.at(-17), settlement="平台服务费用已结清，账号和密钥已收回。",
            deletion="合作方工作空间内的中间数据和模型副本已全部删除，经双方核对无留存。",
        )  # fmt: skip
        case.file_exit(by=operator, on=self.at(-17, 11))
        case.acknowledge_exit(by=self.actors["bureau"], on=self.at(-14), remark="")

    def _suspended(self, who: str) -> None:
        case = self._entered(who, -90)
        case.suspend(
            by=self.actors["operator"], on=self.at(-6),
            reason="跟踪检查发现账号由未登记人员使用，责令整改，整改期间关闭数据使用权限。",
        )  # fmt: skip

    def _refused(self, who: str) -> None:
        case = self.apply(who, self.at(-60))
        case.refuse(by=self.actors["operator"], on=self.at(-55), reason="拟开发产品超出授权应用范围，不符合入驻条件。")

    # --- documents ---------------------------------------------------------------------------------------------

    def _documents(self) -> None:
        """A rule in its second version, a guide, and a standard that takes effect next month."""
        first = self.publish("rule", -200, -190, number="云政数〔2025〕8号", edition="（试行）")
        self.publish("rule", -40, -30, number="云政数〔2026〕3号", replaces=first.number)
        sweep_documents(now=self.at(-30, 1))
        self.publish("guide", -130, -130, number="")
        self.publish("standard", -2, 28, number="云政数〔2026〕9号")

    def publish(
        self, category: str, day: int, effective: int, *, number: str, edition: str = "", replaces: str = ""
    ) -> Document:
        """A document of a kind, published on a day and in effect from another, with a file."""
        bureau, on = self.actors["bureau"], self.at(day)
        subject, text = DOCUMENTS[category]
        document = begin(
            Document, by=bureau, on=on, subject=subject + edition, category=category, document_number=number, text=text,
            effective_on=self.at(effective).date(), ends_on=None, replaces=replaces,
        )  # fmt: skip
        self._attach(document, "bureau", f"{subject}{edition}.txt")
        document.publish(by=bureau, on=on + timedelta(hours=1))
        return document
