"""What the page of a document shows: its kind, its effect, its versions."""

from accounts.actors import Actor
from accounts.roles import Role
from casework import attachments


def of_document(document, actor: Actor) -> dict:
    """The document with every published version of it."""
    return {
        "category": document.category_label(),
        "versions": list(document.versions()) if document.published_at else [],
        "last_day": document.last_day(),
        "may_attach": attachments.may_attach(document, actor),
        "may_replace": actor.has(Role.BUREAU) and document.state == "published" and document.successor() is None,
    }
