"""Serves the portal for a test or a benchmark as production does, by gunicorn, on a free port and any database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def database_url(settings: dict) -> str:
    """The address of the database that a Django connection has, for a process beside this one."""
    name = settings["NAME"]
    if "sqlite" in settings["ENGINE"]:
        return f"sqlite:///{name}"
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT'] or 5432}/{name}"


def listens(port: int, *, within: float = 60) -> None:
    """Wait until somebody listens at the port.

    Raises:
        TimeoutError: where nobody does within so many seconds.
    """
    last = time.monotonic() + within
    while time.monotonic() < last:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nobody listens at {port}")


@contextmanager
def gunicorn(
    application: str, *, environment: dict[str, str], workers: int = 2, threads: int = 8, port: int | None = None
) -> Iterator[int]:
    """Serve an application; yields the port, and ends the processes afterwards."""
    port = port or free_port()
    # A gthread worker with one thread serves one connection at a time, so connections are kept alive by several.
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
        "--worker-class", "gthread", "--threads", str(threads), "--backlog", "1024", "--keep-alive", "30",
        "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        listens(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
