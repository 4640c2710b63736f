"""Errors as `application/problem+json` (RFC 9457), with a stable `code` and the article where a rule refused."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from casework.refusals import InvalidInput, Refusal
from regulation import articles
from regulation.rules import NoRulesInForce

CODES = {
    400: "malformed",
    401: "not-authenticated",
    403: "not-permitted",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    411: "length-required",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid-input",
    429: "too-many-requests",
}


def problem(status: int, detail: str, *, code: str = "", **more) -> Response:
    """One error. `more` may hold `article`, `remedy`, `errors`, `details`; what is empty is left out."""
    body = {
        "type": "about:blank",
        "title": detail,
        "status": status,
        "detail": detail,
        "code": code or CODES.get(status, "error"),
    }
    body |= {name: value for name, value in more.items() if value}
    return Response(body, status=status, content_type="application/problem+json")


def of_refusal(refusal: Refusal) -> Response:
    """A refusal of the kernel as a problem."""
    article = {"code": refusal.article, "label": articles.label(refusal.article)} if refusal.article else None
    errors = refusal.errors if isinstance(refusal, InvalidInput) else None
    return problem(
        refusal.status, refusal.message, code=refusal.code, article=article, remedy=refusal.remedy,
        details=list(refusal.details), errors=errors,
    )  # fmt: skip


def handler(exception: Exception, context: dict) -> Response | None:
    """DRF's exception handler: refusals and DRF's own errors become problems; anything else stays a 500."""
    if isinstance(exception, Refusal):
        return of_refusal(exception)
    if isinstance(exception, NoRulesInForce):
        return problem(409, str(exception), code="no-rules-in-force")
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    errors = exception.detail if isinstance(exception, exceptions.ValidationError) else None
    detail = str(exception.default_detail) if errors else str(exception.detail)
    response = problem(exception.status_code, detail, errors=errors)
    if header := getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response
