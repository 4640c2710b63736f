"""The example gateway of `docs/gateway`, on a real nginx: what the portal allows passes, everything else does not."""

import http.client
import os
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings as portal

from accounts import tokens
from scripts.serving import free_port, gunicorn, listens
from tests.concurrency.conftest import real_database  # noqa: F401 - a database that another process can open
from tests.serving import beside
from tests.story import NOW

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CONFIGURATION = Path(portal.BASE_DIR) / "docs" / "gateway" / "nginx.conf"
REQUIRED = bool(os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not NGINX and not REQUIRED, reason="there is no nginx here (Debian: apt-get install nginx)"),
]


class Service(BaseHTTPRequestHandler):
    """A data service that says what reached it."""

    reached: list[dict] = []

    def do_GET(self):
        self.reached.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"data")

    do_POST = do_GET  # noqa: N815 - named by http.server

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def service():
    Service.reached.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


def substituted(folder: Path, *, listen: int, portal_port: int, service_port: int) -> Path:
    """The configuration with this test's ports and folders, and nothing else changed."""
    text = CONFIGURATION.read_text("utf-8")
    changes = {
        r"listen 8443;\n": f"listen 127.0.0.1:{listen};\n", r"127\.0\.0\.1:8000": f"127.0.0.1:{portal_port}",
        r"127\.0\.0\.1:9000": f"127.0.0.1:{service_port}", r"/run/gateway\.pid": str(folder / "pid"),
        r"/var/log/nginx": str(folder), r"worker_processes auto": "worker_processes 1",
    }  # fmt: skip
    for old, new in changes.items():
        text, count = re.subn(old, new, text)
        assert count, old
    # A test needs folders of its own for what nginx buffers.
    temporary = "".join(
        f"    {name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = text.replace("http {\n", f"http {{\n{temporary}", 1)
    path = folder / "nginx.conf"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def gateway(tmp_path, service):
    """Starts the gateway in front of a portal at a port."""
    assert NGINX, "nginx is required here"
    started = []

    def start(portal_port: int) -> int:
        port = free_port()
        path = substituted(tmp_path, listen=port, portal_port=portal_port, service_port=service)
        command = [NGINX, "-c", str(path), "-p", str(tmp_path), "-g", "daemon off;"]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        listens(port)
        return port

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=20)


def call(port: int, path: str, token: str | None, method: str = "GET", body: bytes | None = None):
    """One call of data: the status, the headers, the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request(method, path, body, headers | {"Cookie": "sessionid=nobody"})
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def token_of(actor) -> str:
    return tokens.issue(actor.person, actor.organisation, read_only=True, days=1)[0]


def test_the_gateway_lets_through_what_the_portal_allows_and_nothing_else(data_story, now, settings, gateway):
    now.move_to(NOW, tick=True)
    grant, cast = data_story.grant("partner"), data_story.cast
    path = f"/data/{grant.code}/{grant.resource.code}/{grant.scenario.code}/rows?district=1"
    token, stranger = token_of(cast.partner), token_of(cast.outsider)
    with gunicorn("tests.march", environment=beside(settings)) as portal_port:
        port = gateway(portal_port)
        status, _headers, body = call(port, path, token)
        assert (status, body) == (200, b"data")
        reached = Service.reached.pop()
        assert reached["path"] == path
        assert (reached["x-grant"], reached["x-scenario"]) == (grant.code, grant.scenario.code)
        assert not {"authorization", "cookie"} & set(reached)
        assert call(port, path, token, "POST", b"x" * 1000)[0] == 200
        assert Service.reached.pop()["content-length"] == "1000"

        for what, denied, reason in (
            (path, stranger, "unknown-grant"),
            (path.replace(grant.scenario.code, "CJ-2020-0001"), token, "wrong-scenario"),
            (path.replace(grant.resource.code, "XX-1"), token, "wrong-resource"),
            (path.replace(grant.code, "QX-2020-0001"), token, "unknown-grant"),
        ):
            status, headers, _body = call(port, what, denied)
            assert (status, headers["X-Access-Reason"]) == (403, reason)
        for nobody in (None, "nonsense", "pdo_00000000_" + "A" * 43):
            assert call(port, path, nobody)[0] == 401
        assert call(port, "/_access", token)[0] == 404
        assert call(port, "/anything", token)[0] == 404

        grant.agreement.suspend(by=cast.bureau, reason="A breach was found.")
        status, headers, _body = call(port, path, token)
        assert (status, headers["X-Access-Reason"]) == (403, "use-agreement-not-in-force")
        type(grant.agreement).objects.get(pk=grant.agreement_id).resume(by=cast.bureau, reason="Rectified.")
        assert call(port, path, token)[0] == 200
        Service.reached.clear()
    # The portal is down: nothing passes.
    assert call(port, path, token)[0] >= 500
    assert Service.reached == []
