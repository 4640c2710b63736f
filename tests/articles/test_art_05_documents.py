"""Art. 5(2): the bureau publishes rules, guides and standards: versioned, with dates of effect."""

from datetime import date

import pytest
from django.utils import timezone

from casework import attachments
from casework.beginning import begin
from casework.models.attachment import Attachment
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from operators.jobs import sweep_documents
from operators.models import Document
from tests.desk import as_typed, nothing_changes, refused
from tests.story import DAY, NOW

REASON = {"reason": "Out of date."}
LATER = NOW.date() + 10 * DAY


@pytest.fixture
def story(partner_story):
    return partner_story


def test_5b_a_document_is_published_on_the_page_and_read_by_everybody(story, page):
    desk, visitor = page(story.cast.bureau), page(None)
    desk.begin(Document, **as_typed(story.document_values()))
    document = Document.objects.get()
    assert "Guide for partners" not in visitor.open("public-documents").content.decode()
    assert visitor.open("public-document", document.number).status_code == 404
    desk.take(document, "publish")
    document.refresh_from_db()
    assert (document.state, document.published_at) == ("published", NOW)
    assert "Guide for partners" in visitor.open("public-documents").content.decode()
    shown = visitor.open("public-document", document.number).content.decode()
    assert "First read the rules." in shown
    assert "Bureau 2026-3" in shown
    assert "2026-03-02" in shown


def test_5b_and_through_the_api(story, api):
    values = story.document_values(effective_on="2026-03-02")
    answer = api(story.cast.bureau).begin(Document, **values).json()
    document = Document.objects.get(number=answer["number"])
    api(story.cast.bureau).change(document, **values | {"subject": "Guide"})
    assert api(story.cast.bureau).take(document, "publish").json()["state"] == "published"
    for who in ("operator", "partner", "health", "finance", "expert1"):
        assert api(story.cast[who]).see(document).json()["subject"] == "Guide"


@pytest.mark.parametrize("who", ["operator", "partner", "health", "finance", "bureau_lead", "government", "expert1"])
def test_5b_nobody_but_the_bureau_writes_or_publishes_one(story, page, api, who):
    values = story.document_values()
    refused(NotYourStep, begin, Document, by=story.cast[who], **values)
    draft = story.document("draft")
    for step, given in [("publish", {}), ("edit", values), ("withdraw", REASON)]:
        refused(NotYourStep, getattr(draft, step), by=story.cast[who], **given)
        with nothing_changes():
            assert page(story.cast[who]).take(draft, step, **given).status_code in {403, 404}
    with nothing_changes():
        assert api(story.cast[who]).begin(Document, **as_typed(values)).status_code == 403
    if who != "bureau_lead":
        assert api(story.cast[who]).numbers(Document) == []


def test_5b_the_kinds_are_those_of_the_rule_set(story, page, api):
    given = story.document_values(category="poem")
    assert set(refused(InvalidInput, begin, Document, by=story.cast.bureau, **given).errors) == {"category"}
    with nothing_changes():
        assert page(story.cast.bureau).begin(Document, **as_typed(given)).status_code == 422
        assert api(story.cast.bureau).begin(Document, **as_typed(given)).status_code == 422


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("ends_on", {"ends_on": NOW.date() - DAY}),
        ("replaces", {"replaces": "WJ-2026-0404"}),
        ("subject", {"subject": ""}),
    ],
)
def test_5b_what_makes_no_sense_is_refused_at_its_field(story, page, api, field, given):
    values = story.document_values(**given)
    draft = story.document("draft")
    assert set(refused(InvalidInput, begin, Document, by=story.cast.bureau, **values).errors) == {field}
    with nothing_changes():
        assert page(story.cast.bureau).begin(Document, **as_typed(values)).status_code == 422
        typed = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
        assert set(api(story.cast.bureau).change(draft, **typed).json()["errors"]) == {field}


def test_5b_a_document_without_text_is_published_with_a_file_only(story, page, api):
    draft = story.document("draft", text="")
    refusal = refused(GuardRefused, draft.publish, by=story.cast.bureau)
    assert (refusal.article, refusal.message) == ("5(2)", "The document has no text and no attachment.")
    with nothing_changes():
        assert page(story.cast.bureau).take(draft, "publish").status_code == 409
        assert api(story.cast.bureau).take(draft, "publish").status_code == 409
    story.attach(draft, "bureau")
    draft.publish(by=story.cast.bureau)
    assert draft.state == "published"


