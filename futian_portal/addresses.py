"""Addresses that no page can answer."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class NoNulMiddleware:
    """Refuses addresses with a NUL, which PostgreSQL takes into no text: 400 instead of a fault in some page.

    Forms and the API look after what is sent to them where they read it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request.

        Raises:
            BadRequest: for such an address.
        """
        if "%00" in request.META["QUERY_STRING"] and not request.path.startswith("/api/"):
            raise BadRequest("The address holds a NUL.")
        return self.get_response(request)
