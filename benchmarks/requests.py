"""The list of requests and the inbox at 1,000 and at many requests, over HTTP, for everybody who reads them.

Many are 1,000,000 on PostgreSQL and 50,000 on SQLite, or what BENCH_REQUESTS says. The rows are copies of one request
that was really made, with an item, a task and, where the task is open, a clock each; the database makes them itself.
"""

import os
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind
from authorizations.models import AuthorizationRequest, RequestItem
from benchmarks import own_database
from casework.models.clock import Clock
from casework.models.task import Task
from futian_portal.demo.people import load_people
from futian_portal.demo.story import Story

FEW, RUNS, GOAL = 1_000, 21, 1.5
MANY = int(os.environ.get("BENCH_REQUESTS") or (1_000_000 if connection.vendor == "postgresql" else 50_000))
FIRST_KEY = 1_000_000
SERIES = "WITH RECURSIVE series(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM series WHERE n + 1 < {last})"
LIST = "/cases/authorization-requests/"


@dataclass
class World:
    """Whose rows there are: three in ten one operator's, twenty each of another operator and of a partner."""

    people: dict[str, Actor]
    request: AuthorizationRequest
    filler: int
    department: int

    @property
    def series(self) -> str:
        """What all numbers begin with."""
        return self.request.number.rpartition("-")[0]

    def organisation(self) -> str:
        """The user of the nth request."""
        many, few, partner = (self.people[name].organisation.pk for name in ("operator", "applicant", "partner"))
        return (
            f"CASE WHEN n < 20 THEN {few} WHEN n < 40 THEN {partner} WHEN n % 10 < 3 THEN {many} ELSE {self.filler} END"
        )

    def asked(self) -> str:
        """The department of the nth request: one in ten of one, twenty of another, the rest of a third."""
        many, few = (self.people[name].organisation.pk for name in ("health", "transport"))
        return f"CASE WHEN n < 20 THEN {few} WHEN n % 10 = 8 THEN {many} ELSE {self.department} END"


STATE = "CASE WHEN n % 10 < 6 THEN 'authorised' WHEN n % 10 < 8 THEN 'assessment' ELSE 'confirmation' END"


def copies(row, first: int, last: int, **given: str) -> None:
    """Write copies of a row for every n from `first` up to `last`; columns in `given` are SQL over n."""
    fields = [field.column for field in row._meta.concrete_fields]
    given = {"id": f"{FIRST_KEY} + n"} | given
    values = ", ".join(given.get(name, f"source.{name}") for name in fields)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"{SERIES.format(first=first, last=last)} INSERT INTO {table} ({', '.join(fields)}) "
            f"SELECT {values} FROM series, (SELECT * FROM {table} WHERE id = {row.pk}) AS source"
            if connection.vendor == "sqlite"
            else f"INSERT INTO {table} ({', '.join(fields)}) SELECT {values} "
            f"FROM generate_series({first}, {last - 1}) AS series(n), "
            f"(SELECT * FROM {table} WHERE id = {row.pk}) AS source"
        )


def fill(world: World, first: int, last: int) -> None:
    """Bring the number of requests from `first` to `last`."""
    number, key = f"'{world.series}-' || ({FIRST_KEY} + n)", f"{FIRST_KEY} + n"
    organisation = world.organisation()
    copies(
        world.request, first, last, number=number, state=STATE, organisation_id=organisation, last_entry="NULL",
        operator_id=f"CASE WHEN n < 20 THEN ({organisation}) ELSE {world.people['operator'].organisation.pk} END",
    )  # fmt: skip
    item = RequestItem.objects.filter(request=world.request).order_by("pk").first()
    copies(item, first, last, request_id=key, department_id=world.asked())
    clock = Clock.objects.of(world.request).filter(name="assessment").latest("pk")
    copies(clock, first, last, case_id=key, case_number=number, stopped_at="NULL", next_word_at="NULL")
    task = Task.objects.of(world.request).filter(state="assessment").latest("pk")
    bureau = world.people["bureau"].organisation.pk
    copies(
        task, first, last, case_id=key, case_number=number, state=STATE, clock_id=key,
        closed_at="CASE WHEN n % 10 < 6 THEN source.opened_at END", closed_by_id="NULL",
        organisation_id=f"CASE WHEN n % 10 < 8 THEN {bureau} ELSE ({world.asked()}) END",
        role="CASE WHEN n % 10 < 8 THEN 'bureau' ELSE 'department' END",
    )  # fmt: skip
    with connection.cursor() as cursor:
        for model in (AuthorizationRequest, RequestItem, Clock, Task):
            table = model._meta.db_table
            cursor.execute(f"VACUUM ANALYZE {table}" if connection.vendor == "postgresql" else f"ANALYZE {table}")


