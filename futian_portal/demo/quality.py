"""Calls of some months and issues with the quality of data, for whatever grants and resources the story has by then."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

import orjson
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actors import Actor
from authorizations import call_logs
from authorizations.call_lines import receive
from authorizations.models import DataResource, Grant, QualityIssue
from casework import attachments
from casework.beginning import begin
from futian_portal.demo.story import Story
from operators.models import Partnership

CALLS_A_DAY, DAYS_AT_MOST = 6, 200


def calls(story: Story) -> None:
    """What the operator's gateway has reported since each grant was made, a batch a grant; the same every time."""
    operator = story.actors["operator"]
    for grant in Grant.objects.visible_to(operator).order_by("pk"):
        lines = b"".join(orjson.dumps(one) + b"\n" for one in _records(grant, story.at(0, 9)))
        if lines:
            with (batch := receive(BytesIO(lines))).file:
                call_logs.take(batch, by=operator, now=story.at(0, 9))


def _records(grant: Grant, until: datetime) -> Iterator[dict]:
    chance = random.Random(grant.code)  # noqa: S311 - a made-up story, not a secret
    at = max(timezone.localtime(grant.made_at), until - DAYS_AT_MOST * timedelta(days=1))
    number = 0
    while (at := at + timedelta(minutes=chance.randint(60, 24 * 60 * 2 // CALLS_A_DAY))) < until:
        number += 1
        outcome = chance.choices(["success", "failure", "denied"], [94, 4, 2])[0]
        rows = chance.randint(1, 400) if outcome == "success" else 0
        yield {
            "call_id": f"{grant.code}-{number:06d}", "grant": grant.code, "at": at.isoformat(), "outcome": outcome,
            "rows": rows, "bytes": rows * 180, "duration_ms": chance.randint(20, 900),
        }  # fmt: skip


CHECKED = "经核查，所反映的问题属实，请予以处理。"
ISSUES = (
    # who raises it, kind of problem, what is wrong, the state it is left in
    ("partner", "error", "部分记录的街道代码与现行行政区划代码不一致，涉及约 120 条记录。", "operator_check"),
    ("operator", "outdated", "目录注明每日更新，最近一周未见新增数据。", "bureau_check"),
    ("partner", "omission", "三月上旬的数据缺少周末两天的记录。", "with_department"),
    ("operator", "inconsistent", "同一机构在不同批次中的名称写法不一致，无法按名称归并。", "due_today"),
    ("bureau", "error", "抽查发现统计口径与目录说明不一致。", "answered"),
    ("operator", "unavailable", "接口在每日零时前后返回超时。", "reopened"),
    ("partner", "error", "部分日期字段出现未来日期。", "closed"),
    ("partner", "omission", "缺少区域汇总值。", "refused"),
)


def quality(story: Story) -> None:
    """Issues at every step of the way, spread over the resources in the catalogue; nothing where there is none."""
    resources = list(DataResource.objects.offered().order_by("pk")[: len(ISSUES)])
    entered = Partnership.objects.in_force(on=story.as_of).filter(
        organisation=story.actors["partner"].organisation, operator=story.actors["operator"].organisation
    )
    partnership = entered.first()
    for index, (who, problem, description, state) in enumerate(ISSUES):
        if not resources or (who == "partner" and partnership is None):
            continue
        _issue(story, resources[index % len(resources)], who, problem, description, state, partnership)


def _issue(story: Story, resource, who: str, problem: str, description: str, state: str, partnership) -> None:
    by, day = story.actors[who], -16
    given = {"resource": resource.code, "field": "", "problem": problem, "description": description}
    if who == "partner":
        given["partnership"] = partnership.number
    case = begin(QualityIssue, by=by, on=story.at(day, 9), **given)
    upload = SimpleUploadedFile("问题截图说明.txt", f"演示证明材料：{description}".encode())
    attachments.receive(case, upload, by=by)
    if not _checked(story, case, who, by, state, day):
        return
    department = _department(story, case)
    if state in {"with_department", "due_today"} or department is None:
        return
    case.correct(
        by=department, on=story.at(-4, 10), answer="已核对源系统并重新推送相关数据。", corrected_on=story.at(-5).date(),
        new_version="",
    )  # fmt: skip
    judge = story.actors["bureau"] if who == "bureau" else by
    if state == "closed":
        case.accept(by=judge, on=story.at(-2, 11))
    if state == "reopened":
        case.reopen(by=judge, on=story.at(-2, 11), reason="复查发现仍有部分时段超时，请继续处理。")


def _checked(story: Story, case: QualityIssue, who: str, by: Actor, state: str, day: int) -> bool:
    """The way to the department; whether the issue got there."""
    bureau, operator = story.actors["bureau"], story.actors["operator"]
    answer_by = story.at(0 if state == "due_today" else 5).date()
    if state in {"answered", "closed", "reopened"}:
        answer_by = story.at(-1).date()
    if who == "bureau":
        case.send_to_department(by=by, on=story.at(day, 10), answer_by=_not_past(answer_by))
        return True
    if who == "partner":
        case.send_to_operator(by=by, on=story.at(day, 10))
        if state == "operator_check":
            return False
        if state == "refused":
            case.refuse_at_operator(
                by=operator, on=story.at(day + 1, 10), reason="区域汇总值不在该数据资源的目录范围内。"
            )
            return False
        case.confirm(by=operator, on=story.at(day + 1, 10), opinion=CHECKED)
    else:
        case.send_to_bureau(by=by, on=story.at(day, 10))
    if state == "bureau_check":
        return False
    case.pass_on(by=bureau, on=story.at(day + 3, 10), opinion=CHECKED, answer_by=_not_past(answer_by))
    return True


def _not_past(day):
    """A day that a form takes: not before the day of the machine's clock, which a story told earlier is behind."""
    return max(day, timezone.localdate())


def _department(story: Story, case: QualityIssue) -> Actor | None:
    return next(
        (story.actors[name] for name in ("health", "transport", "housing")
         if story.actors[name].organisation.pk == case.department_id), None,
    )  # fmt: skip
