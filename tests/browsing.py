"""Plugin: a running Chromium for the tests that need one."""

import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium; without one the test is skipped, or fails where REQUIRE_BROWSER is set, as in CI."""
    playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright")
    if CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"):
        pytest.skip("browser tests are skipped: there is no Chromium on this machine")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()
