"""The sides of chapter 3 beyond the applicant and the bureau: panel members, consulted bodies, both signatories."""

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
