"""Sample pages that show every component with the data of a plausible day, without a database."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Row

from django import forms
from django.conf import settings
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from casework.drawing.states import Edge, Node

SAMPLES = Path(__file__).parent / "samples"
TODAY = date(2026, 9, 28)
ORGANISATION = "深圳市福田区政务服务数据管理局"
APPLICANT = "深圳市福海数据科技有限公司"
OFF = {date(2026, 10, day): "国庆节" for day in range(1, 8)}
WORKING_WEEKENDS = {date(2026, 9, 27): "国庆节调休上班", date(2026, 10, 10): "国庆节调休上班"}


def counted(received_on: date, due_on: date, *, provisional_from: date = date.max) -> list[Row]:
    """Each day of a limit, as the calendar lists it."""
    days = []
    for offset in range(1, (due_on - received_on).days + 1):
        day = received_on + timedelta(days=offset)
        weekend = day.weekday() > 4 and day not in WORKING_WEEKENDS
        why = OFF.get(day) or WORKING_WEEKENDS.get(day) or ("周末" if weekend else "")
        days.append(Row(date=day, counts=day not in OFF and not weekend, why=why, provisional=day >= provisional_from))
    return days


def deadline(light: str, words: str, due_on: date | None, *, provisional: bool = False) -> Row:
    """A deadline as `casework.deadlines` gives it."""
    received_on = date(2026, 9, 24)
    days = counted(received_on, due_on) if due_on else []
    clock = Row(article="18(1)", received_on=received_on, provisional=provisional)
    return Row(light=light, words=words, due_on=due_on, days=days, clock=clock)


INBOX = [
    ("SQ-2026-0009", "逐项判定资格条件", "深圳市云岭智能交通研究院有限公司", "资格审查", "info",
     deadline("overdue", "逾期 1 个工作日", date(2026, 9, 25))),
    ("SQ-2026-0012", "逐项判定资格条件", APPLICANT, "资格审查", "info",
     deadline("due_soon", "2 个工作日内到期", date(2026, 9, 30))),
    ("SQ-2026-0014", "抽取专家组", "深圳市莲塘医疗大数据服务有限公司", "待抽取专家", "info",
     deadline("in_time", "6 个工作日内到期", date(2026, 10, 12))),
    ("XY-2026-0003", "签署运营协议", "深圳市新洲城市运营科技集团股份有限公司", "待签署", "neutral",
     deadline("in_time", "67 个工作日内到期", date(2027, 1, 8), provisional=True)),
    ("SQ-2026-0007", "等待补正", "深圳市梅林数据资产管理有限公司", "已退回补正", "warn",
     deadline("paused", "计时暂停", None)),
]  # fmt: skip

NODES = [
    Node("draft", "草稿"),
    Node("qualification_review", "资格审查"),
    Node("correction", "已退回补正"),
    Node("panel_selection", "待抽取专家"),
    Node("panel_review", "专家综合评审"),
    Node("consultation", "征求监管部门意见"),
    Node("reporting", "待报送"),
    Node("decision", "待区人民政府审定"),
    Node("approved", "已审定，待签署授权运营协议"),
    Node("agreed", "协议已起草", final=True),
    Node("refused", "不予通过", final=True),
    Node("withdrawn", "已撤回", final=True),
]
EDGES = [
    Edge("draft", "qualification_review", "提交"),
    Edge("qualification_review", "correction", "退回补正"),
    Edge("correction", "qualification_review", "重新提交"),
    Edge("qualification_review", "panel_selection", "通过资格审查"),
    Edge("qualification_review", "refused", "不予通过"),
    Edge("panel_selection", "panel_review", "抽取专家"),
    Edge("panel_review", "consultation", "完成评审"),
    Edge("consultation", "reporting", "意见收齐"),
    Edge("reporting", "decision", "报送"),
    Edge("decision", "approved", "同意"),
    Edge("decision", "refused", "不同意"),
    Edge("approved", "agreed", "起草协议"),
    *(Edge(name, "withdrawn", "撤回") for name in ("draft", "qualification_review", "correction")),
]


class CorrectionForm(forms.Form):
    """One field of every kind that steps ask for."""

    defects = forms.CharField(
        label="需要补正的内容",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="逐条写明问题和依据，将原样写入补正通知书。",
    )
    title = forms.CharField(label="补正通知书标题", max_length=60)
    due = forms.DateField(
        label="补正期限",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="办法未规定天数，由经办人确定。",
    )
    meeting = forms.DateTimeField(
        label="约谈时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    copies = forms.IntegerField(label="纸质材料份数", required=False, min_value=0)
    manner = forms.ChoiceField(
        label="送达方式",
        choices=[("portal", "系统送达"), ("post", "邮寄送达"), ("hand", "直接送达")],
        widget=forms.RadioSelect,
    )
    points = forms.MultipleChoiceField(
        label="涉及的条件", widget=forms.CheckboxSelectMultiple,
        choices=[("1", "经营状况良好"), ("2", "无重大违法记录"), ("3", "具备数据处理和安全保障能力")],
    )  # fmt: skip
    department = forms.ChoiceField(label="会同部门", choices=[("", "请选择"), ("cac", "区网信办"), ("fin", "区财政局")])
    paper = forms.FileField(label="附件", required=False, help_text="PDF、OFD 或 DOCX，不超过 20 MB。")
    confirmed = forms.BooleanField(
        label="我已核对全部条件，需要补正的内容已一次列明", help_text="退回后不得再以新的理由退回。"
    )


class Filters(forms.Form):
    """What a list is filtered by."""

    q = forms.CharField(label="编号或单位", required=False)
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), ("review", "资格审查")], required=False)
    kind = forms.ChoiceField(label="事项", choices=[("", "全部"), ("sq", "授权运营申请")], required=False)


def correction_form() -> CorrectionForm:
    """The form as it comes back with mistakes in it."""
    form = CorrectionForm(
        {"defects": "一、未附最近一期财务报表。", "title": "", "due": "2026-02-30", "manner": "portal"}
    )
    form.fields["defects"].phrases = (
        "请补充加盖公章的证明材料。",
        "材料与填报内容不一致，请核实。",
        "请在期限内一次补齐。",
    )
    for name in ("due", "meeting", "copies", "manner"):
        form.fields[name].group = "期限和送达"
    return form


def _offer(label: str, tone: str = "secondary", closed=None, explain: str = "") -> Row:
    return Row(step=Row(name="step", label=label, tone=tone, explain=explain), closed=closed)


def context_of(name: str) -> dict:
    """The context of one sample page."""
    return {"inbox": _inbox, "case": _case, "form": _form, "tasklist": _tasklist, "sent": _sent, "calls": _calls}[
        name
    ]()


def _inbox() -> dict:
    keys = ("number", "action", "organisation", "state", "tone", "deadline")
    tabs = [
        {"label": "待办", "url": "#", "active": True, "count": "12"},
        {"label": "已办", "url": "#", "count": "99+"},
        {"label": "我发起的", "url": "#", "count": ""},
    ]
    return {"tabs": tabs, "filters": Filters(), "rows": [dict(zip(keys, row, strict=True)) for row in INBOX]}


def _case() -> dict:
    panel = Row(
        message="尚有 2 项资格条件未判定，不能进入专家评审。", article="9(2)", remedy="请先在“资格条件”中完成逐项判定。"
    )
    at = datetime(2026, 9, 24, 1, 12, tzinfo=UTC)
    moment = {"organisation": ORGANISATION, "article": "9(2)", "on_behalf_of": "", "old_state": "", "new_state": ""}
    return {
        "crumbs": [{"label": "授权运营申请", "url": "#"}, {"label": "SQ-2026-0012"}],
        "deadline": deadline("due_soon", "2 个工作日内到期", date(2026, 10, 12)),
        "offers": [
            _offer("退回补正"),
            _offer("不予通过", "danger"),
            _offer("逐项判定", "primary", explain="判定全部条件后，申请进入专家评审。"),
            _offer("进入专家评审", closed=panel),
        ],
        "facts": [
            {"label": "单位名称", "value": APPLICANT, "link": "#"},
            {"label": "统一社会信用代码", "value": "91440300MA5TEST00X"},
            {"label": "数据安全负责人", "value": "陈立，数据安全部部长", "changed": True, "url": "#"},
            {"label": "场所和团队", "value": "办公场所 1,200 平方米。\n技术 38 人，运营 15 人。", "url": "#"},
            {"label": "第三方测评", "value": "", "url": "#"},
        ],
        "nodes": NODES,
        "edges": EDGES,
        "passed": ["draft", "correction"],
        "days": counted(date(2026, 9, 24), date(2026, 10, 13), provisional_from=date(2026, 10, 12)),
        "due_on": date(2026, 10, 13),
        "today": TODAY,
        "timeline": [
            moment | {"label": "重新提交", "at": at + timedelta(days=3), "actor": "赵晓燕", "organisation": APPLICANT,
                      "old_state": "已退回补正", "new_state": "资格审查"},
            moment | {"label": "退回补正", "at": at + timedelta(hours=30), "actor": "王敏", "on_behalf_of": "李国伟",
                      "new_state": "已退回补正", "remark": "请补充最近一期财务报表和任职文件。"},
            moment | {"label": "受理", "at": at, "actor": "", "organisation": "", "new_state": "资格审查"},
        ],
    }  # fmt: skip


def _form() -> dict:
    form = correction_form()
    return {
        "form": form,
        "crumbs": [{"label": "授权运营申请", "url": "#"}, {"label": "SQ-2026-0012", "url": "#"}, {"label": "退回补正"}],
    }


def _tasklist() -> dict:
    done, begun, to_do = (
        {"status": "已完成", "tone": "good"},
        {"status": "填写中", "tone": "info"},
        {"status": "未开始"},
    )
    basic = [
        {"label": "单位基本情况", "url": "#"} | done,
        {"label": "经营状况", "url": "#", "hint": "最近一期财务报表"} | done,
        {"label": "信用情况", "url": "#"} | done,
    ]
    technical = [
        {"label": "数据处理经验", "url": "#"} | begun,
        {"label": "数据安全负责人和管理部门", "url": "#", "hint": "任职文件、内部制度"} | to_do,
    ]
    check = [{"label": "核对并提交", "status": "尚不能开始", "tone": "paused", "hint": "以上各项完成后开始"}]
    titles = ("基本条件", "技术和管理条件", "提交申请")
    return {
        "sections": [
            {"title": title, "items": items} for title, items in zip(titles, (basic, technical, check), strict=True)
        ]
    }


def _sent() -> dict:
    return {
        "title": "申请已提交",
        "number": "SQ-2026-0015",
        "next": "区政务服务数据管理局将逐项审查资格条件，结果会在系统内通知您。\n受理回执已生成，可随时下载。",
        "links": [{"label": "查看申请", "url": "#"}, {"label": "下载受理回执", "url": "#"}],
    }


def _calls() -> dict:
    facts = [
        {"label": "受理时间", "value": "2026-09-01 09:00 至 2026-10-15 18:00"},
        {"label": "申报条件", "value": "依法登记、经营状况良好，具备数据处理和安全保障能力。"},
    ]
    return {"calls": [{"title": "2026 年第二批公共数据授权运营单位申报通知", "facts": facts}]}


def request() -> object:
    """A request of somebody who acts on behalf of a colleague."""
    asked = RequestFactory().get("/tasks/")
    organisation, person = Row(name=ORGANISATION), Row(name="王敏")
    asked.actor = Row(
        is_authenticated=True,
        organisation=organisation,
        person=person,
        on_behalf_of=Row(name="李国伟"),
        read_only=False,
    )
    asked.user = Row(pk=7, is_authenticated=True)
    return asked


SHELL = {
    "menu": [
        {"heading": "", "items": [{"label": "待办", "url": "#", "icon": "inbox", "active": True, "count": "12"}]},
        {
            "heading": "目录与授权申请",
            "items": [
                {"label": "公共数据资源", "url": "#", "icon": "collection"},
                {"label": "授权申请", "url": "#", "icon": "basket"},
                {"label": "开发利用服务协议", "url": "#", "icon": "file-earmark-text"},
                {"label": "数据使用授权", "url": "#", "icon": "key"},
                {"label": "数据质量问题", "url": "#", "icon": "flag"},
            ],
        },
        {
            "heading": "平台合作方",
            "items": [
                {"label": "合作方管理规则", "url": "#", "icon": "card-checklist"},
                {"label": "平台合作方", "url": "#", "icon": "building"},
                {"label": "平台服务协议", "url": "#", "icon": "link-45deg"},
            ],
        },
        {
            "heading": "运营单位遴选",
            "items": [
                {"label": "申报通知", "url": "#", "icon": "megaphone"},
                {"label": "授权运营申请", "url": "#", "icon": "file-text"},
                {"label": "授权运营协议", "url": "#", "icon": "pen"},
                {"label": "专家库", "url": "#", "icon": "people"},
            ],
        },
        {"heading": "参考资料", "items": [{"label": "规则和工作日", "url": "#", "icon": "book"}]},
    ],
    "notices_unread": "3",
    "rules_notice": "《福田区公共数据授权运营暂行管理办法》将于 2027-01-29 期满，尚未载入后续办法。",
    "rules_in_force": "福田区公共数据授权运营暂行管理办法，2024-01-30 至 2027-01-29",
}


def _engine() -> DjangoTemplates:
    """The portal's templates without the shell's context processor, which would ask the database."""
    usual = settings.TEMPLATES[0]
    processors = [name for name in usual["OPTIONS"]["context_processors"] if name != "casework.context.shell"]
    options = usual["OPTIONS"] | {"context_processors": processors}
    return DjangoTemplates({"NAME": "samples", "DIRS": usual["DIRS"], "APP_DIRS": True, "OPTIONS": options})


ENGINE = SimpleLazyObject(_engine)


def page(name: str) -> str:
    """The HTML of a sample page."""
    source = (SAMPLES / f"{name}.html").read_text()
    asked = request()
    shell = SHELL | {"user": asked.user, "messages": []}
    return ENGINE.from_string(source).render(shell | context_of(name), asked)


def error_page(template: str, **context) -> str:
    """The HTML of a page that says why something was not done."""
    asked = request()
    return ENGINE.get_template(template).render({"user": asked.user, **context}, asked)


PAGES = ("inbox", "case", "form", "tasklist", "sent", "calls")
