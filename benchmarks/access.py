"""The access decision's rate beside those of the smallest views under the same server: gunicorn with two workers.

Two floors: the smallest view of the portal (`/livez`, behind all middleware), and a Django with one view and no more.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from accounts import tokens
from accounts.actors import Actor
from authorizations.models import AuthorizationRequest, DataResource, DataUseAgreement, Grant
from authorizations.models.resource import ResourceVersion
from authorizations.models.scenario import Scenario
from benchmarks import own_database
from futian_portal.demo.people import load_people
from operators.models import Call, OperatingAgreement, OperatorApplication
from scripts.callers import Question, hammer
from scripts.serving import database_url, gunicorn

GOAL, SECONDS, ROUNDS, CALLERS, GRANTS = 0.5, 2.0, 5, 16, 2_000


def row(model, **values):
    """A row past the steps: only the reading of rows is measured."""
    return model._base_manager.create(**values)


def case(number: str, actor: Actor, now) -> dict:
    """The columns that every case has."""
    return {
        "number": number, "state_since": now, "rule_set": "futian-2024", "organisation": actor.organisation,
        "started_at": now,
    }  # fmt: skip


def load(operator: Actor, department: Actor) -> Grant:
    """An operator with many agreements in force, each with a grant; returns the one in the middle."""
    now, today = timezone.now(), timezone.localdate()
    term = {"starts_on": today, "ends_on": date.fromordinal(today.toordinal() + 300)}
    call = row(
        Call, **case("TZ-0", operator, now), state="decided", subject="Load", conditions="Load", opens_at=now,
        closes_at=now + timedelta(days=1), expertise="data", seats=3,
    )  # fmt: skip
    application = row(OperatorApplication, **case("SQ-0", operator, now), state="agreed", call=call)
    row(
        OperatingAgreement, **case("HT-0", operator, now), **term, state="effective", application=application,
        years=1, effective_at=now,
    )  # fmt: skip
    resource = row(DataResource, **case("ZY-0", department, now), state="listed", code="LOAD-1", name="Load")
    version = row(ResourceVersion, resource=resource, round=1, submitted_at=now, name="Load", content={}, digest="0")
    scenario = row(Scenario, organisation=operator.organisation, code="CJ-0", name="Load", created_at=now)
    shared = {"organisation": operator.organisation, "operator": operator.organisation}
    for number in range(GRANTS):
        numbered = {key: value for key, value in case(f"L-{number}", operator, now).items() if key != "organisation"}
        request = row(AuthorizationRequest, **numbered, **shared, state="authorised", scenario=scenario)
        item = request.items.create(
            resource=resource, version=version, department=department.organisation, decision="granted"
        )
        agreement = row(DataUseAgreement, **numbered, **shared, **term, state="effective", request=request)
        row(
            Grant, **shared, code=f"QX-{number}", request=request, agreement=agreement, item=item, resource=resource,
            version=version, scenario=scenario, made_at=now,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Grant.objects.get(code=f"QX-{GRANTS // 2}")


def _load_of_one(port: int, question: Question, callers: int, seconds: float, counted) -> None:
    """One process of callers; says how many answers of 200 a second it had."""
    begun = time.perf_counter()
    answers = asyncio.run(
        hammer(port, [question], callers=callers, until=lambda: time.perf_counter() - begun > seconds)
    )
    if {answer.status for answer in answers} != {200}:
        counted.put(0.0)
        return
    counted.put(len(answers) / (max(answer.answered for answer in answers) - begun))


def rate(port: int, question: Question, *, seconds: float = SECONDS) -> float:
    """Answers a second.

    Raises:
        SystemExit: where one of them is not 200.
    """
    counted = multiprocessing.get_context("fork").Queue()
    process = multiprocessing.get_context("fork").Process(
        target=_load_of_one, args=(port, question, CALLERS, seconds, counted)
    )
    process.start()
    found = counted.get(timeout=60 + seconds)
    process.join()
    if not found:
        raise SystemExit(f"access: {question.path} did not answer 200")
    return found


@contextmanager
def both(environment: dict) -> Iterator[tuple[int, int]]:
    """The portal and the bare Django, each under two workers."""
    with (
        gunicorn("futian_portal.wsgi", environment=environment) as portal,
        gunicorn("scripts.bare_django", environment=environment) as bare,
    ):
        yield portal, bare


def measure(folder: str) -> float:
    """Print the ratios and return the one to the portal's smallest view."""
    people = load_people()
    grant = load(people["operator"], people["health"])
    raw, _token = tokens.issue(people["operator"].person, people["operator"].organisation, read_only=True, days=1)
    asked = {"grant": grant.code, "resource": grant.resource.code, "scenario": grant.scenario.code}
    decision = Question(f"/api/v1/access-decision/?{urlencode(asked)}", {"Authorization": f"Bearer {raw}"})
    connection.close()
    environment = {
        "DEMO": "1", "DATABASE_URL": database_url(connection.settings_dict), "MEDIA_ROOT": folder, "REDIS_URL": "",
        "SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    with both(environment) as (portal, bare):
        questions = {"decision": (portal, decision), "livez": (portal, Question("/livez")),
                     "bare": (bare, Question("/nothing/"))}  # fmt: skip
        for port, question in questions.values():
            rate(port, question, seconds=0.5)  # fills caches and prepares the statement in every thread
        # Side by side in every round, so that what else the machine does weighs on all alike.
        rounds = [{name: rate(*where) for name, where in questions.items()} for _round in range(ROUNDS)]
    ratios = {name: median(one["decision"] / one[name] for one in rounds) for name in ("livez", "bare")}
    rates = {name: median(one[name] for one in rounds) for name in questions}
    print(
        f"access decision: {ratios['livez']:.2f} × the portal's smallest view ({rates['decision']:.0f} and "
        f"{rates['livez']:.0f} a second, {connection.vendor}, goal ≥ {GOAL})"
    )
    print(
        f"access decision: {ratios['bare']:.2f} × a Django with one view and no middleware "
        f"({rates['bare']:.0f} a second, goal ≥ {GOAL})"
    )
    return ratios["livez"]


def _as_file(folder: str) -> None:
    """SQLite in memory can't be shared: the benchmark's database becomes a file."""
    if connection.vendor != "sqlite":
        return
    name = os.path.join(folder, "benchmark.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [name])
    connection.close()
    connection.connection = None
    connection.settings_dict["NAME"] = name


def main() -> float:
    """Measure on a database of its own."""
    with TemporaryDirectory() as folder, own_database(), override_settings(DEMO=True, MEDIA_ROOT=folder):
        _as_file(folder)
        return measure(folder)


if __name__ == "__main__":
    main()
