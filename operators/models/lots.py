"""Drawing the expert panel by lot, so that an auditor can repeat the draw (Art. 5(4), 11)."""

import random
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from guardian.shortcuts import assign_perm, remove_perm

from accounts.actors import Actor
from accounts.models import Membership
from accounts.queries import bureau
from accounts.roles import Role
from casework import effects
from casework.states import Owner
from operators.models.expert import ConflictDeclaration, Expert
from operators.models.panel import PanelDraw, PanelSeat, Score

PERMISSION = "operators.score_operatorapplication"


@dataclass(frozen=True)
class Pool:
    """The experts of a field: those who may judge an application, and those left out with the kind of conflict."""

    eligible: list[Expert]
    excluded: list[tuple[Expert, str]]


def eligible(application) -> Pool:
    """Available experts of the call's field who were not drawn before, parted by conflict of interest.

    Whoever no longer holds the role of an expert could not score and is not drawn.
    """
    drawn = set(application.seats.values_list("expert_id", flat=True))
    held = Membership.objects.in_force().filter(role=Role.EXPERT)
    in_role = held.filter(person=OuterRef("person"), organisation=OuterRef("employer"))
    experts = (
        Expert.objects.filter(Exists(in_role), active=True)
        .select_related("person", "employer")
        .prefetch_related("conflicts", "person__memberships")
        .order_by("pk")
    )
    pool = Pool([], [])
    for expert in experts:
        if application.call.expertise not in expert.expertise or expert.pk in drawn:
            continue
        conflict = expert.conflict_with(application.organisation)
        if conflict:
            pool.excluded.append((expert, conflict))
        else:
            pool.eligible.append(expert)
    return pool


def draw(application, *, by: Actor, on: datetime) -> dict:
    """Fill the vacant seats by lot; those drawn may see and score the application. Returns what the ledger keeps."""
    pool = eligible(application)
    vacant = min(application.seats_to_fill(), len(pool.eligible))
    seed = secrets.token_hex(16)
    # Anybody can repeat the draw from the recorded seed and the recorded order of the eligible.
    chosen = random.Random(seed).sample(pool.eligible, vacant)  # noqa: S311 - the seed is what must not be guessed
    PanelDraw.objects.create(
        application=application, expertise=application.call.expertise, seed=seed, drawn_at=on, drawn_by=by.person,
        eligible=[expert.pk for expert in pool.eligible], excluded=[[expert.pk, why] for expert, why in pool.excluded],
    )  # fmt: skip
    already_sitting = application.state == "panel_review"
    for expert in chosen:
        PanelSeat.objects.create(application=application, expert=expert, drawn_at=on)
        assign_perm(PERMISSION, expert.person, application)
        if already_sitting:
            effects.open_task(application, Owner(expert.employer_id, Role.EXPERT, expert.person_id), on=on)
    return {
        "seed": seed,
        "eligible": [expert.pk for expert in pool.eligible],
        "excluded": [[expert.pk, why] for expert, why in pool.excluded],
        "drawn": [expert.pk for expert in chosen],
    }


def replace(application, *, by: Actor, on: datetime, reason: str) -> dict:
    """Record the expert's conflict, vacate the seat, and draw another in the place."""
    seat = application.sitting().select_related("expert").get(expert__person=by.person)
    ConflictDeclaration.objects.get_or_create(
        expert=seat.expert, organisation=application.organisation, defaults={"reason": reason, "declared_at": on}
    )
    return _redraw(application, seat, by=by, on=on, reason=reason)


def excuse(application, *, by: Actor, on: datetime, seat: str, reason: str) -> dict:
    """Vacate the seat of an expert who can't go on, and draw another in the place."""
    vacated = application.awaited_seats().select_related("expert__person").get(pk=seat)
    effects.close_tasks_of(application, vacated.expert.person, by=by, on=on)
    return {"excused": vacated.expert_id, "reason": reason} | _redraw(application, vacated, by=by, on=on, reason=reason)


def _redraw(application, seat: PanelSeat, *, by: Actor, on: datetime, reason: str) -> dict:
    """Take the seat and the right to read away; the bureau is told where nobody is left to be drawn."""
    seat.given_up_at, seat.given_up_because = on, reason
    seat.save()
    remove_perm(PERMISSION, seat.expert.person, application)
    drawn = draw(application, by=by, on=on)
    if application.seats_to_fill() > 0:
        # The pool is used up: without this nobody would learn that a seat is vacant.
        effects.open_task(application, Owner(bureau().pk, Role.BUREAU), on=on)
    return drawn


def write_score(application, *, by: Actor, on: datetime, opinion: str, marks: dict[str, int]) -> None:
    """Write the expert's score once."""
    seat = application.sitting().get(expert__person=by.person)
    Score.objects.create(seat=seat, marks=marks, total=sum(marks.values()), opinion=opinion, scored_at=on)
