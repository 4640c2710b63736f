"""The intake of call records on PostgreSQL, beside a raw COPY of the same rows into the same table, indexes and all."""

from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from time import perf_counter

import orjson
from django.db import connection, transaction
from django.test.utils import override_settings

from accounts.actors import Actor
from authorizations import call_logs
from authorizations.call_lines import receive
from authorizations.models import CallRecord, DataResource, DataUseAgreement, Grant, Scenario
from authorizations.models.request import AuthorizationRequest, RequestItem
from authorizations.models.resource import ResourceVersion
from benchmarks import own_database
from casework.beginning import begin
from futian_portal.demo.people import load_people

LINES, GRANTS, RUNS = 100_000, 50, 3
GOAL = 1 / 3
BEGUN = datetime(2026, 3, 2, 2, tzinfo=UTC)
FIELDS = "source_id, call_id, grant_id, at, outcome, rows, bytes, duration_ms, received_at"


def load_grants(people: dict[str, Actor]) -> list[Grant]:
    """Grants of the operator, written past the steps: only the intake is measured."""
    operator, department, now = people["operator"].organisation, people["health"], BEGUN - timedelta(hours=1)
    resource = begin(
        DataResource, by=department, code="LOAD", name="Load", summary="", theme="health", resource_format="table",
        update_cycle="daily", fields="", openness="conditional", legal_basis="", grade="general",
        personal_information="no", business_secret="no", level="district", region="", completeness=None, accuracy=None,
        timeliness=None, contact_name="", contact_phone="",
    )  # fmt: skip
    version = ResourceVersion.objects.create(resource=resource, round=1, submitted_at=now, **ResourceVersion.fixed({}))
    about = {"rule_set": resource.rule_set, "state_since": now, "started_at": now, "organisation": operator}
    request = AuthorizationRequest(number="LOAD", operator=operator, state="authorised", **about)
    request.save()
    agreement = DataUseAgreement(
        number="LOAD",
        operator=operator,
        request=request,
        starts_on=now.date(),
        ends_on=now.date(),
        state="effective",
        **about,
    )
    agreement.save()
    item = RequestItem.objects.create(
        request=request, resource=resource, version=version, department=resource.organisation
    )
    scenario = {"organisation": operator, "created_at": now}
    return Grant.objects.bulk_create(
        Grant(
            code=f"LOAD-{number}", organisation=operator, operator=operator, request=request, agreement=agreement,
            item=item, resource=resource, version=version, made_at=now,
            scenario=Scenario.objects.create(code=f"L{number}", name=f"L{number}", **scenario),
        )
        for number in range(GRANTS)
    )  # fmt: skip


def records(grants: list[Grant], run: str) -> list[tuple]:
    """The rows of one run: ids as gateways give them, two hours of calls."""
    return [
        (f"{run}-{number:08d}-7f3a9c", grants[number % GRANTS], BEGUN + timedelta(milliseconds=70 * number),
         "failure" if number % 20 == 0 else "success", number % 90, number % 9000, number % 300)
        for number in range(LINES)
    ]  # fmt: skip


def raw_copy(source: int, rows: list[tuple]) -> float:
    """Seconds of the floor: the rows, ready as text, copied and committed."""
    text = StringIO(
        "".join(
            f"{source}\t{call}\t{grant.pk}\t{at.isoformat()}\t{outcome}\t{count}\t{size}\t{ms}\t{at.isoformat()}\n"
            for call, grant, at, outcome, count, size, ms in rows
        )
    )
    begun = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {CallRecord._meta.db_table} ({FIELDS}) FROM STDIN", text)
    return perf_counter() - begun


def intake(by: Actor, rows: list[tuple]) -> float:
    """Seconds from the first byte of the body to the commit: unpacking to a file, checks, table, months, ledger."""
    body = b"".join(
        orjson.dumps({
            "call_id": call, "grant": grant.code, "at": at, "outcome": outcome, "rows": count, "bytes": size,
            "duration_ms": ms,
        }) + b"\n"
        for call, grant, at, outcome, count, size, ms in rows
    )  # fmt: skip
    begun = perf_counter()
    with (batch := receive(BytesIO(body))).file:
        said = call_logs.take(batch, by=by, now=BEGUN + timedelta(hours=3))
    taken = perf_counter() - begun
    if (said.taken, said.bad) != (LINES, 0):
        raise SystemExit(f"call logs: {said}")
    return taken


def measure() -> float:
    """Print and return the rate of the intake as a share of that of the raw COPY."""
    people = load_people()
    operator, grants = people["operator"], load_grants(people)
    source = operator.organisation.pk
    # Side by side in each run, into a table that grows for both alike; the best of several: noise only ever adds.
    runs = [
        (raw_copy(source, records(grants, f"raw{run}")), intake(operator, records(grants, f"api{run}")))
        for run in range(RUNS)
    ]  # fmt: skip
    floor, ours = (min(times) for times in zip(*runs, strict=True))
    print(
        f"call logs, {LINES:,} lines: {floor / ours:.2f} of the rate of a raw COPY (floor {LINES / floor:,.0f}, intake "
        f"{LINES / ours:,.0f} lines a second, goal ≥ {GOAL:.2f})"
    )
    return floor / ours


def main() -> float | None:
    """Measure on a database of its own; COPY is PostgreSQL's."""
    if connection.vendor != "postgresql":
        print("call logs: not measured, COPY is PostgreSQL's (set DATABASE_URL)")
        return None
    with own_database(), override_settings(DEMO=True):
        return measure()


if __name__ == "__main__":
    main()
