"""All routes of the portal."""

from django.contrib import admin
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path

from futian_portal import health

urlpatterns = [
    path("api/", include("futian_portal.api")),
    path("accounts/", include("accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    # Asked for by browsers on pages that name no icon, such as those of the API.
    path("favicon.ico", lambda request: redirect(static("icons/favicon.svg"))),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("authorizations.urls")),
    path("", include("operators.urls")),
    path("", include("casework.urls")),
]
