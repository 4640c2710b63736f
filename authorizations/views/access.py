"""The question of a gateway: may this call pass now? A plain view: nothing is parsed, negotiated or kept for it."""

import json

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from authorizations import access
from casework.api.problems import CODES
from regulation import articles

ASKED = ("grant", "resource", "scenario")
LONGEST = 200
_ALLOWED = b'{"decision":"allow"}'
_HEADERS = {"Cache-Control": "no-store"}


@require_safe
def access_decision(request: HttpRequest) -> HttpResponse:
    """200 where the call may pass, 403 with the reason where not, 401 for nobody, 400 where the question is none."""
    asked = {name: request.GET.get(name, "") for name in ASKED}
    errors = {name: [said] for name, value in asked.items() if (said := _fault(value))}
    if errors:
        return _problem(400, _("Name grant, resource and scenario."), code=CODES[400], errors=errors)
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        if scheme.lower() == "bearer":
            decision = access.decide_for_token(token.strip(), now=timezone.now(), **asked)
        elif request.actor.is_authenticated:
            decision = access.decide(request.actor, on=timezone.localdate(), **asked)
        else:
            raise access.UnknownToken
    except access.UnknownToken:
        said = _("The token is unknown, has ended or was revoked.")
        return _problem(401, said, code=CODES[401], headers={"WWW-Authenticate": 'Bearer realm="api"'})
    if decision.allowed:
        return HttpResponse(_ALLOWED, content_type="application/json", headers=_HEADERS)
    article = {"code": decision.article, "label": articles.label(decision.article)}
    return _problem(403, decision.message, code=decision.code, article=article)


def _fault(value: str) -> str:
    if not value:
        return _("This field is required.")
    return _("This is not a code.") if len(value) > LONGEST or "\x00" in value else ""


def _problem(status: int, detail: str, *, code: str, headers: dict | None = None, **more) -> HttpResponse:
    """An error as the API gives it; the code also as a header, which a gateway can pass on."""
    body = {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code, **more}
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json",
        headers=_HEADERS | {"X-Access-Reason": code} | (headers or {}),
    )  # fmt: skip
