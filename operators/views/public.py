"""What everybody sees without signing in: the calls and their results (Art. 9(1))."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from operators import queries
from operators.models import OperatorApplication


@require_safe
def public_calls(request):
    """Every published call, for everybody (Art. 9(1))."""
    return render(request, "operators/public_calls.html", {"calls": queries.published_calls()[:100]})


@require_safe
def public_call(request, number: str):
    """One published call: conditions, window, checklist, and the results once they are public."""
    call = get_object_or_404(queries.published_calls(), number=number)
    points = call.rules.checklist("qualification") + call.rules.checklist("technical")
    actor, start = request.actor, OperatorApplication.start
    context = {
        "call": call,
        "points": points,
        "results": queries.published_results(call),
        # A visitor signs in on the way; whoever is signed in and can't apply gets no button that refuses.
        "may_apply": not actor.is_authenticated or start.person_refusal(OperatorApplication.kind, actor) is None,
    }
    return render(request, "operators/public_call.html", context)
