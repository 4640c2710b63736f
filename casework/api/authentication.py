"""Who calls the API: a bearer token of a person in an organisation, or the session of the browser."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission

from accounts import tokens


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer …` with a token from `manage.py issue_token`."""

    def authenticate(self, request):
        """The person and the token; the actor is put where the pages have it too."""
        scheme, _space, raw = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = tokens.authenticate(raw.strip())
        if found is None:
            raise exceptions.AuthenticationFailed(_("The token is unknown, has ended or was revoked."))
        actor, token = found
        request._request.actor = actor
        return actor.person, token

    def authenticate_header(self, request) -> str:
        """Makes DRF answer 401, not 403, where nobody is signed in."""
        return 'Bearer realm="api"'


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes the token."""

    target_class = BearerToken
    name = "bearer"

    def get_security_definition(self, auto_schema) -> dict:
        """An HTTP bearer scheme."""
        return {"type": "http", "scheme": "bearer"}


class ActsForOrganisation(BasePermission):
    """Signed in, and acting for an organisation."""

    message = _("You do not act for an organisation.")

    def has_permission(self, request, view) -> bool:
        """Whether there is an actor; what the actor may do, each step says itself."""
        actor = request._request.actor
        return bool(request.user and request.user.is_authenticated and actor.organisation is not None)
