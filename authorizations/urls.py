"""Addresses of chapter 4's own pages."""

from django.urls import path

from authorizations.views import requests

urlpatterns = [
    path("basket/", requests.basket, name="basket"),
    path("requests/<slug:number>/prepare/", requests.prepare, name="request-prepare"),
    path("requests/<slug:number>/prepare/text/", requests.text, name="request-text"),
    path("requests/<slug:number>/prepare/resources/", requests.resources, name="request-resources"),
    path("requests/<slug:number>/prepare/check/", requests.check, name="request-check"),
    path("requests/<slug:number>/submitted/", requests.submitted, name="request-submitted"),
    path("requests/<slug:number>/copy/", requests.copy, name="request-copy"),
]
