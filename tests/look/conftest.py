"""A browser and a small server that shows the sample pages under the portal's own Content-Security-Policy."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

import pytest
from django.conf import settings

from tests.look import pages

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'"
SIGN_IN = '<body data-user=""><p>Sign in</p></body>'
SLOW = 0.3
"""Seconds an answer to a form takes, so that a second press comes before it."""


class Site(ThreadingHTTPServer):
    """`answer` is what a posted form gets: done, refused, failed or signed-out; `posted` counts."""

    answer = "done"
    posted = 0
    pages: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, *args) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path.startswith("/static/"):
            file = Path(settings.BASE_DIR) / self.path.removeprefix("/")
            self._send(200, file.read_bytes(), guess_type(file.name)[0])
        elif self.path[1:] in self.server.pages:
            self._send(200, self.server.pages[self.path[1:]].encode())
        else:
            self._send(404, b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted += 1
        time.sleep(SLOW)
        if self.server.answer in {"done", "signed-out"}:
            self.send_response(302)
            self.send_header("Location", "/sent" if self.server.answer == "done" else "/sign-in")
            self.end_headers()
        elif self.server.answer == "refused":
            self._send(422, self.server.pages["form"].encode())
        else:
            self._send(500, self.server.pages["500"].encode())

    def _send(self, status: int, body: bytes, kind: str = "text/html") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def site():
    """The sample pages on a port of this machine."""
    server = Site(("127.0.0.1", 0), Handler)
    server.pages = {name: pages.page(name) for name in pages.PAGES}
    server.pages |= {"500": pages.error_page("500.html"), "sign-in": SIGN_IN}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def window(chromium, site):
    """An empty window that refuses to pass with a message on its console, one about the policy above all."""
    context = chromium.new_context(base_url=site.address, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert [text for text in said if "status of 4" not in text and "status of 5" not in text] == []
