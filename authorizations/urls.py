"""Addresses of chapter 4's own pages."""

from django.urls import path

from authorizations.views import figures

urlpatterns = [
    path("usage/", figures.usage_page, name="usage"),
    path("quality/", figures.quality_page, name="quality"),
]
