"""Files: what is taken, by whom and when, and how they are given out again."""

import dataclasses
import hashlib
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from casework import attachments
from casework.attachments import UploadRefused, clean_name, receive
from casework.ledger.models import Entry
from casework.models.attachment import Attachment
from casework.refusals import NotYourStep, WrongState
from casework.sniffing import TYPES
from tests.desk import Api, Page, nothing_changes, refused
from tests.story import NOW

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40 + b"IEND\xaeB`\x82"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 40 + b"\xff\xd9"
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60


def archive(*names: str, content: bytes = b"x") -> bytes:
    """A zip archive with members of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, content)
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
OFD = archive("OFD.xml", "Doc_0/Document.xml")

TAKEN = {
    "report.pdf": PDF, "REPORT.PDF": PDF, "plan.png": PNG, "photo.jpg": JPEG, "photo.jpeg": JPEG, "text.docx": DOCX,
    "table.xlsx": XLSX, "paper.ofd": OFD, "note.txt": b"Plain words.", "list.csv": b"a,b\n1,2\n",
    "说明.txt": "福田区".encode("gb18030"), "表.csv": "\ufeff名称,数量\n甲,1\n".encode(),
}  # fmt: skip
EMPTY = "The file is empty."
KIND = (
    "This kind of file is not accepted. Send PDF, Word (docx), Excel (xlsx), OFD, PNG, JPEG or text."
)  # fmt: skip
OTHER = "The name does not fit the content of the file. Save it again in its own format."
MACROS = "The file contains macros or programs. Save it without them or as PDF."
BOMB = "The file expands to more than can be checked. Split it or save it as PDF."
REFUSED = {
    "nothing.pdf": (b"", EMPTY), "nothing.txt": (b"", EMPTY),
    "program.pdf": (EXE, KIND), "program.exe": (EXE, KIND), "program.txt": (EXE, KIND),
    "unix.txt": (b"\x7fELF\x02", KIND),
    "script.txt": (b"#!/bin/sh\nrm -rf /\n", KIND),
    "page.pdf": (HTML, KIND), "page.html": (HTML, KIND), "page.txt": (HTML, KIND), "page.csv": (b"\n  " + HTML, KIND),
    "late page.txt": (b"Words first. <script>alert(1)</script>", KIND), "page.htm": (HTML, KIND),
    "picture.svg": (SVG, KIND), "picture.txt": (b'<?xml version="1.0"?>' + SVG, KIND), "picture.png": (SVG, KIND),
    "text.xlsx": (DOCX, OTHER), "table.docx": (XLSX, OTHER), "paper.pdf": (OFD, OTHER), "photo.png": (JPEG, OTHER),
    "report": (PDF, OTHER), "report.pdf.exe": (PDF, OTHER), "note.md": (b"Plain words.", KIND),
    "things.zip": (archive("a.txt"), KIND), "fake.docx": (archive("a.txt"), KIND), "fake.ofd": (archive("a.xml"), KIND),
    "both.docx": (archive("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"), KIND),
    "untyped.docx": (archive("word/document.xml"), KIND), "broken.docx": (DOCX[:40], KIND),
    "climbing.docx": (archive("[Content_Types].xml", "word/document.xml", "../../etc/passwd"), KIND),
    "macro.docx": (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), MACROS),
    "carrier.xlsx": (archive("[Content_Types].xml", "xl/workbook.xml", "xl/setup.EXE"), MACROS),
    "carrier.ofd": (archive("OFD.xml", "Doc_0/run.js"), MACROS),
    "bomb.docx": (archive("[Content_Types].xml", "word/document.xml", content=b"0" * 9_000_000), BOMB),
    "many.docx": (archive("[Content_Types].xml", "word/document.xml", *(f"m{n}" for n in range(2001))), BOMB),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj", KIND), "cut.png": (PNG[:20], KIND), "zeros.txt": (b"a\x00b", KIND),
    "shell.pdf": (b"%PDF-1.7\n" + HTML, KIND),
}  # fmt: skip


@pytest.fixture
def case(story):
    return story.application()


def upload(name: str = "note.txt", data: bytes = b"Plain words.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def stored(tmp_path) -> list[str]:
    """Every file below the folder of uploads."""
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())


# --- what is taken -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_of_an_accepted_kind_is_kept_as_it_came(story, case, tmp_path, name):
    data = TAKEN[name]
    kept = receive(case, upload(name, data), by=story.cast.applicant, tag="experience")
    kept.refresh_from_db()
    ending = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    assert (kept.name, kept.tag, kept.size, kept.content_type) == (name, "experience", len(data), TYPES[ending])
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert (kept.organisation, kept.uploaded_by, kept.uploaded_at, kept.withdrawn_at) == (
        story.cast.applicant.organisation, story.cast.applicant.person, NOW, None,
    )  # fmt: skip
    with kept.file.open("rb") as file:
        assert file.read() == data
    assert re.fullmatch(r"attachments/[0-9a-f]{4}/[0-9a-f]{32}", kept.file.name)
    assert len(stored(tmp_path)) == 1


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_what_it_says_is_refused_by_name_and_kept_nowhere(story, case, tmp_path, name):
    data, words = REFUSED[name]
    refusal = refused(UploadRefused, receive, case, upload(name, data), by=story.cast.applicant, tag="experience")
    assert refusal.errors == {"file": [f"“{name}”: {words}"]}
    assert stored(tmp_path) == []


@pytest.mark.parametrize("name", ["program.pdf", "page.pdf", "text.xlsx", "picture.svg", "nothing.pdf"])
def test_page_and_api_refuse_it_in_the_same_words(story, case, tmp_path, name):
    data, words = REFUSED[name]
    desk, program = Page(story.cast.applicant), Api(story.cast.applicant)
    said = f"“{name}”: {words}"
    with nothing_changes():
        point = desk.client.post(
            reverse("prepare-point", args=[case.number, "experience"]), {"file": upload(name, data)}
        )
        plain = desk.client.post(reverse("attach", args=[case.plural, case.number]), {"file": upload(name, data)})
        answer = program.client.post(
            program.path(case, "attachments/"), {"file": upload(name, data)}, headers=program.headers
        )
    assert point.status_code == plain.status_code == answer.status_code == 422
    assert said in point.content.decode()
    assert said in plain.content.decode()
    assert answer.json()["errors"] == {"file": [said]}
    assert stored(tmp_path) == []


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not(story, case, settings, tmp_path):
    settings.ATTACHMENT_MAX_BYTES = 2 * 1024 * 1024
    most = b"x" * settings.ATTACHMENT_MAX_BYTES
    refusal = refused(UploadRefused, receive, case, upload("big.txt", most + b"x"), by=story.cast.applicant)
    assert refusal.messages == ["“big.txt” is larger than 2 MB."]
    assert stored(tmp_path) == []
    assert receive(case, upload("big.txt", most), by=story.cast.applicant).size == len(most)


@pytest.mark.parametrize("sent", [{}, {"file": "words"}, {"other": SimpleUploadedFile("note.txt", b"x")}])
def test_a_request_without_a_file_is_told_so(story, case, sent):
    desk = Page(story.cast.applicant)
    with nothing_changes():
        answer = desk.client.post(reverse("attach", args=[case.plural, case.number]), sent)
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


def test_several_files_are_taken_one_by_one_the_bad_one_named(story, case):
    files = [upload("first.txt"), upload("bad.exe", EXE), upload("last.txt")]
    answer = Page(story.cast.applicant).client.post(
        reverse("prepare-point", args=[case.number, "experience"]), {"file": files, "statement": "Much."}
    )
    assert f"“bad.exe”: {KIND}" in answer.content.decode()
    assert list(case.evidence().values_list("name", flat=True)) == ["first.txt", "last.txt"]


# --- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("C:\\Users\\me\\plan.pdf", "plan.pdf"), ("/root/.ssh/key", "key"),
        ("a\x00b\n.txt", "ab.txt"), ("gpj.\u202eexe.pdf", "gpj.exe.pdf"), ("cafe\u0301.txt", "café.txt"),
        ("...", "file"), ("", "file"), ("  note.txt ", "note.txt"), ("证明 材料.pdf", "证明 材料.pdf"),
        ("<script>alert(1)<x>.txt", "<script>alert(1)<x>.txt"),
    ],
)  # fmt: skip
def test_a_name_is_for_people_and_names_no_place(sent, kept):
    assert clean_name(sent) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("长" * 400 + ".pdf", "长" * 188 + ".pdf"), ("x" * 400, "x" * 188 + "x" * 11),
        ("a." + "x" * 400, "a." + "x" * 11), ("." * 300 + "pdf", "pdf"), ("y" * 196 + ".pdf", "y" * 196 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_that_is_too_long_is_cut_and_keeps_its_ending(sent, kept):
    assert clean_name(sent) == kept


def test_a_long_name_is_stored_and_given_out(story, case):
    kept = receive(case, upload("长" * 240 + ".pdf", PDF), by=story.cast.applicant)
    kept.refresh_from_db()
    assert kept.name == "长" * 188 + ".pdf"
    answer = Page(story.cast.applicant).open("attachment", kept.pk)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E9%95%BF")


def test_a_script_in_a_name_is_shown_as_words(story, case):
    name = "<img src=x onerror=alert(1)>.txt"
    receive(case, upload(name), by=story.cast.applicant)
    receive(case, upload(name), by=story.cast.applicant, tag="experience")
    desk = Page(story.cast.applicant)
    for answer in (
        desk.see(case), desk.open("prepare-point", case.number, "experience"), desk.open("prepare-check", case.number),
    ):  # fmt: skip
        text = answer.content.decode()
        assert "<img src=x" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;.txt" in text


def test_a_path_in_the_name_reaches_neither_the_disk_nor_the_download(story, case, tmp_path):
    kept = receive(case, upload("..\\..\\windows\\evil.pdf", PDF), by=story.cast.applicant)
    assert kept.name == "evil.pdf"
    assert stored(tmp_path) == [kept.file.name]
    answer = Page(story.cast.applicant).open("attachment", kept.pk)
    assert answer["Content-Disposition"] == 'attachment; filename="evil.pdf"'


# --- who adds, and when --------------------------------------------------------------------------------------


TURNS = {
    "draft": "applicant", "qualification_review": "bureau", "correction": "applicant", "panel_selection": "bureau",
    "consultation": "finance", "reporting": "bureau", "decision": "government", "approved": "", "refused": "",
}  # fmt: skip


@pytest.mark.parametrize("state", TURNS)
def test_files_are_added_by_the_side_whose_turn_it_is_alone(story, state):
    case = story.application(state)
    for who in ("applicant", "outsider", "bureau", "bureau_lead", "finance", "health", "government", "auditadmin"):
        if who == TURNS[state]:
            assert receive(case, upload(), by=story.cast[who]).organisation == story.cast[who].organisation
        else:
            refusal = refused(NotYourStep, receive, case, upload(), by=story.cast[who])
            assert refusal.message == "Files can't be added to this case by you now."


def test_neither_a_reader_nor_a_delegate_for_other_kinds_adds_a_file(story, case):
    reader = dataclasses.replace(story.cast.applicant, read_only=True)
    other = dataclasses.replace(
        story.cast.applicant, on_behalf_of=story.cast.applicant.person, scope=frozenset({"call"})
    )
    for by in (reader, other):
        refused(NotYourStep, receive, case, upload(), by=by)


@pytest.mark.parametrize("tag", ["astrology", "x" * 100, "../experience"])
def test_a_part_that_the_case_does_not_have_takes_no_file(story, case, tag):
    refusal = refused(UploadRefused, receive, case, upload(), by=story.cast.applicant, tag=tag)
    assert refusal.messages == [f"No file belongs to “{tag[:60]}” in this case now."]


def test_only_the_applicant_adds_evidence(story):
    case = story.application("qualification_review")
    refused(UploadRefused, receive, case, upload(), by=story.cast.bureau, tag="experience")
    kept = receive(case, upload(), by=story.cast.bureau)
    assert kept not in case.evidence()


def test_a_file_that_comes_while_the_case_moves_on_is_not_added(story, case, tmp_path, monkeypatch):
    """The check before the bytes are read is asked again when the row is written."""
    story.complete(case)
    before = stored(tmp_path)
    sniff = attachments.sniff

    def slowly(data, name):
        case.submit(by=story.cast.applicant, truth=True)
        return sniff(data, name)

    monkeypatch.setattr(attachments, "sniff", slowly)
    old = type(case).objects.get(pk=case.pk)
    with pytest.raises(NotYourStep):
        receive(old, upload("late.txt"), by=story.cast.applicant, tag="experience")
    assert not Attachment.objects.filter(name="late.txt").exists()
    assert stored(tmp_path) == before


def test_a_row_that_can_not_be_written_leaves_no_file_behind(story, case, tmp_path, monkeypatch):
    monkeypatch.setattr(Attachment, "save", lambda *args, **given: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        receive(case, upload(), by=story.cast.applicant)
    assert stored(tmp_path) == []


# --- giving out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report.pdf", "note.txt", "plan.png", "table.xlsx"])
def test_a_file_is_always_a_download_and_never_guessed_at(story, case, name):
    kept = receive(case, upload(name, TAKEN[name]), by=story.cast.applicant)
    answer = Page(story.cast.applicant).open("attachment", kept.pk)
    assert b"".join(answer.streaming_content) == TAKEN[name]
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"].partition(";")[0] == kept.content_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "html" not in answer["Content-Type"]


def test_a_file_is_given_to_those_who_see_the_case_and_to_nobody_else(story):
    case = story.application("consultation", bodies=["finance", "cyberspace"])
    pk = case.evidence().first().pk
    readers = {"applicant", "bureau", "bureau2", "bureau_lead", "finance", "cyberspace"}
    readers |= {actor.person.username for actor in story.panel(case)}
    for name in story.cast.names():
        entries = Entry.objects.count()
        answer = Page(story.cast[name]).open("attachment", pk)
        assert answer.status_code == (200 if name in readers else 404), name
        # Only a reading is written down, and each of them.
        assert Entry.objects.count() - entries == (1 if name in readers else 0), name


def test_whoever_is_not_signed_in_is_asked_to_sign_in(story, case):
    kept = receive(case, upload(), by=story.cast.applicant)
    answer = Page(None).open("attachment", kept.pk)
    assert (answer.status_code, answer.context["next"]) == (401, f"/attachments/{kept.pk}/")
    assert not Entry.objects.filter(kind="reading").exists()


def test_each_reading_stands_in_the_ledger_with_who_and_which_bytes(story, case):
    kept = receive(case, upload(), by=story.cast.applicant, tag="experience")
    Page(story.cast.applicant).open("attachment", kept.pk)
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.actor_id, entry.organisation_id, entry.case_number, entry.at) == (
        "reading", story.cast.applicant.person.pk, story.cast.applicant.organisation.pk, case.number, NOW,
    )  # fmt: skip
    payload = bytes(entry.payload).decode()
    assert kept.sha256 in payload
    assert f"attachment:{kept.pk}" in payload


@pytest.mark.parametrize("pk", [0, 404, 2**63, 10**30])
def test_a_number_that_is_none_is_not_found(story, case, pk):
    assert Page(story.cast.applicant).open("attachment", pk).status_code == 404


# --- taking out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "correction"])
def test_the_owner_takes_a_file_out_of_a_draft_or_a_correction(story, tmp_path, state):
    case = story.application(state)
    kept = receive(case, upload("wrong.txt"), by=story.cast.applicant, tag="experience")
    desk = Page(story.cast.applicant)
    answer = desk.client.post(reverse("prepare-point", args=[case.number, "experience"]), {"remove": kept.pk})
    assert answer.url == reverse("prepare-point", args=[case.number, "experience"])
    kept.refresh_from_db()
    assert kept.withdrawn_at == NOW
    assert kept not in case.evidence()
    # The row and the bytes stay; the file is given out no more.
    assert kept.file.name in stored(tmp_path)
    assert desk.open("attachment", kept.pk).status_code == 404
    assert "wrong.txt" not in Api(story.cast.applicant).see(case, "attachments/").content.decode()


@pytest.mark.parametrize(
    "state",
    [
        "qualification_review", "panel_selection", "panel_review", "consultation", "reporting", "decision", "approved",
        "refused", "agreed",
    ],
)  # fmt: skip
def test_nothing_is_taken_out_of_what_was_handed_in(story, state):
    case = story.application(state)
    file = case.evidence().first()
    refusal = refused(WrongState, attachments.withdraw, file, by=story.cast.applicant, at=NOW)
    assert refusal.message == (
        "A file can be removed only while the case is a draft or has been returned for correction."
    )  # fmt: skip
    with nothing_changes():
        answer = Page(story.cast.applicant).client.post(
            reverse("prepare-point", args=[case.number, file.tag]), {"remove": file.pk}
        )
    assert answer.status_code == 409


@pytest.mark.parametrize("who", ["outsider", "bureau", "finance", "government", "secadmin"])
def test_only_the_organisation_that_added_a_file_takes_it_out(story, who):
    case = story.application("correction")
    file = case.evidence().first()
    refusal = refused(NotYourStep, attachments.withdraw, file, by=story.cast[who], at=NOW)
    assert refusal.message == "Only the organisation that added a file can remove it."
    with nothing_changes():
        answer = Page(story.cast[who]).client.post(
            reverse("prepare-point", args=[case.number, file.tag]), {"remove": file.pk}
        )
    assert answer.status_code in {403, 404}


def test_neither_a_reader_nor_a_delegate_for_other_kinds_takes_a_file_out(story, case):
    file = receive(case, upload(), by=story.cast.applicant)
    for by in (
        dataclasses.replace(story.cast.applicant, read_only=True),
        dataclasses.replace(story.cast.applicant, scope=frozenset({"call"})),
        dataclasses.replace(story.cast.applicant, roles=frozenset()),
    ):
        refused(NotYourStep, attachments.withdraw, file, by=by, at=NOW)


def test_a_file_of_another_point_or_case_is_not_taken_out_here(story, case):
    file = receive(case, upload(), by=story.cast.applicant, tag="experience")
    desk = Page(story.cast.applicant)
    with nothing_changes():
        for pk in (file.pk, "x", "9" * 40):
            answer = desk.client.post(reverse("prepare-point", args=[case.number, "sound_business"]), {"remove": pk})
            assert answer.status_code == 404


def test_taking_out_twice_keeps_the_first_time(story, case, now):
    file = receive(case, upload(), by=story.cast.applicant)
    attachments.withdraw(file, by=story.cast.applicant, at=NOW)
    attachments.withdraw(file, by=story.cast.applicant, at=NOW.replace(hour=11))
    file.refresh_from_db()
    assert file.withdrawn_at == NOW


# --- sent twice ----------------------------------------------------------------------------------------------


def test_an_upload_sent_twice_under_one_key_is_taken_once(story, case):
    program = Api(story.cast.applicant)
    headers = program.headers | {"Idempotency-Key": "one"}

    def send(data: bytes, boundary: str):
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="note.txt"\r\n\r\n'.encode()
            + data + f"\r\n--{boundary}--\r\n".encode()
        )  # fmt: skip
        kind = f"multipart/form-data; boundary={boundary}"
        return program.client.post(program.path(case, "attachments/"), body, content_type=kind, headers=headers)

    first, again, other = send(b"Words.", "first"), send(b"Words.", "second"), send(b"Others", "third")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    kept = Attachment.objects.get()
    with kept.file.open("rb") as file:
        assert file.read() == b"Words."


def test_a_browser_uploads_through_the_api_with_a_key_and_the_token_against_forgery(story, case):
    client = Client(enforce_csrf_checks=True)
    client.force_login(story.cast.applicant.person)
    client.get(reverse("case", args=[case.plural, case.number]))
    headers = {"Idempotency-Key": "one", "X-CSRFToken": client.cookies["csrftoken"].value}
    answer = client.post(Api.path(case, "attachments/"), {"file": upload()}, headers=headers)
    assert answer.status_code == 201
    forged = client.post(Api.path(case, "attachments/"), {"file": upload()}, headers={"Idempotency-Key": "two"})
    assert forged.status_code == 403
    assert Attachment.objects.get().name == "note.txt"
