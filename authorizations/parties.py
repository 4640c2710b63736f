"""The sides of chapter 4: users of data (operators and partners), the operator of a partner, departments."""

from dataclasses import replace

from accounts.actors import Actor
from accounts.queries import bureau
from accounts.roles import OrganisationKind, Role
from casework.states import Owner, Party, the_bureau

USER_ROLES = (Role.OPERATOR, Role.PARTNER)


def role_of(organisation) -> Role:
    """The role in which people of an operator or a partner act."""
    return Role.PARTNER if organisation.kind == OrganisationKind.PARTNER else Role.OPERATOR


def _own(case, actor: Actor) -> bool:
    return actor.organisation is not None and case.organisation_id == actor.organisation.pk


def _asked(case, actor: Actor) -> bool:
    return actor.organisation is not None and case.items.filter(department_id=actor.organisation.pk).exists()


def _awaited(case) -> list[Owner]:
    waiting = case.items.filter(decision="").order_by("department_id").values_list("department_id", flat=True)
    return [Owner(department, Role.DEPARTMENT) for department in waiting.distinct()]


def _signatories(agreement) -> list[Owner]:
    return [
        Owner(bureau().pk, Role.BUREAU),
        Owner(agreement.organisation_id, role_of(agreement.organisation)),
        *(Owner(department, Role.DEPARTMENT) for department in sorted(agreement.departments())),
    ]


def _signs(agreement, actor: Actor) -> bool:
    return actor.organisation is not None and actor.organisation.pk in agreement.sides()


_KIND_ROLES = {
    OrganisationKind.PARTNER: Role.PARTNER,
    OrganisationKind.OPERATOR: Role.OPERATOR,
    OrganisationKind.DEPARTMENT: Role.DEPARTMENT,
    OrganisationKind.BUREAU: Role.BUREAU,
}


def _raiser(issue) -> list[Owner]:
    return [Owner(issue.raised_by_id, _KIND_ROLES[issue.raised_by.kind])]


def _raised(issue, actor: Actor) -> bool:
    return actor.organisation is not None and issue.raised_by_id == actor.organisation.pk


def _judge(issue) -> list[Owner]:
    own = issue.raised_by_id == issue.department_id
    return [Owner(bureau().pk, Role.BUREAU)] if own else _raiser(issue)


def _judges(issue, actor: Actor) -> bool:
    return any(owner.organisation_id == getattr(actor.organisation, "pk", None) for owner in _judge(issue))


def _concerned(issue, actor: Actor) -> bool:
    return actor.organisation is not None and issue.department_id == actor.organisation.pk


the_user = Party(
    name="user",
    roles=USER_ROLES,
    owners=lambda case: [Owner(case.organisation_id, role_of(case.organisation))],
    includes=_own,
)
"""Whoever is to use the data: the operator or the partner whose request or agreement it is."""
the_bureau_waiting = replace(
    the_bureau, includes=lambda case, actor: the_bureau.includes(case, actor) and case.current.owner is not the_bureau
)
"""The bureau while it is somebody else's turn."""
each_department = Party(name="department", roles=(Role.DEPARTMENT,), owners=_awaited, includes=_asked)
"""Every department of which the case asks something; each has a task and a clock of its own."""
the_department = Party(
    name="department",
    roles=(Role.DEPARTMENT,),
    owners=lambda case: [Owner(case.organisation_id, Role.DEPARTMENT)],
    includes=_own,
)
"""A department in its own matter, such as its entry in the catalogue."""
every_signatory = Party(
    name="signatories",
    roles=(Role.BUREAU, *USER_ROLES, Role.DEPARTMENT),
    owners=_signatories,
    includes=_signs,
)
"""The user, the bureau and every department concerned (Art. 19(1))."""
the_department_asked = Party(
    name="department asked",
    roles=(Role.DEPARTMENT,),
    owners=lambda case: [Owner(case.department_id, Role.DEPARTMENT)],
    includes=lambda case, actor: actor.organisation is not None and case.department_id == actor.organisation.pk,
)
"""The one department that a need was routed to, or that is asked for its opinion on an objection (Art. 5(3))."""
RAISER_ROLES = (Role.PARTNER, Role.OPERATOR, Role.DEPARTMENT, Role.BUREAU)
the_raiser = Party(name="raiser", roles=RAISER_ROLES, owners=_raiser, includes=_raised)
"""Whoever found a problem with the quality of data (Art. 24)."""
the_raising_partner = Party(name="raising partner", roles=(Role.PARTNER,), owners=_raiser, includes=_raised)
the_raising_operator = Party(name="raising operator", roles=(Role.OPERATOR,), owners=_raiser, includes=_raised)
the_raising_bureau = Party(name="raising bureau", roles=(Role.BUREAU,), owners=_raiser, includes=_raised)
the_raising_department = Party(name="raising department", roles=(Role.DEPARTMENT,), owners=_raiser, includes=_raised)
the_judge_of_the_answer = Party(
    name="raiser or bureau", roles=(Role.PARTNER, Role.OPERATOR, Role.BUREAU), owners=_judge, includes=_judges
)
"""Who accepts a department's answer: the raiser; the bureau, where the department raised the issue itself."""
the_department_concerned = Party(
    name="department concerned",
    roles=(Role.DEPARTMENT,),
    owners=lambda issue: [Owner(issue.department_id, Role.DEPARTMENT)],
    includes=_concerned,
)
"""The department that keeps the resource."""
