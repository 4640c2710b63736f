"""Tenants with a mark in everything they write, to see whether it appears where it must not.

Two operators (A, B); two partners of A (A1, A2) and one of B (B1). What each brings into the portal is told by the
functions in `AREAS`; an area of the portal adds one. Whatever a tenant writes is made by `World.mark`, its cases are
given to `World.own`.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.urls import URLPattern

from accounts.actors import Actor
from accounts.models import OrganisationKind
from accounts.roles import Role
from authorizations.exports import order
from authorizations.models import BasketItem, DataResource, Grant, QualityIssue
from casework.beginning import begin
from casework.kinds import kinds
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.models.paper import Paper
from casework.remarks import write_remark
from casework.step import steps_of
from tests.data_story import BACK, DataStory
from tests.desk import Api, Page
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory
from tests.permissions import routes
from tests.story import NOW

PREFIX = "canary"
LATER = BACK["correct_by"]
WHO = {"A": "operator", "B": "outsider", "A1": "partner", "A2": "partner2", "B1": "partner3"}
HOSTS = {"A1": "A", "A2": "A", "B1": "B"}
SEES = {"A": {"A", "A1", "A2"}, "B": {"B", "B1"}, "A1": {"A1"}, "A2": {"A2"}, "B1": {"B1"}}
"""Whose matters each may see: an operator its own and its partners' (Art. 17, 18(2)), a partner its own."""
OF_ONE_KIND = routes.PREPARED | {
    "calls/": "calls", "documents/": "documents", "catalogue/": "resources", "basket/": "resources",
}  # fmt: skip
"""Pages whose number is that of one kind of case: another's is not found there by anybody."""
_ARGUMENT = re.compile(r"\(\?P<(\w+)>(?:\[[^]]*\]|[^()\[])*\)|<(?:\w+:)?(\w+)>")
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|"(?:X-CSRFToken|csrfToken)": *"[^"]*"')


@dataclass
class World:
    """Who is who, what each has written, and which cases are whose."""

    story: DataStory
    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    cases: dict[str, list[Case]] = field(default_factory=dict)
    grants: dict[str, list[Grant]] = field(default_factory=dict)
    resources: list[DataResource] = field(default_factory=list)
    """What everybody asks for: the catalogue is there before the tenants come."""

    def actor(self, tenant: str) -> Actor:
        return self.story.cast[WHO[tenant]]

    def mark(self, tenant: str, what: str) -> str:
        """A text that only this tenant writes."""
        return self.marks.setdefault(tenant, {}).setdefault(what, f"{PREFIX}{tenant}x{what}x")

    def numbers(self, tenant: str) -> list[str]:
        """The numbers and codes of what is the tenant's."""
        return [case.number for case in self.cases[tenant]] + [grant.code for grant in self.grants.get(tenant, [])]

    def own(self, tenant: str, *cases: Case) -> None:
        """These cases are the tenant's: their numbers are marks too."""
        for case in cases:
            self.cases.setdefault(tenant, []).append(case)
            self.marks[tenant][case.number] = case.number

    def forbidden(self, viewer: str, *, numbers: bool = True) -> dict[str, str]:
        """What the viewer must not come across: mark and whose it is.

        Who the operators are is published; a partner knows the people of its own.
        """
        known = {self.mark(tenant, "name") for tenant in ("A", "B")}
        known |= {self.mark(HOSTS[viewer], "person")} if viewer in HOSTS else set()
        return {
            text: tenant
            for tenant, marks in self.marks.items() if tenant not in SEES[viewer]
            for text in marks.values() if text not in known and (numbers or text.startswith(PREFIX))
        }  # fmt: skip


# --- what each tenant brings ------------------------------------------------------------------------------------


def people(world: World, tenant: str) -> None:
    """The organisation and its person are called after the tenant."""
    cast = world.story.cast
    if WHO[tenant] not in cast.actors:
        organisation, person = OrganisationFactory(kind=OrganisationKind.PARTNER), UserFactory(username=WHO[tenant])
        MembershipFactory(person=person, organisation=organisation, role=Role.PARTNER)
        cast.actors[WHO[tenant]] = Actor(person, organisation, frozenset({Role.PARTNER}))
    actor = world.actor(tenant)
    actor.organisation.name, actor.person.name = world.mark(tenant, "name"), world.mark(tenant, "person")
    actor.organisation.save()
    actor.person.save()


def standing(world: World, tenant: str) -> None:
    """An operator's agreement, a partner's entry with its operator."""
    if tenant in HOSTS:
        world.own(tenant, world.story.partnership("active", who=WHO[tenant], operator=WHO[HOSTS[tenant]]))
        return
    agreement = world.story.operating_agreement(WHO[tenant])
    world.story.rules_in_effect(WHO[tenant])
    world.own(tenant, agreement, agreement.application)


