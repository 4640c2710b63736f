"""Writes over the API: once for a key, never over a version that is gone, refused as a problem with its code."""

import dataclasses
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from casework.ledger.models import Entry
from casework.models.idempotency import IdempotentAnswer
from casework.tasks import forget_answers
from operators.models import OperatorApplication
from tests.desk import nothing_changes


def send(desk, path: str, body: dict, **headers):
    return desk.client.post(
        path, json.dumps(body), content_type="application/json", headers=desk.headers | headers
    )  # fmt: skip


@pytest.fixture
def scoring(story, api):
    """A program of an expert who is about to score: the desk, the address and what is sent."""
    case = story.application("panel_review")
    desk = api(story.panel(case)[0])
    return case, desk, desk.path(case, "actions/score/"), story.marks(case)


def test_the_same_key_and_body_get_the_same_answer_and_do_it_once(scoring):
    _case, desk, path, marks = scoring
    first = send(desk, path, marks, **{"Idempotency-Key": "one"})
    entries = Entry.objects.count()
    second = send(desk, path, marks, **{"Idempotency-Key": "one"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert second["Idempotent-Replay"] == "true"
    assert Entry.objects.count() == entries


def test_a_refusal_is_repeated_too(scoring):
    _case, desk, path, marks = scoring
    first = send(desk, path, marks | {"compliance": 99}, **{"Idempotency-Key": "one"})
    second = send(desk, path, marks | {"compliance": 99}, **{"Idempotency-Key": "one"})
    assert first.status_code == second.status_code == 422
    assert second["Content-Type"] == "application/problem+json"
    assert first.json() == second.json()


def test_the_same_key_with_another_body_is_refused(scoring):
    _case, desk, path, marks = scoring
    send(desk, path, marks, **{"Idempotency-Key": "one"})
    answer = send(desk, path, marks | {"opinion": "Another."}, **{"Idempotency-Key": "one"})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")


def test_a_key_is_its_owners_alone(story, scoring, api):
    case, desk, path, marks = scoring
    send(desk, path, marks, **{"Idempotency-Key": "one"})
    other = api(story.panel(case)[1])
    assert send(other, path, marks, **{"Idempotency-Key": "one"}).status_code == 200
    assert IdempotentAnswer.objects.count() == 2


def test_an_answer_is_forgotten_after_a_week_and_no_sooner(scoring, now):
    _case, desk, path, marks = scoring
    send(desk, path, marks, **{"Idempotency-Key": "one"})
    now.shift(timedelta(days=7))
    assert forget_answers() == 0
    now.shift(timedelta(seconds=1))
    assert forget_answers() == 1
    assert send(desk, path, marks, **{"Idempotency-Key": "one"}).json()["code"] != "idempotency-key-reused"


def test_a_key_that_is_too_long_is_refused(scoring):
    _case, desk, path, marks = scoring
    with nothing_changes():
        answer = send(desk, path, marks, **{"Idempotency-Key": "k" * 101})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_what_breaks_is_not_kept_and_can_be_sent_again(scoring, monkeypatch):
    _case, desk, path, marks = scoring
    desk.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("casework.effects.after", lambda *args, **given: 1 / 0)
        with nothing_changes():
            assert send(desk, path, marks, **{"Idempotency-Key": "one"}).status_code == 500
    assert send(desk, path, marks, **{"Idempotency-Key": "one"}).status_code == 200


@pytest.mark.parametrize("header", ['"{}"', "{}", 'W/"{}"', "*"])
def test_the_present_version_is_taken(scoring, header):
    case, desk, path, marks = scoring
    assert send(desk, path, marks, **{"If-Match": header.format(case.version)}).status_code == 200


def test_a_version_that_is_gone_is_refused_and_the_new_one_stands_in_the_answer(scoring):
    case, desk, path, marks = scoring
    with nothing_changes():
        answer = send(desk, path, marks, **{"If-Match": f'"{case.version - 1}"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-version")
    assert answer.json()["remedy"]
    assert desk.see(case)["ETag"] == f'"{case.version}"'


@pytest.mark.parametrize("header", ["x", '"-1"', '"1', "1, 2"])
def test_a_version_that_is_none_is_malformed(scoring, header):
    _case, desk, path, marks = scoring
    with nothing_changes():
        assert send(desk, path, marks, **{"If-Match": header}).status_code == 400


def test_a_rule_that_refuses_is_named_with_its_article(story, api):
    case = story.application("panel_review")
    desk = api(story.panel(case)[0])
    desk.take(case, "score", **story.marks(case))
    answer = desk.take(case, "score", **story.marks(case))
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert (problem["code"], problem["article"]["code"]) == ("guard-refused", "11")
    assert problem["status"] == 409
    assert problem["title"]


@pytest.mark.parametrize("given", [{"Authorization": "Bearer x"}, {"Authorization": "Bearer"}, {}])
def test_without_a_token_nothing_is_answered(story, client, given):
    case = story.application()
    answer = client.get(f"/api/v1/{case.plural}/{case.number}/", headers=given)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_read_only_token_changes_nothing(story, api):
    case = story.application("panel_review")
    reader = api(dataclasses.replace(story.panel(case)[0], read_only=True))
    with nothing_changes():
        answer = reader.take(case, "score", **story.marks(case))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-step")
    assert reader.see(case).status_code == 200


def test_a_draft_is_begun_changed_and_handed_in_by_a_program(story, api):
    call = story.call()
    desk = api(story.cast.applicant)
    begun = desk.begin(OperatorApplication, call=call.number)
    assert begun.status_code == 201
    case = OperatorApplication.objects.get(number=begun.json()["number"])
    story.complete(case)
    assert [offer["name"] for offer in desk.see(case, "actions/").json() if offer["open"]]
    assert desk.take(case, "submit", truth=True).json()["state"] == "qualification_review"
    assert desk.see(case, "timeline/").json()[0]["action"] == "submit"


# --- lists ---------------------------------------------------------------------------------------------------


def test_a_list_is_read_page_by_page_to_its_end(story, api):
    numbers = [story.call("draft", subject=f"Call {number}").number for number in range(7)]
    desk, path, found = api(story.cast.bureau), "/api/v1/calls/?page_size=3", []
    while path:
        answer = desk.get(path).json()
        assert len(answer["results"]) <= 3
        found += [case["number"] for case in answer["results"]]
        path = answer["next"]
    assert found == numbers[::-1]


@pytest.mark.parametrize("size", ["0", "-1", "x", "101", "9" * 30])
def test_a_page_has_never_more_than_a_hundred(story, api, size):
    story.call("draft")
    desk = api(story.cast.bureau)
    for address in ("/api/v1/calls/", "/api/v1/tasks/"):
        assert desk.get(f"{address}?page_size={size}").status_code == 200


@pytest.mark.parametrize("cursor", ["x", "cD0x" * 100, "cD0tMQ==", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk="])
def test_a_place_that_is_none_is_not_found(story, api, cursor):
    story.call("draft")
    assert api(story.cast.bureau).get(f"/api/v1/calls/?cursor={cursor}").status_code == 404


def test_a_list_is_narrowed_by_state(story, api):
    story.call("draft")
    opened = story.call(subject="Open")
    desk = api(story.cast.bureau)
    assert [case["number"] for case in desk.get("/api/v1/calls/?state=open").json()["results"]] == [opened.number]


# --- files ---------------------------------------------------------------------------------------------------


def test_files_and_papers_are_read_by_a_program_and_the_reading_is_kept(story, api):
    case = story.application("qualification_review")
    desk = api(story.cast.bureau)
    (file, *_more), (paper, *_others) = desk.see(case, "attachments/").json(), desk.see(case, "papers/").json()
    for address, given in (
        (f"attachments/{file['id']}/", {}),
        (f"papers/{paper['code']}/", {"Accept": "application/pdf"}),
    ):
        before = Entry.objects.filter(kind="reading").count()
        answer = desk.client.get(desk.path(case, address), headers=desk.headers | given)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content)
        assert Entry.objects.filter(kind="reading").count() == before + 1
    assert desk.see(case, "papers/").json()[0]["sha256"]


@pytest.mark.parametrize("rest", ["attachments/999999/", "attachments/9999999999999999999/", "papers/AAAA/"])
def test_a_file_that_is_not_there_or_not_theirs_is_not_found(story, api, rest):
    case = story.application("qualification_review")
    assert api(story.cast.bureau).see(case, rest).status_code == 404
    file = api(story.cast.applicant).see(case, "attachments/").json()[0]
    assert api(story.cast.outsider).see(case, f"attachments/{file['id']}/").status_code == 404
    other = story.application("qualification_review", who="outsider", call=case.call)
    assert api(story.cast.outsider).see(other, f"attachments/{file['id']}/").status_code == 404


def test_an_upload_goes_to_the_case_and_a_disguised_one_to_nobody(story, api):
    case = story.application()
    desk = api(story.cast.applicant)

    def upload(name: str, data: bytes):
        given = {"file": SimpleUploadedFile(name, data), "tag": "sound_business"}
        return desk.client.post(desk.path(case, "attachments/"), given, headers=desk.headers)

    assert upload("plan.txt", b"A plan").status_code == 201
    for name, data in (("plan.pdf", b"<html>"), ("empty.pdf", b""), ("run.exe", b"MZ\x90")):
        with nothing_changes():
            answer = upload(name, data)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["file"])
