"""Conditions of the rules under which a step may be taken.

A guard is an affirmative fact about a case, such as `window_open`. It answers True, or False, or a list of what is
lacking; the sentence in `otherwise` says no in words, with the article. Guards read; they never write.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from casework.refusals import GuardRefused


@dataclass(frozen=True)
class Guard:
    """A condition with the article it comes from and the sentence that refuses."""

    name: str
    article: str
    otherwise: str
    remedy: str
    fact: Callable[..., bool | Sequence[str]]
    wants: frozenset[str]

    def refusal(self, case, *, by: Actor, on: datetime) -> GuardRefused | None:
        """The refusal this guard gives for the case now, or None where the fact holds."""
        given = {"by": by, "on": on}
        answer = self.fact(case, **{name: given[name] for name in self.wants})
        if answer is True or answer == []:
            return None
        return GuardRefused(self.otherwise, article=self.article, remedy=self.remedy, details=answer or ())

    def __call__(self, case, **context) -> bool | Sequence[str]:
        """The bare fact, for queries and tests."""
        return self.fact(case, **{name: context[name] for name in self.wants})


def guard(article: str, *, otherwise: str, remedy: str = "") -> Callable[[Callable], Guard]:
    """Declare a guard. The function takes the case and, by name, `by` (the actor) or `on` (the moment) if needed.

    A guard that serves several articles cites none (`""`); its refusal then cites the article of the step.
    """

    def declare(fact: Callable) -> Guard:
        wants = frozenset(inspect.signature(fact).parameters) & {"by", "on"}
        return Guard(fact.__name__, article, otherwise, remedy, fact, wants)

    return declare
