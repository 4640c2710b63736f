"""What follows from a step besides its body: tasks, clocks, notices and the ledger entry."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from casework import outbox
from casework.ledger import log
from casework.ledger.entry import EntryDraft
from casework.models.clock import Clock
from casework.models.outbox import OutboxMessage
from casework.models.task import NO_LIMIT, Task
from casework.refusals import InvalidInput, Refusal
from casework.request_id import current_request_id
from casework.states import Owner, State, Until
from casework.sweep import plan_next_word


def after(row, spec, *, old: str, by: Actor, on: datetime, unit, values: Mapping, detail) -> None:
    """Bring tasks, clocks, outbox and ledger in line with the step just taken on the locked row."""
    if row.state != old:
        enter(row, by=by, on=on)
    else:
        if spec.closes_own:
            _close_own(row, by=by, on=on)
        _move_limit(row)
    if spec.recorded:
        unit.draft(
            draft(
                row, spec.name, by=by, on=on, kind="step", article=spec.article, old=old, values=values, detail=detail
            ),
            row,
        )


def begun(row, *, by: Actor, on: datetime, unit, article: str, values: Mapping) -> None:
    """The same for a case that was just created."""
    enter(row, by=by, on=on)
    unit.draft(draft(row, "begin", by=by, on=on, kind="step", article=article, old="", values=values), row)


def enter(row, *, by: Actor, on: datetime) -> None:
    """Close what belonged to the state left; open the tasks and clocks of the state entered; put out the notices."""
    state: State = row.current
    Task.objects.of(row).filter(closed_at=None).update(closed_at=on, closed_by=by.person)
    clocks = _turn_clocks(row, state, on=on)
    owners = list(state.owner.owners(row)) if state.owner else []
    Task.objects.bulk_create(_task(row, state, owner, clocks.get(owner.organisation_id), on) for owner in owners)
    _notify(row, owners, by=by, on=on)


def open_task(row, owner: Owner, *, on: datetime) -> None:
    """Give one more side a task in the present state, as when a panel member is replaced; none that it has already."""
    same = {"organisation_id": owner.organisation_id, "role": owner.role, "person_id": owner.person_id}
    if Task.objects.of(row).turns().filter(closed_at=None, state=row.state, **same).exists():
        return
    clock = _running(row).filter(organisation_id=owner.organisation_id).first()
    limit, article = _limit(row, row.current)
    if clock is None and limit is not None and owner.role in row.current.owner.roles:
        clock = _start_clock(row, owner, limit, article, on)
    Task.objects.bulk_create([_task(row, row.current, owner, clock, on)])
    _notify(row, [owner], by=SYSTEM, on=on)


def close_tasks_of(row, person, *, by: Actor, on: datetime) -> None:
    """Take the task of one person away, as when a panel member is excused."""
    _close(row, Q(person=person, errand=""), by=by, on=on)


def open_errand(row, owner: Owner, errand: str, *, on: datetime) -> None:
    """Give one person something to do beside the case's course, within the office's own limit; once at a time."""
    if Task.objects.of(row).filter(closed_at=None, person=owner.person_id, errand=errand).exists():
        return
    task = _task(row, row.current, owner, _running(row).filter(organisation_id=owner.organisation_id).first(), on)
    task.errand = errand
    Task.objects.bulk_create([task])


def close_errand(row, person, errand: str, *, by: Actor, on: datetime) -> None:
    """The person has done what was asked."""
    _close(row, Q(person=person, errand=errand), by=by, on=on)


def tell(row, kind: str, person_id: int, *, by: Actor, on: datetime) -> None:
    """A notice to one person of the actor's own organisation; nobody else hears of it."""
    outbox.put([
        OutboxMessage(
            **OutboxMessage.refers(row), kind=kind, organisation_id=by.organisation.pk, role="", person_id=person_id,
            context={"title": row.title, "state": row.state}, created_at=on, next_attempt_at=on,
            key=f"{row.kind}:{row.pk}:{kind}:{person_id}:{on.isoformat()}",
        )
    ])  # fmt: skip


def follow(row, name: str, *, on: datetime) -> None:
    """Take the system's step that follows on the same case."""
    getattr(row, name)(by=SYSTEM, on=on)


def _task(row, state: State, owner: Owner, clock: Clock | None, on: datetime) -> Task:
    return Task(
        **Task.refers(row), subject=row.title[:300], state=row.state, article=state.article,
        organisation_id=owner.organisation_id, role=owner.role, person_id=owner.person_id, clock=clock,
        due_on=(clock.due_on if clock else None) or NO_LIMIT, opened_at=on,
    )  # fmt: skip


def _close_own(row, *, by: Actor, on: datetime) -> None:
    """Close the tasks of the side that has done its part, and the clocks on which nobody has a task any more."""
    mine = Q(person=by.person) | Q(person=None, organisation=by.organisation, role__in=[r.value for r in by.roles])
    _close(row, mine & Q(errand=""), by=by, on=on)


def _close(row, which: Q, *, by: Actor, on: datetime) -> None:
    Task.objects.of(row).filter(which, closed_at=None).update(closed_at=on, closed_by=by.person)
    awaited = Task.objects.of(row).turns().filter(closed_at=None, clock__isnull=False).values("clock")
    finished = _running(row).exclude(pk__in=awaited)
    finished.update(stopped_at=on, next_word_at=None)


