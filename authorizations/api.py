"""The REST faces of chapter 4's kinds of case."""

VIEWSETS = ()
