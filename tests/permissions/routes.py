"""Every route of the portal, read from its addresses, and what each answers to everybody.

The table is generated: rows are routes with a method and, where an address names an object, whose object it is; columns
are people. What the portal answers is compared with it, so a route that nobody has looked at fails.
"""

import csv
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.client import ClientHandler
from django.urls import URLPattern, get_resolver
from django.views.generic import RedirectView

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import ADMIN_ROLES, Role
from authorizations.models import DataResource, Grant
from casework import papers
from casework.kinds import kinds
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.models.paper import Paper
from casework.states import the_system
from casework.step import steps_of
from operators.models import Document, Expert
from tests.permissions.world import World

TABLE = Path(__file__).parent / "routes.csv"
ALLOWED = "yes"
DENIED = {401, 403, 404}
NO_SUCH_METHOD = 405
BEFORE_THE_DOOR = {"anonymous", "without_role", "bureau"}
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
_GROUP = re.compile(r"\(\?P<\w+>(?:\[[^]]*\]|[^()\[])*\)|<(?:\w+:)?\w+>")
_API_ROUTE = re.compile(r"^api/v1/\^(?P<plural>(?!grants)[a-z-]+)/")
PREPARED = {"applications/": "operator-applications", "requests/": "authorization-requests"}
"""Pages on which a draft is prepared, by how they begin, with the kind of case whose numbers they take."""


def patterns(resolver=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its view, in the order in which they are tried."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address, entry
        else:
            yield from patterns(entry, address)


def requests_of(address: str, pattern: URLPattern, world: World) -> Iterator[tuple[str, str, str]]:
    """Object, method and address of each request that a pattern stands for.

    Raises:
        KeyError: for an argument that nobody has said how to fill.
    """
    for what, filled in _filled(address, pattern, world):
        for method in methods(pattern):
            yield what, method, "/" + filled


def methods(pattern: URLPattern) -> list[str]:
    actions = getattr(pattern.callback, "actions", None)
    if actions:
        return [method.upper() for method in actions if method != "head"]
    view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
    if view is None:
        # The form of a step is refused like the step itself; what it shows is tested with the faces.
        return ["POST"] if pattern.name == "step" else ["GET", "POST"]
    if issubclass(view, RedirectView):
        return ["GET"]  # leads elsewhere, however it is asked
    offered = [method.upper() for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)]
    return [method for method in offered if method != "PUT" or "POST" not in offered]


def _filled(address: str, pattern: URLPattern, world: World) -> Iterator[tuple[str, str]]:
    names = [one or other for one, other in _ARGUMENT.findall(address)]
    plain = _plain(address)
    if api := _API_ROUTE.match(address):
        yield from _of_cases(plain, names, world, {"plural": api["plural"]})
    elif pattern.name == "api-access-decision":
        yield from ((f"{whose} grant", f"{plain}?{_call(grant)}") for whose, grant in world.grants.items())
    elif not names:
        yield "", plain
    elif address.startswith("admin/"):
        yield "", _put(plain, {name: _ADMIN[name](pattern) for name in names})
    elif "plural" in names or address.startswith(tuple(PREPARED)):
        prepared = next((plural for start, plural in PREPARED.items() if address.startswith(start)), None)
        yield from _of_cases(plain, names, world, {"plural": prepared} if prepared else {})
    else:
        yield from ((what, _put(plain, values)) for what, values in _objects(pattern.name, world))


def _of_cases(plain: str, names: list[str], world: World, given: dict) -> Iterator[tuple[str, str]]:
    for model in kinds().values():
        if given.get("plural", model.plural) != model.plural:
            continue
        if "number" not in names:
            yield model.kind, _put(plain, {"plural": model.plural})
            continue
        yield from ((what, _put(plain, values)) for what, values in _each(model, names, world))


def _each(model: type[Case], names: list[str], world: World) -> list[tuple[str, dict]]:
    """The cases of a kind, with their steps where a route names one; one is enough where none has a file or paper."""
    found = []
    for what, case in world.cases.items():
        if not isinstance(case, model):
            continue
        steps = tried(case, face="name" in names) if {"name", "step"} & set(names) else [""]
        for step in steps:
            values = {
                "plural": model.plural, "number": case.number, "name": step, "step": step, "code": "sound_business",
                "attachment": _first(Attachment, case, "pk"), "paper": _first(Paper, case, "code"),
            }  # fmt: skip
            found.append((f"{what} {step}".strip(), values))
    there = [one for one in found if all(one[1][name] is not None for name in names)]
    return there or [(what, values | {"attachment": 1, "paper": "A"}) for what, values in found[:1]]


def tried(case: Case, *, face: bool) -> list[str]:
    """The steps that start where the case is, and those of supervising bodies; to programs also those of the system.

    The tables of `tests.machines` hold every step in every state.
    """
    return [
        name
        for name, step in steps_of(type(case)).items()
        if (step.by == (the_system,) and not face)
        or (case.state in step.sources and step.by != (the_system,))
        or any(Role.REGULATOR in party.roles for party in step.by)
    ]


def _call(grant: Grant) -> str:
    """What a gateway asks before a call on a grant."""
    return urlencode({"grant": grant.code, "resource": grant.resource.code, "scenario": grant.scenario.code})


def _first(model, case: Case, name: str) -> object:
    """A value of the case's first file or paper; None where it has none."""
    return model.objects.of(case).values_list(name, flat=True).first()


