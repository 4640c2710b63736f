"""Papers: ordered in a step, printed once after it, kept with their digests, and verified by anybody."""

import hashlib
import re

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from casework import papers, pdf
from casework.ledger.hashing import sm3
from casework.ledger.models import Entry
from casework.models.paper import Paper
from casework.refusals import GuardRefused, Refusal
from casework.tasks import render_papers
from tests.desk import Page, nothing_changes, refused
from tests.story import NOW

pytestmark = pytest.mark.printed

GENUINE = "This paper was issued by this portal."
UNKNOWN = "This portal has issued no paper with this code."


@pytest.fixture
def case(story):
    """An application handed in: its acknowledgment has been ordered."""
    return story.application("qualification_review")


def of(case, kind: str = "acknowledgment") -> Paper:
    return Paper.objects.of(case).filter(kind=kind).latest("pk")


def data(paper: Paper) -> bytes:
    with paper.pdf.open("rb") as file:
        return file.read()


# --- ordered, then printed once ------------------------------------------------------------------------------


def test_a_step_orders_the_paper_and_the_job_prints_it(story, case):
    paper = of(case)
    assert (paper.issued_at, paper.issued_by, bool(paper.pdf), paper.sha256) == (
        NOW, story.cast.applicant.person, False, "",
    )  # fmt: skip
    assert render_papers() == 1
    paper.refresh_from_db()
    assert data(paper).startswith(b"%PDF-")
    assert paper.sha256 == hashlib.sha256(data(paper)).hexdigest()
    assert paper.sm3 == sm3(data(paper)).hex()
    assert re.fullmatch(r"[A-Z2-7]{26}", paper.code)


def test_a_paper_is_printed_once(case):
    render_papers()
    paper = of(case)
    first = data(paper)
    assert render_papers() == 0
    assert papers.rendered(paper).sha256 == hashlib.sha256(first).hexdigest()
    assert data(of(case)) == first


def test_two_who_read_at_once_get_one_paper(case):
    old = of(case)
    first = papers.rendered(of(case))
    # The second reader's row was read before the first one's PDF was written.
    assert papers.rendered(old).sha256 == first.sha256


def test_a_step_that_is_rolled_back_issues_no_paper(story):
    draft = story.application()
    story.complete(draft)
    with transaction.atomic():
        draft.submit(by=story.cast.applicant, truth=True)
        transaction.set_rollback(True)
    assert render_papers() == 0
    assert not Paper.objects.exists()


def test_a_refused_step_issues_no_paper(story):
    draft = story.application()
    refused(GuardRefused, draft.submit, by=story.cast.applicant, truth=True)
    assert not Paper.objects.exists()


def test_papers_of_a_case_are_numbered_in_the_order_of_issue(story):
    case = story.application("correction")
    case.resubmit(by=story.cast.applicant, truth=True)
    story.judge(case, lacking=1)
    case.refuse_qualification(by=story.cast.bureau, remark="Not enough.")
    issued = Paper.objects.of(case).values_list("number", "kind")
    assert list(issued) == [
        (f"{case.number}-01", "acknowledgment"), (f"{case.number}-02", "correction_notice"),
        (f"{case.number}-03", "acknowledgment"), (f"{case.number}-04", "refusal"),
    ]  # fmt: skip
    assert len(set(Paper.objects.values_list("code", flat=True))) == 4


def issue_every_kind(story):
    """Bring about whatever a paper is issued for."""
    call = story.call()
    for who, state in (("applicant", "correction"), ("outsider", "refused")):
        story.application(state, who=who, call=call)
    story.partnership("exited", who="partner2")
    story.user("partner")
    story.request("correction", who="partner")
    story.use_agreement("signing", who="partner")
    story.objection("rejected")
    story.issue("answered")
    story.operating_agreement("operator", "suspended")
    story.operating_agreement("operator", "effective")
    story.operating_agreement("operator", "terminated")


