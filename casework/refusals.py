"""The answers a step may give instead of being done, in words a person can act on.

Each kind of refusal is a different answer: not yours to see (404), not your step (403), not in this state or a
guard says no (409), a stale version (412), bad input (422). A refusal names the article it rests on, where it
rests on one, and what could be done instead.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _


class Refusal(Exception):
    """A step was not done. `status` is the HTTP status that pages and API answer with, `code` is stable."""

    status = 409
    code = "refused"

    def __init__(self, message: str, *, article: str = "", remedy: str = "", details: Sequence[str] = ()):
        super().__init__(str(message))
        self.message = str(message)
        self.article = article
        self.remedy = str(remedy)
        self.details = tuple(str(detail) for detail in details)


class NotVisible(Refusal):
    """There is no such case for this person (404): the answer does not tell whether it exists."""

    status, code = 404, "not-found"


class NotYourStep(Refusal):
    """The person, in the organisation acted for, may not take this step (403)."""

    status, code = 403, "not-your-step"


class WrongState(Refusal):
    """The case is not in a state that the step starts from (409), perhaps because somebody was faster."""

    status, code = 409, "wrong-state"


class GuardRefused(Refusal):
    """A condition of the rules is not met (409)."""

    status, code = 409, "guard-refused"


class StaleVersion(Refusal):
    """The case has changed since it was shown (412)."""

    status, code = 412, "stale-version"


class InvalidInput(Refusal):
    """What was entered can't be taken (422). `errors` maps a field's name to its messages."""

    status, code = 422, "invalid-input"

    def __init__(self, errors: Mapping[str, Sequence[str]], *, article: str = ""):
        super().__init__(_("Please correct what is marked below."), article=article)
        self.errors = {name: [str(message) for message in messages] for name, messages in errors.items()}
