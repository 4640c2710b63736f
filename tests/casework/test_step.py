"""The one way to change a state: what a step does, what a refusal leaves, what both cost."""

import dataclasses

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import SYSTEM
from casework.beginning import begin
from casework.ledger.models import Entry
from casework.models.number import NumberSeries
from casework.models.outbox import OutboxMessage
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, StaleVersion, WrongState
from casework.step import steps_for
from operators.models import Call, OperatorApplication
from regulation.rules import NoRulesInForce
from tests.casework.conftest import beijing, details
from tests.machines.table import inputs
from tests.story import DAY, NOW


def entries(case, kind="step"):
    found = Entry.objects.filter(case_kind=case.kind, case_id=case.pk, kind=kind).order_by("seq")
    return list(found.values_list("action", "old_state", "new_state"))


def test_a_step_moves_the_case_and_writes_one_entry(story):
    call = story.call("draft", opens_at=NOW + DAY)
    version = call.version
    call.publish(by=story.cast.bureau)
    assert (call.state, call.version, call.state_since) == ("published", version + 1, NOW)
    assert entries(call) == [("begin", "", "draft"), ("publish", "draft", "published")]
    assert call.last_entry == Entry.objects.latest("seq").seq
    entry = Entry.objects.latest("seq")
    assert (entry.actor_id, entry.organisation_id, entry.article) == (
        story.cast.bureau.person.pk, story.cast.bureau.organisation.pk, "9(1)",
    )  # fmt: skip


def test_what_follows_at_once_is_the_systems_and_in_the_same_transaction(story):
    call = story.call("draft")
    call.publish(by=story.cast.bureau)
    assert entries(call)[1:] == [("publish", "draft", "published"), ("open_window", "published", "open")]
    assert Entry.objects.latest("seq").actor_id is None
    call.refresh_from_db()
    assert call.state == "open"


def test_the_tasks_of_the_state_left_are_closed_by_whoever_took_the_step(story):
    case = story.application()
    story.complete(case)
    case.submit(by=story.cast.applicant, truth=True)
    old, new = Task.objects.of(case).order_by("pk")
    assert (old.closed_at, old.closed_by, old.role) == (NOW, story.cast.applicant.person, "operator")
    assert (new.closed_at, new.organisation, new.role, new.article) == (
        None, story.cast.bureau.organisation, "bureau", "9",
    )  # fmt: skip


def test_whose_turn_it_is_is_told_and_the_applicant_hears_of_progress(story):
    case = story.application("qualification_review")
    told = OutboxMessage.objects.of(case).order_by("pk").values_list("kind", "organisation__name", "context__state")
    assert list(told)[1:] == [("task", "Data Authority", "qualification_review")]
    story.judge(case)
    case.pass_qualification(by=story.cast.bureau)
    assert list(told.all())[2:] == [
        ("task", "Data Authority", "panel_selection"), ("progress", "Applicant Company", "panel_selection"),
    ]  # fmt: skip


def test_the_callers_copy_is_brought_up_to_date_even_when_it_was_old(story):
    call = story.call("draft", opens_at=NOW + DAY)
    old = Call.objects.get(pk=call.pk)
    call.edit(by=story.cast.bureau, **story.call_values(subject="Changed", opens_at=NOW + DAY))
    old.publish(by=story.cast.bureau)
    assert (old.subject, old.state) == ("Changed", "published")


def test_saving_a_draft_writes_no_entry(story):
    case = story.application()
    before = Entry.objects.count()
    case.save_answer(by=story.cast.applicant, point="sound_business", statement="Sound.")
    assert Entry.objects.count() == before


def test_what_was_entered_stands_in_the_ledger_as_a_digest_only(story):
    call = story.call("draft")
    call.withdraw(by=story.cast.bureau, reason="A secret reason")
    payload = bytes(Entry.objects.latest("seq").payload).decode()
    assert "secret" not in payload
    assert '"inputs":"' in payload.replace(" ", "")


# --- refusals ------------------------------------------------------------------------------------------------


