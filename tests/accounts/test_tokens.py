"""API tokens."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import tokens
from accounts.actors import Actor
from accounts.models import AccountEvent, ApiToken, EventKind, Membership, Organisation, User
from accounts.roles import Role
from tests.factories.accounts import ApiTokenFactory, MembershipFactory, OrganisationFactory


@pytest.fixture
def issued(cast):
    return tokens.issue(cast.operator.person, cast.operator.organisation, read_only=False, days=30)


def command(*args, **options) -> str:
    out = StringIO()
    call_command("issue_token", *args, stdout=out, **options)
    return out.getvalue().strip()


def test_a_token_stands_for_its_person_in_its_organisation(cast, issued, django_assert_num_queries):
    raw, token = issued
    MembershipFactory(person=cast.operator.person, organisation=cast.partner.organisation, role=Role.PARTNER)
    MembershipFactory(organisation=cast.operator.organisation)
    tokens.authenticate(raw)
    with django_assert_num_queries(1):
        actor, found = tokens.authenticate(raw)
    assert found == token
    assert actor == cast.operator
    assert not actor.read_only


def test_every_role_held_there_comes_with_it_in_one_query(cast, django_assert_num_queries):
    MembershipFactory(person=cast.bureau.person, organisation=cast.bureau.organisation, role=Role.BUREAU_LEAD)
    raw, _token = tokens.issue(cast.bureau.person, cast.bureau.organisation, read_only=True, days=1)
    tokens.authenticate(raw)
    with django_assert_num_queries(1):
        actor, _token = tokens.authenticate(raw)
    assert actor == Actor(
        cast.bureau.person, cast.bureau.organisation, frozenset({Role.BUREAU, Role.BUREAU_LEAD}), read_only=True
    )


def test_the_token_itself_is_not_kept(issued):
    raw, token = issued
    secret = raw.split("_", 2)[2]
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert not [value for value in row.values() if secret in str(value)]
    assert raw.split("_")[1] == token.prefix
    assert len(token.digest) == 64


@pytest.mark.parametrize("raw", ["", "x", "pdo_", "pdo_00000000_" + "x" * 43, "Bearer x", "pdo_" + "é" * 52, "\x00"])
def test_what_is_no_token_is_nobody(issued, raw):
    assert tokens.authenticate(raw) is None


def test_a_right_prefix_with_a_wrong_secret_is_nobody(issued):
    raw, _token = issued
    wrong = raw[:-1] + ("A" if raw[-1] != "A" else "B")
    assert tokens.authenticate(wrong) is None
    assert tokens.authenticate(raw + "\n") is None
    assert tokens.authenticate(raw.upper()) is None


@pytest.mark.parametrize(
    "ending",
    [
        lambda token: ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now()),
        lambda token: ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now()),
        lambda token: User.objects.filter(pk=token.person_id).update(is_active=False),
        lambda token: Organisation.objects.filter(pk=token.organisation_id).update(active=False),
        lambda token: Membership.objects.filter(person=token.person).delete(),
        lambda token: Membership.objects.filter(person=token.person).update(valid_until=date(2024, 2, 1)),
        lambda token: Membership.objects.filter(person=token.person).update(valid_from=date(2999, 1, 1)),
    ],
    ids=["revoked", "expired", "account closed", "organisation closed", "role gone", "role over", "role to come"],
)
def test_a_token_ends_with_what_it_rests_on(issued, ending):
    raw, token = issued
    assert tokens.authenticate(raw)
    ending(token)
    assert tokens.authenticate(raw) is None


def test_an_end_date_is_required(db):
    with pytest.raises(ValidationError) as refused:
        ApiToken(prefix="x", digest="x").full_clean()
    assert "expires_at" in refused.value.message_dict


def test_its_use_is_noted_at_most_once_a_minute(issued, django_assert_num_queries):
    raw, token = issued
    start = datetime.now(tz=UTC)
    for seconds, queries, noted in [(0, 2, 0), (59, 1, 0), (61, 2, 61)]:
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False), django_assert_num_queries(queries):
            assert tokens.authenticate(raw)
        token.refresh_from_db()
        assert token.last_used_at == start + timedelta(seconds=noted)


def test_the_command_prints_it_once(cast):
    raw = command("operator")
    actor, token = tokens.authenticate(raw)
    assert actor == cast.operator
    assert token.expires_at - token.created_at == pytest.approx(timedelta(days=90), abs=timedelta(seconds=5))
    event = AccountEvent.objects.get()
    assert (event.kind, event.person, event.detail["prefix"]) == (
        EventKind.TOKEN_ISSUED,
        cast.operator.person,
        token.prefix,
    )


def test_the_command_takes_read_only_days_and_organisation(cast):
    MembershipFactory(person=cast.operator.person, organisation=cast.partner.organisation, role=Role.PARTNER)
    actor, token = tokens.authenticate(
        command("operator", "--read-only", "--days", "1", "--organisation", "Partner Company")
    )
    assert actor.read_only
    assert actor.organisation == cast.partner.organisation
    assert actor.roles == {Role.PARTNER}
    assert token.expires_at < timezone.now() + timedelta(days=1, seconds=1)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nobody"], "There is no open account “nobody”."),
        (["operator", "--days", "0"], "A token is valid for 1 to 366 days."),
        (["operator", "--days", "367"], "A token is valid for 1 to 366 days."),
        (["operator", "--organisation", "Data Authority"], "operator has no role in such an organisation."),
        (["partner"], "choose with --organisation: Partner Company, Second Company"),
    ],
)
def test_the_command_refuses_in_words(cast, args, words):
    MembershipFactory(person=cast.partner.person, organisation=OrganisationFactory(name="Second Company"))
    with pytest.raises(CommandError) as refused:
        command(*args)
    assert words in str(refused.value)
    assert not ApiToken.objects.exists()


def test_no_token_for_an_organisation_without_a_role_there(cast):
    with pytest.raises(ValidationError, match="Operator has no role in Data Authority"):
        tokens.issue(cast.operator.person, cast.bureau.organisation, read_only=True, days=1)


def test_revoking_twice_is_once(cast):
    token = ApiTokenFactory(person=cast.operator.person, organisation=cast.operator.organisation)
    for _ in range(2):
        tokens.revoke(token, by=cast.secadmin.person)
    assert AccountEvent.objects.get().kind == EventKind.TOKEN_REVOKED
