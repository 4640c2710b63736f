"""What may be written, when, and what the bytes then say."""

import enum
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import transaction

from casework import unit
from casework.ledger.entry import canonical_json, instant, said_by
from casework.ledger.log import NotInTransaction, append, entries_of, record_now
from casework.ledger.models import Entry, Head
from casework.refusals import NotYourStep
from tests.ledger.entries import AT, draft, drafts
from tests.story import DAY, NOW


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_a_transaction():
    with pytest.raises(NotInTransaction):
        append([draft()])
    assert (Entry.objects.count(), Head.objects.get().size) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_entry_and_a_refusal_does():
    def step():
        with transaction.atomic():
            append(drafts(3))
            raise NotYourStep("no")

    with pytest.raises(NotYourStep):
        step()
    assert record_now(draft(kind="refusal")).seq == 0
    assert (Entry.objects.get().kind, Head.objects.get().size) == ("refusal", 1)


def test_a_refused_step_is_an_entry_and_changes_nothing(story):
    call = story.call("draft", opens_at=NOW + DAY)
    before = Head.objects.get().size
    with pytest.raises(NotYourStep):
        call.publish(by=story.cast.outsider)
    entry = Entry.objects.latest("seq")
    assert (entry.seq, entry.kind, entry.action, entry.case_id) == (before, "refusal", "publish", call.pk)
    call.refresh_from_db()
    assert call.state == "draft"


def test_where_the_entry_cannot_be_written_the_step_fails(story, monkeypatch):
    def out_of_order(drafts):
        raise OSError("no space left")

    call = story.call("draft", opens_at=NOW + DAY)
    monkeypatch.setattr(unit.log, "append", out_of_order)
    with pytest.raises(OSError, match="no space"):
        call.publish(by=story.cast.bureau)
    call.refresh_from_db()
    assert call.state == "draft"


def test_entries_are_numbered_and_name_the_one_before(db):
    written = append(drafts(3)) + append(drafts(2, 3))
    assert [entry.seq for entry in written] == [0, 1, 2, 3, 4]
    said = [json.loads(bytes(entry.payload)) for entry in Entry.objects.order_by("seq")]
    assert [one["seq"] for one in said] == [0, 1, 2, 3, 4]
    assert [one["previous"] for one in said] == ["", *[entry.leaf_sha256 for entry in written[:-1]]]
    assert Head.objects.get().last_leaf == written[-1].leaf_sha256


def test_nothing_to_write_is_nothing(db):
    assert append([]) == []
    assert Head.objects.get().size == 0


def test_the_entries_of_a_case_come_latest_first(db):
    append(drafts(6))
    assert [entry.seq for entry in entries_of("application", 3)] == [5, 4, 2, 1]


def test_appending_asks_three_questions_however_many_entries(db, django_assert_num_queries):
    with django_assert_num_queries(3):
        append(drafts(20))


@pytest.mark.parametrize(
    "detail",
    [{"a": 1.0}, {"a": [0.5]}, {"a": {"b": float("nan")}}, {1.5: "a"}, {1: "a"}, {"a": {1, 2}}, {"a": b"x"}, {"a": AT}],
)
def test_what_has_several_spellings_is_refused(db, detail):
    with pytest.raises(TypeError):
        append([draft(), draft(detail=detail)])
    assert (Entry.objects.count(), Head.objects.get().size) == (0, 0)


def test_two_names_that_are_spelt_the_same_are_refused(db):
    with pytest.raises(ValueError, match="spelt the same"):
        append([draft(detail={"caf\u00e9": 1, "cafe\u0301": 2})])
    with pytest.raises(ValueError, match="surrogates"):
        append([draft(detail={"a": "\ud800"})])


def test_a_time_needs_its_offset(db):
    with pytest.raises(ValueError, match="offset"):
        append([draft(at=datetime(2026, 3, 2))])  # noqa: DTZ001 - the very thing that is refused


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=8))), "2026-03-02T02:00:00.000000Z"),
        (datetime(2026, 3, 2, 2, 0, 0, 5, tzinfo=UTC), "2026-03-02T02:00:00.000005Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
        (datetime(987, 6, 5, 4, 3, 2, 1, tzinfo=UTC), "0987-06-05T04:03:02.000001Z"),
    ],
)
def test_a_moment_has_one_spelling(moment, text):
    assert instant(moment) == text


def test_the_bytes_are_sorted_composed_and_without_spaces():
    class Colour(enum.IntEnum):
        RED = 3

    assert canonical_json({"b": [True, None, Colour.RED], "a": "e\u0301"}) == '{"a":"é","b":[true,null,3]}'.encode()


def test_the_bytes_say_everything_and_the_version():
    said = said_by(draft(1), 5, "ab")
    assert set(said) == {
        "v", "seq", "previous", "kind", "at", "actor", "organisation", "organisation_name", "on_behalf_of",
        "case_kind", "case", "number", "action", "article", "old_state", "new_state", "inputs", "attachments",
        "request", "detail",
    }  # fmt: skip
    assert (said["v"], said["seq"], said["previous"]) == (1, 5, "ab")
