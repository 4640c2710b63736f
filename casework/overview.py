"""Lists of cases and the head of a case's page: where each stands, whose turn it is, by when."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.http import urlencode

from accounts.actors import Actor
from accounts.models import Organisation
from casework import keys
from casework.deadlines import Deadline, deadline
from casework.models.case import Case
from casework.models.clock import Clock
from casework.models.task import Task
from regulation import rules

PAGE = 50
_DIGIT = re.compile(r"[0-9]")


@dataclass
class Overview:
    """Where a case stands: the open tasks (whose turn it is) and the running clocks."""

    case: Case
    tasks: list[Task] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)

    @property
    def deadline(self) -> Deadline | None:
        """The clock that runs out first, the paused ones last."""
        return min(self.deadlines, key=lambda one: (one.due_on is None, one.due_on), default=None)


def overviews(cases: Sequence[Case], actor: Actor, *, on: datetime) -> list[Overview]:
    """The overview of each case for this reader, with two queries for all of them."""
    if not cases:
        return []
    kind, ids = cases[0].kind, [case.pk for case in cases]
    tasks, clocks = defaultdict(list), defaultdict(list)
    open_tasks = Task.objects.turns().filter(case_kind=kind, case_id__in=ids, closed_at=None)
    for task in open_tasks.select_related("organisation", "person").order_by("id"):
        tasks[task.case_id].append(task)
    running = Clock.objects.filter(case_kind=kind, case_id__in=ids, stopped_at=None)
    for clock in running.select_related("organisation").order_by("id"):
        clocks[clock.case_id].append(deadline(clock, on=on))
    found = [Overview(case, tasks[case.pk], clocks[case.pk]) for case in cases]
    for overview in found:
        if name := overview.case.turn_for(actor):
            _without_names(overview, name)
    return found


def _without_names(overview: Overview, name: str) -> None:
    """Put one name in the place of those whose turn it is, and leave one clock, which names nobody."""
    overview.tasks, clock = overview.tasks[:1], overview.deadline
    overview.deadlines = [clock] if clock else []
    for task in overview.tasks:
        task.organisation, task.person = Organisation(name=name), None
    for running in overview.deadlines:
        running.clock.organisation = None


def case_overview(case: Case, actor: Actor, *, on: datetime) -> Overview:
    """The overview of one case."""
    return overviews([case], actor, on=on)[0]


def _found_by(model: type[Case], text: str, *, on: datetime) -> Q:
    """The cheapest condition for what was typed: a number from its beginning, words, or, where it may be both, both.

    A number from its beginning is one place in an index; a piece out of the middle reads the whole list.
    """
    prefix = rules.in_force_or_last(timezone.localdate(on)).number_prefix(model.kind)
    if text.upper().startswith(f"{prefix}-"):
        return Q(number__startswith=text.upper())
    return model.search(text) | Q(number__icontains=text) if _DIGIT.search(text) else model.search(text)


@dataclass
class CaseList:
    """One page of a kind of case as the reader may see it, filtered by what the address says."""

    model: type[Case]
    rows: list[Overview]
    state: str
    text: str
    next: str

    @classmethod
    def read(
        cls, model: type[Case], actor: Actor, asked: Mapping[str, str], *, on: datetime, size: int = PAGE
    ) -> "CaseList":
        """Read the page, the latest case first, from behind the key in `after`. A filter without sense is ignored."""
        state = asked.get("state", "") if asked.get("state") in model.states.by_name else ""
        text = asked.get("q", "").strip()[:100]
        cases = model.objects.visible_to(actor).select_related("organisation").order_by("-id")
        if state:
            cases = cases.filter(state=state)
        if text:
            cases = cases.filter(_found_by(model, text, on=on))
        if (after := keys.number(asked.get("after", ""))) is not None:
            cases = cases.filter(id__lt=after)
        found = list(cases[: size + 1])
        more = str(found[size - 1].pk) if len(found) > size else ""
        return cls(model, overviews(found[:size], actor, on=on), state, text, more)

    @property
    def query(self) -> str:
        """The filters as they stand in the address."""
        return urlencode({"q": self.text, "state": self.state})

    @property
    def is_filtered(self) -> bool:
        """Whether the reader narrowed the list, so that an empty one says so."""
        return bool(self.state or self.text)
