"""How a case begins: the same checks and effects as a step, before there is a row to lock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.roles import ADMIN_ROLES
from casework import effects
from casework.guards import Guard
from casework.inputs import Input, clean
from casework.models.case import Case
from casework.models.number import NumberSeries
from casework.refusals import NotYourStep, Refusal
from casework.states import Party, the_system
from casework.unit import unit_of_work
from regulation import rules


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a kind of case begins: who may, under which article, what is asked for, and how the row is made.

    `asks` gives the inputs for the actor; `build` makes the unsaved case from their cleaned values. Guards are asked
    with the unsaved case.
    """

    label: str
    article: str
    by: tuple[Party, ...]
    build: Callable[..., Case]
    asks: Callable[[Actor], Mapping[str, Input]] = lambda actor: {}
    guards: Sequence[Guard] = ()
    explain: str = ""

    def person_refusal(self, kind: str, by: Actor) -> Refusal | None:
        """Why this person may not begin such a case; None where they may."""
        roles = [role for party in self.by for role in party.roles]
        if by.is_system:
            return None if the_system in self.by else self.not_yours()
        if by.has(*ADMIN_ROLES) or by.read_only or not by.has(*roles):
            return self.not_yours()
        if not by.may_act_in(kind):
            return NotYourStep(_("The delegation does not cover this kind of case."), article=self.article)
        return None

    def not_yours(self) -> NotYourStep:
        """The refusal of somebody on none of the sides that begin such a case."""
        return NotYourStep(_("A case of this kind is not begun in the role you act in."), article=self.article)


def begin(model: type[Case], *, by: Actor, on: datetime | None = None, **given) -> Case:
    """Begin a case: number it, open the tasks of its first state and write the entry.

    Raises:
        Refusal: NotYourStep, InvalidInput or GuardRefused; nothing was created and no number used.
        regulation.rules.NoRulesInForce: where no rule set is in force on that day.
    """
    on = on or timezone.now()
    start: Start = model.start
    if refusal := start.person_refusal(model.kind, by):
        raise refusal
    values = clean(start.asks(by), given, article=start.article)
    with unit_of_work() as (unit, _outermost):
        day = timezone.localdate(on)
        rule_set = rules.in_force(day)
        # Locked until the case is written, so that of two who begin at once the second meets the first's case.
        number = NumberSeries.issue(rule_set.number_prefix(model.kind), day.year)
        case = start.build(by=by, on=on, **values)
        case.number, case.rule_set = number, rule_set.id
        if not any(party.admits(case, by) for party in start.by):
            raise start.not_yours()
        for condition in start.guards:
            if refusal := condition.refusal(case, by=by, on=on):
                refusal.article = refusal.article or start.article
                raise refusal
        case.started_by, case.started_at, case.state_since = by.person, on, on
        case.save(force_insert=True)
        case.begun(by=by, on=on)
        effects.begun(case, by=by, on=on, unit=unit, article=start.article, values=values)
    return case
