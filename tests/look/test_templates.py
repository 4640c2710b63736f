"""What holds for every template of the project."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from casework.kinds import kinds
from futian_portal import menu

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path for path in ROOT.rglob("*") if path.suffix in {".html", ".svg"})
PAGES = [path for path in TEMPLATES if path.parent.name != "papers"]
"""Papers become PDFs and never reach a browser as HTML."""
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
FORBIDDEN = {
    "an inline style": re.compile(r"""\sstyle\s*=|<style\b""", re.IGNORECASE),
    "an inline handler": re.compile(r"""\son[a-z]+\s*=\s*["']""", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an asset of another host": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped output": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
}
LINES_AT_MOST = 149


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_that_the_content_security_policy_forbids(path):
    text = COMMENT.sub("", path.read_text())
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_is_short(path):
    assert len(path.read_text().splitlines()) <= LINES_AT_MOST


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_form_that_posts_carries_the_token(path):
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", COMMENT.sub("", path.read_text()), re.DOTALL)
    assert all("{% csrf_token %}" in form for form in forms)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("an inline style", '<p class="a" style="color:red">'),
        ("an inline handler", '<a onclick="go()">'),
        ("an inline script", "<script>go()</script>"),
        ("an asset of another host", '<script src="//cdn.example/a.js"></script>'),
        ("unescaped output", "{{ name|safe }}"),
    ],
)
def test_the_patterns_find_what_they_name(what, text):
    assert FORBIDDEN[what].search(text)


def test_every_icon_asked_for_is_in_the_sprite():
    sprite = (Path(settings.BASE_DIR) / "static/icons/sprite.svg").read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    asked = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    asked |= {model.icon for model in kinds().values()} | {page.icon for page in menu.PAGES}
    assert asked - there == set()
