"""The organisation that a signed-in person acts for at present: chosen once, kept in the session (Art. 3)."""

from django.http import HttpRequest

from accounts.actors import ANONYMOUS, Actor
from accounts.models import Delegation, Organisation
from accounts.queries import actor_for, delegated_actor, delegations_to

_KEY = "acting"


def acting(request: HttpRequest) -> Actor:
    """Who acts in this request.

    A choice that no longer holds (the role or the delegation ended) leaves the person acting for nobody until they
    choose again: falling back to another organisation would let a step be taken for the wrong one.
    """
    person = request.user
    if not person.is_authenticated:
        return ANONYMOUS
    # The lazy wrapper around the account stays behind: an actor outlives the request.
    person = getattr(person, "_wrapped", person)
    choice = request.session.get(_KEY)
    if choice is None:
        return actor_for(person)
    if "delegation" in choice:
        delegation = delegations_to(person).filter(pk=choice["delegation"]).first()
        if delegation is None:
            return Actor(person, None, frozenset())
        delegation.delegate = person
        return delegated_actor(delegation)
    return actor_for(person, Organisation(pk=choice["organisation"]))


def choose(request: HttpRequest, chosen: Organisation | Delegation) -> None:
    """Act for this organisation, or under this delegation, from now on. The caller has checked that it is theirs."""
    kind = "delegation" if isinstance(chosen, Delegation) else "organisation"
    request.session[_KEY] = {kind: chosen.pk}


def has_ended(request: HttpRequest) -> bool:
    """Whether an earlier choice no longer holds, so that the person acts for nobody."""
    return _KEY in request.session and request.actor.organisation is None
