"""Remarks: written once by whoever sees the case, for the own organisation or for everybody who sees it."""

import dataclasses

import pytest

from accounts.queries import actor_for
from accounts.roles import Role
from casework.ledger.models import Entry
from casework.models.remark import Remark
from casework.models.task import Task
from casework.refusals import InvalidInput, NotYourStep
from casework.remarks import write_remark
from tests.desk import Page, nothing_changes, refused
from tests.factories.accounts import MembershipFactory
from tests.story import NOW

WORDS = "The annex is missing."


@pytest.fixture
def case(story):
    return story.application("qualification_review")


def send(actor, case, **given):
    return Page(actor).send("remark", case.plural, case.number, **{"text": WORDS, "visibility": "internal"} | given)


def readers(story, case) -> set[str]:
    """Those of the cast on whose page of the case the remark stands."""
    return {
        name for name in story.cast.names() if WORDS in Page(story.cast[name]).see(case).content.decode()
    }  # fmt: skip


def test_a_remark_is_kept_with_who_when_and_for_whom(story, case):
    answer = send(story.cast.bureau, case, text=f"  {WORDS} \n")
    assert answer.url == f"/cases/operator-applications/{case.number}/#remarks"
    kept = Remark.objects.of(case).get()
    assert (kept.text, kept.visibility, kept.author, kept.organisation, kept.at) == (
        WORDS, "internal", story.cast.bureau.person, story.cast.bureau.organisation, NOW,
    )  # fmt: skip


def test_an_internal_remark_is_read_by_the_own_organisation_alone(story, case):
    send(story.cast.bureau, case)
    assert readers(story, case) == {"bureau", "bureau2", "bureau_lead"}


def test_the_applicants_internal_remark_is_not_the_bureaus(story, case):
    send(story.cast.applicant, case)
    assert readers(story, case) == {"applicant"}


def test_a_remark_for_everybody_is_read_by_whoever_sees_the_case(story, case):
    send(story.cast.bureau, case, visibility="parties")
    assert readers(story, case) == {"bureau", "bureau2", "bureau_lead", "applicant", "finance", "cyberspace"}


def test_who_acts_for_another_organisation_does_not_read_the_first_ones_remarks(story, case):
    person = MembershipFactory(organisation=story.cast.finance.organisation, role=Role.REGULATOR).person
    send(story.cast.bureau, case)
    send(story.cast.finance, case, text="The budget is tight.")
    text = Page(actor_for(person)).see(case).content.decode()
    assert "The budget is tight." in text
    assert WORDS not in text


def test_a_remark_moves_nothing(story, case):
    tasks, entries, version = list(Task.objects.values()), Entry.objects.count(), case.version
    send(story.cast.bureau, case, visibility="parties")
    case.refresh_from_db()
    assert (list(Task.objects.values()), Entry.objects.count(), case.version) == (tasks, entries, version)


@pytest.mark.parametrize("state", ["refused", "agreed"])
def test_a_case_that_has_ended_can_still_be_remarked_on(story, state):
    case = story.application(state)
    send(story.cast.bureau, case)
    assert Remark.objects.of(case).count() == 1


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"text": ""}, "text", "Enter the remark."), ({"text": " \n "}, "text", "Enter the remark."),
        ({"text": "x" * 4001}, "text", "A remark has at most 4000 characters."),
        ({"visibility": ""}, "visibility", "Choose who may read the remark."),
        ({"visibility": "world"}, "visibility", "Choose who may read the remark."),
    ],
)  # fmt: skip
def test_an_empty_or_endless_remark_or_one_for_nobody_is_refused_in_words(story, case, given, field, words):
    values = {"text": WORDS, "visibility": "internal"} | given
    refusal = refused(InvalidInput, write_remark, case, by=story.cast.bureau, **values)
    assert refusal.errors == {field: [words]}
    with nothing_changes():
        answer = send(story.cast.bureau, case, **given)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_longest_remark_is_taken(story, case):
    write_remark(case, by=story.cast.bureau, text="长" * 4000, visibility="internal")
    assert len(Remark.objects.get().text) == 4000


def test_a_script_in_a_remark_is_shown_as_words(story, case):
    send(story.cast.bureau, case, text="<script>alert(1)</script>")
    text = Page(story.cast.bureau).see(case).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize("who", ["outsider", "government", "health", "expert1", "citizen", "secadmin"])
def test_nobody_remarks_on_a_case_they_do_not_see(story, case, who):
    with nothing_changes():
        assert send(story.cast[who], case, visibility="parties").status_code == 404


def test_whoever_is_not_signed_in_is_asked_to_sign_in(story, case):
    with nothing_changes():
        assert send(None, case).status_code == 401


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "auditadmin"])
def test_administrators_write_none(story, who):
    call = story.call("open")
    refused(NotYourStep, write_remark, call, by=story.cast[who], text=WORDS, visibility="internal")
    with nothing_changes():
        assert send(story.cast[who], call).status_code == 403


def test_a_reader_and_a_delegate_for_other_kinds_write_none(story, case):
    reader = dataclasses.replace(story.cast.bureau, read_only=True)
    delegate = dataclasses.replace(
        story.cast.bureau2, on_behalf_of=story.cast.bureau.person, scope=frozenset({"call"})
    )  # fmt: skip
    words = ["This access is read-only.", "The delegation does not cover this kind of case."]
    for by, said in zip((reader, delegate), words, strict=True):
        refusal = refused(NotYourStep, write_remark, case, by=by, text=WORDS, visibility="internal")
        assert refusal.message == said


def test_a_remark_is_not_changed_or_taken_back(story, case):
    send(story.cast.bureau, case)
    desk = Page(story.cast.bureau)
    address = f"/cases/operator-applications/{case.number}/remarks/"
    with nothing_changes():
        for method in (desk.client.get, desk.client.put, desk.client.patch, desk.client.delete):
            assert method(address).status_code == 405