def _turn_clocks(row, state: State, *, on: datetime) -> dict[int, Clock]:
    """Stop the clocks that end, pause or resume those kept, and start the ones this state has, one for each owner."""
    today = timezone.localdate(on)
    running = {}
    for clock in Clock.objects.of(row).filter(stopped_at=None):
        if clock.name in (*state.keeps, *state.pauses):
            stops = clock.name in state.pauses or row.rules.setting("correction_stops_clock").value
            if stops and not clock.paused:
                clock.pause(today)
        elif clock.name == row.state:
            if clock.paused:
                clock.resume(today)
            running[clock.organisation_id] = clock
        else:
            clock.stopped_at = on
            clock.next_word_at = None
        plan_next_word(clock, row.rules)
        clock.save()
    limit, article = _limit(row, state)
    if limit is None:
        return running
    for owner in state.owner.owners(row):
        if owner.organisation_id not in running:
            running[owner.organisation_id] = _start_clock(row, owner, limit, article, on)
    return running


def _running(row):
    return Clock.objects.of(row).filter(stopped_at=None, name=row.state)


def _move_limit(row) -> None:
    """Let running clocks follow a limit of the present state that the step has changed."""
    if not isinstance(row.current.within, Until):
        return
    limit, _article = _limit(row, row.current)
    set_to = {"days": limit, "fixed_on": None} if isinstance(limit, int) else {"days": None, "fixed_on": limit}
    for clock in _running(row).exclude(**set_to) if limit is not None else ():
        clock.days, clock.fixed_on = set_to["days"], set_to["fixed_on"]
        clock.forget_words()
        clock.compute()
        plan_next_word(clock, row.rules)
        clock.save()
        Task.objects.of_clock(clock).update(due_on=clock.due_on or NO_LIMIT)


def _limit(row, state: State) -> tuple[int | date | None, str]:
    if state.within is None:
        return None, ""
    if isinstance(state.within, Until):
        return state.within.limit(row), state.within.article
    period = row.rules.period(state.within)
    return period.value, period.article


def _start_clock(row, owner: Owner, limit: int | date, article: str, on: datetime) -> Clock:
    clock = Clock(
        **Clock.refers(row), name=row.state, organisation_id=owner.organisation_id, article=article,
        received_on=timezone.localdate(on), started_at=on,
        days=limit if isinstance(limit, int) else None, fixed_on=None if isinstance(limit, int) else limit,
    )  # fmt: skip
    clock.compute()
    plan_next_word(clock, row.rules)
    clock.save()
    return clock


def _notify(row, owners: list[Owner], *, by: Actor, on: datetime) -> None:
    """Tell each side whose turn it is, and the applicant where the case stands, unless they did it themselves."""
    context = {"title": row.title, "state": row.state}
    key = f"{row.kind}:{row.pk}:{row.version}:{row.state}"
    messages = [
        OutboxMessage(
            **OutboxMessage.refers(row), kind="task", organisation_id=owner.organisation_id, role=owner.role,
            person_id=owner.person_id, context=context, created_at=on, next_attempt_at=on,
            key=f"{key}:task:{owner.organisation_id}:{owner.role}:{owner.person_id or ''}",
        )
        for owner in owners
    ]  # fmt: skip
    told = {owner.organisation_id for owner in owners} | {by.organisation.pk if by.organisation else None}
    if row.organisation_id not in told:
        messages.append(
            OutboxMessage(
                **OutboxMessage.refers(row), kind="progress", organisation_id=row.organisation_id, role="",
                context=context, created_at=on, next_attempt_at=on, key=f"{key}:progress",
            )
        )  # fmt: skip
    outbox.put(messages)


def draft(
    row, action: str, *, by: Actor, on: datetime, kind: str, article: str = "", old: str = "", values=None, detail=None
):
    """A ledger entry about a case, not yet written."""
    return EntryDraft(
        kind=kind, at=on, action=action, article=article, old_state=old, new_state=row.state,
        case_kind=row.kind, case_id=row.pk, case_number=row.number, inputs_digest=digest_of(values or {}),
        detail=detail or {}, request_id=current_request_id(), **who(by),
    )  # fmt: skip


def who(by: Actor) -> dict:
    """Who acted, for which organisation, on whose behalf, as the ledger keeps it."""
    return {
        "actor_id": by.person.pk if by.person else None,
        "organisation_id": by.organisation.pk if by.organisation else None,
        "organisation_name": by.organisation.name if by.organisation else "",
        "on_behalf_of_id": by.on_behalf_of.pk if by.on_behalf_of else None,
    }


def digest_of(values: Mapping) -> str:
    """SHA-256 over the canonical JSON of a step's inputs; empty where there were none."""
    if not values:
        return ""
    text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def record_refusal(case, spec, refusal: Refusal, *, by: Actor, on: datetime) -> None:
    """Write to the ledger that a step was refused, in a transaction of its own after the step's was rolled back."""
    detail = {"code": refusal.code, "reason": refusal.message}
    if isinstance(refusal, InvalidInput):
        detail["fields"] = sorted(refusal.errors)
    log.record_now(
        draft(
            case,
            spec.name,
            by=by,
            on=on,
            kind="refusal",
            article=refusal.article or spec.article,
            old=case.state,
            detail=detail,
        )
    )
