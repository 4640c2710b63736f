"""The one way to change the state of a case.

`@step` turns a method into a step: the method is the law's verb, its body only assigns fields or calls steps of lower
apps. Calling it runs, in one transaction: lock and reload the row; check the state, the person and the guards; run the
body; close the tasks of the state that is left and open those of the state entered, with their clocks; put the notices
into the outbox; write the ledger entry. A refusal rolls everything back and is itself written to the ledger.
"""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import transition

from accounts.actors import Actor
from accounts.roles import ADMIN_ROLES
from casework import effects
from casework.guards import Guard
from casework.inputs import Input, clean
from casework.models.case import Case
from casework.refusals import GuardRefused, NotYourStep, Refusal, StaleVersion, WrongState
from casework.states import Party
from casework.unit import is_nested, unit_of_work

Asked = Mapping[str, Input] | Callable[..., Mapping[str, Input]]


@dataclass(frozen=True, kw_only=True)
class Step:
    """The declaration of a step, as faces, documentation and tests read it."""

    name: str
    label: str
    article: str
    sources: tuple[str, ...]
    target: str | None
    by: tuple[Party, ...]
    guards: tuple[Guard, ...] = ()
    asks: Asked | None = None
    then: tuple[str, ...] = ()
    closes_own: bool = False
    recorded: bool = True
    listed: bool = True
    tone: str = "primary"
    explain: str = ""
    inside: bool = False
    side_by_side: bool = False

    def inputs(self, case: Case, *, by: Actor) -> Mapping[str, Input]:
        """What the step asks this actor for on this case."""
        if not callable(self.asks):
            return self.asks or {}
        return self.asks(case, by=by) if self.asks_by else self.asks(case)

    @functools.cached_property
    def asks_by(self) -> bool:
        """Whether what is asked for depends on who is asked."""
        return "by" in inspect.signature(self.asks).parameters

    def person_refusal(self, case: Case, by: Actor) -> Refusal | None:
        """Why this person, in the organisation acted for, may not take the step; None where they may."""
        if by.is_system:
            admitted = any(party.admits(case, by) for party in self.by)
        elif by.has(*ADMIN_ROLES):
            return NotYourStep(_("Administrators look after the system and do not act in cases."), article=self.article)
        elif by.read_only:
            return NotYourStep(_("This access is read-only."), article=self.article)
        elif not by.may_act_in(case.kind):
            return NotYourStep(_("The delegation does not cover this kind of case."), article=self.article)
        else:
            admitted = any(party.admits(case, by) for party in self.by)
        if admitted:
            return None
        return NotYourStep(
            _("“%(step)s” is not for the organisation and role you act in.") % {"step": self.label},
            article=self.article,
        )

    def state_refusal(self, case: Case) -> WrongState | None:
        """Why the step is not open in the state the case is in; None where it is."""
        if case.state in self.sources:
            return None
        return WrongState(
            _("“%(step)s” is not open any more: the case is now at “%(state)s”.")
            % {"step": self.label, "state": case.get_state_display()},
            article=self.article,
            remedy=_("Reload the page to see what has been done and whose turn it is."),
        )

    def guard_refusal(self, case: Case, *, by: Actor, on: datetime) -> GuardRefused | None:
        """The first guard that says no, as a refusal; None where all hold."""
        refusal = next(filter(None, (guard.refusal(case, by=by, on=on) for guard in self.guards)), None)
        if refusal is not None and not refusal.article:
            refusal.article = self.article
        return refusal


def step(
    *,
    article: str,
    source: str | Sequence[str],
    by: Sequence[Party],
    label: str,
    target: str | None = None,
    guards: Sequence[Guard] = (),
    inputs: Asked | None = None,
    then: str | Sequence[str] = (),
    closes_own: bool = False,
    recorded: bool = True,
    listed: bool = True,
    tone: str = "primary",
    explain: str = "",
    inside: bool = False,
    side_by_side: bool = False,
) -> Callable[[Callable], Callable]:
    """Declare a method as a step.

    Args:
        article: citation of the measures the step rests on, such as `"18(1)"`.
        source: the state or states it starts from.
        target: the state it leads to; None keeps the state (a score, a signature, a saved draft).
        by: the parties that may take it; nobody else may.
        guards: facts that must hold.
        inputs: what it asks for, or a function of the case, and by name of the actor (`by`), that says so.
        then: a step of the system that follows at once, in the same transaction, where it starts from the state
            reached and its guards hold; of several, the first such one.
        closes_own: in a step that keeps the state, close the tasks of the side that took it.
        recorded: False for the saving of drafts, which would drown the timeline.
        listed: False for steps that a page of their own offers (a checklist), not the row of buttons.
        tone: how the button looks: primary, secondary or danger.
        explain: one sentence for the page of the step: what happens next.
        inside: the business of the actor's own organisation: nobody else's timeline shows it, it stands beside the
            row of buttons, and forms that others have open stay fresh.
        side_by_side: for what several sides do in the same state, each for itself: forms that the others have open
            stay fresh, so the version stays as long as the state does.
    """
    sources = (source,) if isinstance(source, str) else tuple(source)

    def declare(body: Callable) -> Callable:
        spec = Step(
            name=body.__name__, label=label, article=article, sources=sources, target=target, by=tuple(by),
            guards=tuple(guards), asks=inputs, then=(then,) if isinstance(then, str) else tuple(then),
            closes_own=closes_own, recorded=recorded, listed=listed, tone=tone, explain=explain, inside=inside,
            side_by_side=side_by_side,
        )  # fmt: skip
        moved = transition(field="state", source=list(sources), target=target, custom={"step": spec})(body)

        @functools.wraps(moved)
        def take(case: Case, *, by: Actor, on: datetime | None = None, version: int | None = None, **given):
            return perform(case, spec, moved, by=by, on=on or timezone.now(), version=version, given=given)

        take.step = spec
        return take

    return declare


