"""What the steps of chapter 4 ask for, an area a module."""

from authorizations.sheets import quality, request, resource, use

__all__ = ["quality", "request", "resource", "use"]
