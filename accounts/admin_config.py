"""Puts the portal's administration site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's administration with the portal's sign-in."""

    default_site = "accounts.admin_site.PortalAdminSite"