def perform(case, spec: Step, moved: Callable, *, by: Actor, on: datetime, version: int | None, given: Mapping):
    """Take a step. Called by the method that `step` made, never directly.

    Raises:
        Refusal: nothing was changed; the refusal stands in the ledger.
    """
    try:
        with unit_of_work() as (unit, _outermost):
            rows = type(case)._base_manager.select_related("organisation").select_for_update(of=("self",))
            row = rows.get(pk=case.pk)
            values = _checked(row, spec, by=by, on=on, version=version, given=given)
            old = row.state
            detail = moved(row, by=by, on=on, **values)
            # What an office does among itself, or each side for itself, is no change that another one's open form
            # would have to heed.
            row.version += not (spec.inside or (spec.side_by_side and row.state == old))
            if row.state != old:
                row.state_since = on
            row.save()
            effects.after(row, spec, old=old, by=by, on=on, unit=unit, values=values, detail=detail)
            following = (steps_of(type(row))[name] for name in spec.then)
            ready = (one for one in following if row.state in one.sources)
            if follow := next((one for one in ready if not one.guard_refusal(row, by=by, on=on)), None):
                effects.follow(row, follow.name, on=on)
    except Refusal as refusal:
        if not is_nested():
            effects.record_refusal(case, spec, refusal, by=by, on=on)
        raise
    _copy(row, case)
    return case


def _checked(row: Case, spec: Step, *, by: Actor, on: datetime, version: int | None, given: Mapping) -> dict:
    """The step's cleaned inputs, after everything that could refuse it has been asked."""
    if refusal := spec.person_refusal(row, by):
        raise refusal
    if refusal := spec.state_refusal(row):
        raise refusal
    if version is not None and version != row.version:
        raise StaleVersion(
            _("Somebody has changed this case since you opened it."),
            remedy=_("What you typed is kept. Compare it with the case as it is now, then send it again."),
        )
    if refusal := spec.guard_refusal(row, by=by, on=on):
        raise refusal
    return clean(spec.inputs(row, by=by), given, article=spec.article)


def _copy(row: Case, case: Case) -> None:
    """Bring the caller's instance up to date with the row that was locked and changed."""
    for column in row._meta.concrete_fields:
        case.__dict__[column.attname] = row.__dict__[column.attname]
    case._state.fields_cache.clear()
    case.__dict__.pop("_prefetched_objects_cache", None)


@functools.cache
def steps_of(model: type[Case]) -> dict[str, Step]:
    """All steps of a kind of case by name, in the order of its states."""
    found = {
        method.step.name: method.step
        for method in (getattr(model, name) for name in dir(model) if not name.startswith("_"))
        if isinstance(getattr(method, "step", None), Step)
    }
    order = list(model.states.by_name)
    return dict(sorted(found.items(), key=lambda item: (order.index(item[1].sources[0]), item[1].tone, item[0])))


@dataclass(frozen=True)
class Offer:
    """A step as offered to one person on one case: open, or closed for the reason given."""

    step: Step
    closed: Refusal | None

    @property
    def is_open(self) -> bool:
        """Whether the step can be taken now."""
        return self.closed is None


def steps_for(case: Case, actor: Actor, *, on: datetime | None = None) -> list[Offer]:
    """The steps of the present state that are this person's, each with the reason why it is closed, if it is."""
    on = on or timezone.now()
    return [
        Offer(spec, spec.guard_refusal(case, by=actor, on=on))
        for spec in steps_of(type(case)).values()
        if case.state in spec.sources and spec.person_refusal(case, actor) is None
    ]


def takes_part(case: Case, actor: Actor) -> bool:
    """Whether the actor is on a side of the case: somebody who takes a step of it in one state or another."""
    return any(not spec.inside and spec.person_refusal(case, actor) is None for spec in steps_of(type(case)).values())
