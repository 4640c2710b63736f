"""Delegating one's roles while absent."""

from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import delegating
from accounts.models import AccountEvent, Delegation, EventKind
from accounts.queries import delegated_actor, delegations_to
from accounts.roles import Role
from tests.factories.accounts import DelegationFactory, MembershipFactory, UserFactory

BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def form():
    """What is typed on the page, without the delegate."""
    today = timezone.localdate()
    return {"starts_on": today, "ends_on": today + timedelta(days=2), "reason": "Leave", "case_kinds": ["call"]}


def period():
    return {"starts_at": timezone.now(), "ends_at": timezone.now() + timedelta(days=1), "reason": "", "case_kinds": []}


def refusal(**kwargs) -> dict | list:
    with pytest.raises(ValidationError) as refused:
        delegating.give(**{**period(), **kwargs})
    assert not Delegation.objects.exists()
    assert not AccountEvent.objects.exists()
    return refused.value.message_dict if hasattr(refused.value, "error_dict") else refused.value.messages


def test_the_page_gives_a_delegation_until_the_end_of_the_last_day_in_beijing(client, cast):
    client.force_login(cast.bureau.person)
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING), tick=False):
        response = client.post(
            reverse("delegate"),
            {
                "delegate": cast.bureau2.person.pk,
                "starts_on": "2026-03-02",
                "ends_on": "2026-03-06",
                "reason": "Leave",
                "case_kinds": ["call"],
            },
        )
    assert (response.status_code, response.url) == (302, reverse("delegations"))
    given = Delegation.objects.get()
    assert (given.delegator, given.delegate) == (cast.bureau.person, cast.bureau2.person)
    assert (given.organisation, given.case_kinds) == (cast.bureau.organisation, ["call"])
    assert given.starts_at == datetime(2026, 3, 2, tzinfo=BEIJING)
    assert given.ends_at == datetime(2026, 3, 7, tzinfo=BEIJING)
    last_moment = given.ends_at - timedelta(microseconds=1)
    assert list(delegations_to(cast.bureau2.person, on=last_moment)) == [given]
    assert not delegations_to(cast.bureau2.person, on=given.ends_at).exists()
    event = AccountEvent.objects.get(kind=EventKind.DELEGATION_GIVEN)
    assert (event.by, event.person) == (cast.bureau.person, cast.bureau2.person)
    assert event.detail["case_kinds"] == ["call"]


def test_no_kind_ticked_means_every_kind(client, cast, form):
    client.force_login(cast.bureau.person)
    client.post(reverse("delegate"), {**form, "delegate": cast.bureau2.person.pk, "case_kinds": []})
    assert Delegation.objects.get().scope is None


def test_only_the_delegators_roles_of_that_organisation_pass(cast):
    MembershipFactory(person=cast.bureau_lead.person, organisation=cast.operator.organisation, role=Role.OPERATOR)
    given = DelegationFactory(
        delegator=cast.bureau_lead.person, delegate=cast.bureau.person, organisation=cast.bureau.organisation
    )
    assert delegated_actor(given).roles == {Role.BUREAU_LEAD}


def test_one_does_not_delegate_to_oneself(cast):
    assert refusal(by=cast.bureau, delegate=cast.bureau.person) == {"delegate": ["You cannot delegate to yourself."]}


def test_one_does_not_delegate_to_another_organisation(cast):
    assert refusal(by=cast.bureau, delegate=cast.operator.person) == {
        "delegate": ["You delegate to somebody with a role in Data Authority."]
    }


@pytest.mark.parametrize("name", ["sysadmin", "secadmin", "auditadmin"])
def test_an_administrators_role_is_not_delegated(cast, name, client):
    words = "An administrator's role is not delegated."
    assert refusal(by=cast[name], delegate=cast.bureau.person) == [words]
    client.force_login(cast[name].person)
    assert client.get(reverse("delegate")).status_code == 403
    assert words in unescape(client.get(reverse("delegations")).content.decode())


def test_a_delegation_is_not_passed_on(cast):
    given = DelegationFactory(
        delegator=cast.bureau_lead.person, delegate=cast.bureau.person, organisation=cast.bureau.organisation
    )
    by = delegated_actor(given)
    with pytest.raises(ValidationError, match="A delegation is not passed on; only Bureau_lead can delegate"):
        delegating.give(by=by, delegate=cast.bureau2.person, **period())
    assert Delegation.objects.get() == given


