"""Agreements on the use of data at every stage, and the grants that follow from those in force."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from authorizations.models import AuthorizationRequest, DataResource, DataUseAgreement
from casework import attachments
from casework.beginning import begin
from operators.models import Partnership

MEASURES = "限两名授权人员在平台内操作；查询、调用全程留痕；涉及个人信息的字段一律脱敏；按季度开展安全自查。"
OPINION = "应用场景明确，安全保障措施可行，同意提请数源部门确认。"
CONSENT = "经服务窗口逐人告知使用目的和范围，由本人签署书面授权书；可随时向窗口提出撤回。"


@dataclass(frozen=True)
class Entry:
    """An entry of the catalogue that the story needs: who keeps it, its code, name, summary and fields."""

    who: str
    code: str
    name: str
    summary: str
    fields: str
    personal: bool = False


ENTRIES = {
    "visits": Entry(
        "health", "YL-WJ-SY01", "社区健康服务中心就诊量统计", "全区社区健康服务中心按日汇总的就诊人次。",
        "center_code | 机构编码 | code | s1\nvisit_date | 就诊日期 | date | s1\nvisits | 就诊人次 | number | s2",
    ),
    "contracts": Entry(
        "health", "YL-WJ-SY02", "家庭医生签约信息", "家庭医生签约居民的服务记录，含个人信息。",
        "person_code | 人员编码 | code | s3\nsigned_on | 签约日期 | date | s2\nservice | 服务项目 | text | s2",
        personal=True,
    ),
    "buses": Entry(
        "transport", "YL-JT-SY01", "公交线路客流统计", "公交线路分时段上下客人次。",
        "route_code | 线路编码 | code | s1\nhour | 时段 | text | s1\nriders | 客流人次 | number | s1",
    ),
    "rents": Entry(
        "housing", "YL-ZJ-SY01", "住房租赁合同备案统计", "按街道、月份汇总的租赁备案件数和面积。",
        "street | 街道 | code | s1\nmonth | 月份 | date | s1\ncontracts | 备案件数 | number | s1",
    ),
}  # fmt: skip


class Uses:
    """Tells of agreements relative to the day of the story."""

    def __init__(self, story):
        self.actors: dict[str, Actor] = story.actors
        self.at = story.at

    def tell(self) -> None:
        """Everything, once operator and partner are in standing."""
        for key in ENTRIES:
            self.listed(key)
        partnership = Partnership.objects.filter(
            organisation=self.actors["partner"].organisation, state="active"
        ).first()
        self.in_force("operator", "社区医疗资源布局分析", ["visits", "buses"], -95, 270)
        near = self.in_force("operator", "公交线网季度评估", ["buses"], -70, 22)
        near.refresh_from_db()
        suspended = self.in_force("operator", "租赁市场监测月报", ["rents"], -60, 200)
        suspended.suspend(
            by=self.actors["bureau"], on=self.at(-4, 15),
            reason="现场检查发现查询日志留存不完整，责令整改，整改期间暂停使用。",
        )  # fmt: skip
        self.partly_signed(self.drafted("operator", "夜间公交需求预测", ["buses", "rents"], -9, 240))
        self.drafted("operator", "就诊高峰预警", ["visits"], -3, 180)
        if partnership is not None:
            self.in_force("partner", "公共交通客流预测模型", ["buses", "visits"], -50, 300, partnership)
            waiting = self.drafted("partner", "慢病随访服务优化", ["contracts"], -14, 250, partnership)
            self.fix(waiting, -12)
            self.sign(waiting, -11, *self.sides(waiting))

    # --- the catalogue -----------------------------------------------------------------------------------------

    def listed(self, key: str) -> DataResource:
        """The entry, listed before everything else if it is not there."""
        entry, on = ENTRIES[key], self.at(-130)
        found = DataResource.objects.filter(code=entry.code).first()
        if found is not None:
            return found
        department = self.actors[entry.who]
        organisation = department.organisation
        if not organisation.responsible_unit:
            organisation.responsible_unit, organisation.responsible_person = "数据管理科", department.person.name
            organisation.save()
        holds = {"personal_information": "yes" if entry.personal else "no", "business_secret": "no"}
        resource = begin(
            DataResource, by=department, on=on, code=entry.code, name=entry.name, summary=entry.summary,
            theme=entry.who, resource_format="table", update_cycle="daily", openness="conditional", legal_basis="",
            grade="general", level="district", region="", **holds, fields=entry.fields,
            completeness="98.5", accuracy="99.2", timeliness="96.0", contact_name=department.person.name, contact_phone="0755-00000000",
        )  # fmt: skip
        resource.submit(by=department, on=on + timedelta(hours=1))
        resource.enlist(by=self.actors["bureau"], on=on + timedelta(hours=2))
        return resource

    # --- requests and agreements -------------------------------------------------------------------------------

    def drafted(
        self, who: str, scenario: str, keys: list[str], day: int, until: int, partnership: Partnership | None = None
    ) -> DataUseAgreement:
        """The agreement drafted when a request has been authorised on a day, for use from three days later."""
        user, on = self.actors[who], self.at(day - 3)
        platform = {"partnership": partnership.number} if partnership else {}
        case = begin(
            AuthorizationRequest, by=user, on=on, copy_of="", resources=[ENTRIES[key].code for key in keys], **platform
        )
        case.edit(
            by=user, on=on, scenario=scenario, purpose=f"用于{scenario}，成果以统计指标和模型结果形式提供。",
            mode_of_use="modelling", use_from=self.at(day + 3).date(), use_until=self.at(until).date(),
            measures=MEASURES,
        )  # fmt: skip
        if partnership:
            case.submit_to_operator(by=user, on=on, truth=True)
            case.pass_preliminary(by=self.actors["operator"], on=self.at(day - 2), opinion="材料齐全，初审通过。")
        else:
            case.submit(by=user, on=on, truth=True)
        case.confirm_assessment(by=self.actors["bureau"], on=self.at(day - 1), opinion=OPINION)
        self._granted(case, self.at(day))
        return case.agreements.get()

    def _granted(self, case: AuthorizationRequest, on: datetime) -> None:
        for department in dict.fromkeys(ENTRIES[key].who for key in ENTRIES):
            actor, values = self.actors[department], {}
            for item in case.items.filter(department=actor.organisation, decision=""):
                values |= {
                    f"item{item.pk}_decision": "granted", f"item{item.pk}_conditions": "", f"item{item.pk}_reason": "",
                }  # fmt: skip
            if values:
                case.decide(by=actor, on=on, **values)

    def fix(self, agreement: DataUseAgreement, day: int) -> None:
        """Fix the text for signature."""
        agreement.fix_text(by=self.actors["bureau"], on=self.at(day, 11))

    def sides(self, agreement: DataUseAgreement) -> list[str]:
        """The accounts that sign, user first."""
        keys = agreement.sides()
        names = ("operator", "partner", "bureau", "health", "transport", "housing")
        return [name for name in names if self.actors[name].organisation.pk in keys]

    def sign(self, agreement: DataUseAgreement, day: int, *names: str) -> None:
        """Let sides sign, an hour apart."""
        for hour, name in enumerate(names, start=9):
            actor, on = self.actors[name], self.at(day, hour)
            agreement.sign(by=actor, on=on, digest=agreement.text_digest, agreed=True)

    def in_force(
        self, who: str, scenario: str, keys: list[str], day: int, until: int, partnership: Partnership | None = None
    ) -> DataUseAgreement:
        """An agreement signed by all; consent is filed where it is needed."""
        agreement = self.drafted(who, scenario, keys, day, until, partnership)
        self.fix(agreement, day + 1)
        self.sign(agreement, day + 2, *self.sides(agreement))
        if agreement.state == "consent":
            self.consent(agreement, day + 3)
        agreement.refresh_from_db()
        return agreement

    def partly_signed(self, agreement: DataUseAgreement) -> None:
        """User and bureau have signed; the departments have not yet."""
        self.fix(agreement, -8)
        self.sign(agreement, -7, *self.sides(agreement)[:2])

    def consent(self, agreement: DataUseAgreement, day: int) -> None:
        """File consent for every resource that needs it."""
        user = next(actor for actor in self.actors.values() if actor.organisation == agreement.organisation)
        for item in agreement.items_without_consent(self.at(day).date()):
            upload = SimpleUploadedFile("授权书汇总.txt", "演示材料：数据主体书面授权书汇总。".encode())
            file = attachments.receive(agreement, upload, by=user, tag="consent")
            agreement.file_consent(
                by=user, on=self.at(day), resource=str(item.resource_id), basis="subject", statement=CONSENT,
                valid_from=self.at(day).date(), valid_until=None, evidence=[str(file.pk)],
            )  # fmt: skip


def use(story) -> None:
    """Tell of agreements on use, after the operator was selected and partners have entered."""
    Uses(story).tell()
