"""What every page of the kernel shares: who may come in, and refusals shown in plain words."""

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.actors import Actor
from casework.refusals import NotYourStep, Refusal


def signed_in(view):
    """Let in whoever is signed in and acts for an organisation; send everybody else to sign in first."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        actor: Actor = request.actor
        if not actor.is_authenticated:
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        if actor.organisation is None:
            raise NotYourStep(_("You do not act for an organisation. Ask the security administrator for a role."))
        return view(request, *args, **kwargs)

    return wrapped


class RefusalMiddleware:
    """Turns a refusal that a page did not answer itself into a page that says why, with its own status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Render the refusal; leave every other exception alone."""
        if not isinstance(exception, Refusal) or request.path.startswith("/api/"):
            return None
        template = "404.html" if exception.status == 404 else "refused.html"
        return render(request, template, {"refusal": exception}, status=exception.status)
