"""What everybody sees without signing in: calls and their results (Art. 9(1)), published documents (Art. 5(2))."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from casework import attachments
from operators import queries
from operators.guards import rules_today
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


@require_safe
def public_documents(request):
    """Every published document, for everybody; of one kind, or with some words in its title, where asked for."""
    categories = rules_today().options("document_kind")
    chosen, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:100]
    documents = queries.published_documents()
    if chosen in dict(categories):
        documents = documents.filter(category=chosen)
    if text:
        documents = documents.filter(Q(subject__icontains=text) | Q(document_number__icontains=text))
    context = {"documents": documents[:200], "categories": categories, "chosen": chosen, "text": text}
    return render(request, "operators/public_documents.html", context)


@require_safe
def public_document(request, number: str):
    """One published document: text, days of effect, versions, files."""
    document = get_object_or_404(queries.published_documents().select_related("replaces"), number=number)
    context = {
        "document": document,
        "category": document.category_label(),
        "last_day": document.last_day(),
        "versions": document.versions(),
        "files": document.files(),
    }
    return render(request, "operators/public_document.html", context)


@require_safe
def public_file(request, number: str, pk: int):
    """A file of a published document, as a download."""
    document = get_object_or_404(queries.published_documents(), number=number)
    return attachments.serve(get_object_or_404(document.files(), pk=pk))