def refused(case, kind, act):
    """The refusal, after checking that it changed nothing and stands in the ledger once."""
    before = type(case).objects.filter(pk=case.pk).values().get()
    tasks = list(Task.objects.values())
    count = Entry.objects.count()
    with pytest.raises(kind) as caught:
        act()
    assert type(case).objects.filter(pk=case.pk).values().get() == before
    assert list(Task.objects.values()) == tasks
    assert Entry.objects.count() == count + 1
    assert Entry.objects.latest("seq").kind == "refusal"
    return caught.value


def test_not_your_step(story):
    call = story.call("draft")
    refusal = refused(call, NotYourStep, lambda: call.publish(by=story.cast.operator))
    assert (refusal.status, refusal.code, refusal.article) == (403, "not-your-step", "9(1)")
    assert refusal.message == "“Publish the call” is not for the organisation and role you act in."


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "auditadmin"])
def test_an_administrator_never_acts_in_a_case(story, who):
    call = story.call("draft")
    both = dataclasses.replace(story.cast[who], roles=story.cast[who].roles | story.cast.bureau.roles)
    refusal = refused(call, NotYourStep, lambda: call.publish(by=both))
    assert refusal.message == "Administrators look after the system and do not act in cases."


def test_a_read_only_token_takes_no_step(story):
    call = story.call("draft")
    reader = dataclasses.replace(story.cast.bureau, read_only=True)
    assert refused(call, NotYourStep, lambda: call.publish(by=reader)).message == "This access is read-only."


def test_a_delegation_covers_its_kinds_only(story):
    call = story.call("draft")
    delegate = dataclasses.replace(story.cast.bureau2, on_behalf_of=story.cast.bureau.person)
    other = dataclasses.replace(delegate, scope=frozenset({"operator-application"}))
    refusal = refused(call, NotYourStep, lambda: call.publish(by=other))
    assert refusal.message == "The delegation does not cover this kind of case."
    call.publish(by=dataclasses.replace(delegate, scope=frozenset({"call"})))
    publish = Entry.objects.filter(action="publish", kind="step").get()
    assert (publish.actor_id, publish.on_behalf_of_id) == (story.cast.bureau2.person.pk, story.cast.bureau.person.pk)


def test_a_step_of_the_system_is_not_for_people(story):
    call = story.call("open")
    refused(call, NotYourStep, lambda: call.close_window(by=story.cast.bureau, on=call.closes_at))
    call.close_window(by=SYSTEM, on=call.closes_at)
    assert call.state == "closed"


def test_wrong_state(story):
    call = story.call("open")
    refusal = refused(call, WrongState, lambda: call.publish(by=story.cast.bureau))
    assert (refusal.status, refusal.code) == (409, "wrong-state")
    assert refusal.message == (
        "“Publish the call” is not open any more: the case is now at “Open for applications”."
    )  # fmt: skip
    assert refusal.remedy == "Reload the page to see what has been done and whose turn it is."


def test_a_guard_says_no_in_words_with_its_article(story):
    call = story.call("draft", closes_at=NOW - DAY, opens_at=NOW - 2 * DAY)
    refusal = refused(call, GuardRefused, lambda: call.publish(by=story.cast.bureau))
    assert (refusal.status, refusal.code, refusal.article) == (409, "guard-refused", "10")
    assert refusal.message == "The window for applications has already ended."
    assert refusal.remedy == "Change the call and set a window that lies ahead."


def test_a_stale_version(story):
    call = story.call("draft")
    version = call.version
    call.edit(by=story.cast.bureau, **story.call_values(subject="Changed"))
    given = story.call_values(subject="Mine") | {"version": version}
    refusal = refused(call, StaleVersion, lambda: call.edit(by=story.cast.bureau2, **given))
    assert (refusal.status, refusal.code) == (412, "stale-version")
    assert refusal.message == "Somebody has changed this case since you opened it."


def test_bad_input_names_each_field_and_the_ledger_keeps_the_names_only(story):
    call = story.call("draft")
    values = story.call_values(subject="x" * 201, seats=2, expertise="astrology")
    refusal = refused(call, InvalidInput, lambda: call.edit(by=story.cast.bureau, **values))
    assert (refusal.status, refusal.code) == (422, "invalid-input")
    assert set(refusal.errors) == {"subject", "seats", "expertise"}
    assert details(kind="refusal")[-1]["fields"] == ["expertise", "seats", "subject"]


