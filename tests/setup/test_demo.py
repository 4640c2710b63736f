"""`manage.py demo`: the story that a stranger finds after `make run`."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Delegation, Organisation, User
from authorizations.models import AuthorizationRequest, DataUseAgreement, Grant
from casework.ledger import export, verifier
from casework.ledger.models import Entry
from casework.models.clock import Clock
from casework.models.task import Task
from casework.tasks import reconcile_ledger
from operators.models import Call, OperatingAgreement, OperatorApplication, Partnership

ACCOUNTS = {
    "bureau", "bureau2", "finance", "cyberspace", "government", "health", "transport", "housing", "operator",
    "applicant", "partner", "partner2", "expert1", "expert2", "expert3", "expert4", "expert5", "assessor", "citizen",
    "sysadmin",
    "secadmin", "auditadmin",
}  # fmt: skip


@pytest.fixture
def told(db, settings, files):
    settings.DEMO = True
    call_command("demo")


def test_every_account_that_the_documentation_names_is_there(told):
    assert set(User.objects.values_list("username", flat=True)) >= ACCOUNTS


def test_every_state_worth_seeing_has_a_case_in_it(told):
    applications = set(OperatorApplication.objects.values_list("state", flat=True))
    assert applications >= {
        "draft", "qualification_review", "correction", "panel_review", "consultation", "decision", "agreed", "refused",
        "withdrawn",
    }  # fmt: skip
    assert set(Call.objects.values_list("state", flat=True)) == {"draft", "published", "open", "closed", "decided"}
    assert OperatingAgreement.objects.get().state == "effective"
    assert OperatorApplication.objects.filter(seats__given_up_at__isnull=False).exists()
    assert Delegation.objects.exists()
    requests = set(AuthorizationRequest.objects.values_list("state", flat=True))
    assert requests >= {
        "assessment", "correction", "coordination", "confirmation", "authorised", "authorised_in_part", "refused",
        "withdrawn",
    }  # fmt: skip
    assert {"draft", "signing", "consent", "effective", "suspended"} <= set(
        DataUseAgreement.objects.values_list("state", flat=True)
    )
    assert {"active", "suspended", "exited"} <= set(Partnership.objects.values_list("state", flat=True))
    assert Grant.objects.usable(on=timezone.localdate()).exists()


def test_the_story_told_late_in_a_year_has_a_provisional_date(db, settings, files, now):
    settings.DEMO = True
    now.move_to(datetime(2026, 11, 24, 2, tzinfo=UTC))
    call_command("demo", "--as-of", "2026-11-23")
    assert Clock.objects.filter(provisional=True).exists()


def test_a_second_run_changes_nothing(told):
    models = (User, Organisation, Call, OperatorApplication, OperatingAgreement, Task, Entry, Delegation)
    before = [model.objects.count() for model in models]
    call_command("demo")
    assert [model.objects.count() for model in models] == before


def test_the_story_leaves_an_intact_ledger(told):
    assert verifier.check(export.stored(), []) == Entry.objects.count()
    assert reconcile_ledger() == 0


def test_codes_and_addresses_are_made_up_but_valid(told):
    for organisation in Organisation.objects.exclude(uscc=""):
        organisation.full_clean(exclude=["email"])
    assert {user.email.rpartition(".")[2] for user in User.objects.exclude(email="")} == {"test"}


def test_more_cases_for_load_are_begun_on_demand(told):
    waiting = AuthorizationRequest.objects.filter(state="assessment")
    before = waiting.count()
    call_command("demo", "--scale", "3")
    assert waiting.count() == before + 3


def test_it_is_refused_outside_a_demonstration(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="known password"):
        call_command("demo")
    assert not User.objects.exists()


@pytest.mark.parametrize(("day", "words"), [("2026-02-30", "is not a day"), ("2026-03-03", "lies ahead")])
def test_a_day_that_is_none_or_is_yet_to_come_is_refused(db, settings, now, day, words):
    settings.DEMO = True
    with pytest.raises(CommandError, match=words):
        call_command("demo", "--as-of", day)
    assert not User.objects.exists()
