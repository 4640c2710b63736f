"""`Idempotency-Key`: a write that is sent twice is done once.

The key's row is written first, in the same transaction as what the request does: a second request with the same key
waits for the first to commit and then gets its answer.
"""

import hashlib
import json

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.response import Response

from casework.api.problems import problem
from casework.models.idempotency import IdempotentAnswer


def _digest(request, content: str) -> str:
    hashed = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if content:
        hashed.update(content.encode())
    elif request.content_type.startswith("multipart/"):
        _add_form(hashed, request._request)
    else:
        hashed.update(request.body)
    return hashed.hexdigest()


def _add_form(hashed, request) -> None:
    """Add what a form holds, not its bytes: those differ each time it is sent, and may have been read already."""
    hashed.update(json.dumps(sorted(request.POST.lists())).encode())
    for field, files in sorted(request.FILES.lists()):
        for file in files:
            hashed.update(json.dumps([field, file.name, file.size]).encode())
            for chunk in file.chunks():
                hashed.update(chunk)
            file.seek(0)


class ServerFault(Exception):
    """Carries a 5xx answer out of the transaction so that nothing of the request stays."""

    def __init__(self, response: Response):
        super().__init__(response.status_code)
        self.response = response


def once(request, act, *, content: str = "") -> Response:
    """Do `act()` once for the request's key; without a key, just do it.

    `content` is the digest of a body that was read as a stream and can't be read again.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    if len(key) > 100:
        return problem(400, _("The Idempotency-Key is longer than 100 characters."), code="malformed")
    digest = _digest(request, content)
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(person=request.user, key=key, request_digest=digest)
            response = act()
            if response.status_code >= 500:
                raise ServerFault(response)
            row.status, row.body = response.status_code, response.data
            row.save()
            return response
    except ServerFault as fault:
        return fault.response
    except IntegrityError:
        kept = IdempotentAnswer.objects.filter(person=request.user, key=key).first()
        if kept is None:
            raise
    if kept.request_digest != digest:
        return problem(409, _("This Idempotency-Key was used for another request."), code="idempotency-key-reused")
    content_type = "application/problem+json" if kept.status >= 400 else None
    return Response(kept.body, status=kept.status, headers={"Idempotent-Replay": "true"}, content_type=content_type)
