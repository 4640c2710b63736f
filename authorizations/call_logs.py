"""Taking call records in: a batch in one transaction, each call once, the figures by month with it (Art. 24, 26).

The lines go into a temporary table first; what is known, unknown or contradictory is found there by set, however many
lines there are. Batches of one source are taken one after the other, so that two of them can't wait for each other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from authorizations.call_lines import Errors, LineError, Received, Row, checked
from authorizations.models import DataUseAgreement, Grant
from casework import effects
from casework.ledger import log
from casework.ledger.entry import EntryDraft
from casework.refusals import NotYourStep, Refusal
from casework.request_id import current_request_id
from casework.unit import unit_of_work

ARTICLE = "24"
ACTION = "take_calls"
INSERTED_AT_ONCE = 2_000
COPIED_AT_ONCE = 256 * 1024
# Statements are put together from texts of this module and of the ORM; every value is passed beside them.
_COLUMNS = '"call_id", "grant_id", "at", "outcome", "rows", "bytes", "duration_ms"'
_DIFFERS = (
    " OR ".join(f'r."{name}" <> i."{name}"' for name in ("at", "outcome", "rows", "bytes", "duration_ms"))
    + ' OR r."grant_id" <> g.id'
)


@dataclass(frozen=True)
class Taken:
    """What became of a batch: new records, records that were known, lines that were not taken, the first errors."""

    taken: int
    known: int
    bad: int
    errors: tuple[LineError, ...]

    def as_data(self) -> dict:
        """The answer to whoever sent the batch."""
        listed = [{"line": one.line, "code": one.code, "reason": one.reason} for one in self.errors]
        return {"taken": self.taken, "known": self.known, "bad": self.bad, "errors": listed}


class BatchRefused(Refusal):
    """Nothing of the batch was taken, because lines of it are bad and all or nothing was asked for (422)."""

    status, code = 422, "bad-lines"

    def __init__(self, said: Taken):
        super().__init__(
            _("%(bad)s lines can't be taken, so none was.") % {"bad": said.bad}, article=ARTICLE,
            remedy=_("Correct the lines named and send the batch again; calls known already are not counted twice."),
        )  # fmt: skip
        self.said = said


def refuse_stranger(by: Actor) -> None:
    """Let in the bureau, for every grant, and operators, for their own and their partners'.

    Raises:
        NotYourStep: for everybody else, a read-only access, and a delegation that is not about the use of data.
    """
    if by.read_only:
        raise NotYourStep(_("This access is read-only."), article=ARTICLE)
    if not by.has(Role.BUREAU, Role.OPERATOR):
        raise NotYourStep(_("Call records are sent by the bureau and by operators."), article=ARTICLE)
    if not by.may_act_in(DataUseAgreement.kind):
        raise NotYourStep(_("The delegation does not cover this kind of case."), article=ARTICLE)


def take(received: Received, *, by: Actor, now: datetime, all_or_nothing: bool = False) -> Taken:
    """Take a batch in; sent again, it changes nothing.

    Raises:
        NotYourStep: see `refuse_stranger`.
        BatchRefused: with `all_or_nothing`, where a line is bad; the refusal stands in the ledger.
    """
    refuse_stranger(by)
    try:
        with unit_of_work() as (unit, _outermost):
            said = _store(received, by=by, now=now)
            if all_or_nothing and said.bad:
                raise BatchRefused(said)
            unit.draft(_entry("intake", said, received, by=by, now=now))
    except BatchRefused as refused:
        log.record_now(_entry("refusal", refused.said, received, by=by, now=now))
        raise
    return said


def _entry(kind: str, said: Taken, received: Received, *, by: Actor, now: datetime) -> EntryDraft:
    counts = {"taken": said.taken, "known": said.known, "bad": said.bad, "lines": received.lines}
    return EntryDraft(
        kind=kind, at=now, action=ACTION, article=ARTICLE, request_id=current_request_id(),
        detail=counts | {"sha256": received.sha256}, **effects.who(by),
    )  # fmt: skip


def _store(received: Received, *, by: Actor, now: datetime) -> Taken:
    # One batch of a source at a time: of two that overlap, the second meets what the first has written.
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation.pk)
    errors, by_set = Errors(), Errors()
    store = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS call_intake")
        cursor.execute(store.table)
        good = store.load(cursor, checked(received, errors, now=now))
        grants, values = Grant.objects.visible_to(by).order_by().values("id", "code", "made_at").query.sql_with_params()
        named = Named(f"({grants}) g ON g.code = i.grant_code", values)
        taken = store.insert(cursor, named, source=by.organisation.pk, now=now)
        if taken < good:
            _find_bad(cursor, named, by_set, source=by.organisation.pk)
        cursor.execute("DROP TABLE call_intake")
    both = errors.merged(by_set)
    return Taken(taken, good - taken - by_set.count, both.count, tuple(both.first))


@dataclass(frozen=True)
class Named:
    """The grants that the sender may name, as what a line `i` is joined with, and the values in that text."""

    join: str
    values: tuple


def _find_bad(cursor, named: Named, errors: Errors, *, source: int) -> None:
    """Lines that name no grant of the sender's, lie before their grant, or contradict what is known of their call."""
    words = {
        "unknown-grant": _("There is no such grant for you."),
        "before-grant": _("The call lies before the grant was made."),
        "contradicts": _("Another record of this call is known already."),
    }
    cursor.execute(
        "SELECT i.line, CASE WHEN g.id IS NULL THEN 'unknown-grant' "  # noqa: S608 - see above
        "WHEN i.at < g.made_at THEN 'before-grant' "
        f"ELSE 'contradicts' END FROM call_intake i LEFT JOIN {named.join} "
        "LEFT JOIN authorizations_callrecord r ON r.source_id = %s AND r.call_id = i.call_id "
        f"WHERE g.id IS NULL OR i.at < g.made_at OR {_DIFFERS} ORDER BY i.line",
        [*named.values, source],
    )
    for line, code in cursor:
        errors.add(line, code, words[code])


