"""Threads with a connection each, as in the tests of concurrency, and a ledger with a key."""

from tests.concurrency.conftest import at_once, real_database

__all__ = ["at_once", "real_database"]
