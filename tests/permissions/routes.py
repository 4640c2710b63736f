"""Every route of the portal, read from its addresses, and what each answers to everybody.

The table is generated: rows are routes with a method and, where an address names an object, whose object it is; columns
are people. What the portal answers is compared with it, so a route that nobody has looked at fails.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts.actors import Actor
from accounts.models import User
from casework.kinds import kinds
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.models.paper import Paper
from casework.step import steps_of
from operators.models import Expert
from tests.factories.accounts import DelegationFactory, MembershipFactory, UserFactory
from tests.story import DAY, NOW, Story

TABLE = Path(__file__).parent / "routes.csv"
ALLOWED = "yes"
DENIED = {401, 403, 404}
NO_SUCH_METHOD = 405
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
_GROUP = re.compile(r"\(\?P<\w+>(?:\[[^]]*\]|[^()\[])*\)|<(?:\w+:)?\w+>")
_API_ROUTE = re.compile(r"^api/v1/\^(?P<plural>[a-z-]+)/")


@dataclass
class World:
    """Whose objects there are: some of the applicant's, the same of another company's, both with the bureau."""

    people: dict[str, Actor | None]
    cases: dict[str, Case] = field(default_factory=dict)
    delegation: int = 0


def build_world(story: Story) -> World:
    """An application in review, a draft and an agreement of two companies each, and calls."""
    cast = story.cast
    cases: dict[str, Case] = {}
    for whose, company, body in (("own", "applicant", "finance"), ("other", "outsider", "cyberspace")):
        reviewed, begun, decided = (
            story.call(bodies=[body], subject=f"{company} {what}") for what in ("reviewed", "begun", "decided")
        )
        cases[f"{whose} application"] = story.application("panel_selection", who=company, call=reviewed)
        cases[f"{whose} draft"] = story.application("draft", who=company, call=begun)
        story.prove(cases[f"{whose} draft"], "sound_business")
        approved = story.application("approved", who=company, call=decided)
        cases[f"{whose} agreement"] = story.agree(approved).fix_text(by=cast.bureau)
    cases |= {"call in draft": story.call("draft", subject="Third call"), "published call": reviewed}
    own = cases["own application"]
    own.draw_panel(by=cast.bureau)
    nobody = MembershipFactory(
        person=UserFactory(),
        organisation=cast.operator.organisation,
        valid_from=(NOW - 2 * DAY).date(),
        valid_until=(NOW - DAY).date(),
    )
    given = DelegationFactory(
        delegator=cast.bureau.person, delegate=cast.bureau2.person, organisation=cast.bureau.organisation
    )
    return World(
        people={
            "anonymous": None,
            "without_role": Actor(nobody.person, None, frozenset()),
            "expert_on_panel": story.panel(own)[0],
            "expert_off_panel": story.others(own)[0],
            **{
                name: cast[name]
                for name in cast.names()
                if not name.startswith("expert") and name not in {"bureau2", "transport"}
            },
        },
        cases=cases,
        delegation=given.pk,
    )


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
    offered = [method.upper() for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)]
    return [method for method in offered if method != "PUT" or "POST" not in offered]


def _filled(address: str, pattern: URLPattern, world: World) -> Iterator[tuple[str, str]]:
    names = [one or other for one, other in _ARGUMENT.findall(address)]
    plain = _plain(address)
    if api := _API_ROUTE.match(address):
        yield from _of_cases(plain, names, world, {"plural": api["plural"]})
    elif not names:
        yield "", plain
    elif address.startswith("admin/"):
        yield "", _put(plain, {name: _ADMIN[name](pattern) for name in names})
    elif "plural" in names or address.startswith("applications/"):
        yield from _of_cases(plain, names, world, {} if "plural" in names else {"plural": "operator-applications"})
    else:
        yield from ((what, _put(plain, {names[0]: value})) for what, value in _objects(pattern.name, world))


def _of_cases(plain: str, names: list[str], world: World, given: dict) -> Iterator[tuple[str, str]]:
    for model in kinds().values():
        if given.get("plural", model.plural) != model.plural:
            continue
        if "number" not in names:
            yield model.kind, _put(plain, {"plural": model.plural})
            continue
        for what, case in world.cases.items():
            if isinstance(case, model):
                steps = steps_of(model) if {"name", "step"} & set(names) else [""]
                for step in steps:
                    values = {
                        "plural": model.plural, "number": case.number, "name": step, "step": step,
                        "code": "sound_business", "attachment": _first(Attachment, case, "pk", 1),
                        "paper": _first(Paper, case, "code", "A"),
                    }  # fmt: skip
                    yield f"{what} {step}".strip(), _put(plain, values)


def _first(model, case: Case, name: str, otherwise: object) -> object:
    """A value of the case's first file or paper."""
    return model.objects.of(case).values_list(name, flat=True).first() or otherwise


def _objects(route: str, world: World) -> list[tuple[str, object]]:
    """The objects beside cases that an address can name, by the name of the route."""
    reviewed = {whose: world.cases[f"{whose} application"] for whose in ("own", "other")}
    return {
        "attachment": lambda: [(whose, Attachment.objects.of(case).first().pk) for whose, case in reviewed.items()],
        "paper": lambda: [(whose, Paper.objects.of(case).first().code) for whose, case in reviewed.items()],
        "verify-paper": lambda: [(whose, Paper.objects.of(case).first().code) for whose, case in reviewed.items()],
        "public-call": lambda: [
            (what, world.cases[what].number) for what in ("call in draft", "published call")
        ],
        **dict.fromkeys(
            ("catalogue-entry", "basket-add", "basket-remove"), lambda: [("no such entry", "ZY-2026-9999")]
        ),
        "expert": lambda: [("", Expert.objects.first().pk)],
        "delegation_revoke": lambda: [("the bureau's", world.delegation)],
        "api-proof": lambda: [("", 0)],
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


def answer(client: Client, method: str, address: str) -> int:
    """The status of one request; nothing of it stays."""
    with transaction.atomic():
        send = getattr(client, method.lower())
        in_json = address.startswith("/api/") and method != "GET" and not address.endswith("/attachments/")
        given = {"content_type": "application/json"} if in_json else {}
        status = send(address, **given).status_code
        transaction.set_rollback(True)
    return status


def answers(world: World) -> Iterator[dict[str, str]]:
    """One row a route, method and object; `yes` or the status of the denial for each person."""
    clients = {}
    for name, actor in world.people.items():
        clients[name] = Client(raise_request_exception=False)
        if actor is not None:
            clients[name].force_login(actor.person)
    for address, pattern in patterns():
        for what, method, filled in requests_of(address, pattern, world):
            found = {}
            for name, client in clients.items():
                # Signing out for good would spoil what follows, even though its row in the database comes back.
                before = dict(client.cookies)
                status = answer(client, method, filled)
                client.cookies.clear()
                client.cookies.update(before)
                found[name] = str(status) if status in DENIED | {NO_SUCH_METHOD} or status >= 500 else ALLOWED
            if ALLOWED in found.values() or str(NO_SUCH_METHOD) not in found.values():
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
