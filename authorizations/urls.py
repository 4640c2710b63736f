"""Addresses of chapter 4's own pages."""

from django.urls import path

from authorizations.views import catalogue, department

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
]
