"""`make run`: what it says when it cannot, and what it leaves alone."""

import os
import socket
import subprocess
import sys

import pytest

from scripts import run
from tests.setup.files import ROOT


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """An environment without settings, and a checkout without .env."""
    for name in ("DEMO", "SITE_URL", "ALLOWED_HOSTS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    return monkeypatch


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def test_a_taken_port_is_said_in_one_sentence(taken):
    with pytest.raises(run.CannotRun, match=f"Cannot listen at 127.0.0.1:{taken} .* Another port: make run PORT=8001"):
        run.refuse_taken_port("127.0.0.1", taken)


def test_a_taken_port_ends_the_command_before_anything_is_made(taken):
    done = subprocess.run(
        [sys.executable, "scripts/run.py"], cwd=ROOT, env=os.environ | {"PORT": taken}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Cannot listen at 127.0.0.1:{taken}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("bind", "port"), [("127.0.0.1", "no-number"), ("127.0.0.1", "70000"), ("no.such.invalid", "8000")]
)
def test_an_impossible_address_is_said_in_the_same_way(bind, port):
    with pytest.raises(run.CannotRun, match="Cannot listen at"):
        run.refuse_taken_port(bind, port)


def test_a_free_port_is_taken_by_nobody():
    run.refuse_taken_port("127.0.0.1", "0")


def test_it_is_a_demonstration_at_its_address(environment):
    run.choose_settings("127.0.0.1", "http://127.0.0.1:8123")
    assert (os.environ["DEMO"], os.environ["SITE_URL"]) == ("1", "http://127.0.0.1:8123")
    assert "ALLOWED_HOSTS" not in os.environ


def test_a_network_address_opens_the_demonstration_to_every_name(environment):
    run.choose_settings("0.0.0.0", "http://127.0.0.1:8000")
    assert os.environ["ALLOWED_HOSTS"] == "*"


def test_the_environment_wins(environment):
    for name, value in (("DEMO", "0"), ("SITE_URL", "https://portal.example"), ("ALLOWED_HOSTS", "portal.example")):
        environment.setenv(name, value)
    run.choose_settings("0.0.0.0", "http://127.0.0.1:8000")
    assert (os.environ["DEMO"], os.environ["SITE_URL"]) == ("0", "https://portal.example")
    assert os.environ["ALLOWED_HOSTS"] == "portal.example"


def test_the_env_file_wins(environment, tmp_path):
    (tmp_path / ".env").write_text("DEMO=0\nSITE_URL=https://portal.example\n")
    run.choose_settings("127.0.0.1", "http://127.0.0.1:8000")
    assert "DEMO" not in os.environ
    assert "SITE_URL" not in os.environ
