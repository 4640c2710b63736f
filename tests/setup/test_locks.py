"""The lock files: every package with its hashes, no host."""

import re

import pytest

from tests.setup.files import text

LOCKS = ("requirements.lock", "requirements-dev.lock")
HASHED = re.compile(
    r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==[^ ]+(?: ; [^\\]+)? \\(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+$"
)


def packages(name: str) -> list[str]:
    """Each package of a lock file with its lines, comments left out."""
    lines = [line for line in text(name).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.split(r"\n(?! )", "\n".join(lines))


def names(name: str) -> dict[str, str]:
    return dict(re.match(r"([a-z0-9._-]+)(?:\[.*\])?==([^ ]+)", one).groups() for one in packages(name))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_its_hashes(name):
    assert [one.splitlines()[0] for one in packages(name) if not HASHED.match(one)] == []
    assert len(packages(name)) > 40


@pytest.mark.parametrize("name", LOCKS)
def test_no_host_is_named(name):
    assert re.search(r"https?:|--index-url|--extra-index-url|--find-links|--trusted-host|file:", text(name)) is None


def test_tests_run_on_the_versions_of_production():
    production, tests = names(LOCKS[0]), names(LOCKS[1])
    assert production.items() <= tests.items()


@pytest.mark.parametrize(("wanted", "lock"), [("requirements.in", LOCKS[0]), ("requirements-dev.in", LOCKS[1])])
def test_what_is_asked_for_is_locked(wanted, lock):
    asked = re.findall(r"^([A-Za-z][A-Za-z0-9_-]*)", text(wanted), re.MULTILINE)
    assert {one.lower().replace("_", "-") for one in asked} - set(names(lock)) == set()