def test_what_is_not_asked_for_is_refused(story):
    call = story.call("draft", opens_at=NOW + DAY)
    refusal = refused(call, InvalidInput, lambda: call.publish(by=story.cast.bureau, state="decided"))
    assert refusal.errors == {"__all__": ["“state” is not asked for here."]}


def test_the_person_is_asked_before_the_state(story):
    """Whoever has no business in a case learns nothing about where it stands."""
    call = story.call("open")
    refused(call, NotYourStep, lambda: call.publish(by=story.cast.operator))


def test_a_step_that_breaks_leaves_nothing(story, monkeypatch):
    call = story.call("draft", opens_at=NOW + DAY)
    count = Entry.objects.count()
    monkeypatch.setattr("casework.effects.outbox.put", lambda messages: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        call.publish(by=story.cast.bureau)
    call.refresh_from_db()
    assert (call.state, Entry.objects.count()) == ("draft", count)


def test_a_state_is_not_assigned(story):
    call = story.call("draft")
    with pytest.raises(AttributeError, match="[Dd]irect"):
        call.state = "decided"


# --- beginning -----------------------------------------------------------------------------------------------


def test_numbers_begin_anew_each_year_and_each_kind(story, now):
    assert [story.call("draft").number, story.call("draft").number] == ["TZ-2026-0001", "TZ-2026-0002"]
    assert story.application().number == "SQ-2026-0001"
    now.move_to(beijing(1, 0, month=1, year=2027))
    assert story.call("draft").number == "TZ-2027-0001"


def test_a_beginning_that_is_refused_leaves_nothing(story):
    with pytest.raises(InvalidInput) as refusal:
        begin(OperatorApplication, by=story.cast.applicant, call="TZ-2026-0404")
    assert refusal.value.errors == {"call": ["There is no call with this number."]}
    assert (OperatorApplication.objects.count(), NumberSeries.objects.count()) == (0, 0)


def test_nothing_begins_when_no_rules_are_in_force(story, now):
    now.move_to(beijing(30, 0, month=1, year=2027))
    with pytest.raises(NoRulesInForce, match="No rules are in force on 2027-01-30"):
        story.call("draft")
    assert Call.objects.count() == 0


# --- what it costs -------------------------------------------------------------------------------------------


def test_offers_say_which_button_is_closed_and_why(story):
    case = story.application("qualification_review")
    offers = {offer.step.name: offer for offer in steps_for(case, story.cast.bureau)}
    assert offers["judge"].is_open
    closed = offers["pass_qualification"].closed
    assert (closed.message, closed.article, len(closed.details)) == ("Not every point has been judged.", "9", 11)
    assert steps_for(case, story.cast.outsider) == []


def questions(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]


OVER_HTTP = {
    "publish": (lambda story: story.call("draft", opens_at=NOW + DAY), "bureau"),
    "make_report": (lambda story: story.application("reporting"), "bureau"),
    "approve": (lambda story: story.application("decision"), "government"),
}


@pytest.mark.parametrize("step", OVER_HTTP)
def test_a_step_over_http_takes_at_most_twenty_questions(story, client, step):
    bring, who = OVER_HTTP[step]
    case = bring(story)
    client.force_login(story.cast[who].person)
    address = reverse("step", args=[case.plural, case.number, step])
    given = {"version": case.version} | inputs(story, case, step)
    asked = questions(lambda: client.post(address, given))
    before, case = case.state, type(case).objects.get(pk=case.pk)
    assert case.state != before
    assert len(asked) <= 20, "\n".join(asked)


def test_a_step_alone_takes_as_many_questions_as_it_has_rows_to_write(story):
    call = story.call("draft", opens_at=NOW + DAY)
    assert len(questions(lambda: call.publish(by=story.cast.bureau))) == 9


def test_a_refusal_takes_a_few(story):
    call = story.call("open")
    assert len(questions(lambda: pytest.raises(WrongState, call.publish, by=story.cast.bureau))) <= 6


def test_a_forged_form_is_refused_and_written_down(story, client):
    call = story.call("open")
    client.force_login(story.cast.operator.person)
    address = reverse("step", args=["calls", call.number, "publish"])
    assert client.get(address).status_code == 403
    count = Entry.objects.filter(kind="refusal").count()
    assert client.post(address).status_code == 403
    assert Entry.objects.filter(kind="refusal").count() == count + 1
