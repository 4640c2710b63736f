"""Reads of chapter 4 that deserve a name."""

from authorizations.figures import quality_figures, usage

__all__ = ["quality_figures", "usage"]
