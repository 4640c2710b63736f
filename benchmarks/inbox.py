"""The inbox at 1,000 and at many open tasks, over HTTP, and its query beside the raw keyset on the same rows.

Many are 1,000,000 on PostgreSQL and 100,000 on SQLite, or what BENCH_TASKS says.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts.actors import Actor
from benchmarks import own_database
from casework import queries
from casework.beginning import begin
from casework.models.task import NO_LIMIT, Task
from futian_portal.demo.people import load_people
from operators.models import Call

FEW, CASES, RUNS = 1_000, 100, 41
MANY = int(os.environ.get("BENCH_TASKS") or (1_000_000 if connection.vendor == "postgresql" else 100_000))
FIRST_DAY = date(2026, 1, 5)
GOAL_GROWTH, GOAL_QUERY = 1.5, 2.0
RAW = "SELECT * FROM casework_task WHERE closed_at IS NULL AND organisation_id = %s ORDER BY due_on, id LIMIT 51"
DEEP = RAW.replace("ORDER", "AND (due_on, id) > (%s, %s) ORDER")


def milliseconds(act: Callable[[], object]) -> float:
    """The median of several runs, after one that fills the caches."""
    act()
    taken = []
    for _run in range(RUNS):
        begun = perf_counter()
        act()
        taken.append((perf_counter() - begun) * 1000)
    return median(taken)


def fill(actor: Actor, calls: list[Call], number: int) -> None:
    """Open so many tasks, ten a day, a tenth of them without a limit. PostgreSQL makes them itself."""
    on_server = connection.vendor == "postgresql"
    (_fill_by_server if on_server else _fill_by_rows)(actor, calls, number)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE casework_task" if on_server else "ANALYZE")


def _fill_by_server(actor: Actor, calls: list[Call], number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO casework_task (case_kind, case_id, case_number, subject, state, article, organisation_id, role,
                                       errand, opened_at, due_on)
            SELECT %s, cases.id, cases.number, 'Load', 'draft', '', %s, 'bureau', '', now(),
                   CASE WHEN count %% 10 = 0 THEN %s ELSE %s + (count / 10 %% 700)::integer END
            FROM generate_series(0, %s) AS count
            JOIN (SELECT id, number, row_number() OVER (ORDER BY id) - 1 AS place FROM operators_call) AS cases
                ON cases.place = count %% %s
            """,
            [calls[0].kind, actor.organisation.pk, NO_LIMIT, FIRST_DAY, number - 1, CASES],
        )


def _fill_by_rows(actor: Actor, calls: list[Call], number: int) -> None:
    now = timezone.now()
    Task.objects.bulk_create(
        (
            Task(
                **Task.refers(calls[count % CASES]), subject="Load", state="draft", organisation=actor.organisation,
                role="bureau", opened_at=now,
                **({"due_on": FIRST_DAY + timedelta(days=count // 10 % 700)} if count % 10 else {}),
            )
            for count in range(number)
        ),
        batch_size=5_000,
    )  # fmt: skip


def measured(actor: Actor, number: int) -> dict[str, float]:
    """Milliseconds of the first page and of one in the middle: over HTTP, the query alone, and its floor."""
    client = Client()
    client.force_login(actor.person)
    middle = Task.objects.awaiting(actor).soonest_first()[number // 2]
    place, organisation = (middle.due_on, middle.pk), actor.organisation.pk

    def raw(statement: str, *values) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [organisation, *values])
            cursor.fetchall()

    # The statement alone: what Django makes of it and of the rows costs the same at any size and is within the page.
    first, deep = (queries.awaiting(actor, after=after)[:51].query.sql_with_params() for after in (None, place))

    def asked(statement: str, values: tuple) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.fetchall()

    def page(address: str) -> None:
        answer = client.get(address)
        if answer.status_code != 200 or b"Load" not in answer.content:
            raise SystemExit(f"inbox: {address} did not answer with the inbox")

    return {
        "page": milliseconds(lambda: page("/inbox/")),
        "deep page": milliseconds(lambda: page(f"/inbox/?after={place[0]}_{place[1]}")),
        "query": milliseconds(lambda: asked(*first)),
        "deep query": milliseconds(lambda: asked(*deep)),
        "floor": milliseconds(lambda: raw(RAW)),
        "deep floor": milliseconds(lambda: raw(DEEP, *place)),
    }


def measure() -> float:
    """Print the figures and return the growth of the first page."""
    people = load_people()
    actor, consulted, now = people["bureau"], [str(people["finance"].organisation.pk)], timezone.now()
    calls = [
        begin(
            Call, by=actor, subject=f"Load {number}", conditions="Load", opens_at=now,
            closes_at=now + timedelta(days=9), expertise="data", seats=3, consulted=consulted,
        )
        for number in range(CASES)
    ]  # fmt: skip
    Task.objects.all().delete()
    fill(actor, calls, FEW)
    few = measured(actor, FEW)
    fill(actor, calls, MANY - FEW)
    many = measured(actor, MANY)
    for name in ("page", "deep page"):
        print(
            f"inbox, {name}: {many[name] / few[name]:.2f} × at {MANY:,} open tasks of at {FEW:,} "
            f"({many[name]:.1f} and {few[name]:.1f} ms, goal ≤ {GOAL_GROWTH})"
        )
    for name, floor in (("query", "floor"), ("deep query", "deep floor")):
        print(
            f"inbox, {name} at {MANY:,}: {many[name] / many[floor]:.2f} × the raw keyset "
            f"(floor {many[floor]:.2f} ms; at {FEW:,} {few[floor]:.2f} ms, goal ≤ {GOAL_QUERY})"
        )
    return many["page"] / few["page"]


def main() -> float:
    """Measure on a database of its own."""
    with own_database(), override_settings(DEMO=True, ALLOWED_HOSTS=["testserver"], LANGUAGE_CODE="en"):
        return measure()


if __name__ == "__main__":
    main()