def requests(world: World, tenant: str) -> None:
    """Requests in several states, with every free text, a file and a remark; a basket; an agreement to sign."""
    story, actor = world.story, world.actor(tenant)
    text = {name: world.mark(tenant, name) for name in ("scenario", "purpose", "measures")}
    given = {"who": WHO[tenant], "resources": world.resources} | text
    cases = [story.request(state, **given) for state in ("draft", "assessment", "authorised_in_part")]
    cases.append(story.request("withdrawn", **given))
    draft, sent, authorised, _withdrawn = cases
    draft.edit(by=actor, mode_of_use="modelling", use_from=None, use_until=None, **text)
    story.attach(draft, WHO[tenant], name=f"{world.mark(tenant, 'file')}.txt")
    write_remark(sent, by=actor, text=world.mark(tenant, "remark"), visibility="parties")
    agreement = authorised.agreements.get()
    agreement.fix_text(by=story.cast.bureau)
    world.own(tenant, *cases, agreement)
    sent.return_for_correction(by=story.cast.bureau, defects=world.mark(tenant, "defects"), correct_by=LATER)
    BasketItem.objects.create(
        person=actor.person, organisation=actor.organisation, resource=draft.items.first().resource
    )


def uses(world: World, tenant: str) -> None:
    """An agreement in force with its grants, an export ordered; a need, an objection and an issue with quality."""
    story, actor, who = world.story, world.actor(tenant), WHO[tenant]
    text = {name: world.mark(tenant, name) for name in ("scenario", "purpose", "measures")}
    agreement = story.use_agreement("effective", who=who, resources=world.resources, use_from=NOW.date(), **text)
    for grant in agreement.grants.all():
        world.grants.setdefault(tenant, []).append(grant)
        world.marks[tenant][grant.code] = grant.code
    order(agreement.grants.first(), by=actor, at=NOW)
    resource, what = world.resources[0], world.mark(tenant, "need")
    need = story.need("posted", who=who, subject=what, description=what, scenario=what)
    objection = story.objection("submitted", who=who, resource=resource, grounds=world.mark(tenant, "grounds"))
    raised = story.issue_values(who, resource=resource, description=world.mark(tenant, "issue"))
    issue = begin(QualityIssue, by=actor, **raised)
    send = issue.send_to_operator if tenant in HOSTS else issue.send_to_bureau
    world.own(tenant, agreement, agreement.request, need, objection, send(by=actor))


AREAS: list[Callable[[World, str], None]] = [requests, uses]
"""What tenants do beyond coming into being; an area of the portal appends its function."""


# --- every address ------------------------------------------------------------------------------------------------


def addresses(world: World, tenant: str) -> Iterator[tuple[str, URLPattern]]:
    """Every address with its arguments filled in by what is the tenant's; those without arguments as they are."""
    for address, pattern in routes.patterns():
        names = [one or other for one, other in _ARGUMENT.findall(address)]
        plain = routes._plain(_ARGUMENT.sub(lambda match: f"<{match[1] or match[2]}>", address))
        if not names:
            yield f"/{plain}", pattern
            continue
        for values in _values(world, tenant, address, names, pattern):
            yield "/" + re.sub(r"<(\w+)>", lambda match, values=values: str(values.get(match[1], 1)), plain), pattern


def _values(world: World, tenant: str, address: str, names: list[str], pattern: URLPattern) -> Iterator[dict]:
    """The arguments for each case of the tenant that the address can name."""
    if "plural" in names and "number" not in names:
        yield from ({"plural": model.plural} for model in kinds().values())
        return
    if "grants/" in address:
        yield from ({"code": grant.code, "export": grant.exports.first()} for grant in world.grants.get(tenant, []))
        return
    named = re.match(r"api/v1/\^([a-z-]+)/", address)
    of_one_kind = named[1] if named else OF_ONE_KIND.get(address.partition("/")[0] + "/")
    # The catalogue is everybody's: what it says of a resource must not tell who asked for it.
    for case in world.resources[:1] if of_one_kind == "resources" else world.cases.get(tenant, []):
        if of_one_kind and of_one_kind != case.plural:
            continue
        first = {"plural": case.plural, "number": case.number, "code": "sound_business", "entry": 0}
        paper = Paper.objects.of(case).first()
        file = Attachment.objects.of(case).first()
        if (pattern.name == "attachment" and file is None) or (pattern.name == "paper" and paper is None):
            continue
        if pattern.name in {"paper", "verify-paper"}:
            first["code"] = paper.code if paper else "A"
        first |= {"paper": paper.code if paper else "A", "attachment": file.pk if file else 1}
        first |= {"pk": first["attachment"]}
        steps = list(steps_of(type(case)))[:2] if {"name", "step"} & set(names) else [""]
        yield from (first | {"name": step, "step": step} for step in steps)


class Viewer:
    """A tenant in front of every page and, with a token, of the API."""

    def __init__(self, actor: Actor):
        self.page, self.api = Page(actor).client, Api(actor)

    def get(self, address: str, **asked):
        if address.startswith("/api/"):
            return self.api.client.get(address, asked, headers=self.api.headers)
        return self.page.get(address, asked)

    def post(self, address: str):
        if address.startswith("/api/"):
            return self.api.client.post(address, {}, content_type="application/json", headers=self.api.headers)
        return self.page.post(address)


def words(answer) -> bytes:
    """What an answer says: a workbook unpacked, a PDF by what it was made from, a page without its token."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return b"\n".join(book.read(name) for name in sorted(book.namelist()) if "docProps" not in name)
    return _TOKEN.sub(b"", body)
