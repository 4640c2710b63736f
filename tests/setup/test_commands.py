"""What the pages for people say is there: make targets, commands, files."""

import re

import pytest
from django.core.management import get_commands

from tests.setup.files import ROOT, text

PAGES = ("README.md", "README.zh-CN.md", "docs/deployment.md")
MAKEFILE = text("Makefile")
TARGETS = dict(re.findall(r"^([a-z]+):.*?(?: ## (.*))?$", MAKEFILE, re.MULTILINE))
INNER = {"runtime", "tools"}


def test_every_target_is_phony_and_every_command_has_its_help_line():
    assert set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()) == set(TARGETS)
    assert {name for name, help_line in TARGETS.items() if not help_line} == INNER


@pytest.mark.parametrize("page", PAGES)
def test_the_make_targets_of_a_page_exist(page):
    fenced = re.findall(r"^```\w*\n(.*?)^```", text(page), re.DOTALL | re.MULTILINE)
    said = re.findall(r"`(make [^`]+)`", text(page)) + "".join(fenced).splitlines()
    assert set(re.findall(r"^make ([a-z]+)", "\n".join(said), re.MULTILINE)) - set(TARGETS) == set()


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_exist(page):
    assert set(re.findall(r"manage\.py ([a-z_]+)", text(page))) - set(get_commands()) == set()


@pytest.mark.parametrize("page", ["docs/deployment.md"])
def test_the_files_that_a_page_links_to_exist(page):
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text(page)) if "://" not in link]
    folder = (ROOT / page).parent
    assert [link for link in links if link and not (folder / link).exists()] == []
