"""The administration site: for the three administrators, behind the portal's own sign-in."""

from functools import wraps

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import ADMIN_ROLES


class PortalAdminSite(AdminSite):
    """Opens for an actor in an administrator's role; each model says which of the three may do what."""

    site_header = site_title = _("System administration")
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the site opens at all."""
        return request.actor.has(*ADMIN_ROLES)

    def admin_view(self, view, cacheable=False):
        """Refuse at the page itself instead of sending somebody to sign in who has done so."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if self.has_permission(request):
                return inner(request, *args, **kwargs)
            return self._refuse(request, request.get_full_path())

        return guarded

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """The portal's own sign-in takes the place of Django's."""
        if self.has_permission(request):
            return redirect("admin:index")
        return self._refuse(request, request.GET.get("next") or reverse("admin:index", current_app=self.name))

    @staticmethod
    def _refuse(request: HttpRequest, back: str) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied(_("The administration pages are for the three administrators."))
        return redirect_to_login(back)