def _objects(route: str, world: World) -> list[tuple[str, dict]]:
    """The objects beside cases that an address can name, by the name of the route."""

    def of_kind(model: type[Case]) -> list[tuple[str, Case]]:
        return [(what, case) for what, case in world.cases.items() if isinstance(case, model)]

    def numbers(*names: str) -> list[tuple[str, dict]]:
        return [(what, {"number": world.cases[what].number}) for what in names]

    def papers() -> list[tuple[str, dict]]:
        issued = {"own": "own application", "other": "other application"} | {
            name: name for name in world.cases if name.endswith("entry")
        }
        return [(whose, {"code": _first(Paper, world.cases[what], "code") or "A"}) for whose, what in issued.items()]

    def grants() -> list[tuple[str, dict]]:
        return [
            (f"{whose} grant", {"code": grant.code, "export": world.exports[whose].code})
            for whose, grant in world.grants.items()
        ]

    def files(cases: list[tuple[str, Case]]) -> list[tuple[str, dict]]:
        return [
            (what, {"number": case.number, "pk": file})
            for what, case in cases if (file := _first(Attachment, case, "pk"))
        ]  # fmt: skip

    return {
        "attachment": lambda: files(list(world.cases.items())),
        "paper": papers,
        "verify-paper": papers,
        "public-call": lambda: numbers("call in draft", "published call"),
        "public-document": lambda: numbers("document in draft", "published document"),
        "public-file": lambda: files(of_kind(Document)),
        "catalogue-entry": lambda: numbers(*dict(of_kind(DataResource))),
        "basket-add": lambda: numbers(*dict(of_kind(DataResource))),
        "basket-remove": lambda: numbers(*dict(of_kind(DataResource))),
        "expert": lambda: [("", {"pk": Expert.objects.first().pk})],
        "delegation_revoke": lambda: [("the bureau's", {"pk": world.delegation})],
        "api-proof": lambda: [("", {"entry": 0})],
        **dict.fromkeys(
            ["grant", "grant-dictionary", "order-export", "export-file", "grant-detail", "grant-export",
             "grant-exports"], grants,
        ),
    }[route]()  # fmt: skip


def _row(pattern: URLPattern) -> object:
    """The key of a row of the model that a page of the administration is about."""
    site = getattr(pattern.callback, "model_admin", None)
    found = site.model._base_manager.order_by("pk").first() if site else None
    return found.pk if found else 1


_ADMIN = {
    "object_id": _row,
    # Only the page for a user's password has it, and that one names no model.
    "id": lambda pattern: User.objects.order_by("pk").first().pk,
    "pk": _row,
    "content_type_id": lambda pattern: 1,
    "app_label": lambda pattern: "accounts",
    "url": lambda pattern: "nothing/",
}


def shape(address: str) -> str:
    """The address with an empty pair of braces for each argument, as it stands in a description."""
    return "/" + _plain(_GROUP.sub("{}", address))


def _plain(address: str) -> str:
    return address.replace("^", "").replace("$", "").replace("\\", "")


def _put(address: str, values: dict) -> str:
    """The address with its arguments filled in."""

    def value(match: re.Match) -> str:
        name = re.search(r"<(?:\w+:)?(\w+)>", match[0])[1]
        return str(values[name])

    return _GROUP.sub(value, address)


class Caller(RequestFactory):
    """Somebody with the cookies of a session that nothing changes, who only looks at what is answered.

    Unlike `Client` it keeps no copy of what every template was given, which takes longer than most answers.
    """

    def __init__(self, actor: Actor | None):
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)
        if actor is not None:
            signed_in = Client()
            signed_in.force_login(actor.person)
            self.cookies = signed_in.cookies

    def request(self, **request):
        """The answer, not the request as the factory has it."""
        return self.handler(self._base_environ(**request))


def answer(caller: Caller, method: str, address: str) -> int:
    """The status of one request; nothing of it stays."""
    with transaction.atomic():
        send = getattr(caller, method.lower())
        in_json = address.startswith("/api/") and method != "GET" and not address.endswith("/attachments/")
        given = {"content_type": "application/json"} if in_json else {}
        status = send(address, **given).status_code
        transaction.set_rollback(True)
    return status


@contextmanager
def only_the_status() -> Iterator[None]:
    """What tens of thousands of refusals would take and keep beside their status: a page, a line of the log, a session.

    How a refused page looks is tested with the faces; a session in a cookie saves a row read and written each time.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    bare = patch("casework.views.faces.render", lambda request, template, context, status: HttpResponse(status=status))
    try:
        with bare, override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
            yield
    finally:
        logging.disable(before)


def asked(address: str, people: dict[str, Actor | None]) -> list[str]:
    """Who asks for an address: everybody, but for pages behind a list of the administration those who differ there.

    The administration lets in whoever has a role of an administrator, and asks for nothing else before the page.
    """
    if not address.startswith("admin/") or address.count("/") <= len(("admin", "app", "model")):
        return list(people)
    return [name for name, actor in people.items() if name in BEFORE_THE_DOOR or (actor and actor.has(*ADMIN_ROLES))]


def answers(world: World) -> Iterator[dict[str, str]]:
    """One row a route, method and object; `yes` or the status of the denial for each person who asks."""
    for case in world.cases.values():
        if paper := Paper.objects.of(case).first():
            papers.rendered(paper)  # once, and not with every answer that is rolled back
    callers = {name: Caller(actor) for name, actor in world.people.items()}
    for address, pattern in patterns():
        for what, method, filled in requests_of(address, pattern, world):
            found = dict.fromkeys(callers, "")
            for name in asked(address, world.people):
                status = answer(callers[name], method, filled)
                if status == NO_SUCH_METHOD:
                    break  # the address knows no such method, whoever asks
                found[name] = str(status) if status in DENIED or status >= 500 else ALLOWED
            else:
                yield {"method": method, "route": f"/{address}", "object": what} | found


def write(rows: list[dict[str, str]]) -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read() -> list[dict[str, str]]:
    """Read the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
