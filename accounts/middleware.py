"""Puts the actor on the request, and guards the signed-in session."""

import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.acting import acting
from accounts.addresses import client_address
from accounts.models import AccountEvent, EventKind
from accounts.passwords import must_change
from accounts.security_profiles import current
from accounts.views.sign_in import sign_in_first

_SEEN = "seen"
_SEEN_IS_NOTED_EVERY = 60
_ALWAYS_OPEN = frozenset({"login", "logout", "set_language"})


class ActingMiddleware:
    """Sets `request.actor`; nothing is read until somebody asks for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        """Answer the request."""
        request.actor = SimpleLazyObject(lambda: acting(request))
        return self.get_response(request)


class SignedInMiddleware:
    """Asks strangers to sign in, ends an idle session, lets nobody past who owes a second factor or a new password."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        """Answer the request; where it needs an account, with the sign-in page in its place and status 401."""
        stranger = not request.user.is_authenticated
        response = self.get_response(request)
        if stranger and not request.user.is_authenticated and _leads_to_sign_in(response):
            return _to_sign_in_first(request)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """Send the person where they have to go first, if anywhere."""
        if not request.user.is_authenticated:
            return None
        if self._idle_too_long(request):
            return self._sign_out(request)
        name = request.resolver_match.url_name
        if name in _ALWAYS_OPEN or name == "second_factor":
            return None
        if second_factor.pending(request):
            return _go_to("second_factor", request)
        if name != "password_change" and must_change(request.user):
            return _go_to("password_change", request)
        return None

    def _idle_too_long(self, request: HttpRequest) -> bool:
        now = int(time.time())
        seen = request.session.get(_SEEN, now)
        if now - seen > current().idle.total_seconds():
            return True
        if _SEEN not in request.session or now - seen >= _SEEN_IS_NOTED_EVERY:
            request.session[_SEEN] = now
        return False

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        AccountEvent.objects.record(
            EventKind.TIMED_OUT, person=request.user, by=request.user, ip=client_address(request)
        )
        logout(request)
        minutes = int(current().idle.total_seconds() // 60)
        messages.warning(
            request,
            _("You were signed out after %(minutes)d minutes without activity. Sign in to go on where you were.")
            % {"minutes": minutes},
        )
        return _go_to(settings.LOGIN_URL, request)


def _leads_to_sign_in(response: HttpResponse) -> bool:
    address = urlsplit(response.get("Location", ""))
    return address.path == resolve_url(settings.LOGIN_URL) and "next=" in address.query


def _to_sign_in_first(request: HttpRequest) -> HttpResponse:
    if "HX-Request" in request.headers:
        return _go_to(settings.LOGIN_URL, request)
    return sign_in_first(request, _way_back(request))


def _go_to(name: str, request: HttpRequest) -> HttpResponse:
    """Redirect, and remember the page to come back to."""
    response = redirect_to_login(_way_back(request), resolve_url(name))
    if "HX-Request" in request.headers:
        # htmx would follow a redirect and put the sign-in page into a corner of the present one.
        return HttpResponse(status=401, headers={"HX-Redirect": response.url})
    return response


def _way_back(request: HttpRequest) -> str:
    """The page asked for; for a form that was posted, the page that held it."""
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return resolve_url(settings.LOGIN_REDIRECT_URL)