def test_every_kind_of_paper_can_be_printed(data_story):
    issue_every_kind(data_story)
    assert set(Paper.objects.values_list("kind", flat=True)) == set(papers.TITLES)
    while render_papers():
        pass
    assert not Paper.objects.filter(pdf="").exists()
    assert not Paper.objects.filter(sha256="").exists()


def test_the_job_prints_no_more_than_it_was_told_and_goes_on_the_next_time(story):
    story.application("refused")
    waiting = Paper.objects.filter(pdf="").count()
    assert waiting == 2
    assert [papers.render_waiting(1), papers.render_waiting(1), papers.render_waiting(1)] == [1, 1, 0]


def test_one_that_can_not_be_printed_does_not_hold_up_the_next(story, case, caplog):
    Paper.objects.update(context=of(case).context | {"addressee": "\U0001f600"})
    later = of(story.application("qualification_review", who="operator"))
    assert render_papers() == 1
    later.refresh_from_db()
    assert later.pdf
    assert not of(case).pdf
    assert of(case).number in caplog.text
    assert render_papers() == 0


def test_a_sign_that_the_font_lacks_is_named_instead_of_printed_as_a_box(story, case):
    Paper.objects.update(context=of(case).context | {"addressee": "A \U0001f600 company"})
    with pytest.raises(Refusal) as refusal:
        papers.rendered(of(case))
    assert refusal.value.message == "The font has no sign for: \U0001f600"
    answer = Page(story.cast.applicant).open("paper", of(case).code)
    assert answer.status_code == 409
    assert "Install the Noto CJK fonts" in answer.content.decode()
    assert not Entry.objects.filter(kind="reading").exists()


def test_without_the_printing_library_the_step_is_refused_and_says_what_to_install(story, monkeypatch):
    agreement = story.agreement("draft")
    monkeypatch.setattr(pdf, "weasyprint", None)
    monkeypatch.setattr(pdf, "MISSING", "libpango", raising=False)
    refusal = refused(Refusal, agreement.fix_text, by=story.cast.bureau)
    assert refusal.message == "Papers can't be printed on this machine."
    assert "Install Pango" in refusal.remedy


