"""What the steps of chapter 4 ask for, an area a module."""

from authorizations.sheets import need, objection, quality, request, resource, searching, use

__all__ = ["need", "objection", "quality", "request", "resource", "searching", "use"]
