"""What the page of a request for authorization shows, and to whom."""

from django.db.models import prefetch_related_objects

from accounts.actors import Actor


def of_request(request, actor: Actor) -> dict:
    """A request; to a department with its own resources only."""
    prefetch_related_objects([request], "items__resource", "items__version", "items__department")
    return {"items": request.items_shown(actor), "notes": request.notes.select_related("by", "organisation")}
