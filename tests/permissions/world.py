"""Whose objects there are, and the people who come for them: what the table of routes is about.

Chapter 3: an application in review, a draft and an agreement of two companies (`own`, `other`), and calls. Chapter 4:
what an operator with its partner has (`operator's`, `partner's`), all about a resource of one department, and what
another operator with its partner has (`outsider's`, `partner2's`), all about a resource of another department.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from accounts.actors import Actor
from authorizations import exports
from authorizations.models import Export, Grant
from casework.beginning import begin
from casework.models.case import Case
from operators.models import Document
from tests.data_story import DataStory
from tests.factories.accounts import DelegationFactory, MembershipFactory, UserFactory
from tests.story import DAY, NOW

HOSTS = {"partner": "operator", "partner2": "outsider"}


@dataclass
class World:
    """Who there is, and the objects: cases and grants by whose they are and what."""

    people: dict[str, Actor | None]
    cases: dict[str, Case] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    exports: dict[str, Export] = field(default_factory=dict)
    delegation: int = 0


def build_world(story: DataStory) -> World:
    """One object of every kind for each tenant."""
    cast = story.cast
    world = World({})
    _selection(story, world)
    _users(story, world)
    _documents(story, world)
    own = world.cases["own application"]
    nobody = MembershipFactory(
        person=UserFactory(),
        organisation=cast.operator.organisation,
        valid_from=(NOW - 2 * DAY).date(),
        valid_until=(NOW - DAY).date(),
    )
    world.delegation = DelegationFactory(
        delegator=cast.bureau.person, delegate=cast.bureau2.person, organisation=cast.bureau.organisation
    ).pk
    world.people = {
        "anonymous": None,
        "without_role": Actor(nobody.person, None, frozenset()),
        "expert_on_panel": story.panel(own)[0],
        "expert_off_panel": story.others(own)[0],
        **{
            name: cast[name]
            for name in cast.names()
            if not name.startswith("expert") and name not in {"bureau2", "transport"}
        },
    }
    return world


def _selection(story: DataStory, world: World) -> None:
    """Applications and operating agreements; that of the outsider is in force, so that it can have partners."""
    cast, cases = story.cast, world.cases
    for whose, company, body in (("own", "applicant", "finance"), ("other", "outsider", "cyberspace")):
        reviewed, begun, decided = (
            story.call(bodies=[body], subject=f"{company} {what}") for what in ("reviewed", "begun", "decided")
        )
        cases[f"{whose} application"] = story.application("panel_selection", who=company, call=reviewed)
        cases[f"{whose} draft"] = story.application("draft", who=company, call=begun)
        story.prove(cases[f"{whose} draft"], "sound_business")
        approved = story.application("approved", who=company, call=decided)
        cases[f"{whose} agreement"] = story.agree(approved, starts_on=date(2026, 1, 1)).fix_text(by=cast.bureau)
    story.sign(cases["other agreement"], "outsider", "bureau")
    cases |= {"call in draft": story.call("draft", subject="Third call"), "published call": reviewed}
    cases["own application"].draw_panel(by=cast.bureau)


def _users(story: DataStory, world: World) -> None:
    """Partners with their operators, and what both have of the departments' resources."""
    cast, cases = story.cast, world.cases
    resources = {"operator": story.resource(who="health"), "outsider": story.resource(who="transport")}
    cases |= {"listed resource": resources["operator"], "transport's draft": story.resource("draft", who="transport")}
    for partner, host in HOSTS.items():
        entry = story.partnership("active", who=partner, operator=host)
        cases[f"{host}'s rules"] = story.rules_in_effect(host)
        cases[f"{partner}'s entry"] = entry
        cases[f"{partner}'s service agreement"] = entry.agreements.get()
        issue = story.issue("draft", who=partner, resource=resources[host])
        cases[f"{partner}'s issue"] = issue.send_to_operator(by=cast[partner])
    for whose in ("operator", *HOSTS):
        resource = resources[HOSTS.get(whose, whose)]
        grant = story.grant(whose, resources=[resource])
        world.grants[f"{whose}'s"] = grant
        cases[f"{whose}'s request"], cases[f"{whose}'s use agreement"] = grant.request, grant.agreement
        world.exports[f"{whose}'s"] = exports.order(grant, by=cast[whose], at=timezone.now())
    while exports.make_next():
        pass
    cases["operator's draft request"] = story.request("draft", resources=[resources["operator"]])
    for whose, department in (("operator", "health"), ("partner2", "transport")):
        cases[f"{whose}'s need"] = story.need("routed", who=whose, department=department)
        resource = resources[HOSTS.get(whose, whose)]
        cases[f"{whose}'s objection"] = story.objection("opinion", who=whose, resource=resource)


def _documents(story: DataStory, world: World) -> None:
    """A document for everybody and one that is being written, each with a file."""
    for what in ("published document", "document in draft"):
        world.cases[what] = begin(Document, by=story.cast.bureau, **story.document_values(subject=what))
        story.attach(world.cases[what], "bureau")
    world.cases["published document"].publish(by=story.cast.bureau)
