"""Art. 10: applications are taken inside the window only; late ones are refused with a clear message."""

from datetime import timedelta

import pytest

from casework.beginning import begin
from casework.ledger.models import Entry
from casework.models.paper import Paper
from casework.refusals import GuardRefused, InvalidInput, NotYourStep
from operators.jobs import advance_calls
from operators.models import Call, OperatorApplication
from tests.desk import nothing_changes, refused
from tests.story import DAY, NOW

SECOND = timedelta(seconds=1)
OPENS, CLOSES = NOW + DAY, NOW + 3 * DAY
INSIDE = {"at the opening": OPENS, "a second later": OPENS + SECOND, "in the last second": CLOSES - SECOND}
OUTSIDE = {
    "a second before the opening": OPENS - SECOND, "at the closing": CLOSES, "a second later": CLOSES + SECOND,
    "a month later": CLOSES + 30 * DAY,
}  # fmt: skip
WORDS = "Applications are taken inside the window of the call only."
WINDOW = "Window: from 2026-03-03 10:00 until before 2026-03-05 10:00, Beijing time."


@pytest.fixture
def call(story):
    """A call whose window begins tomorrow and ends two days later. No job moves it unless a test lets it."""
    return story.call("published", opens_at=OPENS, closes_at=CLOSES)


@pytest.fixture
def ready(story, call, now):
    """A complete draft, begun inside the window."""
    now.move_to(OPENS + SECOND)
    case = story.application(call=call)
    story.complete(case)
    return case


def apply(story, call):
    return begin(OperatorApplication, by=story.cast.applicant, call=call.number)


@pytest.mark.parametrize("job_has_run", [False, True])
@pytest.mark.parametrize("when", INSIDE)
def test_10a_an_application_is_begun_inside_the_window(story, call, now, when, job_has_run):
    now.move_to(INSIDE[when])
    if job_has_run:
        advance_calls(now=INSIDE[when])
    case = apply(story, call)
    assert (case.state, case.started_at, case.organisation) == (
        "draft", INSIDE[when], story.cast.applicant.organisation,
    )  # fmt: skip


@pytest.mark.parametrize("job_has_run", [False, True])
@pytest.mark.parametrize("when", OUTSIDE)
def test_10a_no_application_is_begun_outside_the_window(story, page, api, call, now, when, job_has_run):
    now.move_to(OUTSIDE[when])
    if job_has_run:
        advance_calls(now=OUTSIDE[when])
    refusal = refused(GuardRefused, apply, story, call)
    assert (refusal.message, refusal.details, refusal.article) == (WORDS, (WINDOW,), "10")
    with nothing_changes():
        shown = page(story.cast.applicant).begin(OperatorApplication, call=call.number)
        answer = api(story.cast.applicant).begin(OperatorApplication, call=call.number)
    assert shown.status_code == answer.status_code == 409
    text = shown.content.decode()
    assert WORDS in text
    assert WINDOW in text
    assert f'value="{call.number}"' in text
    assert (answer.json()["detail"], answer.json()["article"]["code"]) == (WORDS, "10")


@pytest.mark.parametrize("when", INSIDE)
def test_10a_an_application_is_submitted_inside_the_window(story, page, ready, now, when):
    now.move_to(max(INSIDE[when], OPENS + SECOND))
    answer = page(story.cast.applicant).send("prepare-check", ready.number, truth=True)
    assert answer.url == f"/applications/{ready.number}/submitted/"
    ready.refresh_from_db()
    assert (ready.state, ready.submitted_at) == ("qualification_review", max(INSIDE[when], OPENS + SECOND))
    assert ready.number in page(story.cast.applicant).open("submitted", ready.number).content.decode()


@pytest.mark.parametrize("job_has_run", [False, True])
@pytest.mark.parametrize("when", [name for name, moment in OUTSIDE.items() if moment >= CLOSES])
def test_10a_a_late_submission_is_refused_in_clear_words_and_the_draft_is_kept(
    story, page, api, ready, now, when, job_has_run
):
    now.move_to(OUTSIDE[when])
    if job_has_run:
        advance_calls(now=OUTSIDE[when])
    refusal = refused(GuardRefused, ready.submit, by=story.cast.applicant, truth=True)
    assert (refusal.message, refusal.details) == (WORDS, (WINDOW,))
    assert refusal.remedy == (
        "A draft that was begun is kept as it is. Later calls appear on the public page of calls."
    )  # fmt: skip
    desk = page(story.cast.applicant)
    with nothing_changes():
        shown = desk.send("prepare-check", ready.number, truth=True)
        answer = api(story.cast.applicant).take(ready, "submit", truth=True)
    assert shown.status_code == answer.status_code == 409
    text = shown.content.decode()
    for words in (WORDS, WINDOW, refusal.remedy, "We meet sound_business.", "8 Digital Avenue", "experience.txt"):
        assert words in text
    assert answer.json()["details"] == [WINDOW]
    assert OperatorApplication.objects.get().submitted_at is None
    assert not Paper.objects.exists()


