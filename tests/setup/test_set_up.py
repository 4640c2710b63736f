"""`scripts/set_up.sh`: the .env it writes. The environment is there already, so nothing is installed."""

import os
import shutil
import subprocess

import pytest
from dotenv import dotenv_values

from tests.setup.files import ROOT


@pytest.fixture
def checkout(tmp_path):
    """A folder whose name has a space, with an environment that holds what its lock file lists."""
    folder = tmp_path / "check out"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "set_up.sh", folder / "scripts")
    (folder / ".venv" / "bin").mkdir(parents=True)
    for lock in (folder / "some.lock", folder / ".venv" / "some.lock"):
        lock.write_text("nothing\n")
    python = folder / ".venv" / "bin" / "python"
    python.write_text("#!/bin/sh\nexit 0\n")
    python.chmod(0o755)
    return folder


def set_up(checkout, **environment):
    clean = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    subprocess.run(
        ["sh", str(checkout / "scripts" / "set_up.sh"), "some.lock"], env=clean | environment, check=True, cwd="/"
    )


def test_a_fresh_checkout_is_a_demonstration(checkout):
    set_up(checkout)
    assert dotenv_values(checkout / ".env") == {"DEMO": "1"}
    assert (checkout / ".env").read_text().count("\n") == 2


def test_an_env_file_is_kept(checkout):
    (checkout / ".env").write_text("DEMO=0\n")
    set_up(checkout)
    assert (checkout / ".env").read_text() == "DEMO=0\n"


def test_where_the_environment_has_a_key_nothing_is_written(checkout):
    set_up(checkout, SECRET_KEY="chosen")
    assert not (checkout / ".env").exists()


def test_git_and_the_image_leave_it_out():
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
    assert ".env*" in (ROOT / ".dockerignore").read_text().splitlines()