def build() -> World:
    """One request that was really made, with what it rests on; the story's other rows are a handful."""
    people = load_people()
    Story(people, timezone.localdate()).tell()
    made = AuthorizationRequest.objects.filter(state="confirmation").order_by("pk").first()
    filler = Organisation.objects.create(name="Load Company", kind=OrganisationKind.OPERATOR)
    department = Organisation.objects.create(name="Load Department", kind=OrganisationKind.DEPARTMENT)
    if made is None:
        raise SystemExit("requests: the story has no request before the departments")
    return World(people, made, filler.pk, department.pk)


def milliseconds(client: Client, address: str, sign: str) -> float:
    """The median of several readings of a page that shows the sign, after one that fills the caches."""
    taken = []
    for _run in range(RUNS + 1):
        begun = perf_counter()
        answer = client.get(address)
        taken.append((perf_counter() - begun) * 1000)
        if answer.status_code != 200 or sign not in answer.content.decode():
            raise SystemExit(f"requests: {address} did not show the requests")
    return median(taken[1:])


def pages(world: World) -> dict[str, tuple[str, str]]:
    """What is read, by its name: who, and where."""
    found = {
        f"list, {words}": (who, LIST)
        for who, words in {
            "bureau": "bureau", "operator": "operator with three in ten", "applicant": "operator with twenty",
            "partner": "partner with twenty", "health": "department with one in ten",
            "transport": "department with twenty", "finance": "supervising body",
        }.items()
    }  # fmt: skip
    return found | {
        "list in one state, bureau": ("bureau", f"{LIST}?state=assessment"),
        "list by number, bureau": ("bureau", f"{LIST}?q={world.series}-{FIRST_KEY + 47}"),
        "list over the API, bureau": ("bureau", "/api/v1/authorization-requests/"),
        "inbox, bureau": ("bureau", "/inbox/"),
        "inbox, department": ("health", "/inbox/"),
    }


def measured(world: World) -> dict[str, float]:
    """Milliseconds of every page."""
    clients = {}
    for who, _address in pages(world).values():
        clients[who] = clients.get(who) or Client()
        clients[who].force_login(world.people[who].person)
    sign = f"{world.series}-{str(FIRST_KEY)[0]}"
    return {name: milliseconds(clients[who], address, sign) for name, (who, address) in pages(world).items()}


def measure() -> float:
    """Print the growth of every page and return the largest."""
    world = build()
    fill(world, 0, FEW)
    few = measured(world)
    begun = perf_counter()
    fill(world, FEW, MANY)
    print(f"requests: {MANY:,} loaded in {perf_counter() - begun:.0f} s")
    many = measured(world)
    for name, taken in many.items():
        print(
            f"requests, {name}: {taken / few[name]:.2f} × at {MANY:,} of at {FEW:,} "
            f"({taken:.1f} and {few[name]:.1f} ms, goal ≤ {GOAL})"
        )
    return max(many[name] / few[name] for name in many)


def main() -> float:
    """Measure on a database of its own."""
    with own_database(), override_settings(DEMO=True, ALLOWED_HOSTS=["testserver"]):
        return measure()


if __name__ == "__main__":
    main()
