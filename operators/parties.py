"""The sides of chapter 3 and Art. 17 beyond the bureau: panel, consulted bodies, signatories, partner and operator."""

from accounts.actors import Actor
from accounts.queries import bureau
from accounts.roles import Role
from casework.states import Owner, Party, the_applicant, the_bureau


def _sits(application, actor: Actor) -> bool:
    return actor.person is not None and application.sitting().filter(expert__person=actor.person).exists()


def _seats(application) -> list[Owner]:
    return [
        Owner(seat.expert.employer_id, Role.EXPERT, seat.expert.person_id)
        for seat in application.awaited_seats().select_related("expert")
    ]


def _is_consulted(application, actor: Actor) -> bool:
    return actor.organisation is not None and application.call.consulted.filter(pk=actor.organisation.pk).exists()


def _own(case, actor: Actor) -> bool:
    return actor.organisation is not None and case.organisation_id == actor.organisation.pk


the_panel = Party(name="panel", roles=(Role.EXPERT,), owners=_seats, includes=_sits)
the_consulted = Party(
    name="consulted",
    roles=(Role.REGULATOR,),
    owners=lambda application: [Owner(body.pk, Role.REGULATOR) for body in application.call.consulted.all()],
    includes=_is_consulted,
)
the_signatories = Party(
    name="signatories",
    roles=(Role.BUREAU, Role.OPERATOR),
    owners=lambda agreement: [Owner(bureau().pk, Role.BUREAU), Owner(agreement.organisation_id, Role.OPERATOR)],
    includes=lambda agreement, actor: (
        (actor.has(Role.BUREAU) and the_bureau.includes(agreement, actor)) or the_applicant.admits(agreement, actor)
    ),
)
the_operator = Party(
    name="operator",
    roles=(Role.OPERATOR,),
    owners=lambda case: [Owner(case.organisation_id, Role.OPERATOR)],
    includes=_own,
)
the_partner = Party(
    name="partner",
    roles=(Role.PARTNER,),
    owners=lambda case: [Owner(case.organisation_id, Role.PARTNER)],
    includes=_own,
)
the_partners_operator = Party(
    name="operator",
    roles=(Role.OPERATOR,),
    owners=lambda case: [Owner(case.operator_id, Role.OPERATOR)],
    includes=lambda case, actor: actor.organisation is not None and case.operator_id == actor.organisation.pk,
)
"""The operator that a partner works under; the case itself is the partner's."""
the_service_sides = Party(
    name="operator and partner",
    roles=(Role.OPERATOR, Role.PARTNER),
    owners=lambda case: [*the_partners_operator.owners(case), *the_partner.owners(case)],
    includes=lambda case, actor: the_partners_operator.admits(case, actor) or the_partner.admits(case, actor),
)
