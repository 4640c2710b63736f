"""The fast statement, `GrantQuerySet.usable` and the links agree on every combination of what a grant rests on."""

import itertools
import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken
from accounts.roles import Role
from authorizations import access
from authorizations.links import broken
from authorizations.models import Consent, DataResource, DataUseAgreement, Grant
from authorizations.models.use import STATES as USE_STATES
from operators.models import OperatingAgreement, Partnership, PlatformServiceAgreement

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
TERMS = {"holds": (TODAY, TODAY), "to come": (TODAY + DAY, TODAY + 9 * DAY), "over": (TODAY - 9 * DAY, TODAY - DAY)}
AGREEMENTS = [*((state, "holds") for state in ("effective", "suspended", "expired", "terminated")),
              ("effective", "to come"), ("effective", "over")]  # fmt: skip
AXES = {
    "operating": AGREEMENTS,
    "partner": ["active", "suspended", "exit", "exit_filing", "exited"],
    "service": [*((state, "holds") for state in ("effective", "expired", "terminated")), *AGREEMENTS[-2:]],
    "item": [("granted", None, None), ("conditional", None, None), ("refused", None, None), ("", None, None),
             ("granted", "suspended_at", None), ("granted", None, "revoked_at"),
             ("granted", "suspended_at", "revoked_at")],
    "resource": ["listed", "revision_review", "delisted", "draft", "review", "returned"],
    "use": [*((state, "holds") for state in USE_STATES.by_name), *AGREEMENTS[-2:]],
    "consent": [("no", None), ("personal", "valid"), ("secret", "valid"), ("personal", None), ("secret", None),
                ("personal", "withdrawn"), ("personal", "to come"), ("secret", "over"), ("personal", "last day")],
}  # fmt: skip
GOOD = {"operating": AGREEMENTS[0], "partner": "active", "service": AGREEMENTS[0], "item": ("granted", None, None),
        "resource": "listed", "use": AGREEMENTS[0], "consent": ("no", None)}  # fmt: skip


