"""The administration pages: each of the three administrators does their own part and nothing else."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import models, tokens
from accounts.models import AccountEvent, EventKind, Membership, Organisation, User
from accounts.passwords import must_change
from accounts.roles import Role
from tests.cast import PASSWORD, PEOPLE, credit_code
from tests.factories.accounts import (
    AccountEventFactory,
    ApiTokenFactory,
    DelegationFactory,
    MembershipFactory,
    UserFactory,
)

ADMINISTRATORS = ("sysadmin", "secadmin", "auditadmin")
# Who may: view, add, change, delete.
RIGHTS = {
    "user": ({"sysadmin", "secadmin", "auditadmin"}, {"sysadmin"}, {"sysadmin"}, set()),
    "organisation": ({"sysadmin", "secadmin", "auditadmin"}, {"sysadmin"}, {"sysadmin"}, set()),
    "membership": ({"secadmin"}, {"secadmin"}, {"secadmin"}, {"secadmin"}),
    "delegation": ({"secadmin", "auditadmin"}, set(), set(), set()),
    "apitoken": ({"secadmin"}, set(), set(), set()),
    "accountevent": ({"auditadmin"}, set(), set(), set()),
}


def page(model, what, *args):
    return reverse(f"admin:accounts_{model}_{what}", args=args)


def a_row(model, cast):
    return {
        "user": lambda: cast.bureau.person,
        "organisation": lambda: cast.bureau.organisation,
        "membership": lambda: Membership.objects.get(person=cast.bureau.person),
        "delegation": lambda: DelegationFactory(organisation=cast.bureau.organisation),
        "apitoken": lambda: ApiTokenFactory(organisation=cast.bureau.organisation),
        "accountevent": AccountEventFactory,
    }[model]()


@pytest.mark.parametrize("model", RIGHTS)
@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_each_does_their_own_part(client, cast, model, name):
    view, add, change, delete = RIGHTS[model]
    row = a_row(model, cast)
    client.force_login(cast[name].person)
    assert client.get(page(model, "changelist")).status_code == (200 if name in view else 403)
    assert client.get(page(model, "change", row.pk)).status_code == (200 if name in view else 403)
    assert client.get(page(model, "add")).status_code == (200 if name in add else 403)
    assert client.get(page(model, "delete", row.pk)).status_code == (200 if name in delete else 403)
    if name not in change:
        assert client.post(page(model, "change", row.pk), {}).status_code == 403


def test_every_model_registered_here_is_in_the_table():
    registered = {
        model._meta.model_name for model in admin.site._registry if model._meta.app_label == models.User._meta.app_label
    }
    assert registered == set(RIGHTS)


@pytest.mark.parametrize("name", sorted(set(PEOPLE) - set(ADMINISTRATORS)))
def test_nobody_else_enters(client, cast, name):
    client.force_login(cast[name].person)
    assert not cast[name].person.is_staff
    assert client.get(reverse("admin:index")).status_code == 403
    assert client.get(reverse("admin:login")).status_code == 403
    assert client.get(page("user", "changelist")).status_code == 403


@pytest.mark.parametrize("name", ["index", "login"])
def test_visitors_get_the_portals_own_sign_in(client, db, name):
    response = client.get(reverse(f"admin:{name}"))
    assert (response.status_code, response.context["next"]) == (401, "/admin/" if name == "index" else "/admin/login/")
    assert response.templates[0].name == "accounts/sign_in.html"


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_administrators_are_staff_by_their_role_alone(cast, name):
    assert cast[name].person.is_staff
    Membership.objects.filter(person=cast[name].person).delete()
    assert not cast[name].person.is_staff


def test_the_system_administrator_opens_an_account_whose_password_must_change(client, cast):
    client.force_login(cast.sysadmin.person)
    typed = {"username": "new", "name": "New Person", "password1": "Winter-2026-river", "usable_password": "true"}
    response = client.post(page("user", "add"), {**typed, "password2": "Winter-2026-river"})
    assert response.status_code == 302
    person = User.objects.get(username="new")
    assert person.check_password("Winter-2026-river")
    assert must_change(person)
    event = AccountEvent.objects.get()
    assert (event.kind, event.person, event.by) == (EventKind.ACCOUNT_CREATED, person, cast.sysadmin.person)
    assert "Winter" not in str(event.detail)


def test_an_account_is_closed_not_deleted(client, cast):
    client.force_login(cast.sysadmin.person)
    person = cast.bureau.person
    typed = {"username": person.username, "name": "New Name", "email": person.email, "phone": ""}
    assert client.post(page("user", "change", person.pk), typed).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("New Name", False)
    event = AccountEvent.objects.get()
    assert (event.kind, event.detail) == (EventKind.ACCOUNT_CHANGED, {"fields": ["name", "is_active"]})


def test_a_password_set_for_somebody_must_change_and_is_noted(client, cast):
    client.force_login(cast.sysadmin.person)
    typed = {"password1": "Winter-2026-river", "password2": "Winter-2026-river", "usable_password": "true"}
    url = reverse("admin:auth_user_password_change", args=[cast.bureau.person.pk])
    assert client.post(url, {**typed, "password2": "other"}).status_code == 200
    assert not AccountEvent.objects.exists()
    assert client.post(url, typed).status_code == 302
    cast.bureau.person.refresh_from_db()
    assert must_change(cast.bureau.person)
    event = AccountEvent.objects.get()
    assert (event.kind, event.person) == (EventKind.PASSWORD_RESET, cast.bureau.person)


def test_the_security_administrator_sets_no_passwords(client, cast):
    client.force_login(cast.secadmin.person)
    url = reverse("admin:auth_user_password_change", args=[cast.bureau.person.pk])
    assert client.get(url).status_code == 403


def test_the_security_administrator_grants_a_role(client, cast):
    client.force_login(cast.secadmin.person)
    person = UserFactory()
    typed = {
        "person": person.pk,
        "organisation": cast.bureau.organisation.pk,
        "role": Role.BUREAU,
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
    }
    assert client.post(page("membership", "add"), typed).status_code == 302
    membership = Membership.objects.get(person=person)
    event = AccountEvent.objects.get()
    assert (event.kind, event.person, event.by, event.organisation) == (
        EventKind.ROLE_GRANTED,
        person,
        cast.secadmin.person,
        cast.bureau.organisation,
    )
    assert event.detail == {"role": "bureau", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    # A granted role changes in its dates only.
    changed = {**typed, "role": Role.BUREAU_LEAD, "valid_until": "2026-06-30"}
    assert client.post(page("membership", "change", membership.pk), changed).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, str(membership.valid_until)) == (Role.BUREAU, "2026-06-30")


@pytest.mark.parametrize(
    ("person", "place", "role", "words"),
    [
        ("sysadmin", "secadmin", "secadmin", "are three different accounts"),
        ("secadmin", "bureau", "bureau", "takes no part in cases"),
        ("bureau", "secadmin", "sysadmin", "takes no part in cases"),
        ("bureau", "operator", "bureau", "is not held in an organisation of the kind"),
    ],
)
def test_a_grant_that_mixes_is_refused_at_the_field(client, cast, person, place, role, words):
    client.force_login(cast.secadmin.person)
    typed = {
        "person": cast[person].person.pk,
        "organisation": cast[place].organisation.pk,
        "role": role,
        "valid_from": "2026-01-01",
    }
    response = client.post(page("membership", "add"), typed)
    assert response.status_code == 200
    assert words in str(response.context["adminform"].form.errors["role"])
    assert not AccountEvent.objects.exists()


def test_withdrawing_a_role_is_noted_one_or_many(client, cast):
    client.force_login(cast.secadmin.person)
    one = Membership.objects.get(person=cast.bureau.person)
    assert client.post(page("membership", "delete", one.pk), {"post": "yes"}).status_code == 302
    many = list(Membership.objects.filter(role=Role.EXPERT).values_list("pk", flat=True))
    typed = {"action": "delete_selected", "_selected_action": many, "post": "yes"}
    assert client.post(page("membership", "changelist"), typed).status_code == 302
    assert not Membership.objects.filter(pk__in=[one.pk, *many]).exists()
    assert AccountEvent.objects.filter(kind=EventKind.ROLE_WITHDRAWN).count() == 6


def act(client, model, action, row):
    return client.post(page(model, "changelist"), {"action": action, "_selected_action": [row.pk]})


def test_the_security_administrator_unlocks(client, cast):
    for _ in range(5):
        client.post("/accounts/login/", {"username": "bureau", "password": "wrong"})
    assert client.post("/accounts/login/", {"username": "bureau", "password": PASSWORD}).status_code == 429
    client.force_login(cast.secadmin.person)
    assert act(client, "user", "unlock_accounts", cast.bureau.person).status_code == 302
    client.logout()
    assert client.post("/accounts/login/", {"username": "bureau", "password": PASSWORD}).status_code == 302
    assert AccountEvent.objects.filter(kind=EventKind.UNLOCKED, by=cast.secadmin.person).count() == 1


def test_the_security_administrator_resets_a_second_factor_and_revokes(client, cast):
    TOTPDevice.objects.create(user=cast.bureau.person, confirmed=True)
    raw, token = tokens.issue(cast.bureau.person, cast.bureau.organisation, read_only=True, days=1)
    given = DelegationFactory(
        delegator=cast.bureau.person, delegate=cast.bureau2.person, organisation=cast.bureau.organisation
    )
    client.force_login(cast.secadmin.person)
    assert act(client, "user", "reset_second_factor", cast.bureau.person).status_code == 302
    assert act(client, "apitoken", "revoke", token).status_code == 302
    assert act(client, "delegation", "revoke", given).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert tokens.authenticate(raw) is None
    given.refresh_from_db()
    assert given.revoked_at <= timezone.now()


@pytest.mark.parametrize(("name", "model"), [("sysadmin", "user"), ("auditadmin", "delegation")])
def test_the_others_have_no_such_actions(client, cast, name, model):
    TOTPDevice.objects.create(user=cast.bureau.person, confirmed=True)
    given = DelegationFactory(organisation=cast.bureau.organisation)
    client.force_login(cast[name].person)
    for action in ("unlock_accounts", "reset_second_factor", "revoke"):
        act(client, model, action, cast.bureau.person if model == "user" else given)
    assert TOTPDevice.objects.exists()
    given.refresh_from_db()
    assert given.revoked_at is None
    assert not AccountEvent.objects.exists()


def test_the_system_administrator_enters_an_organisation_and_a_bad_code_is_named_at_its_field(client, cast):
    client.force_login(cast.sysadmin.person)
    typed = {"name": "New Company", "kind": "operator", "active": "on"}
    refused = client.post(page("organisation", "add"), {**typed, "uscc": credit_code(900)[:-1] + "I"})
    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == ["uscc"]
    assert client.post(page("organisation", "add"), {**typed, "uscc": credit_code(900).lower()}).status_code == 302
    made = Organisation.objects.get(name="New Company")
    assert made.uscc == credit_code(900)
    assert AccountEvent.objects.get().kind == EventKind.ORGANISATION_CREATED
    # The kind stays, because the roles held there depend on it.
    assert client.post(page("organisation", "change", made.pk), {**typed, "kind": "partner"}).status_code == 302
    made.refresh_from_db()
    assert made.kind == "operator"


@pytest.mark.parametrize("model", ["user", "organisation", "membership", "delegation", "apitoken"])
def test_a_list_of_many_costs_what_a_list_of_one_costs(client, cast, model, cost):
    client.force_login(cast.secadmin.person)
    a_row(model, cast)
    cost(page(model, "changelist"))
    one = cost(page(model, "changelist"))
    for _ in range(30):
        DelegationFactory()
        ApiTokenFactory()
        MembershipFactory()
    assert cost(page(model, "changelist")) == one


def test_a_tokens_digest_is_not_shown(client, cast):
    token = ApiTokenFactory(organisation=cast.bureau.organisation, digest="d1" * 32)
    client.force_login(cast.secadmin.person)
    assert "d1" * 32 not in client.get(page("apitoken", "change", token.pk)).content.decode()


def test_names_cannot_carry_script(client, cast):
    User.objects.filter(pk=cast.bureau.person.pk).update(name="<script>alert(1)</script>")
    client.force_login(cast.secadmin.person)
    for model in ("user", "membership"):
        assert "<script>alert(1)" not in client.get(page(model, "changelist")).content.decode()