def test_5b_a_later_version_takes_over_on_its_day_whatever_the_job_has_done(story, now, page):
    first = story.document()
    second = story.document(replaces=first.number, effective_on=LATER, subject="Guide, second edition")
    first.refresh_from_db()
    assert (first.state, first.last_day(), second.first) == ("published", LATER - DAY, first)
    for day, found in [(NOW.date() - DAY, []), (NOW.date(), [first]), (LATER - DAY, [first]), (LATER, [second])]:
        assert list(Document.objects.in_force(on=day)) == found, day
    now.move_to(NOW + 9 * DAY)
    assert (first.effect, second.effect) == ("In effect", "Not yet in effect")
    assert sweep_documents(now=timezone.now()) == 0
    now.move_to(NOW + 10 * DAY)
    assert (first.effect, second.effect) == ("No longer in effect", "In effect")
    assert [sweep_documents(now=timezone.now()), sweep_documents(now=timezone.now())] == [1, 0]
    first.refresh_from_db()
    assert first.state == "superseded"
    for version in (first, second):
        shown = page(None).open("public-document", version.number).content.decode()
        assert "Guide for partners" in shown
        assert "Guide, second edition" in shown


def test_5b_a_version_is_replaced_by_one_other_only(story, page):
    first = story.document()
    others = [story.document("draft", replaces=first.number) for _number in range(2)]
    others[0].publish(by=story.cast.bureau)
    refusal = refused(GuardRefused, others[1].publish, by=story.cast.bureau)
    assert refusal.article == "5(2)"
    with nothing_changes():
        assert page(story.cast.bureau).take(others[1], "publish").status_code == 409


def test_5b_a_document_ends_on_its_last_day_or_when_it_is_withdrawn(story, now, page):
    limited = story.document(ends_on=LATER)
    withdrawn = story.document(subject="Guide withdrawn")
    now.move_to(NOW + 3 * DAY)
    assert set(refused(InvalidInput, withdrawn.withdraw, by=story.cast.bureau, reason="").errors) == {"reason"}
    page(story.cast.bureau).take(withdrawn, "withdraw", **REASON)
    withdrawn.refresh_from_db()
    assert withdrawn.state == "withdrawn"
    for day, found in [(NOW.date(), {limited, withdrawn}), (NOW.date() + 3 * DAY, {limited}), (LATER + DAY, set())]:
        assert set(Document.objects.in_force(on=day)) == found, day
    assert "Out of date." in page(None).open("public-document", withdrawn.number).content.decode()


@pytest.mark.parametrize("state", ["published", "superseded", "withdrawn"])
def test_5b_a_published_text_is_not_changed(story, page, api, state):
    document = story.document(state)
    values = story.document_values(subject="Changed")
    refused(WrongState, document.edit, by=story.cast.bureau, **values)
    with nothing_changes():
        assert page(story.cast.bureau).take(document, "edit", **values).status_code == 409
        assert api(story.cast.bureau).change(document, **as_typed(values)).status_code == 409
    assert not attachments.may_attach(document, story.cast.bureau)


def test_5b_files_of_published_documents_are_public_and_no_others(story, page):
    draft = story.document("draft")
    file = story.attach(draft, "bureau")
    visitor = page(None)
    assert visitor.open("public-file", draft.number, file.pk).status_code == 404
    draft.publish(by=story.cast.bureau)
    answer = visitor.open("public-file", draft.number, file.pk)
    assert b"".join(answer.streaming_content) == b"evidence.txt of bureau"
    assert answer["Content-Disposition"].startswith("attachment")
    partner = story.partnership("review")
    private = Attachment.objects.of(partner).get()
    assert visitor.open("public-file", draft.number, private.pk).status_code == 404
    assert visitor.open("public-file", partner.number, private.pk).status_code == 404


def test_5b_a_draft_that_was_given_up_never_becomes_public(story, page):
    draft = story.document("draft").withdraw(by=story.cast.bureau, **REASON)
    assert page(None).open("public-document", draft.number).status_code == 404
    assert "Guide for partners" not in page(None).open("public-documents").content.decode()


def test_5b_the_public_list_is_filtered_and_says_when_nothing_matches(story, page):
    story.document()
    story.document(subject="Grading standard", category="standard", document_number="Bureau 9")
    visitor = page(None)
    shown = visitor.client.get("/documents/?kind=standard").content.decode()
    assert "Grading standard" in shown
    assert "Guide for partners" not in shown
    assert "Guide for partners" in visitor.client.get("/documents/?q=2026-3").content.decode()
    for text in ("kind=poem", "q=" + "x" * 500, "q=%00"):
        assert visitor.client.get(f"/documents/?{text}").status_code in {200, 400}
    assert "Nothing matches" in visitor.client.get("/documents/?q=nowhere").content.decode()
