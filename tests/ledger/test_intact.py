"""An honest ledger is never accused, whatever stands in it."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from casework.ledger.checkpoints import make_checkpoint
from casework.ledger.entry import EntryDraft
from casework.ledger.log import append
from tests.ledger.entries import AT, draft, drafts


@pytest.fixture
def intact(verify, alone, tmp_path):
    """Whether the portal and the stand-alone verifier, over database and export, all call the ledger intact."""

    def ask(entries: int, checkpoints: int = 0) -> bool:
        kept = {"checkpoint": bool(checkpoints)}
        said = [verify(), verify(export=tmp_path / "taken.jsonl"), alone("--export", tmp_path / "taken.jsonl", **kept)]
        if connection.vendor == "sqlite":
            file = tmp_path / "portal #1?.sqlite3"
            file.write_bytes(connection.connection.serialize())
            said.append(alone("--sqlite", file, **kept))
        assert {status for status, _ in said} == {0}, said
        return all(text.startswith(f"intact: {entries} entries, ") for _, text in said)

    return ask


def test_without_an_entry(db, kept, intact):
    assert intact(0)


@pytest.mark.parametrize("entries", [1, 2, 3, 7, 8, 9])
def test_with_a_few(db, kept, intact, entries):
    append(drafts(entries))
    assert intact(entries)
    make_checkpoint(AT)
    assert intact(entries, checkpoints=1)


def test_over_several_chunks_and_checkpoints(db, kept, intact, monkeypatch):
    monkeypatch.setattr("casework.ledger.verifier.CHUNK", 16)
    for first in range(0, 100, 10):
        append(drafts(10, first))
        make_checkpoint(AT)
    append(drafts(3, 100))
    assert intact(103, checkpoints=10)


@pytest.mark.parametrize(
    "values",
    [
        {"organisation_name": "Cafe\u0301 de la gare", "detail": {"cafe\u0301": "A\u030angstro\u0308m"}},
        {
            "organisation_name": "深圳市福田区政务服务和数据管理局",
            "detail": {"名": '\u2028\u2029 \U0001f600 \x01 \x7f "'},
        },
        {"detail": {}},
        {"at": datetime(2026, 3, 2, tzinfo=UTC)},
        {"at": datetime(2026, 3, 2, 0, 0, 0, 1, tzinfo=UTC)},
        {"at": datetime(1, 1, 1, tzinfo=UTC)},
        {"at": datetime(999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)},
        {"at": datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)},
        {"actor_id": 0, "organisation_id": 2**63 - 1, "detail": {"large": 10**30, "true": True, "one": 1}},
        {"case_number": " ", "action": "T 2026", "request_id": "\\u0041\\"},
        {"attachments": (), "detail": {"deep": [[[[{"a": [None, "", False]}]]]]}},
    ],
)
def test_with_odd_values(db, kept, intact, values):
    append([draft(1, **values), draft(2)])
    make_checkpoint(AT)
    assert intact(2, checkpoints=1)


def test_a_whole_story(story, kept, intact):
    story.agreement("effective")
    make_checkpoint(AT)
    assert intact(append([draft()])[0].seq + 1, checkpoints=1)


TEXT = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
PLAIN = some.none() | some.booleans() | some.integers() | TEXT
DETAIL = some.dictionaries(
    some.text("abcdef中\u0301", max_size=3).filter(str.isalpha),
    some.recursive(PLAIN, lambda inner: some.lists(inner, max_size=3), max_leaves=5),
    max_size=3,
)
NUMBER = some.none() | some.integers(0, 2**63 - 1)
DRAFT = some.builds(
    EntryDraft,
    kind=TEXT, at=some.datetimes(timezones=some.just(UTC)), action=TEXT, actor_id=NUMBER, organisation_id=NUMBER,
    organisation_name=TEXT, on_behalf_of_id=NUMBER, case_kind=TEXT, case_id=NUMBER, case_number=TEXT, article=TEXT,
    old_state=TEXT, new_state=TEXT, inputs_digest=TEXT, attachments=some.tuples(TEXT), request_id=TEXT, detail=DETAIL,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=some.lists(some.lists(DRAFT, min_size=1, max_size=4), max_size=4))
def test_with_whatever_hypothesis_thinks_of(db, kept, intact, written):
    with transaction.atomic():
        for several in written:
            append(several)
        assert intact(sum(map(len, written)))
        transaction.set_rollback(True)
