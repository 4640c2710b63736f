"""Who is in the demo story. Nobody and nothing here exists; the credit codes are made up, with valid check signs."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from stdnum.cn import uscc

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind, User
from accounts.passwords import DEMO_PASSWORD
from accounts.queries import actor_for
from accounts.roles import Role
from operators.models import ConflictDeclaration, Expert

K = OrganisationKind
ORGANISATIONS: dict[str, tuple[str, OrganisationKind, str | None]] = {
    "bureau": ("云澜区政务服务数据管理局", K.BUREAU, None),
    "government": ("云澜区人民政府", K.GOVERNMENT, None),
    "finance": ("云澜区财政局", K.REGULATOR, None),
    "cyberspace": ("云澜区互联网信息办公室", K.REGULATOR, None),
    "reform": ("云澜区发展和改革局", K.REGULATOR, None),
    "health": ("云澜区卫生健康局", K.DEPARTMENT, None),
    "transport": ("云澜区交通运输局", K.DEPARTMENT, None),
    "housing": ("云澜区住房和建设局", K.DEPARTMENT, None),
    "operator": ("云澜数科运营有限公司", K.OPERATOR, None),
    "applicant": ("海桐数据服务有限公司", K.OPERATOR, "haitong-group"),
    "haitong-group": ("海桐控股集团有限公司", K.OPERATOR, None),
    "company1": ("澄湖信息技术有限公司", K.OPERATOR, None),
    "company2": ("临川云算科技有限公司", K.OPERATOR, None),
    "company3": ("鹿鸣数字产业有限公司", K.OPERATOR, None),
    "company4": ("砚石数据运营有限公司", K.OPERATOR, None),
    "company5": ("扶摇智慧城市有限公司", K.OPERATOR, None),
    "company6": ("知微大数据有限公司", K.OPERATOR, None),
    "company7": ("晨汐网络科技有限公司", K.OPERATOR, None),
    "partner": ("青禾智算科技有限公司", K.PARTNER, None),
    "partner2": ("望舒信息服务有限公司", K.PARTNER, None),
    "institute1": ("云澜理工学院", K.EXPERT, None),
    "institute2": ("榕溪数据治理研究所", K.EXPERT, None),
    "institute3": ("观澜网络安全测评中心", K.EXPERT, None),
    "institute4": ("云澜财经学院", K.EXPERT, None),
    "institute5": ("海桐研究院", K.EXPERT, "haitong-group"),
    "assessor": ("衡准测评技术有限公司", K.ASSESSOR, None),
    "citizens": ("社会公众", K.DATA_SUBJECT, None),
    "administration": ("平台运行管理组", K.ADMINISTRATION, None),
    "partner3": ("绿野能源数据有限公司", K.PARTNER, None),
    "partner4": ("安居数据科技有限公司", K.PARTNER, None),
    "partner5": ("聚客营销技术有限公司", K.PARTNER, None),
}


@dataclass(frozen=True)
class Person:
    """A demo account; `shown` ones are offered as buttons on the sign-in page."""

    username: str
    name: str
    role: Role
    organisation: str
    shown: bool = True


PEOPLE = (
    Person("bureau", "周文澜", Role.BUREAU, "bureau"),
    Person("bureau2", "何静姝", Role.BUREAU, "bureau"),
    Person("lead", "陈守正", Role.BUREAU_LEAD, "bureau"),
    Person("finance", "梁算成", Role.REGULATOR, "finance"),
    Person("cyberspace", "孟护城", Role.REGULATOR, "cyberspace"),
    Person("government", "郑明远", Role.GOVERNMENT, "government"),
    Person("health", "苏问安", Role.DEPARTMENT, "health"),
    Person("transport", "高路遥", Role.DEPARTMENT, "transport"),
    Person("housing", "石筑之", Role.DEPARTMENT, "housing"),
    Person("operator", "林运舟", Role.OPERATOR, "operator"),
    Person("applicant", "唐海桐", Role.OPERATOR, "applicant"),
    Person("partner", "田青禾", Role.PARTNER, "partner"),
    Person("partner2", "沈望舒", Role.PARTNER, "partner2"),
    Person("partner3", "童绿野", Role.PARTNER, "partner3", shown=False),
    Person("partner4", "安居正", Role.PARTNER, "partner4", shown=False),
    Person("partner5", "聂聚客", Role.PARTNER, "partner5", shown=False),
    Person("expert1", "罗致知", Role.EXPERT, "institute1"),
    Person("expert2", "彭求是", Role.EXPERT, "institute2"),
    Person("expert3", "韩慎微", Role.EXPERT, "institute3"),
    Person("expert4", "曾衡之", Role.EXPERT, "institute4"),
    Person("expert5", "傅海研", Role.EXPERT, "institute5"),
    Person("expert6", "蒋格物", Role.EXPERT, "institute1", shown=False),
    Person("expert7", "余思齐", Role.EXPERT, "institute2", shown=False),
    Person("expert8", "崔明辨", Role.EXPERT, "institute3", shown=False),
    Person("assessor", "秦测衡", Role.ASSESSOR, "assessor"),
    Person("citizen", "王小满", Role.DATA_SUBJECT, "citizens"),
    Person("sysadmin", "系统管理员", Role.SYSADMIN, "administration"),
    Person("secadmin", "安全管理员", Role.SECADMIN, "administration"),
    Person("auditadmin", "审计管理员", Role.AUDITADMIN, "administration"),
    *(Person(f"company{n}", name, Role.OPERATOR, f"company{n}", shown=False)
      for n, name in enumerate(("许澄", "章临", "陆鸣", "严砚", "方扶", "钟微", "叶汐"), start=1)),
)  # fmt: skip

EXPERTISE = {
    "expert1": ["data", "security"], "expert2": ["data", "law"], "expert3": ["data", "security"],
    "expert4": ["data", "finance"], "expert5": ["data"], "expert6": ["data"], "expert7": ["data", "law"],
    "expert8": ["data", "security"],
}  # fmt: skip


def credit_code(number: int) -> str:
    """A made-up unified social credit code with the right check character."""
    body = f"91440399MA9{number:06d}"
    return body + uscc.calc_check_digit(body)


def load_people() -> dict[str, Actor]:
    """Write organisations, accounts, roles and experts that are not there yet; the actors by user name."""
    organisations = _organisations()
    hashed = make_password(DEMO_PASSWORD)
    for person in PEOPLE:
        user, _created = User.objects.get_or_create(
            username=person.username,
            defaults={
                "name": person.name, "password": hashed, "email": f"{person.username}@yunlan.test",
                "password_changed_at": timezone.now(),
            },
        )  # fmt: skip
        Membership.objects.get_or_create(
            person=user, organisation=organisations[person.organisation], role=person.role,
            defaults={"valid_from": "2024-01-30"},
        )  # fmt: skip
        if person.username in EXPERTISE:
            Expert.objects.get_or_create(
                person=user,
                defaults={
                    "employer": organisations[person.organisation],
                    "expertise": EXPERTISE[person.username],
                    "post": "研究员",
                },
            )
    ConflictDeclaration.objects.get_or_create(
        expert=Expert.objects.get(person__username="expert4"), organisation=organisations["company1"],
        defaults={"reason": "两年内曾担任该公司外部顾问", "declared_at": timezone.now()},
    )  # fmt: skip
    users = User.objects.in_bulk([person.username for person in PEOPLE], field_name="username")
    return {name: actor_for(user) for name, user in users.items()}


def _organisations() -> dict[str, Organisation]:
    found: dict[str, Organisation] = {}
    for number, (key, (name, kind, _owner)) in enumerate(ORGANISATIONS.items(), start=1):
        found[key], _created = Organisation.objects.get_or_create(
            name=name,
            defaults={
                "kind": kind, "uscc": credit_code(number), "email": f"{key}@yunlan.test",
                "responsible_unit": "数据资源管理科" if kind == K.DEPARTMENT else "",
            },
        )  # fmt: skip
    for key, (_name, _kind, owner) in ORGANISATIONS.items():
        if owner and found[key].owner_id is None:
            found[key].owner = found[owner]
            found[key].save(update_fields=["owner"])
    return found
