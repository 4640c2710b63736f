"""The inbox: to do, done, started by me."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework import keys, queries
from casework.deadlines import deadline
from casework.views.faces import signed_in

PAGE = 50


def _rows(tasks, *, on) -> list[dict]:
    cases = queries.cases_of(tasks)
    found = [(task, cases.get((task.case_kind, task.case_id))) for task in tasks]
    return [
        {"task": task, "case": case, "deadline": deadline(task.clock, on=on), "action": case.states[task.state].task}
        for task, case in found
        if case is not None
    ]


@require_safe
@signed_in
def to_do(request):
    """Open tasks of the organisation and roles acted for, the soonest due first."""
    actor, on = request.actor, timezone.now()
    tasks = list(queries.awaiting(actor, after=keys.place(request.GET.get("after", "")))[: PAGE + 1])
    page, more = tasks[:PAGE], len(tasks) > PAGE
    return render(
        request,
        "casework/inbox.html",
        {
            "tab": "to_do",
            "rows": _rows(page, on=on),
            "count": queries.capped_count(queries.awaiting(actor)),
            "next": f"{page[-1].due_on}_{page[-1].pk}" if more else "",
        },
    )


@require_safe
@signed_in
def done(request):
    """What the person has done, the latest first."""
    tasks = list(queries.done(request.actor).select_related("clock")[:PAGE])
    return render(request, "casework/inbox.html", {"tab": "done", "rows": _rows(tasks, on=timezone.now())})


@require_safe
@signed_in
def started(request):
    """The cases the person began, the latest first."""
    entries = list(queries.started(request.actor)[:PAGE])
    cases = queries.cases_of(entries)
    rows = [cases[entry.case_kind, entry.case_id] for entry in entries if (entry.case_kind, entry.case_id) in cases]
    return render(request, "casework/inbox.html", {"tab": "started", "cases": rows})
