"""The inbox: open tasks of my organisation and roles, the soonest due first; done; started by me."""

import dataclasses
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.queries import actor_for
from casework import queries
from casework.models.task import NO_LIMIT, Task
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.story import NOW


def awaiting(actor):
    return [(task.case_number, task.state) for task in queries.awaiting(actor)]


def test_each_side_finds_its_own_turn_and_nobody_elses(story):
    case = story.application("qualification_review")
    mine = [(case.number, "qualification_review")]
    assert awaiting(story.cast.bureau) == awaiting(story.cast.bureau2) == mine
    for name in story.cast.names():
        if not name.startswith("bureau"):
            assert awaiting(story.cast[name]) == [], name


def test_the_supervisor_sees_all_open_work_of_the_bureau(story):
    case = story.application("qualification_review")
    assert awaiting(story.cast.bureau_lead) == [(case.number, "qualification_review")]


def test_a_task_for_one_expert_is_not_a_colleagues(story):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    colleague = MembershipFactory(person=UserFactory(), organisation=expert.organisation, role="expert").person
    assert awaiting(expert) == [(case.number, "panel_review")]
    assert awaiting(actor_for(colleague)) == []


def test_the_soonest_due_comes_first_and_what_has_no_limit_last(story):
    without = story.application("qualification_review")
    late = story.application("qualification_review", who="operator", qualification_days=9)
    soon = story.application("qualification_review", who="outsider", qualification_days=2)
    review = [number for number, state in awaiting(story.cast.bureau) if state == "qualification_review"]
    assert review == [soon.number, late.number, without.number]


def test_reading_on_from_a_place_neither_repeats_nor_skips(story):
    call = story.call(qualification_days=5)
    for who in ("applicant", "operator", "outsider"):
        story.application("qualification_review", who=who, call=call)
    everything = list(queries.awaiting(story.cast.bureau))
    read, after = [], None
    while page := list(queries.awaiting(story.cast.bureau, after=after)[:2]):
        read += page
        after = (page[-1].due_on, page[-1].pk)
    assert read == everything
    assert len(read) == 3


def test_a_delegate_finds_the_kinds_the_delegation_covers(story):
    story.call("draft")
    delegate = dataclasses.replace(story.cast.bureau2, on_behalf_of=story.cast.bureau.person)
    assert awaiting(dataclasses.replace(delegate, scope=frozenset({"operator-application"}))) == []
    assert len(awaiting(dataclasses.replace(delegate, scope=frozenset({"call"})))) == 1


def test_somebody_without_an_organisation_has_none(story):
    story.call("draft")
    assert awaiting(dataclasses.replace(story.cast.bureau, organisation=None)) == []


def test_what_i_did_and_what_i_started(story):
    case = story.application()
    story.complete(case)
    case.submit(by=story.cast.applicant, truth=True)
    assert [task.case_number for task in queries.done(story.cast.applicant)] == [case.number]
    assert [entry.case_number for entry in queries.started(story.cast.applicant)] == [case.number]
    assert list(queries.done(story.cast.outsider)) == list(queries.started(story.cast.outsider)) == []


def test_a_closed_task_leaves_the_inbox(story):
    call = story.call("draft")
    assert len(awaiting(story.cast.bureau)) == 1
    call.withdraw(by=story.cast.bureau, reason="Put off.")
    assert awaiting(story.cast.bureau) == []
    assert Task.objects.of(call).get().closed_at == NOW


def test_a_count_stops_past_the_cap(story, django_assert_num_queries):
    call = story.call("draft")
    Task.objects.bulk_create(
        Task(
            **Task.refers(call), subject="", state="draft", organisation=story.cast.bureau.organisation, role="bureau",
            opened_at=NOW, due_on=NO_LIMIT,
        )
        for _number in range(200)
    )  # fmt: skip
    with django_assert_num_queries(1):
        assert queries.capped_count(queries.awaiting(story.cast.bureau)) == queries.SHOWN_AT_MOST + 1


@pytest.fixture
def page(client):
    """The number of queries a page takes."""

    def cost(address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return cost


@pytest.mark.parametrize("address", ["inbox", "inbox-done", "inbox-started"])
def test_many_rows_take_as_many_questions_as_one(story, client, page, address):
    client.force_login(story.cast.applicant.person)
    first = story.application()
    story.complete(first)
    first.submit(by=story.cast.applicant, truth=True)
    story.application()
    client.get(reverse(address))
    one = page(reverse(address))
    for _number in range(8):
        case = story.application()
        story.complete(case)
        case.submit(by=story.cast.applicant, truth=True)
        story.application()
    assert page(reverse(address)) == one


@pytest.mark.parametrize("after", ["x", "2026-01-01_x", "2026-13-01_1", "2026-01-01_" + "9" * 40])
def test_a_place_that_is_none_is_answered(story, client, after):
    client.force_login(story.cast.bureau.person)
    assert client.get(reverse("inbox"), {"after": after}).status_code == 200


def test_the_page_names_the_case_and_the_day(story, client):
    case = story.application("qualification_review", qualification_days=5)
    client.force_login(story.cast.bureau.person)
    shown = client.get(reverse("inbox")).content.decode()
    assert case.number in shown
    assert "2026-03-09" in shown
    assert Task.objects.of(case).get(closed_at=None).due_on == date(2026, 3, 9)
