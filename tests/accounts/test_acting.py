"""One person acts for one organisation at a time; the choice is kept in the session."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import ANONYMOUS, SYSTEM, Actor
from accounts.middleware import ActingMiddleware
from accounts.models import AccountEvent, Delegation, EventKind, Membership, Organisation
from accounts.roles import Role
from tests.cast import PASSWORD
from tests.factories.accounts import DelegationFactory, MembershipFactory, OrganisationFactory, UserFactory


def acting_actor(client):
    response = client.get(reverse("acting"))
    assert response.status_code == 200
    return response.wsgi_request.actor


@pytest.fixture
def two_homes(cast):
    """A person with a role in two organisations, the first one first."""
    person = UserFactory(name="Two Homes")
    MembershipFactory(person=person, organisation=cast.operator.organisation, role=Role.OPERATOR)
    MembershipFactory(person=person, organisation=cast.partner.organisation, role=Role.PARTNER)
    return person


def test_without_a_choice_one_acts_for_the_first_organisation(client, cast, two_homes):
    client.force_login(two_homes)
    assert acting_actor(client) == Actor(two_homes, cast.operator.organisation, frozenset({Role.OPERATOR}))


def test_switching_changes_organisation_and_roles_together(client, cast, two_homes):
    client.force_login(two_homes)
    response = client.post(reverse("acting"), {"organisation": cast.partner.organisation.pk})
    assert (response.status_code, response.url) == (302, "/")
    assert acting_actor(client) == Actor(two_homes, cast.partner.organisation, frozenset({Role.PARTNER}))
    event = AccountEvent.objects.get(kind=EventKind.ACTING_SWITCHED)
    assert (event.person, event.organisation, event.ip) == (two_homes, cast.partner.organisation, "127.0.0.1")


@pytest.mark.parametrize("sent", [{"organisation": "9999999"}, {"organisation": "x"}, {"delegation": "1"}, {}])
def test_what_is_not_there_is_not_found(client, cast, two_homes, sent):
    client.force_login(two_homes)
    assert client.post(reverse("acting"), sent).status_code == 404


def test_somebody_elses_organisation_or_delegation_is_not_found(client, cast, two_homes):
    client.force_login(two_homes)
    theirs = DelegationFactory(
        delegator=cast.bureau.person, delegate=cast.bureau2.person, organisation=cast.bureau.organisation
    )
    for sent in ({"organisation": cast.bureau.organisation.pk}, {"delegation": theirs.pk}):
        assert client.post(reverse("acting"), sent).status_code == 404
    assert acting_actor(client).organisation == cast.operator.organisation
    assert not AccountEvent.objects.exists()


def test_a_choice_that_no_longer_holds_leaves_one_acting_for_nobody(client, cast, two_homes):
    client.force_login(two_homes)
    client.post(reverse("acting"), {"organisation": cast.partner.organisation.pk})
    Membership.objects.filter(person=two_homes, role=Role.PARTNER).delete()
    response = client.get(reverse("acting"))
    assert response.wsgi_request.actor == Actor(two_homes, None, frozenset())
    assert "has ended. Choose whom you act for." in response.content.decode()


def test_next_leads_back_on_this_host_only(client, cast, two_homes):
    client.force_login(two_homes)
    here = {"organisation": cast.operator.organisation.pk}
    assert client.post(reverse("acting"), {**here, "next": "/accounts/delegations/"}).url == "/accounts/delegations/"
    assert client.post(reverse("acting"), {**here, "next": "https://evil.test/"}).url == "/"
    assert client.post(reverse("acting"), {**here, "next": "//evil.test/"}).url == "/"


def test_visitors_are_asked_to_sign_in_and_led_back(client, cast):
    response = client.get(f"{reverse('acting')}?next=/rules/")
    assert (response.status_code, response.context["next"]) == (401, "/accounts/acting/?next=/rules/")
    assert 'action="/accounts/login/"' in response.content.decode()
    typed = {"username": "bureau", "password": PASSWORD, "next": response.context["next"]}
    assert client.post(reverse("login"), typed).url == "/accounts/acting/?next=/rules/"


def test_names_cannot_carry_script(client, cast):
    person = UserFactory(name="<script>alert(1)</script>")
    place = OrganisationFactory(name="<img src=x onerror=alert(1)>")
    MembershipFactory(person=person, organisation=place)
    client.force_login(person)
    page = client.get(reverse("acting")).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_page_costs_the_same_for_many_organisations_as_for_one(client, cast, two_homes, cost):
    def another() -> None:
        MembershipFactory(person=two_homes)
        DelegationFactory(delegate=two_homes, organisation=cast.operator.organisation)

    client.force_login(two_homes)
    another()
    cost(reverse("acting"))
    one = cost(reverse("acting"))
    for _ in range(20):
        another()
    assert cost(reverse("acting")) == one


def test_nothing_is_read_for_an_actor_nobody_asks_for(rf, django_assert_num_queries, cast):
    request = rf.get("/")
    request.user, request.session = cast.bureau.person, {}
    with django_assert_num_queries(0):
        ActingMiddleware(lambda request: None)(request)
    with django_assert_num_queries(1):
        assert request.actor == cast.bureau
    with django_assert_num_queries(0):
        assert request.actor.has(Role.BUREAU)


def test_the_system_and_a_visitor_are_different():
    assert SYSTEM.is_system
    assert SYSTEM.is_authenticated
    assert not ANONYMOUS.is_system
    assert not ANONYMOUS.is_authenticated
    assert not Actor(None, None, frozenset()).is_system


def test_a_delegation_is_chosen_and_shown(client, cast):
    delegation = DelegationFactory(
        delegator=cast.bureau_lead.person,
        delegate=cast.bureau.person,
        organisation=cast.bureau.organisation,
        case_kinds=["call"],
        ends_at=timezone.now() + timedelta(days=3),
    )
    client.force_login(cast.bureau.person)
    page = client.get(reverse("acting")).content.decode()
    assert "For Data Authority on behalf of Bureau_lead until" in page
    client.post(reverse("acting"), {"delegation": delegation.pk})
    actor = acting_actor(client)
    assert actor == Actor(
        cast.bureau.person,
        cast.bureau.organisation,
        frozenset({Role.BUREAU_LEAD}),
        on_behalf_of=cast.bureau_lead.person,
        scope=frozenset({"call"}),
    )
    assert actor.may_act_in("call")
    assert not actor.may_act_in("operating-agreement")
    assert "On behalf of Bureau_lead" in client.get(reverse("acting")).content.decode()


@pytest.mark.parametrize(
    "ending",
    [
        lambda given: Delegation.objects.filter(pk=given.pk).update(revoked_at=timezone.now()),
        lambda given: Delegation.objects.filter(pk=given.pk).update(ends_at=timezone.now()),
        lambda given: Membership.objects.filter(person=given.delegator).delete(),
        lambda given: Membership.objects.filter(person=given.delegate).delete(),
        lambda given: type(given.delegator).objects.filter(pk=given.delegator.pk).update(is_active=False),
        lambda given: Organisation.objects.filter(pk=given.organisation.pk).update(active=False),
    ],
    ids=["revoked", "over", "delegator left", "delegate left", "delegator closed", "organisation closed"],
)
def test_acting_on_behalf_ends_at_once(client, cast, ending):
    given = DelegationFactory(
        delegator=cast.bureau_lead.person, delegate=cast.bureau.person, organisation=cast.bureau.organisation
    )
    client.force_login(cast.bureau.person)
    client.post(reverse("acting"), {"delegation": given.pk})
    assert acting_actor(client).roles == {Role.BUREAU_LEAD}
    ending(given)
    assert acting_actor(client) == Actor(cast.bureau.person, None, frozenset())


def test_a_delegation_that_has_not_begun_is_not_found(client, cast):
    given = DelegationFactory(
        delegator=cast.bureau_lead.person,
        delegate=cast.bureau.person,
        organisation=cast.bureau.organisation,
        starts_at=timezone.now() + timedelta(hours=1),
    )
    client.force_login(cast.bureau.person)
    assert client.post(reverse("acting"), {"delegation": given.pk}).status_code == 404
