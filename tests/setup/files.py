"""What the tests of this folder read: the project's files, and settings that start in a process of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "DEMO": "0", "DEBUG": "0", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "portal.example", "SECURITY_PROFILE": "level3", "EMAIL_URL": "smtp://localhost:25",
    "DJANGO_SETTINGS_MODULE": "futian_portal.settings",
}  # fmt: skip
"""Each value is given, so that a developer's .env changes nothing."""


def text(name: str) -> str:
    """What stands in a file of the project."""
    return (ROOT / name).read_text("utf-8")


def read_by_settings() -> set[str]:
    """The variables that the settings ask for."""
    return set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', text("futian_portal/settings.py")))


def python(*command: str, **changed: str) -> subprocess.CompletedProcess:
    """Run Python with production's environment and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | PRODUCTION | changed,
        capture_output=True,
        text=True,
        check=False,
    )
