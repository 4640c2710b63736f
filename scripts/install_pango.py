"""See to Pango, which prints papers: install it where allowed, else say how. Never fails: all else runs without it."""

import os
import shutil
import subprocess
import sys

PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0"]
APT = ["apt-get", "-qq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=15", "-o", "DPkg::Lock::Timeout=60"]
ADVICE = (
    f"Papers (PDF) need Pango, all else runs. Debian, Ubuntu: apt-get install {' '.join(PACKAGES)}; "
    "Fedora: dnf install pango; macOS: brew install pango"
)


def is_there() -> bool:
    """Whether the PDF library finds what it needs; asked of another process, since it remembers a failure."""
    return _quietly([sys.executable, "-c", "import weasyprint"])


def install() -> bool:
    """Install it with apt, as root on Debian and its kin. Returns whether that worked."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    print("Installing Pango for papers (PDF)")
    command = [*APT, "install", "--no-install-recommends", "-y", *PACKAGES]
    return _quietly(command) or (_quietly([*APT, "update"]) and _quietly(command))


def _quietly(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, env=environment, check=False, **streams).returncode == 0


if __name__ == "__main__":
    if not is_there() and not (install() and is_there()):
        print(ADVICE)
