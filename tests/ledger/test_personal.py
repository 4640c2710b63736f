"""Personal values: behind a salted hash, destroyed on request, and the log still verifies."""

import hashlib
import json

import pytest
from django.db import transaction

from casework.ledger import log
from casework.ledger.checkpoints import make_checkpoint
from casework.ledger.log import append
from casework.ledger.models import Entry, PersonalValue
from casework.ledger.personal import conceal, erase, reveal
from tests.ledger.entries import AT, draft

NUMBER = "440304199001011234"
ERASED = draft(kind="erasure", action="erase", case_kind="", case_id=None, detail={"request": "2026-5"})


def everything() -> str:
    """All that the ledger's entries say."""
    return "".join(bytes(entry.payload).decode() for entry in Entry.objects.all())


@pytest.fixture
def concealed(db, kept):
    """An entry that speaks of an identity number, under a checkpoint."""
    digests = [conceal("person:5", NUMBER), conceal("person:5", "Zhang San"), conceal("person:6", NUMBER)]
    append([draft(1, detail={"identity": digests[0], "name": digests[1]}), draft(2, detail={"identity": digests[2]})])
    make_checkpoint(AT)
    return digests


def test_the_value_is_not_in_the_log(concealed):
    assert NUMBER not in everything()
    assert concealed[0] in everything()
    assert reveal(concealed[0]) == NUMBER


def test_never_a_bare_hash(concealed):
    bare = {hashlib.new(name, NUMBER.encode()).hexdigest() for name in ("sha256", "sha1", "md5", "sm3")
            if name in hashlib.algorithms_available}  # fmt: skip
    assert not bare & set(concealed)
    assert not any(digest in everything() for digest in bare)
    assert len(set(concealed)) == 3


def test_the_digest_is_over_a_salt_of_128_bits_and_the_value(concealed):
    kept = PersonalValue.objects.get(digest=concealed[0])
    assert len(bytes(kept.salt)) == 16
    assert hashlib.sha256(bytes(kept.salt) + NUMBER.encode()).hexdigest() == concealed[0]
    assert len({bytes(one.salt) for one in PersonalValue.objects.all()}) == 3


def test_erasing_destroys_value_and_salt_and_the_log_still_verifies(concealed, verify):
    assert erase("person:5", ERASED) == 2
    assert [reveal(digest) for digest in concealed] == [None, None, NUMBER]
    assert list(PersonalValue.objects.values_list("subject", flat=True)) == ["person:6"]
    assert verify() == (0, "intact: 3 entries, 2 checkpoints")


def test_the_erasure_is_an_entry(concealed):
    erase("person:5", ERASED)
    entry = Entry.objects.latest("seq")
    said = json.loads(bytes(entry.payload))
    assert (entry.kind, entry.action) == ("erasure", "erase")
    assert said["detail"] == {"request": "2026-5", "digests": sorted(concealed[:2])}
    assert "person:5" not in everything()


def test_an_erasure_of_nobody_is_an_entry_too(concealed):
    assert erase("person:99", ERASED) == 0
    assert json.loads(bytes(Entry.objects.latest("seq").payload))["detail"]["digests"] == []


def test_nothing_is_destroyed_where_the_entry_cannot_be_written(concealed, monkeypatch):
    with pytest.raises(TypeError), transaction.atomic():
        erase("person:5", draft(detail={"no": 1.5}))
    assert reveal(concealed[0]) == NUMBER
    assert log.entries_of("application", 3).filter(kind="erasure").count() == 0
