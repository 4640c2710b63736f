"""The image and the composition, as far as they can be judged without an engine."""

import fnmatch
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml
from django.core.management import get_commands

from scripts import healthy
from tests.setup.files import ROOT, read_by_settings, text

COMPOSE = yaml.safe_load(text("docker-compose.yml"))
SERVICES = COMPOSE["services"]
OURS = ("init", "web", "worker", "beat")
ONCE = ("init", "grants")
SECRETS = {"SECRET_KEY", "DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD", "REDIS_PASSWORD"}
VARIABLE = re.compile(r"\$\{([A-Z_]+)(:[?-])?([^}]*)\}")
DOCKERFILE = text("Dockerfile").replace("\\\n", " ").splitlines()
SAID_BY_IMAGE = [line.split(maxsplit=1) for line in DOCKERFILE if line and not line.startswith((" ", "#"))]


def arguments(instruction: str) -> list[str]:
    return [rest for word, rest in SAID_BY_IMAGE if word == instruction]


def waits_for(name: str) -> dict[str, str]:
    return {other: how["condition"] for other, how in SERVICES[name].get("depends_on", {}).items()}


def commands_of(service: dict) -> str:
    return " ".join([*service.get("command", []), *service.get("healthcheck", {}).get("test", [])])


def test_the_services_are_these():
    assert set(SERVICES) == {"postgres", "redis", "init", "grants", "web", "worker", "beat"}
    assert {SERVICES[name]["image"] for name in OURS} == {"futian-portal:${PORTAL_VERSION:-latest}"}
    assert all(SERVICES[name]["build"] == "." for name in OURS)


def test_what_stays_up_is_watched_and_restarted_and_what_runs_once_is_not():
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name in ONCE else "unless-stopped"), name
        assert (service["healthcheck"] == {"disable": True}) == (name in ONCE), name
        assert (name in ONCE) or service["healthcheck"]["test"], name


def test_nothing_starts_before_the_tables_and_the_rights_are_there():
    done = "service_completed_successfully"
    assert waits_for("init") == {"postgres": "service_healthy"}
    assert waits_for("grants") == {"init": done}
    for name in ("web", "worker", "beat"):
        assert waits_for(name) == {"init": done, "grants": done, "redis": "service_healthy"}


def test_there_is_one_beat_and_no_worker_has_the_timetable():
    assert SERVICES["beat"]["deploy"] == {"replicas": 1}
    assert "beat" in SERVICES["beat"]["command"]
    assert not {"--beat", "-B"} & set(SERVICES["worker"]["command"])


def test_no_secret_is_written_and_each_is_demanded():
    used = VARIABLE.findall(text("docker-compose.yml"))
    assert {name for name, how, _words in used if name in SECRETS and how == ":?"} == SECRETS
    assert all(how == ":?" and words for name, how, words in used if name in SECRETS)
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if re.search(r"PASSWORD|SECRET|TOKEN|AUTH|KEY$", name):
                assert value == "" or VARIABLE.fullmatch(value), name
    assert re.search(r"://[^$/]*:[^$/]+@", text("docker-compose.yml")) is None


def test_the_owners_password_reaches_only_what_changes_tables():
    for name in OURS:
        environment = SERVICES[name]["environment"]
        assert environment["DATABASE_OWNER_PASSWORD"] == ""
        assert ("portal_owner" in environment["DATABASE_URL"]) == (name == "init")


def test_production_is_never_a_demonstration():
    for name in OURS:
        assert (SERVICES[name]["environment"]["DEMO"], SERVICES[name]["environment"]["DEBUG"]) == ("0", "0")


def test_the_settings_know_every_variable_that_they_are_given():
    assert set(SERVICES["web"]["environment"]) - read_by_settings() == {"DATABASE_OWNER_PASSWORD"}


def test_only_the_worker_signs():
    key = {name for name, service in SERVICES.items() if any("/data/keys" in one for one in service.get("volumes", []))}
    assert key == {"init", "worker"}
    assert "keys:/data/keys:ro" in SERVICES["worker"]["volumes"]
    assert "checkpoints:/data/checkpoints" in SERVICES["worker"]["volumes"]


def test_every_volume_is_declared_and_every_file_mounted_exists():
    mounted = [one.split(":")[0] for service in SERVICES.values() for one in service.get("volumes", [])]
    assert {one for one in mounted if not one.startswith("./")} == set(COMPOSE["volumes"])
    assert all((ROOT / one).exists() for one in mounted if one.startswith("./"))


def test_only_the_web_server_is_reached_from_outside_and_only_from_this_machine():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["${BIND:-127.0.0.1}:${PORT:-8000}:8000"]}


def test_the_containers_have_no_rights_they_do_not_need():
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert "user" not in SERVICES[name]


def test_each_command_and_script_exists():
    for service in SERVICES.values():
        said = commands_of(service)
        for script in re.findall(r"\bscripts/\w+\.py", said):
            assert (ROOT / script).is_file(), script
        assert set(re.findall(r"manage\.py (\w+)", said)) <= set(get_commands())


def test_the_image_runs_as_a_numbered_account_that_is_not_root():
    assert arguments("USER") == ["10001:10001"]
    words = [word for word, _rest in SAID_BY_IMAGE]
    assert words.index("USER") < words.index("HEALTHCHECK") < words.index("CMD")
    assert not any(word == "RUN" for word in words[words.index("USER") :])


def test_the_image_holds_no_secret_and_names_no_host():
    assert not any(word in ("ARG", "ADD") for word, _rest in SAID_BY_IMAGE)
    assert not any(name in rest for rest in arguments("ENV") for name in SECRETS)
    assert "http" not in text("Dockerfile")
    assert all("/" not in SERVICES[name]["image"] for name in SERVICES)


def test_the_image_has_what_papers_need_and_only_locked_packages():
    installed = " ".join(arguments("RUN"))
    assert {"libpango-1.0-0", "libpangoft2-1.0-0", "fonts-noto-cjk"} <= set(installed.split())
    assert "--require-hashes -r requirements.lock" in installed
    assert "collectstatic" in installed


@pytest.mark.parametrize(
    "name", [".git", ".env", ".env.production", ".venv", "var", "tests", "docs", "staticfiles", "ledger-key.pem"]
)
def test_the_image_is_built_without(name):
    patterns = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert any(fnmatch.fnmatch(name, pattern.removeprefix("**/")) for pattern in patterns)


class Portal(BaseHTTPRequestHandler):
    """Answers as the portal does: to its own name only."""

    def do_GET(self):
        self.send_response(200 if (self.path, self.headers["Host"]) == ("/livez", "portal.example") else 400)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def portal():
    server = HTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("hosts", ["portal.example", ".portal.example, other.example", "portal.example,*"])
def test_the_web_server_is_healthy_when_it_answers_to_its_name(portal, monkeypatch, hosts):
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    assert healthy.fault(portal) is None


def test_the_web_server_is_not_healthy_when_it_refuses(portal, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "wrong.example")
    assert "400" in healthy.fault(portal)


def test_the_web_server_is_not_healthy_when_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert "does not answer" in healthy.fault(free.getsockname()[1])
