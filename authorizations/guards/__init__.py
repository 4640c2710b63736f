"""The conditions of chapter 4 under which a step may be taken, an area a module. They read; they never write."""

from authorizations.guards import quality, request, resource, use

__all__ = ["quality", "request", "resource", "use"]
