"""What the page of an objection shows, and to whom."""

from accounts.actors import Actor
from accounts.roles import Role


def of_objection(objection, actor: Actor) -> dict:
    """An objection; what bureau and department wrote to each other is not the user's to read."""
    user = actor.has(Role.OPERATOR, Role.PARTNER)
    return {
        "resource": objection.resource,
        # A request is named to those who see requests: a department knows it by its own resources only.
        "request_shown": None if actor.has(Role.DEPARTMENT) else objection.request,
        "opinion_shown": not user,
    }
