"""No tenant meets another's name, number, text or file, on any address there is, and none is counted for it.

Every address is read from the portal's routes, so a new one is covered without a word here. What tenants write is told
in `tests.permissions.canary`.
"""

import json
import re

import pytest
from django.utils import timezone

from casework.models.outbox import Notice
from casework.models.paper import Paper
from casework.outbox import deliver
from tests.permissions import canary
from tests.permissions.canary import AREAS, HOSTS, PREFIX, SEES, WHO, Viewer, World, addresses, words

PUBLIC = {"public-document", "public-file", "public-call", "verify-paper"}
"""What is published, or shown to whoever holds the paper with its code."""
ALIKE_FOR_ALL = {"basket-remove"}
"""What answers every number alike, whether there is such a thing or not."""
LEAVES = ("/accounts/", "/admin/", "/i18n/", "/metrics", "/livez", "/readyz")
"""The account itself, the administration (not for tenants), and what only the machine room can reach."""
SEARCHES = [{}, {"q": PREFIX}, {"format": "xlsx"}, {"format": "xlsx", "q": PREFIX}, {"page_size": "100"}]


def told(world: World, tenant: str) -> None:
    """Let a tenant bring in everything it has."""
    if tenant in HOSTS:
        canary.standing(world, tenant)
    for area in AREAS:
        area(world, tenant)
    deliver(now=timezone.now(), limit=10_000)


@pytest.fixture
def world(data_story) -> World:
    """Both operators are there, with what is published about them; nobody has asked for anything yet."""
    world = World(data_story)
    world.resources += [data_story.resource(who=who) for who in ("health", "transport")]
    for tenant in WHO:
        canary.people(world, tenant)
    for tenant in ("A", "B"):
        canary.standing(world, tenant)
    return world


def seen_by(world: World, viewer: str) -> dict[str, bytes]:
    """Everything the viewer can read: every address without arguments, and with those of its own matters."""
    desk, found = Viewer(world.actor(viewer)), {}
    for address, pattern in addresses(world, viewer):
        if address.startswith(LEAVES):
            continue
        # What names one matter is no list: there is nothing to search, and one reading shows it.
        is_list = set(pattern.pattern.regex.groupindex) <= {"plural", "format"}
        for asked in SEARCHES if is_list else SEARCHES[:1]:
            answer = desk.get(address, **asked)
            assert answer.status_code < 500, address
            found[f"{address} {asked}"] = words(answer)
    return found


def met(text: str | bytes, forbidden: dict[str, str]) -> list[str]:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    # A number ends another one's: SQ-2026-0002 stands in SJSQ-2026-0002.
    return [mark for mark in forbidden if mark in said and re.search(rf"(?<![A-Z]){re.escape(mark)}(?!\d)", said)]


def difference(before: bytes, after: bytes) -> list[str]:
    """The first lines that are not the same."""
    lines = zip(
        before.decode("utf-8", "replace").split("\n"), after.decode("utf-8", "replace").split("\n"), strict=False
    )
    return [f"{one.strip()[:200]} | {other.strip()[:200]}" for one, other in lines if one != other][:3]


@pytest.fixture
def full(world) -> World:
    """Everybody has brought in everything."""
    for tenant in WHO:
        told(world, tenant)
    return world


VIEWERS = ("A", "A1", "B1")
"""An operator, a partner of it, and a partner of the other: A2 and B stand to the others as these do."""


def test_no_address_notice_or_paper_shows_a_mark_of_another_tenant(full):
    for viewer in VIEWERS:
        no_page_shows(full, viewer)
        no_notice_or_paper_tells(full, viewer)
        nothing_is_found_or_acted_on(full, viewer)


def no_page_shows(world: World, viewer: str) -> None:
    forbidden, own = world.forbidden(viewer), 0
    pages = seen_by(world, viewer)
    for address, body in pages.items():
        assert met(body, forbidden) == [], (viewer, address)
        own += world.mark(viewer, "scenario").encode() in body
    assert own > 5, "the marks are to be seen where they belong"
    assert len(pages) > 100
    if viewer == "A":
        # The check itself: an operator does meet its partner's marks, and another partner must not.
        theirs = next(body for body in pages.values() if world.mark("A1", "purpose").encode() in body)
        assert met(theirs, world.forbidden("A2"))


def nothing_is_found_or_acted_on(world: World, viewer: str) -> None:
    desk = Viewer(world.actor(viewer))
    texts = world.forbidden(viewer, numbers=False)
    for tenant in set(WHO) - SEES[viewer]:
        for address, pattern in addresses(world, tenant):
            theirs = any(number in address for number in world.numbers(tenant))
            theirs |= pattern.name in {"attachment", "paper"}
            if not theirs or pattern.name in PUBLIC | ALIKE_FOR_ALL:
                continue
            for answer in (desk.get(address), desk.post(address)):
                assert answer.status_code in {403, 404, 405}, (viewer, address, answer.status_code)
                assert met(words(answer), texts) == [], (viewer, address)


def no_notice_or_paper_tells(world: World, viewer: str) -> None:
    actor, forbidden = world.actor(viewer), world.forbidden(viewer)
    notices = Notice.objects.filter(person=actor.person).select_related("message")
    assert notices
    for notice in notices:
        assert met(json.dumps([notice.message.context, notice.message.case_number]), forbidden) == []
    papers = [paper for case in world.cases[viewer] for paper in Paper.objects.of(case)]
    assert papers
    for paper in papers:
        assert met(json.dumps([paper.title, paper.context], ensure_ascii=False), forbidden) == [], paper.kind


def test_everything_is_as_if_the_others_were_not_there(world):
    """Lists, counts, the inbox: to the byte the same after others have come."""
    before = {}
    for tenant in ("A", "A1", "A2", "B", "B1"):
        told(world, tenant)
        if tenant == "A1":
            before["A1"] = seen_by(world, "A1")
        if tenant == "A2":
            before["A"] = seen_by(world, "A")
    for viewer, pages in before.items():
        after = seen_by(world, viewer)
        changed = [address for address in pages if pages[address] != after[address]]
        assert {address: difference(pages[address], after[address]) for address in changed[:5]} == {}
