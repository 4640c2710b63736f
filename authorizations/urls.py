"""Addresses of chapter 4's own pages."""

from django.urls import path

from authorizations.views import catalogue, department, figures, grants, requests

urlpatterns = [
    path("catalog.jsonld", catalogue.catalog_jsonld, name="catalog-jsonld"),
    path("catalogue/", catalogue.browse, name="catalogue"),
    path("catalogue/import/", department.take_in, name="catalogue-import"),
    path("catalogue/import/template/", department.template, name="catalogue-template"),
    path("catalogue/import/own/", department.own_resources, name="catalogue-own"),
    path("catalogue/<slug:number>/", catalogue.entry, name="catalogue-entry"),
    path("basket/<slug:number>/add/", catalogue.basket_add, name="basket-add"),
    path("basket/<slug:number>/remove/", catalogue.basket_remove, name="basket-remove"),
    path("department/", department.department, name="department"),
    path("basket/", requests.basket, name="basket"),
    path("requests/<slug:number>/prepare/", requests.prepare, name="request-prepare"),
    path("requests/<slug:number>/prepare/text/", requests.text, name="request-text"),
    path("requests/<slug:number>/prepare/resources/", requests.resources, name="request-resources"),
    path("requests/<slug:number>/prepare/check/", requests.check, name="request-check"),
    path("requests/<slug:number>/submitted/", requests.submitted, name="request-submitted"),
    path("requests/<slug:number>/copy/", requests.copy, name="request-copy"),
    path("usage/", figures.usage_page, name="usage"),
    path("quality/", figures.quality_page, name="quality"),
    path("grants/", grants.grant_list, name="grants"),
    path("grants/<slug:code>/", grants.grant_page, name="grant"),
    path("grants/<slug:code>/dictionary.xlsx", grants.dictionary, name="grant-dictionary"),
    path("grants/<slug:code>/exports/", grants.order_export, name="order-export"),
    path("grants/<slug:code>/exports/<slug:export>/", grants.export_file, name="export-file"),
]
