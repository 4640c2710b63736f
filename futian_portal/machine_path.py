"""The way of a gateway's question to its answer, past everything that is there for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from authorizations.views.access import access_decision
from futian_portal.language import activate_chosen

ACCESS_DECISION = "/api/v1/access-decision/"


class MachinePathMiddleware:
    """Answers `GET /api/v1/access-decision/` with a bearer token in front of sessions, language, CSRF and accounts.

    A gateway asks before each call of data and passes the caller's headers on: a cookie among them must not cost a look
    at a session. Somebody without a token goes the long way, with their session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        bearer = request.META.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "
        if request.path_info != ACCESS_DECISION or not bearer:
            return self.get_response(request)
        activate_chosen(request)
        return access_decision(request)
