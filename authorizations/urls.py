"""Addresses of chapter 4's own pages."""

from django.urls import path

from authorizations.views import grants

urlpatterns = [
    path("grants/", grants.grant_list, name="grants"),
    path("grants/<slug:code>/", grants.grant_page, name="grant"),
    path("grants/<slug:code>/dictionary.xlsx", grants.dictionary, name="grant-dictionary"),
    path("grants/<slug:code>/exports/", grants.order_export, name="order-export"),
    path("grants/<slug:code>/exports/<slug:export>/", grants.export_file, name="export-file"),
]
