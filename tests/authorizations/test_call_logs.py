"""`POST /api/v1/call-logs/`: a hundred thousand lines at once, each call once, bad lines by number, metadata only."""

import gzip
import json
import tracemalloc
from io import BytesIO
from itertools import islice
from time import perf_counter

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actors import Actor
from authorizations import call_logs
from authorizations.call_lines import receive
from authorizations.models import CallRecord, UsageMonth
from casework.ledger.models import Entry
from casework.refusals import NotYourStep
from tests.calls import PATH, lines, months_kept, months_of_the_records, record, send, taken
from tests.desk import nothing_changes, refused
from tests.story import NOW

MANY = 100_000


@pytest.fixture
def grant(data_story):
    """The operator's."""
    return data_story.grant()


@pytest.fixture
def operator(data_story, api, grant):
    return api(data_story.cast.operator)


def test_a_batch_is_taken_with_its_month_and_an_entry(operator, grant):
    answer = send(operator, [record(grant, "c-1"), record(grant, "c-2", outcome="denied", rows=0)])
    assert answer.status_code == 200
    assert answer.json() == {"taken": 2, "known": 0, "bad": 0, "errors": []}
    kept = CallRecord.objects.get(call_id="c-1")
    assert (kept.grant, kept.source, kept.outcome) == (grant, grant.operator, "success")
    assert (kept.rows, kept.bytes, kept.duration_ms) == (10, 2048, 35)
    month = UsageMonth.objects.get()
    assert (month.calls, month.failures, month.rows, month.last_call_at) == (2, 1, 10, kept.at)
    entry = Entry.objects.get(kind="intake")
    detail = json.loads(bytes(entry.payload))["detail"]
    assert {name: detail[name] for name in ("taken", "known", "bad", "lines")} == {
        "taken": 2, "known": 0, "bad": 0, "lines": 2,
    }  # fmt: skip
    assert len(detail["sha256"]) == 64


def test_the_same_batch_again_doubles_nothing(operator, grant):
    batch = [record(grant, f"c-{number}") for number in range(5)]
    assert taken(send(operator, batch)) == (5, 0, 0)
    assert taken(send(operator, batch)) == (0, 5, 0)
    assert taken(send(operator, [*batch, record(grant, "c-9"), record(grant, "c-9")])) == (1, 6, 0)
    assert CallRecord.objects.count() == 6
    assert months_kept() == months_of_the_records()


def test_a_known_call_with_other_content_is_an_error_and_changes_nothing(operator, grant):
    send(operator, [record(grant)])
    answer = send(operator, [record(grant, rows=11), record(grant, "c-2"), record(grant, "c-2", outcome="failure")])
    assert taken(answer) == (1, 0, 2)
    assert [(one["line"], one["code"]) for one in answer.json()["errors"]] == [(1, "contradicts"), (3, "contradicts")]
    assert CallRecord.objects.get(call_id="c-1").rows == 10
    assert months_kept() == months_of_the_records()


SECRET = "王小满 440304199001010000"
BAD = {
    "not-json": b"{",
    "not-json, bytes": b"\xff\xfe",
    "not-an-object": [1],
    "unknown-name": {"data": SECRET},
    "unknown-name, long": {SECRET * 9: 1},
    "missing-name": {"outcome": None},
    "bad-value, id": {"call_id": "a\tb"},
    "bad-value, id empty": {"call_id": ""},
    "bad-value, id long": {"call_id": "x" * 65},
    "bad-value, id type": {"call_id": 7},
    "bad-value, grant": {"grant": [SECRET]},
    "bad-value, grant text": {"grant": "\\N"},
    "bad-value, outcome": {"outcome": SECRET},
    "bad-value, outcome type": {"outcome": {"success": 1}},
    "bad-value, rows": {"rows": -1},
    "bad-value, rows text": {"rows": "10"},
    "bad-value, rows bool": {"rows": True},
    "bad-value, rows large": {"rows": 2**60},
    "bad-value, bytes": {"bytes": 1.5},
    "bad-value, duration": {"duration_ms": 2**31},
    "bad-value, no offset": {"at": "2026-03-02T10:00:00"},
    "bad-value, no moment": {"at": "yesterday, half past nine"},
    "bad-value, before time": {"at": "0001-01-01T00:00:00+14:00"},
    "bad-value, at type": {"at": 1772415000},
    "in-future": {"at": "2026-03-02T10:06:00+08:00"},
    "before-grant": {"at": "2026-02-01T10:00:00+08:00"},
    "unknown-grant": {"grant": "QX-2026-9999"},
    "too-long": {"call_id": "x" * 2_100},
}


