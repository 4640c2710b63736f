"""What the page of a case shows, and to whom, an area a module. What is not the reader's to see is not in it at all."""

from authorizations.facts import need, objection, quality, request, resource, use

__all__ = ["need", "objection", "quality", "request", "resource", "use"]
