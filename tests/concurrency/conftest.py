"""Twenty people at once, each with a connection of their own, on the database the suite runs on.

SQLite in memory can't be shared as a real one is, so there the test database is copied into a file for this folder.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from django.db import connection, connections

from casework.refusals import Refusal


@pytest.fixture(scope="package", autouse=True)
def real_database(django_db_setup, django_db_blocker, tmp_path_factory):
    """The test database as a file where it is SQLite in memory; itself otherwise."""
    if connection.vendor != "sqlite":
        yield
        return
    with django_db_blocker.unblock():
        connection.ensure_connection()
        memory, name = connection.connection, connection.settings_dict["NAME"]
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        with sqlite3.connect(path) as copy:
            memory.backup(copy)
        connection.connection = None
        connection.settings_dict["NAME"] = str(path)
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.connection = memory


@pytest.fixture
def at_once():
    """Runs the functions given at the same moment, one thread and connection each, and says what became of them."""

    def run(functions: Sequence[Callable[[], object]]) -> Counter:
        barrier, answers = threading.Barrier(len(functions)), []

        def act(function: Callable[[], object]) -> None:
            try:
                connection.ensure_connection()
                barrier.wait(timeout=60)
                try:
                    function()
                    answers.append("done")
                except Refusal as refusal:
                    answers.append(type(refusal).__name__)
                except Exception as error:
                    answers.append(repr(error))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=act, args=(function,)) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
        return Counter(answers)

    return run


@pytest.fixture
def told(transactional_db, story):
    """The story with real transactions."""
    return story