def test_a_bad_line_is_named_and_the_rest_is_taken_or_none(operator, grant):
    for number, (what, given) in enumerate(BAD.items()):
        bad = record(grant, "bad", **given) if isinstance(given, dict) and "call_id" not in given else given
        bad = record(grant) | given if isinstance(given, dict) and "call_id" in given else bad
        batch = lines([record(grant, f"first-{number}"), bad, record(grant, f"last-{number}")])
        with nothing_changes():
            refused = send(operator, batch, query="?on_error=abort")
        assert refused.status_code == 422
        assert (refused.json()["code"], refused.json()["bad"]) == ("bad-lines", 1)
        answer = send(operator, batch)
        assert taken(answer) == (2, 0, 1), what
        (error,) = answer.json()["errors"]
        assert (error["line"], error["code"]) == (2, what.partition(",")[0])
        assert error["reason"]
        assert SECRET not in answer.content.decode()
        assert refused.json()["errors"] == [error]
    assert CallRecord.objects.count() == 2 * len(BAD)
    assert SECRET.encode() not in b"".join(bytes(entry.payload) for entry in Entry.objects.all())


def test_a_refused_batch_stands_in_the_ledger(operator, grant):
    send(operator, [record(grant), b"{"], query="?on_error=abort")
    entry = Entry.objects.get(action="take_calls")
    assert (entry.kind, json.loads(bytes(entry.payload))["detail"]["bad"]) == ("refusal", 1)
    assert taken(send(operator, [record(grant)], query="?on_error=abort")) == (1, 0, 0)


def test_every_bad_line_is_counted_and_the_first_hundred_are_listed(operator, grant):
    batch = [b"{" if number % 2 else record("QX-2026-9999", f"c-{number}") for number in range(300)]
    answer = send(operator, [*batch, record(grant)])
    assert taken(answer) == (1, 0, 300)
    assert [one["line"] for one in answer.json()["errors"]] == list(range(1, 101))


def test_empty_lines_are_passed_over_and_the_last_needs_no_end(operator, grant):
    body = b"\n \r\n" + lines([record(grant)]).replace(b"\n", b"\r\n") + lines([b"{"])[:-1]
    answer = send(operator, body)
    assert (taken(answer), answer.json()["errors"][0]["line"]) == ((1, 0, 1), 4)


def test_what_is_left_out_counts_as_none(operator, grant):
    send(operator, [record(grant, rows=None, bytes=None, duration_ms=None)])
    assert CallRecord.objects.values_list("rows", "bytes", "duration_ms").get() == (0, 0, 0)


@pytest.mark.parametrize(
    "at", ["2026-03-02T02:00:00Z", "2026-03-02T10:00:00.000000+08:00", "2026-03-01T16:00:00-10:00"]
)
def test_the_same_moment_in_another_spelling_is_the_same_content(operator, grant, at):
    send(operator, [record(grant)])
    assert taken(send(operator, [record(grant, at=at)])) == (0, 1, 0)


def test_months_are_those_of_beijing(data_story, api, grant, now):
    now.move_to("2026-04-02T10:00:00+08:00")
    send(
        api(data_story.cast.operator),
        [record(grant, "c-1", at="2026-03-31T15:59:59Z"), record(grant, "c-2", at="2026-03-31T16:00:00Z")],
    )
    assert [str(month) for month in UsageMonth.objects.order_by("month").values_list("month", flat=True)] == [
        "2026-03-01", "2026-04-01",
    ]  # fmt: skip
    assert months_kept() == months_of_the_records()


# --- who ------------------------------------------------------------------------------------------------------


def test_the_bureau_sends_for_every_grant_and_the_operator_for_its_partners(data_story, api, grant):
    partners = data_story.grant("partner")
    assert taken(send(api(data_story.cast.bureau), [record(grant), record(partners, "c-2")])) == (2, 0, 0)
    assert taken(send(api(data_story.cast.operator), [record(grant), record(partners, "c-2")])) == (2, 0, 0)
    assert CallRecord.objects.count() == 4


def test_another_operators_grant_is_as_unknown_as_none(data_story, api, grant):
    other = api(data_story.cast.outsider)
    with nothing_changes():
        answers = [send(other, [record(code)]) for code in (grant.code, "QX-2026-9999")]
    assert [answer.json()["errors"][0] for answer in answers] == [
        {"line": 1, "code": "unknown-grant", "reason": "There is no such grant for you."}
    ] * 2


@pytest.mark.parametrize("who", ["partner", "health", "finance", "bureau_lead", "government", "expert1", "sysadmin"])
def test_nobody_else_sends_any(data_story, api, grant, who):
    with nothing_changes():
        answer = send(api(data_story.cast[who]), [record(grant)])
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-step")


def test_a_read_only_token_sends_none(data_story, api, grant):
    reader = api(
        Actor(data_story.cast.operator.person, data_story.cast.operator.organisation, frozenset(), read_only=True)
    )
    with nothing_changes():
        assert send(reader, [record(grant)]).status_code == 403


def test_without_a_token_none_is_taken(client, grant):
    with nothing_changes():
        answer = client.post(PATH, lines([record(grant)]), content_type="application/x-ndjson")
    assert answer.status_code == 401


