"""What the steps of chapter 4 ask for, an area a module."""

from authorizations.sheets import request, resource, use

__all__ = ["request", "resource", "use"]
