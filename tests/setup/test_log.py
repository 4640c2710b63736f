"""A line of the log can be found from an answer's X-Request-ID, and back."""

import logging

from django.conf import settings
from django.http import HttpResponse

from casework.request_id import RequestIdFilter, RequestIdMiddleware

LINE = logging.Formatter(settings.LOGGING["formatters"]["line"]["format"])


def line() -> str:
    record = logging.LogRecord("portal", logging.WARNING, __file__, 1, "something", None, None)
    assert RequestIdFilter().filter(record)
    return LINE.format(record)


def test_a_line_written_during_a_request_has_its_id(rf):
    answer = RequestIdMiddleware(lambda request: HttpResponse(line()))(
        rf.get("/", headers={"X-Request-ID": "abcd-1234"})
    )
    assert answer["X-Request-ID"] == "abcd-1234"
    assert answer.content.decode().endswith("WARNING portal abcd-1234 something")


def test_a_line_written_in_a_job_has_a_dash():
    assert line().endswith("WARNING portal - something")


def test_the_icon_that_browsers_ask_for_is_there(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.url) == (302, "/static/icons/favicon.svg")
