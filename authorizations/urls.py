"""Addresses of chapter 4's own pages."""

urlpatterns = []