_MONTHS = """
INSERT INTO authorizations_usagemonth AS u (grant_id, month, calls, failures, rows, last_call_at)
SELECT grant_id, {month}, count(*), count(CASE WHEN outcome <> 'success' THEN 1 END), sum(rows), max(at)
FROM {of} GROUP BY grant_id, {month} ORDER BY grant_id, {month}
ON CONFLICT (grant_id, month) DO UPDATE SET calls = u.calls + excluded.calls, failures = u.failures + excluded.failures,
rows = u.rows + excluded.rows, last_call_at = {later}(u.last_call_at, excluded.last_call_at)"""


class Postgresql:
    """COPY into a temporary table; one statement inserts what is new and adds to the months."""

    table = (
        'CREATE TEMPORARY TABLE call_intake (line integer, call_id text COLLATE "C", grant_code text COLLATE "C", '
        "at timestamptz, outcome text, rows bigint, bytes bigint, duration_ms integer) ON COMMIT DROP"
    )

    @staticmethod
    def load(cursor, rows: Iterator[Row]) -> int:
        """Copy the rows into the temporary table; returns how many."""
        cursor.copy_expert("COPY call_intake FROM STDIN", CopyText(rows), COPIED_AT_ONCE)
        return cursor.rowcount

    @staticmethod
    def insert(cursor, named: Named, *, source: int, now: datetime) -> int:
        """Insert what is new, with its months; returns how many."""
        month = "date_trunc('month', at AT TIME ZONE 'Asia/Shanghai')::date"
        cursor.execute("ANALYZE call_intake")
        cursor.execute(
            f"WITH taken AS (INSERT INTO authorizations_callrecord "  # noqa: S608 - see above
            f"(source_id, received_at, {_COLUMNS}) "
            "SELECT %s, %s, i.call_id, g.id, i.at, i.outcome, i.rows, i.bytes, i.duration_ms "
            f"FROM call_intake i JOIN {named.join} WHERE i.at >= g.made_at ORDER BY i.line "
            "ON CONFLICT (source_id, call_id) DO NOTHING RETURNING grant_id, at, outcome, rows), "
            f"months AS ({_MONTHS.format(month=month, of='taken', later='greatest')}) SELECT count(*) FROM taken",
            [source, now, *named.values],
        )
        return cursor.fetchone()[0]


class Sqlite:
    """The same by inserts: one writer at a time, so that what is new are the rows behind the last one before."""

    table = (
        "CREATE TEMPORARY TABLE call_intake (line integer PRIMARY KEY, call_id text, grant_code text, at text, "
        "outcome text, rows integer, bytes integer, duration_ms integer)"
    )

    @staticmethod
    def load(cursor, rows: Iterator[Row]) -> int:
        """Insert the rows into the temporary table; returns how many."""
        adapt, count = connection.ops.adapt_datetimefield_value, 0
        statement = "INSERT INTO call_intake VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
        while batch := [(*row[:3], adapt(row[3]), *row[4:]) for row in islice(rows, INSERTED_AT_ONCE)]:
            cursor.executemany(statement, batch)
            count += len(batch)
        return count

    @staticmethod
    def insert(cursor, named: Named, *, source: int, now: datetime) -> int:
        """Insert what is new, then add it to the months; returns how many."""
        cursor.execute("SELECT coalesce(max(id), 0) FROM authorizations_callrecord")
        (before,) = cursor.fetchone()
        # The trigger against replacing rows refuses a known call outright, so that none is offered to it.
        cursor.execute(
            f"INSERT INTO authorizations_callrecord (source_id, received_at, {_COLUMNS}) "  # noqa: S608 - see above
            "WITH valid AS (SELECT i.*, g.id AS grant_id FROM call_intake i "
            f"JOIN {named.join} WHERE i.at >= g.made_at) "
            "SELECT %s, %s, call_id, grant_id, at, outcome, rows, bytes, duration_ms FROM valid "
            "WHERE line IN (SELECT min(line) FROM valid GROUP BY call_id) AND NOT EXISTS "
            "(SELECT 1 FROM authorizations_callrecord r WHERE r.source_id = %s AND r.call_id = valid.call_id) "
            "ORDER BY line",
            [*named.values, source, connection.ops.adapt_datetimefield_value(now), source],
        )
        taken = cursor.rowcount
        month, new = "strftime('%%Y-%%m-01', at, '+8 hours')", "authorizations_callrecord WHERE id > %s"
        if taken:
            cursor.execute(_MONTHS.format(month=month, of=new, later="max"), [before])
        return taken


class CopyText:
    """Rows as the text that COPY reads, made while it is read. No value needs an escape: all were checked."""

    def __init__(self, rows: Iterable[Row]):
        self.rows = iter(rows)
        self.ready = ""

    def read(self, size: int = -1) -> str:
        """The next piece, of about that size; empty at the end."""
        if not self.ready:
            lines = islice(self.rows, INSERTED_AT_ONCE)
            self.ready = "".join(
                f"{line}\t{call}\t{grant}\t{at.isoformat()}\t{outcome}\t{rows}\t{size_}\t{ms}\n"
                for line, call, grant, at, outcome, rows, size_, ms in lines
            )
        piece, self.ready = (self.ready, "") if size < 0 else (self.ready[:size], self.ready[size:])
        return piece


POSTGRESQL, SQLITE = Postgresql(), Sqlite()
