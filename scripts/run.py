"""`make run`: prepare what is missing, then run web server and worker until Ctrl-C or until one of them ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN, STOP_WITHIN = 60, 15
"""Seconds given to the web server to answer, and to both processes to finish what they do."""


class CannotRun(RuntimeError):
    """Why the portal does not run, in words for the person at the terminal."""


def main() -> int:
    """Run until told to stop. Returns the exit status: 0 after Ctrl-C, 1 where a process ended by itself."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    bind, port = os.environ.get("BIND") or "127.0.0.1", os.environ.get("PORT") or "8000"
    address = f"http://{_in_brackets('127.0.0.1' if bind == '0.0.0.0' else bind)}:{port}"
    running: dict[str, subprocess.Popen] = {}
    try:
        refuse_taken_port(bind, port)
        choose_settings(bind, address)
        prepare()
        for name, command in commands(f"{_in_brackets(bind)}:{port}").items():
            # In a session of its own, a process does not get the terminal's Ctrl-C: it is stopped here, once.
            running[name] = subprocess.Popen([sys.executable, *command], start_new_session=True)
        await_answer(f"{address}/livez", running)
        print(f"\nThe portal runs at {address}. Ctrl-C stops it.", flush=True)
        watch(running)
    except (CannotRun, ImproperlyConfigured) as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopping")
        return 0
    finally:
        stop(running)


def refuse_taken_port(bind: str, port: str) -> None:
    """Say so now, rather than after the set-up, where nothing can listen at the address."""
    try:
        family, *_rest, place = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM)[0]
        if str(place[1]) != port:
            raise OSError("there is no such port")
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
    except (OSError, OverflowError) as error:
        raise CannotRun(f"Cannot listen at {bind}:{port} ({error}). Another port: make run PORT=8001") from error


def choose_settings(bind: str, address: str) -> None:
    """A demonstration at this address, except for what the environment or `.env` says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_portal.settings")
    chosen = {"DEMO": "1", "SITE_URL": address}
    if bind != "127.0.0.1":
        chosen["ALLOWED_HOSTS"] = "*"
    given = os.environ.keys() | dotenv_values(ROOT / ".env").keys()
    os.environ.update({name: value for name, value in chosen.items() if name not in given})


def prepare() -> None:
    """Folders, key, database and demo story. What is there already is kept."""
    django.setup()
    for folder in (settings.VAR_DIR, settings.MEDIA_ROOT, settings.STATIC_ROOT):
        folder.mkdir(parents=True, exist_ok=True)
    if not settings.LEDGER_KEY_FILE.exists():
        call_command("ledger_key")
    print("Preparing the database", flush=True)
    call_command("migrate", verbosity=0)
    if settings.DEMO:
        call_command("demo")
    else:
        call_command("collectstatic", interactive=False, verbosity=0)


def commands(place: str) -> dict[str, list[str]]:
    """What is started: the web server, and a worker with the timetable inside."""
    schedule = str(settings.VAR_DIR / "beat-schedule")
    return {
        "web server": [
            "-m", "gunicorn", "futian_portal.wsgi", "--bind", place, "--workers", "2", "--worker-class", "gthread",
            "--threads", "4", "--log-level", "warning",
        ],
        "worker": [
            "-W", "ignore:You're running the worker with superuser privileges", "-m", "celery", "--quiet",
            "--app", "futian_portal", "worker", "--beat", "--pool", "solo", "--loglevel", "WARNING",
            "--schedule", schedule, "--without-mingle", "--without-gossip",
        ],
    }  # fmt: skip


def await_answer(url: str, running: dict[str, subprocess.Popen]) -> None:
    """Wait until the web server answers."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        _refuse_ended(running)
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise CannotRun(f"The web server did not answer at {url} within {START_WITHIN} seconds.")


def watch(running: dict[str, subprocess.Popen]) -> None:
    """Return never; raise when a process has ended."""
    while True:
        _refuse_ended(running)
        time.sleep(0.5)


def _refuse_ended(running: dict[str, subprocess.Popen]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise CannotRun(f"The {name} ended by itself (status {process.returncode}). Everything is stopped.")


def stop(running: dict[str, subprocess.Popen]) -> None:
    """Ask every process to finish; after a while, end those that have not."""
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOP_WITHIN
    for process in running.values():
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _interrupt(signum, frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