@pytest.mark.parametrize(("scope", "open_to"), [(None, True), ({"data-use-agreement"}, True), ({"resource"}, False)])
def test_a_delegation_covers_it_where_it_covers_agreements_on_use(data_story, grant, scope, open_to):
    bureau, colleague = data_story.cast.bureau, data_story.cast.bureau2
    actor = Actor(colleague.person, bureau.organisation, bureau.roles, on_behalf_of=bureau.person,
                  scope=None if scope is None else frozenset(scope))  # fmt: skip
    batch = receive(BytesIO(lines([record(grant)])))
    if open_to:
        call_logs.take(batch, by=actor, now=NOW)
        assert Entry.objects.get(kind="intake").on_behalf_of_id == bureau.person.pk
    else:
        refused(NotYourStep, call_logs.take, batch, by=actor, now=NOW)


# --- how it is sent ---------------------------------------------------------------------------------------------


def test_it_may_be_packed(operator, grant):
    assert taken(send(operator, [record(grant, f"c-{number}") for number in range(2_000)], packed=True)) == (2000, 0, 0)


def test_several_gzip_members_are_one_stream(operator, grant):
    body = gzip.compress(lines([record(grant)])) + gzip.compress(lines([record(grant, "c-2")]))
    assert taken(send(operator, body, **{"Content-Encoding": "gzip"})) == (2, 0, 0)


@pytest.mark.parametrize("body", [b"not packed", gzip.compress(b"{}" * 999)[:-9], b""])
@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_what_cannot_be_unpacked_is_refused(operator, body, encoding):
    with nothing_changes():
        assert send(operator, body, **{"Content-Encoding": encoding}).status_code in {400, 422}


def test_limits_of_bytes_and_lines_are_said(operator, grant, settings):
    batch = [record(grant, f"c-{number}") for number in range(20)]
    settings.CALL_LOG_MAX_LINES = 19
    with nothing_changes():
        answer = send(operator, batch)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.json()["detail"] == "At most 19 lines are taken at once. Send several batches."
    settings.CALL_LOG_MAX_LINES, settings.CALL_LOG_MAX_BYTES = 20, 2**20
    assert taken(send(operator, batch)) == (20, 0, 0)
    with nothing_changes():
        # A small packed body that becomes a large one is stopped while it is unpacked.
        assert send(operator, b" " * 2**21, packed=True).status_code == 413


@pytest.mark.parametrize("body", [b""])
def test_an_empty_batch_is_refused(operator, body):
    with nothing_changes():
        assert send(operator, body).status_code == 422


def test_another_content_type_or_wish_is_refused(operator, grant):
    with nothing_changes():
        assert operator.post(PATH, calls=[]).status_code == 415
        assert send(operator, [record(grant)], query="?on_error=perhaps").status_code == 400
        assert operator.get(PATH).status_code == 405


def test_the_same_key_gets_the_same_answer_and_another_body_is_refused(operator, grant):
    key = {"Idempotency-Key": "batch-1"}
    first = send(operator, [record(grant)], **key)
    again = send(operator, [record(grant)], **key)
    assert first.json() == again.json() == {"taken": 1, "known": 0, "bad": 0, "errors": []}
    assert again["Idempotent-Replay"] == "true"
    assert send(operator, [record(grant, "c-2")], **key).status_code == 409


# --- how much, and for how long ---------------------------------------------------------------------------------


def test_a_hundred_thousand_lines_in_one_request(operator, grant, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024
    body = lines(
        record(grant, f"call-{number}", outcome="failure" if number % 10 == 0 else "success") for number in range(MANY)
    )
    begun = perf_counter()
    assert taken(send(operator, body)) == (MANY, 0, 0)
    assert perf_counter() - begun < 60
    month = UsageMonth.objects.get()
    assert (month.calls, month.failures, month.rows) == (MANY, MANY // 10, MANY * 10)
    assert taken(send(operator, body[: len(body) // 10].rpartition(b"\n")[0]))[::2] == (0, 0)
    assert UsageMonth.objects.get().calls == CallRecord.objects.count() == MANY


class Generated:
    """A body that is made while it is read."""

    def __init__(self, grant, number: int):
        self.lines = (lines([record(grant, f"call-{count}")]) for count in range(number))

    def read(self, size: int) -> bytes:
        return b"".join(islice(self.lines, 1_000))


def test_memory_does_not_grow_with_the_batch(data_story, grant):
    tracemalloc.start()
    try:
        batch = receive(Generated(grant, 20_000))
        said = call_logs.take(batch, by=data_story.cast.operator, now=NOW)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (said.taken, batch.lines) == (20_000, 20_000)
    assert peak < batch.size / 2


@pytest.mark.parametrize("statement", ["UPDATE authorizations_callrecord SET rows = 0",
                                       "DELETE FROM authorizations_callrecord"])  # fmt: skip
def test_a_record_stays_as_it_is(operator, grant, statement):
    send(operator, [record(grant)])
    with nothing_changes(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_record_is_not_replaced(operator, grant):
    send(operator, [record(grant)])
    names = [column.column for column in CallRecord._meta.concrete_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    with nothing_changes(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(
            f"{verb} INTO authorizations_callrecord ({columns}) SELECT {columns} FROM authorizations_callrecord"
        )
