"""The demo's catalogue: invented resources of three departments in every state worth seeing, needs, an objection."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone

from authorizations.models import AuthorizationRequest, DataResource, Need, Objection
from casework.beginning import begin


@dataclass(frozen=True)
class Told:
    """One resource: who keeps it, what it says, and how far it has come. Fields: name, label, type, level."""

    who: str
    code: str
    name: str
    summary: str
    fields: str
    state: str = "listed"
    more: dict = field(default_factory=dict)


CONTACTS = {
    "health": ("苏问安", "0755-00001001"),
    "transport": ("高路遥", "0755-00001002"),
    "housing": ("石筑之", "0755-00001003"),
}
UNITS = {"health": "信息与统计科", "transport": "智慧交通科", "housing": "住房保障与信息科"}
THEMES = {"health": "health", "transport": "transport", "housing": "housing"}

_FILE = Path(__file__).with_name("catalogue.toml")
RESOURCES = tuple(Told(**one) for one in tomllib.loads(_FILE.read_text("utf-8"))["resources"])


def tell_catalogue(story) -> None:
    """Departments name who answers for their data, enter resources; the bureau lists them; users post two needs."""
    for who, unit in UNITS.items():
        organisation = story.actors[who].organisation
        organisation.responsible_unit, organisation.responsible_person = unit, CONTACTS[who][0]
        organisation.responsible_phone = CONTACTS[who][1]
        organisation.save(update_fields=["responsible_unit", "responsible_person", "responsible_phone"])
    for number, told in enumerate(RESOURCES):
        _resource(story, told, day=-140 + 2 * number)
    _needs(story)


def _values(told: Told) -> dict:
    name, phone = CONTACTS[told.who]
    return {
        "code": told.code, "name": told.name, "summary": told.summary, "theme": THEMES[told.who],
        "resource_format": "table", "update_cycle": "monthly", "openness": "conditional", "legal_basis": "",
        "grade": "general", "personal_information": "no", "business_secret": "no", "level": "district", "region": "",
        "fields": told.fields, "completeness": "98.6", "accuracy": "99.2", "timeliness": "97.5",
        "contact_name": name, "contact_phone": phone,
    } | told.more  # fmt: skip


def _resource(story, told: Told, *, day: int) -> DataResource:
    department, bureau = story.actors[told.who], story.actors["bureau"]
    values = _values(told)
    resource = begin(DataResource, by=department, on=story.at(day, 9), **values)
    if told.state == "draft":
        return resource
    if told.state in {"review", "returned"}:
        day = -6
    resource.submit(by=department, on=story.at(day + 1, 10))
    if told.state == "review":
        return resource
    if told.state == "returned":
        return resource.return_entry(
            by=bureau, on=story.at(day + 3, 15), defects="请补充统计口径和数据起始时间，并核对“路段编号”的代码标准。"
        )
    resource.enlist(by=bureau, on=story.at(day + 3, 16))
    if told.state == "revision_review":
        changed = values | {
            "summary": told.summary + "新版增加接种疫苗种类。",
            "fields": told.fields + "\n疫苗种类 | 可接种疫苗 | 代码 | s1",
            "timeliness": "99.1",
        }
        resource.edit(by=department, on=story.at(-4, 10), **changed)
        resource.submit_revision(by=department, on=story.at(-3, 10))
    if told.state == "delisted":
        resource.delist(by=bureau, on=story.at(-20, 11), reason="该类数据改由市级平台统一归集，区级目录不再提供。")
    return resource


def _ahead(days: int) -> date:
    """A day that a form takes as one to come, whenever the story is told."""
    return timezone.localdate() + timedelta(days=days)


def _needs(story) -> None:
    """One answered by a department, one the bureau has just received."""
    health = story.actors["health"].organisation
    answered = begin(
        Need, by=story.actors["partner"], on=story.at(-30), subject="社区健康服务机构候诊时长",
        description="按机构、按半小时统计的平均候诊时长，用于就诊引导。", scenario="居民就诊智能引导", theme="health",
        wanted_by=_ahead(60),
    )  # fmt: skip
    answered.route(
        by=story.actors["bureau"], on=story.at(-29), department=str(health.pk), answer_by=None,
        note="请研究能否由叫号系统汇总提供。",
    )  # fmt: skip
    answered.answer(
        by=story.actors["health"], on=story.at(-24), outcome="will_provide", provide_by=_ahead(45),
        resource="", reasons="叫号系统正在改造，完成后按半小时汇总列入目录，不提供个人记录。",
    )  # fmt: skip
    begin(
        Need, by=story.actors["operator"], on=story.at(-1), subject="施工占道计划",
        description="经批准的道路施工占道位置、起止时间和占用车道数。", scenario="通勤时间预测", theme="transport",
        wanted_by=_ahead(40),
    )  # fmt: skip


def tell_objection(story) -> None:
    """An objection: to a refusal, or to the grade of an entry while nothing was refused. Call it after requests."""
    operator = story.actors["operator"]
    about = {"about": "grade", "resource": "WJ-003", "request": ""}
    for request in AuthorizationRequest.objects.filter(organisation=operator.organisation, concluded_at__isnull=False):
        item = request.items.filter(decision="refused").select_related("resource").first()
        if item is not None:
            about = {"about": "decision", "resource": item.resource.code, "request": request.number}
    objection = begin(
        Objection,
        by=operator,
        on=story.at(-4),
        grounds="所申请数据均为按街道汇总的统计值，不含个人信息，请重新研究。",
        **about,
    )
    objection.ask_department(
        by=story.actors["bureau"], on=story.at(-3), question="请就该资源能否汇总后提供说明意见。",
        opinion_by=_ahead(5),
    )  # fmt: skip
