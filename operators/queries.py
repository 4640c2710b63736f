"""Reads of chapter 3 that deserve a name."""

from django.db.models import Count, Q

from operators.models import Call, Document, Expert


def published_calls():
    """Calls on the public page, the latest first."""
    return Call.objects.filter(published_at__isnull=False).order_by("-published_at", "-id")


def published_results(call: Call):
    """The decided applications of a call whose results are public; none before."""
    if call.state != "decided":
        return call.applications.none()
    decided = call.applications.filter(state__in=["approved", "agreed", "refused"])
    return decided.select_related("organisation").order_by("state", "number")


def published_documents():
    """Documents on the public page, those that took effect last first."""
    return Document.objects.public().with_next().order_by("-effective_on", "-id")


def pool():
    """The experts with how many panels each has sat on, by name."""
    sat = Count("seats", filter=Q(seats__given_up_at=None))
    return Expert.objects.select_related("person", "employer").annotate(panels=sat).order_by("person__name", "pk")
