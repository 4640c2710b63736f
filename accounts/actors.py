"""Who acts: a person, for one organisation, with roles; perhaps on behalf of somebody else."""

from dataclasses import dataclass

from accounts.models import Organisation, User
from accounts.roles import Role


@dataclass(frozen=True)
class Actor:
    """Whoever asks for something.

    `organisation` is None for a person who acts for none at present, and `roles` is empty then. `on_behalf_of` is the
    delegator, `scope` the kinds of case the delegation covers (None: every kind). A `read_only` actor, such as a
    token, takes no step.
    """

    person: User | None
    organisation: Organisation | None
    roles: frozenset[Role]
    on_behalf_of: User | None = None
    scope: frozenset[str] | None = None
    read_only: bool = False

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of these roles."""
        return not self.roles.isdisjoint(roles)

    def may_act_in(self, kind: str) -> bool:
        """Whether a delegation, where there is one, covers this kind of case."""
        return self.scope is None or kind in self.scope

    @property
    def is_system(self) -> bool:
        """Whether this is the portal itself, in a job."""
        return self is SYSTEM

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is there: a person, or the portal itself."""
        return self.person is not None or self.is_system


SYSTEM = Actor(None, None, frozenset())
ANONYMOUS = Actor(None, None, frozenset())
