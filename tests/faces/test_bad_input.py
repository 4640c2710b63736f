"""Whatever is wrong with what was entered is said at the field, what was typed stays, and nothing changes."""

from html import unescape

import pytest

from operators.models import Call, OperatorApplication
from tests.desk import nothing_changes
from tests.faces.occasions import NAMES, bad_values, occasion


def wrong(asked, *, for_a_form: bool):
    """The bad values that can be sent. A form sends text, ticks and choices; what it hides is not typed."""
    for what, value in bad_values(asked):
        typed = isinstance(value, str | bool) or (asked.kind, what) == ("choices", "none of them")
        if not for_a_form or (typed and asked.kind != "hidden"):
            yield what, value


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_is_wrong_is_said_at_its_field_and_what_is_right_is_taken(whole_story, page, api, name):
    at = occasion(whole_story, name)
    with nothing_changes():
        the_page_names_the_field_and_keeps_the_rest(at, page(at.actor))
    desk = api(at.actor)
    with nothing_changes():
        the_api_names_the_field(at, desk)
    # The occasion itself is in order: the refusals are for what is wrong and for nothing else.
    answer = page(at.actor).take(at.case, at.step.name, **at.good)
    assert answer.status_code == 302, answer.context and answer.context.get("refusal")


def the_page_names_the_field_and_keeps_the_rest(at, desk):
    shown = [one for one, asked in at.inputs.items() if asked.kind in {"text", "longtext", "date", "past_date"}]
    for field, asked in at.inputs.items():
        for what, value in wrong(asked, for_a_form=True):
            answer = desk.take(at.case, at.step.name, **at.good | {field: value if value is not False else None})
            assert answer.status_code == 422, (field, what)
            assert field in answer.context["form"].errors, (field, what)
            html = unescape(answer.content.decode())
            kept = [one for one in shown if one != field and at.good.get(one)]
            assert [one for one in kept if str(at.good[one]) not in html] == [], (field, what)


def the_api_names_the_field(at, desk):
    for field, asked in at.inputs.items():
        for what, value in wrong(asked, for_a_form=False):
            answer = desk.take(at.case, at.step.name, **at.good | {field: value})
            assert answer.status_code == 422, (field, what, answer.content)
            assert answer["Content-Type"] == "application/problem+json"
            assert field in answer.json()["errors"], (field, what)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff", b'{"a": 1'])
def test_a_body_that_is_no_object_is_refused(story, api, body):
    case = story.application("panel_review")
    desk = api(story.panel(case)[0])
    with nothing_changes():
        answer = desk.client.post(
            desk.path(case, "actions/score/"), body, content_type="application/json", headers=desk.headers
        )
    # Nothing sent is an empty form, which lacks its fields.
    assert answer.status_code == (422 if body == b"" else 400)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_window_that_ends_before_it_begins_is_refused_at_its_field(story, page, api):
    given = story.call_values()
    given |= {"opens_at": given["closes_at"], "closes_at": given["opens_at"]}
    draft = story.call("draft")
    with nothing_changes():
        answers = [
            page(story.cast.bureau).begin(Call, **given),
            page(story.cast.bureau).take(draft, "edit", **given),
        ]
        told = [api(story.cast.bureau).begin(Call, **given), api(story.cast.bureau).change(draft, **given)]
    assert [(answer.status_code, list(answer.context["form"].errors)) for answer in answers] == [
        (422, ["closes_at"])
    ] * 2
    assert [(answer.status_code, list(answer.json()["errors"])) for answer in told] == [(422, ["closes_at"])] * 2


@pytest.mark.parametrize("number", ["ZB-2026-9999", "x" * 41, "", "a\0b", "<script>"])
def test_an_application_to_a_call_that_is_none(story, page, number):
    with nothing_changes():
        answer = page(story.cast.applicant).begin(OperatorApplication, call=number)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["call"]


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 30, "-1"])
def test_a_stale_or_spoilt_version_loses_nothing(story, page, version):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    answer = page(expert).send("step", case.plural, case.number, "score", version=version, **story.marks(case) | {
        "opinion": "My long opinion." })  # fmt: skip
    if version == "0":
        assert answer.status_code == 412
        html = answer.content.decode()
        assert "My long opinion." in html
    else:
        assert answer.status_code == 302
