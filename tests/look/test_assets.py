"""Style sheets, scripts and what is shipped of others."""

import json
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

STATIC = Path(settings.BASE_DIR) / "static"
OWN_STYLES = sorted((STATIC / "css").glob("*.css"))
COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (STATIC / "css/portal.css").read_text()))
READ_ON = [
    ("text", "ground"), ("text", "sheet"), ("text", "paused-pale"), ("text", "primary-pale"),
    ("muted", "ground"), ("muted", "sheet"), ("muted", "paused-pale"), ("muted", "primary-pale"),
    ("primary", "sheet"), ("primary", "ground"), ("primary", "primary-pale"),
    ("primary-dark", "sheet"), ("primary-dark", "primary-pale"), ("primary-dark", "ground"),
    ("header-text", "header"), ("header-muted", "header"), ("header-text", "primary"), ("header-text", "primary-dark"),
    ("header-text", "red"), ("amber", "amber-pale"), ("amber", "sheet"), ("red", "red-pale"), ("red", "sheet"),
    ("green", "green-pale"), ("paused", "paused-pale"),
]  # fmt: skip


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_defined():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("ink", "paper"), READ_ON)
def test_text_can_be_read(ink, paper):
    assert contrast(COLOURS[ink], COLOURS[paper]) >= 4.5


@pytest.mark.parametrize(("ink", "paper"), [("line-strong", "sheet"), ("text", "focus"), ("focus", "header")])
def test_borders_of_inputs_and_the_focus_can_be_seen(ink, paper):
    assert contrast(COLOURS[ink], COLOURS[paper]) >= 3


def test_the_palette_is_the_agreed_one():
    agreed = {
        "primary": "#0b57a4", "header": "#0a3d73", "text": "#1f2937",
        "amber": "#8a5a00", "amber-pale": "#fff4d6", "red": "#b42318", "red-pale": "#fdecea",
        "green": "#176b36", "green-pale": "#e7f5ec", "paused": "#475467", "paused-pale": "#f2f4f7",
    }  # fmt: skip
    assert {name: COLOURS[name] for name in agreed} == agreed


@pytest.mark.parametrize("path", OWN_STYLES, ids=lambda path: path.name)
def test_a_style_sheet_uses_only_names_that_are_defined(path):
    defined = {name for sheet in OWN_STYLES for name in re.findall(r"(--[a-z-]+):", sheet.read_text())}
    assert set(re.findall(r"var\((--[a-z-]+)\)", path.read_text())) - defined == set()


def test_nothing_is_fetched_from_another_host():
    addresses = {
        address
        for path in STATIC.rglob("*.css")
        for address in re.findall(r"url\(([^)]*)\)|@import\s+[\"']([^\"']+)", path.read_text())
    }
    assert [pair for pair in addresses if not pair[0].strip("\"'").startswith(("data:", "#"))] == []


def test_what_is_shipped_of_others_is_listed_with_version_and_licence():
    listed = (STATIC / "vendor/README.md").read_text()
    for folder in (path for path in (STATIC / "vendor").iterdir() if path.is_dir()):
        row = re.search(rf"^\| `{folder.name}/` \|.*?\| (\d+\.\d+\.\d+) \|", listed, re.MULTILINE)
        assert row, folder.name
        assert (folder / "LICENSE").is_file()
        for script in folder.glob("bootstrap*.min.*"):
            assert f"v{row[1]}" in script.read_text()[:200]
    assert 'version:"2.0.11"' in (STATIC / "vendor/htmx/htmx.min.js").read_text()


def test_no_source_map_and_no_chart_library_is_shipped():
    assert [path.name for path in STATIC.rglob("*") if path.suffix == ".map" or "echarts" in path.name] == []


def test_the_manifest_of_static_files_can_be_built(tmp_path):
    shutil.copytree(STATIC, tmp_path, dirs_exist_ok=True)
    storage = ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    names = {str(path.relative_to(STATIC)): (storage, str(path.relative_to(STATIC))) for path in STATIC.rglob("*.*")}
    faults = [done for _name, _hashed, done in storage.post_process(names) if isinstance(done, Exception)]
    assert faults == []
    assert "css/portal.css" in json.loads((tmp_path / "staticfiles.json").read_text())["paths"]


MODERN = re.compile(r"\?\.|\?\?|\|\|=|&&=|\.replaceAll\(|\.at\(|structuredClone|Object\.hasOwn")


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_own_scripts_run_in_the_oldest_browser_supported(path):
    text = path.read_text()
    assert MODERN.search(text) is None
    assert "eval(" not in text
    assert "innerHTML" not in text
