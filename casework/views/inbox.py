"""The inbox: to do, done, started by me."""

from datetime import datetime

from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from casework import keys, queries
from casework.deadlines import deadline
from casework.handling import handlers_of
from casework.views.faces import signed_in

PAGE = 50


def _rows(tasks, actor: Actor, *, on: datetime) -> list[dict]:
    cases, handlers = queries.cases_of(tasks), handlers_of(tasks, actor)
    found = [(task, (task.case_kind, task.case_id)) for task in tasks]
    return [
        {
            "task": task,
            "case": cases[key],
            "deadline": deadline(task.clock, on=on),
            "action": task.get_errand_display() or cases[key].states[task.state].task,
            "handler": handlers.get(key),
        }
        for task, key in found
        if key in cases
    ]


@require_safe
@signed_in
def to_do(request):
    """Open tasks of the organisation and roles acted for, the soonest due first; with `mine`, those I handle."""
    actor, on, mine = request.actor, timezone.now(), request.GET.get("mine") == "1"
    find = queries.handled if mine else queries.awaiting
    tasks = list(find(actor, after=keys.place(request.GET.get("after", "")))[: PAGE + 1])
    page, more = tasks[:PAGE], len(tasks) > PAGE
    filters = {"mine": 1} if mine else {}
    return render(
        request,
        "casework/inbox.html",
        {
            "tab": "to_do",
            "rows": _rows(page, actor, on=on),
            "mine": mine,
            "next": f"?{urlencode(filters | {'after': f'{page[-1].due_on}_{page[-1].pk}'})}" if more else "",
        },
    )


@require_safe
@signed_in
def done(request):
    """What the person has done, the latest first."""
    tasks = list(queries.done(request.actor).select_related("clock")[:PAGE])
    return render(
        request, "casework/inbox.html", {"tab": "done", "rows": _rows(tasks, request.actor, on=timezone.now())}
    )


@require_safe
@signed_in
def started(request):
    """The cases the person began, the latest first."""
    entries = list(queries.started(request.actor)[:PAGE])
    cases = queries.cases_of(entries)
    rows = [cases[entry.case_kind, entry.case_id] for entry in entries if (entry.case_kind, entry.case_id) in cases]
    return render(request, "casework/inbox.html", {"tab": "started", "cases": rows})