def test_a_period_that_ends_before_it_begins_or_is_over_is_refused(cast):
    now = timezone.now()
    words = {"ends_at": ["The end lies before the beginning, or has passed."]}
    to = cast.bureau2.person
    assert refusal(by=cast.bureau, delegate=to, starts_at=now, ends_at=now) == words
    past = {"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(days=1)}
    assert refusal(by=cast.bureau, delegate=to, **past) == words
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegationFactory(ends_at=now, starts_at=now)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"delegate": ""}, "delegate", "This field is required."),
        ({"delegate": "operator"}, "delegate", "You delegate to somebody else with a role in Data Authority."),
        ({"delegate": "bureau"}, "delegate", "You delegate to somebody else with a role in Data Authority."),
        ({"ends_on": "2020-01-01"}, "ends_on", "The end lies before the beginning, or has passed."),
        ({"ends_on": "9999-12-31"}, "ends_on", "The last day lies within a year from today."),
        ({"starts_on": "0001-01-01"}, "starts_on", "The first day has passed."),
        ({"starts_on": "soon"}, "starts_on", "Enter a valid date."),
        ({"reason": ""}, "reason", "This field is required."),
        ({"reason": "x" * 201}, "reason", "Ensure this value has at most 200 characters (it has 201)."),
        (
            {"case_kinds": ["budget"]},
            "case_kinds",
            "Select a valid choice. budget is not one of the available choices.",
        ),
    ],
)
def test_bad_input_is_named_at_its_field_and_what_was_typed_stays(client, cast, form, change, field, words):
    client.force_login(cast.bureau.person)
    typed = {**form, "delegate": "bureau2", **change}
    if typed["delegate"]:
        typed["delegate"] = cast[typed["delegate"]].person.pk
    response = client.post(reverse("delegate"), typed)
    assert response.status_code == 422
    assert response.context["form"].errors[field] == [words]
    if field != "reason":
        assert 'value="Leave"' in response.content.decode()
    assert not Delegation.objects.exists()


def test_the_delegator_revokes_at_once_and_twice_is_once(client, cast):
    given = DelegationFactory(
        delegator=cast.bureau.person, delegate=cast.bureau2.person, organisation=cast.bureau.organisation
    )
    client.force_login(cast.bureau.person)
    for _ in range(2):
        response = client.post(reverse("delegation_revoke", args=[given.pk]))
        assert (response.status_code, response.url) == (302, reverse("delegations"))
    assert not delegations_to(cast.bureau2.person).exists()
    assert AccountEvent.objects.filter(kind=EventKind.DELEGATION_REVOKED).count() == 1


@pytest.mark.parametrize("name", ["bureau2", "bureau_lead", "operator", "secadmin"])
def test_nobody_else_revokes_it_on_the_page(client, cast, name):
    given = DelegationFactory(
        delegator=cast.bureau.person, delegate=cast.bureau2.person, organisation=cast.bureau.organisation
    )
    client.force_login(cast[name].person)
    assert client.post(reverse("delegation_revoke", args=[given.pk])).status_code == 404
    assert client.get(reverse("delegation_revoke", args=[given.pk])).status_code == 405
    given.refresh_from_db()
    assert given.revoked_at is None


def test_the_list_costs_the_same_for_many_as_for_one_and_comes_in_pages(client, cast, cost):
    def give() -> None:
        DelegationFactory(delegator=cast.bureau.person, organisation=cast.bureau.organisation)

    client.force_login(cast.bureau.person)
    give()
    cost(reverse("delegations"))
    one = cost(reverse("delegations"))
    for _ in range(59):
        give()
    assert cost(reverse("delegations")) == one
    assert len(client.get(reverse("delegations")).context["given"]) == 50
    assert len(client.get(reverse("delegations"), {"page": 2}).context["given"]) == 10


def test_names_and_reasons_cannot_carry_script(client, cast):
    evil = UserFactory(name="<script>alert(1)</script>")
    DelegationFactory(
        delegator=cast.bureau.person, delegate=evil, organisation=cast.bureau.organisation, reason="<b>me</b>"
    )
    client.force_login(cast.bureau.person)
    page = client.get(reverse("delegations")).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "<b>me</b>" not in page