def test_10a_a_late_draft_can_still_be_read_and_saved_but_not_handed_in(story, page, ready, now):
    now.move_to(CLOSES + DAY)
    desk = page(story.cast.applicant)
    desk.send("prepare-point", ready.number, "experience", statement="For the next call.")
    assert ready.statement_on("experience") == "For the next call."
    shown = desk.open("prepare-check", ready.number).content.decode()
    assert WINDOW in shown
    assert "For the next call." in shown
    refused(GuardRefused, ready.submit, by=story.cast.applicant, truth=True)


def test_10a_a_late_try_is_written_down(story, ready, now):
    now.move_to(CLOSES)
    refused(GuardRefused, ready.submit, by=story.cast.applicant, truth=True)
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.action, entry.article, entry.at) == ("refusal", "submit", "10", CLOSES)
    assert WORDS in bytes(entry.payload).decode()


def test_10a_the_moment_of_the_try_counts_not_the_state_of_a_job(story, ready, now):
    """The window's end is a moment: neither an early nor a late job moves it."""
    now.move_to(CLOSES - SECOND)
    assert advance_calls(now=CLOSES - SECOND) == 1
    assert Call.objects.get().state == "open"
    ready.submit(by=story.cast.applicant, truth=True)
    now.move_to(CLOSES)
    assert advance_calls(now=CLOSES) == 1
    assert advance_calls(now=CLOSES) == 0
    assert Call.objects.get().state == "closed"
    ready.refresh_from_db()
    assert ready.state == "qualification_review"


def test_10a_the_public_page_offers_to_apply_inside_the_window_only(story, page, call, now):
    offer, public = f"operator-applications/new/?call={call.number}", page(None)
    for when in [*INSIDE.values(), *OUTSIDE.values()]:
        now.move_to(when)
        shown = public.open("public-call", call.number).content.decode()
        assert (offer in shown) is (when in INSIDE.values()), when
        state = "Open for applications" if when in INSIDE.values() else (
            "Closed for applications" if when >= CLOSES else "Published, window not yet open"
        )  # fmt: skip
        assert state in shown, when


def test_10a_a_withdrawn_call_takes_nothing_and_says_so(story, page, call, now):
    call.withdraw(by=story.cast.bureau, reason="Put off.")
    now.move_to(OPENS + SECOND)
    refusal = refused(GuardRefused, apply, story, call)
    assert (refusal.message, refusal.details) == (WORDS, ("The call has been withdrawn.",))
    with nothing_changes():
        shown = page(story.cast.applicant).begin(OperatorApplication, call=call.number)
    assert "The call has been withdrawn." in shown.content.decode()


@pytest.mark.parametrize("number", ["TZ-2026-0404", "", "draft"])
def test_10a_a_call_that_is_not_published_is_none_to_an_applicant(story, page, api, number):
    draft = story.call("draft")
    number = draft.number if number == "draft" else number
    refusal = refused(InvalidInput, begin, OperatorApplication, by=story.cast.applicant, call=number)
    assert set(refusal.errors) == {"call"}
    with nothing_changes():
        assert page(story.cast.applicant).begin(OperatorApplication, call=number).status_code == 422
        assert set(api(story.cast.applicant).begin(OperatorApplication, call=number).json()["errors"]) == {"call"}


def test_10a_an_organisation_has_one_application_to_a_call(story, page, api, ready):
    refusal = refused(GuardRefused, apply, story, ready.call)
    assert refusal.message == "Your organisation already has an application to this call."
    with nothing_changes():
        shown = page(story.cast.applicant).begin(OperatorApplication, call=ready.call.number)
        answer = api(story.cast.applicant).begin(OperatorApplication, call=ready.call.number)
    assert "Your organisation already has an application to this call." in shown.content.decode()
    assert answer.json()["code"] == "guard-refused"
    ready.withdraw(by=story.cast.applicant, reason="We begin anew.")
    assert apply(story, ready.call).number != ready.number


@pytest.mark.parametrize("who", ["bureau", "finance", "government", "expert1", "partner", "health", "sysadmin"])
def test_10a_nobody_but_a_company_applies(story, page, api, call, now, who):
    now.move_to(OPENS)
    refused(NotYourStep, begin, OperatorApplication, by=story.cast[who], call=call.number)
    with nothing_changes():
        assert page(story.cast[who]).begin(OperatorApplication, call=call.number).status_code == 403
        assert api(story.cast[who]).begin(OperatorApplication, call=call.number).status_code == 403


def test_10a_who_hands_in_gets_an_acknowledgment_with_the_moment_and_the_number(story, ready, now):
    now.move_to(CLOSES - SECOND)
    ready.submit(by=story.cast.applicant, truth=True)
    paper = Paper.objects.of(ready).get()
    assert (paper.kind, paper.number, paper.issued_at) == ("acknowledgment", f"{ready.number}-01", CLOSES - SECOND)
    assert paper.context["received_at"] == "2026-03-05 09:59"
    assert paper.context["digest"] == ready.submissions.get().digest


def test_10a_what_was_handed_in_is_taken_back_with_a_reason_until_the_decision(story, page, ready):
    ready.submit(by=story.cast.applicant, truth=True)
    assert set(refused(InvalidInput, ready.withdraw, by=story.cast.applicant, reason="").errors) == {"reason"}
    page(story.cast.applicant).take(ready, "withdraw", reason="We changed our plans.")
    ready.refresh_from_db()
    assert (ready.state, ready.withdrawn_because) == ("withdrawn", "We changed our plans.")
