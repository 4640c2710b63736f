"""The portal on a port of this machine, and one person at a time in front of it."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from futian_portal.demo.people import load_people

# The browser's own loop runs in this thread; the database is only touched by the test between two presses.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
PICTURES = os.environ.get("PICTURES")
"""A folder to leave pictures in, for the README; none are made where it is not set."""


class Visitor:
    """Somebody at a keyboard: signs in by a demo button, follows links by their words, counts the clicks."""

    def __init__(self, page: Page, address: str):
        self.page = page
        self.address = address
        self.clicks = 0

    def sign_in(self, username: str) -> "Visitor":
        self.page.context.clear_cookies()
        self.page.goto(f"{self.address}/accounts/login/")
        self.page.locator(f"form:has(input[name=username][value={username}]) button").click()
        expect(self.page.locator("h1")).not_to_have_text("登录")
        self.clicks = 0
        return self

    def go(self, path: str) -> "Visitor":
        self.page.goto(f"{self.address}{path}")
        return self

    def follow(self, words: str) -> "Visitor":
        self.page.get_by_role("link", name=words, exact=True).first.click()
        self.clicks += 1
        return self

    def press(self, words: str) -> "Visitor":
        self.page.locator("main").get_by_role("button", name=words, exact=True).first.click()
        self.clicks += 1
        return self

    def fill(self, **values) -> "Visitor":
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").first.fill(str(value))
        return self

    def choose(self, name: str, value: str) -> "Visitor":
        self.page.locator(f"main [name={name}][value='{value}']").check()
        self.clicks += 1
        return self

    def tick(self, name: str) -> "Visitor":
        self.page.locator(f"main [name={name}]").check()
        self.clicks += 1
        return self

    def sees(self, words: str) -> "Visitor":
        expect(self.page.locator("body")).to_contain_text(words)
        return self

    def heading(self, words: str) -> "Visitor":
        expect(self.page.locator("h1")).to_have_text(words)
        return self

    def number(self) -> str:
        return re.search(r"[A-Z]{2}-\d{4}-\d{4}", self.page.url)[0]

    def picture(self, name: str) -> "Visitor":
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.evaluate("window.scrollTo(0, 0)")
            self.page.screenshot(path=f"{PICTURES}/{name}.png")
        return self


@pytest.fixture
def people(transactional_db, settings):
    """The demo accounts, in demo mode."""
    settings.DEMO = True
    return load_people()


@pytest.fixture
def visitor(chromium, live_server, people) -> Callable[[], Visitor]:
    """A window in Chinese; what the browser complains about on its console fails the test."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield Visitor(page, live_server.url)
    context.close()
    assert [text for text in said if "status of 4" not in text] == []