def test_markup_in_what_was_entered_is_printed_as_words(story, case):
    seen = []
    case.judge(by=story.cast.bureau, **story.judgements(case, lacking=1) | {
        "sound_business_reason": '<img src="file:///etc/passwd">',
    })  # fmt: skip
    case.return_for_correction(by=story.cast.bureau, correct_by=NOW.date(), remark="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "render", lambda html, text: seen.append(html) or b"%PDF-")
        papers.rendered(of(case, "correction_notice"))
    assert '<img src="file' not in seen[0]
    assert "&lt;img src=&quot;file:///etc/passwd&quot;&gt;" in seen[0]


# --- given out -----------------------------------------------------------------------------------------------


def test_a_paper_is_downloaded_by_those_who_see_the_case_and_by_nobody_else(story, case):
    readers = {"applicant", "bureau", "bureau2", "bureau_lead", "finance", "cyberspace"}
    for name in story.cast.names():
        answer = Page(story.cast[name]).open("paper", of(case).code)
        assert answer.status_code == (200 if name in readers else 404), name
    assert Entry.objects.filter(kind="reading").count() == len(readers)
    assert Page(None).open("paper", of(case).code).status_code == 401


def test_the_download_is_the_printed_paper_and_the_reading_names_its_bytes(story, case):
    answer = Page(story.cast.applicant).open("paper", of(case).code)
    sent = b"".join(answer.streaming_content)
    paper = of(case)
    assert sent == data(paper)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    # The first reader is the one for whom it is printed.
    assert hashlib.sha256(sent).hexdigest() in bytes(Entry.objects.latest("seq").payload).decode()


# --- verified ------------------------------------------------------------------------------------------------


def test_the_square_on_the_paper_leads_to_its_verification(story, case, settings, monkeypatch):
    settings.SITE_URL = "https://portal.example.test"
    encoded, make = [], segno.make
    monkeypatch.setattr(segno, "make", lambda text, **given: encoded.append(text) or make(text, **given))
    printed = []
    render = pdf.render
    monkeypatch.setattr(pdf, "render", lambda html, text: printed.append(html) or render(html, text))
    paper = papers.rendered(of(case))
    address = f"https://portal.example.test/verify/{paper.code}/"
    assert encoded == [address]
    assert address in printed[0]
    assert 'src="data:image/svg+xml' in printed[0]
    text = Page(None).client.get(address.removeprefix(settings.SITE_URL)).content.decode()
    assert GENUINE in text


def test_anybody_can_check_a_paper_by_its_code(case):
    answer = Page(None).open("verify-paper", of(case).code)
    text, paper = answer.content.decode(), of(case)
    assert answer.status_code == 200
    for words in (GENUINE, paper.number, paper.title, paper.sha256, paper.sm3, "2026-03-02 10:00"):
        assert words in text
    # Whoever checks a paper has it in hand; the page adds nothing about the case.
    assert case.organisation.name not in text
    assert paper.sha256


@pytest.mark.parametrize("code", ["A" * 26, "x", "0", "A-B_c"])
def test_a_code_that_is_none_is_said_to_be_unknown(case, code):
    answer = Page(None).open("verify-paper", code)
    assert answer.status_code == 404
    assert UNKNOWN in answer.content.decode()
    assert GENUINE not in answer.content.decode()


def compare(paper: Paper, sent: bytes | None) -> str:
    files = {} if sent is None else {"file": SimpleUploadedFile("paper.pdf", sent)}
    return Page(None).client.post(f"/verify/{paper.code}/", files).content.decode()


def test_a_file_is_compared_to_the_last_bit_and_not_kept(story, case, tmp_path):
    render_papers()
    paper = of(case)
    files = sorted(tmp_path.rglob("*"))
    with nothing_changes():
        assert "The file is this paper, to the last bit." in compare(paper, data(paper))
        for other in (data(paper) + b"\n", data(paper)[:-1], data(paper).replace(b"PDF-1", b"PDF-2"), b"x"):
            text = compare(paper, other)
            assert "The file is not this paper: it was changed, or it is another one." in text
            assert "to the last bit" not in text
        assert "Choose a file." in compare(paper, None)
    assert sorted(tmp_path.rglob("*")) == files


def test_another_paper_of_the_portal_is_not_this_one(story, case):
    other = of(story.application("qualification_review", who="operator"))
    render_papers()
    assert "The file is not this paper" in compare(of(case), data(of_pk(other)))


def of_pk(paper: Paper) -> Paper:
    return Paper.objects.get(pk=paper.pk)


# --- the text of an agreement --------------------------------------------------------------------------------


def test_the_text_of_an_agreement_is_printed_in_the_step_itself(story):
    agreement = story.agreement("draft")
    agreement.fix_text(by=story.cast.bureau)
    text = agreement.text
    assert agreement.text_digest == text.sha256 == hashlib.sha256(data(text)).hexdigest()
    entry = Entry.objects.get(kind="step", action="fix_text")
    assert text.sha256 in bytes(entry.payload).decode()
    assert f'"edition":{agreement.edition}' in bytes(entry.payload).decode()


def test_two_editions_are_two_papers_with_two_digests(story):
    agreement = story.agreement("signing")
    first = agreement.text
    agreement.take_back(by=story.cast.bureau, reason="A slip of the pen.")
    agreement.fix_text(by=story.cast.bureau)
    assert (first.number, agreement.text.number) == (f"{agreement.number}-01", f"{agreement.number}-02")
    assert agreement.text.sha256 != first.sha256
    assert "The file is not this paper" in compare(agreement.text, data(first))
    assert "to the last bit" in compare(first, data(first))
