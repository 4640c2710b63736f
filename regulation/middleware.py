"""One calendar for a whole request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from regulation import calendar


class CalendarMiddleware:
    """Asks the table for its state at most once a request, so that a list of deadlines costs no query a row."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the calendar held."""
        with calendar.held():
            return self.get_response(request)
