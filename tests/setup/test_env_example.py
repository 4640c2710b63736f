"""`.env.example` says everything about the variables, and no more."""

import re

from tests.setup.files import read_by_settings, text

LINE = re.compile(r"^(# )?([A-Z_]+)=(.*)$", re.MULTILINE)
EXAMPLE = {name: (bool(commented), value) for commented, name, value in LINE.findall(text(".env.example"))}
BY_COMPOSE = set(re.findall(r"\$\{([A-Z_]+)", text("docker-compose.yml")))
BY_RUN = set(re.findall(r'environ\.get\("([A-Z]+)"\)', text("scripts/run.py")))


def test_it_names_what_is_read_and_nothing_else():
    assert {"SECRET_KEY", "DATABASE_URL", "LEDGER_KEY_FILE", "LOG_LEVEL"} <= read_by_settings()
    assert set(EXAMPLE) == read_by_settings() | BY_COMPOSE | BY_RUN


def test_each_name_stands_there_once():
    names = [name for _commented, name, _value in LINE.findall(text(".env.example"))]
    assert len(names) == len(set(names))


def test_each_name_has_a_comment_or_stands_beside_one_that_has():
    for block in text(".env.example").split("\n\n"):
        first = block.strip().splitlines()[0]
        if LINE.search(block) and block.strip() != "# BIND=127.0.0.1\n# PORT=8000":
            assert first.startswith("# "), block
            assert not LINE.match(first), block


def test_what_must_be_chosen_is_empty_and_it_is_no_demonstration():
    empty = {name for name, (commented, value) in EXAMPLE.items() if not commented and not value}
    passwords = {"DATABASE_OWNER_PASSWORD", "DATABASE_PASSWORD", "REDIS_PASSWORD"}
    assert empty == {"SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_URL"} | passwords
    assert EXAMPLE["DEMO"] == EXAMPLE["DEBUG"] == (False, "0")