def write(row, **columns) -> None:
    """Write columns past the steps: here only reading is tried, in states that steps reach on long ways."""
    table, key = row._meta.db_table, row._meta.pk.column
    values = [value.isoformat() if isinstance(value, date) else value for value in columns.values()]
    assignments = ", ".join(f'"{name}" = %s' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET {assignments} WHERE "{key}" = %s', [*values, row.pk])


def arrange(grant: Grant, situation: dict) -> None:
    """Bring everything the grant rests on into a situation."""
    agreements = [
        (OperatingAgreement.objects.get(organisation=grant.operator), "operating"),
        (DataUseAgreement.objects.get(pk=grant.agreement_id), "use"),
    ]
    if grant.partnership_id:
        write(Partnership.objects.get(pk=grant.partnership_id), state=situation["partner"])
        agreements.append((PlatformServiceAgreement.objects.get(partnership=grant.partnership_id), "service"))
    for agreement, axis in agreements:
        state, term = situation[axis]
        starts_on, ends_on = TERMS[term]
        write(agreement, state=state, starts_on=starts_on, ends_on=ends_on)
    decision, suspended, revoked = situation["item"]
    now = timezone.now().isoformat()
    write(
        grant.item, decision=decision, conditions="Masked." if decision == "conditional" else "",
        reason="Not needed." if decision == "refused" else "", suspended_at=now if suspended else None,
        revoked_at=now if revoked else None,
    )  # fmt: skip
    write(DataResource.objects.get(pk=grant.resource_id), state=situation["resource"])
    consent_of(grant, *situation["consent"])


def consent_of(grant: Grant, kind: str, consent: str | None) -> None:
    write(grant.version, personal_information=kind == "personal", business_secret=kind == "secret")
    Consent.objects.all().delete()
    if consent is None:
        return
    begins = TODAY + DAY if consent == "to come" else TODAY - DAY
    ends = {"over": TODAY - DAY, "last day": TODAY}.get(consent)
    Consent.objects.create(
        scenario=grant.scenario, resource=grant.resource, basis="subject", statement="Forms.", valid_from=begins,
        valid_until=ends, filed_by=grant.agreement.valid_signatures().first().person, filed_at=timezone.now(),
        withdrawn_at=timezone.now() if consent == "withdrawn" else None,
    )  # fmt: skip


def situations(partner: bool) -> list[dict]:
    """Every value of every axis beside good ones, every pair of values of two axes at random, and random mixtures."""
    axes = AXES if partner else {name: values for name, values in AXES.items() if name not in {"partner", "service"}}
    found = [GOOD | {name: value} for name, values in axes.items() for value in values]
    pairs = [
        GOOD | {one: first, other: second}
        for one, other in itertools.combinations(axes, 2)
        for first, second in itertools.product(axes[one], axes[other])
    ]
    chance = random.Random(20)
    mixtures = [{name: chance.choice(values) for name, values in AXES.items()} for _number in range(40)]
    return [*found, *chance.sample(pairs, 70), *mixtures]


@pytest.mark.parametrize("who", ["operator", "partner"])
def test_statement_usable_and_links_agree(data_story, who):
    grant = data_story.grant(who)
    raw, _token = tokens.issue(data_story.cast[who].person, data_story.cast[who].organisation, read_only=True, days=1)
    asked = {"grant": grant.code, "resource": grant.resource.code, "scenario": grant.scenario.code}
    seen = {True: 0, False: 0}
    for situation in situations(who == "partner"):
        arrange(grant, situation)
        fresh = Grant.objects.get(pk=grant.pk)
        usable = Grant.objects.usable(on=TODAY).filter(pk=grant.pk).exists()
        rows = access._asked(tokens.split(raw)[0], timezone.now(), TODAY, grant.code)
        link = broken(fresh, on=TODAY)
        decision = access.decide_for_token(raw, now=timezone.now(), **asked)
        said = (bool(rows[0].usable), link is None, decision.allowed)
        assert said == (usable, usable, usable), (situation, link)
        assert decision.code == ("" if usable else link.code)
        assert Grant.objects.with_usable(on=TODAY).get(pk=grant.pk).is_usable is usable
        assert Grant.objects.closed(on=TODAY).filter(pk=grant.pk).exists() is not usable
        seen[usable] += 1
    assert seen[True] > 10
    assert seen[False] > 80


def test_an_allowed_call_is_one_statement(data_story, django_assert_num_queries):
    grant, now = data_story.grant("partner"), timezone.now()
    actor = data_story.cast.partner
    raw, _token = tokens.issue(actor.person, actor.organisation, read_only=True, days=1)
    asked = {"grant": grant.code, "resource": grant.resource.number, "scenario": grant.scenario.code}
    access.decide_for_token(raw, now=now, **asked)  # notes the use; prepares the statement
    with django_assert_num_queries(1):
        assert access.decide_for_token(raw, now=now, **asked).allowed


def test_the_use_of_a_token_is_noted_once_a_minute(data_story, now):
    grant, actor = data_story.grant(), data_story.cast.operator
    raw, token = tokens.issue(actor.person, actor.organisation, read_only=True, days=1)
    asked = {"grant": grant.code, "resource": grant.resource.code, "scenario": grant.scenario.code}
    for moment in (timezone.now(), timezone.now() + timedelta(seconds=50), timezone.now() + timedelta(seconds=70)):
        access.decide_for_token(raw, now=moment, **asked)
        token.refresh_from_db()
        noted = token.last_used_at
    assert noted == timezone.now() + timedelta(seconds=70)


@pytest.mark.parametrize("spoil", ["revoked", "expired", "role over", "person inactive", "other secret", "no token"])
def test_nobody_is_told_anything(data_story, spoil):
    grant, actor = data_story.grant(), data_story.cast.operator
    raw, token = tokens.issue(actor.person, actor.organisation, read_only=True, days=1)
    now = timezone.now()
    if spoil == "revoked":
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=now)
    elif spoil == "expired":
        now += timedelta(days=1)
    elif spoil == "role over":
        actor.person.memberships.filter(role=Role.OPERATOR).update(valid_until=TODAY - DAY)
    elif spoil == "person inactive":
        actor.person.is_active = False
        actor.person.save()
    elif spoil == "other secret":
        raw = raw[:-1] + ("A" if raw[-1] != "A" else "B")
    else:
        raw = "nothing"
    with pytest.raises(access.UnknownToken):
        access.decide_for_token(
            raw, now=now, grant=grant.code, resource=grant.resource.code, scenario=grant.scenario.code
        )
