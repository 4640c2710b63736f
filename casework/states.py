"""How a case's states and the parties around it are declared.

A state has an owner, who must act while it lasts, and, where the rules give one, a period. Tasks, clocks, the state
diagram, the permission matrix and the documentation are all read from these declarations.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import CheckConstraint, Q

from accounts.actors import Actor
from accounts.queries import bureau, government
from accounts.roles import OrganisationKind, Role


@dataclass(frozen=True)
class Owner:
    """Whose turn it is: everybody with `role` in the organisation, or the one person named."""

    organisation_id: int
    role: Role
    person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Party:
    """A side in a case: the roles that people of it act in, whose turn it is for a case, and who belongs to it."""

    name: str
    roles: tuple[Role, ...]
    owners: Callable[[object], Iterable[Owner]]
    includes: Callable[[object, Actor], bool] = lambda case, actor: True

    def admits(self, case, actor: Actor) -> bool:
        """Whether the actor takes steps of the case on this side."""
        return (not self.roles or actor.has(*self.roles)) and self.includes(case, actor)


def _own(case, actor: Actor) -> bool:
    return actor.organisation is not None and case.organisation_id == actor.organisation.pk


def _of_bureau(case, actor: Actor) -> bool:
    # There is one bureau, so its kind says which it is without a query.
    return actor.organisation is not None and actor.organisation.kind == OrganisationKind.BUREAU


def _of_government(case, actor: Actor) -> bool:
    return actor.organisation is not None and actor.organisation.kind == OrganisationKind.GOVERNMENT


the_applicant = Party(
    name="applicant",
    roles=(Role.OPERATOR,),
    owners=lambda case: [Owner(case.organisation_id, Role.OPERATOR)],
    includes=_own,
)
the_bureau = Party(
    name="bureau",
    roles=(Role.BUREAU,),
    owners=lambda case: [Owner(bureau().pk, Role.BUREAU)],
    includes=_of_bureau,
)
the_supervisor = Party(
    name="supervisor",
    roles=(Role.BUREAU_LEAD,),
    owners=lambda case: [Owner(bureau().pk, Role.BUREAU_LEAD)],
    includes=_of_bureau,
)
the_government = Party(
    name="government",
    roles=(Role.GOVERNMENT,),
    owners=lambda case: [Owner(government().pk, Role.GOVERNMENT)],
    includes=_of_government,
)
the_system = Party(name="system", roles=(), owners=lambda case: [], includes=lambda case, actor: actor.is_system)
"""Nobody's inbox: a step that only a job, or another step, takes."""


@dataclass(frozen=True)
class Until:
    """A limit that the measures leave open: taken from the case, where somebody entered it.

    `attribute` names a property of the case that holds a date (the last day), or a whole number of working days
    counted from receipt, or None where nobody set a limit.
    """

    attribute: str
    article: str

    def limit(self, case) -> date | int | None:
        """The last day, the number of working days, or None."""
        return getattr(case, self.attribute)


@dataclass(frozen=True, kw_only=True)
class State:
    """One state: its label, who must act, what they must do, within which period and under which article.

    `within` names a period of the case's rule set, or is an `Until`. `keeps` names clocks of earlier states that go
    on running (or pause, where the rule set says that a correction stops them); `pauses` those that stand still while
    this state lasts, where the measures set no limit for what is waited for.
    """

    label: str
    owner: Party | None = None
    task: str = ""
    within: str | Until | None = None
    article: str = ""
    keeps: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    final: bool = False
    tone: str = "neutral"


@dataclass(frozen=True)
class States:
    """All states of a kind of case, by name; the first one is where a case begins."""

    by_name: dict[str, State] = field(default_factory=dict)

    @classmethod
    def of(cls, **states: State) -> "States":
        """Declare the states in the order in which a case usually passes them."""
        return cls(states)

    @property
    def initial(self) -> str:
        """The name of the state where a case begins."""
        return next(iter(self.by_name))

    def __getitem__(self, name: str) -> State:
        return self.by_name[name]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Name and label of each state, for a form or a filter."""
        return [(name, state.label) for name, state in self.by_name.items()]

    def known(self, name: str) -> CheckConstraint:
        """A database constraint that refuses any other state."""
        return CheckConstraint(condition=Q(state__in=list(self.by_name)), name=name)
