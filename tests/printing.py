"""Papers are set as PDF only where somebody looks at one: that costs more than all the steps that lead to it."""

import pytest


def unprinted(html: str, text: str) -> bytes:
    """Stands for a PDF: what it would have been set from."""
    return b"%PDF-1.7\n" + html.encode() + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def _quick_printing(request, monkeypatch):
    """Sets no page, but for tests of papers themselves and the browser's, which carry the marker `printed`."""
    if request.node.get_closest_marker("printed") is None:
        monkeypatch.setattr("casework.pdf.render", unprinted)
