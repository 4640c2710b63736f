"""Art. 9: the call with its conditions and window; the points of qualification and of technique, judged one by one."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from casework.beginning import begin
from casework.models.attachment import Attachment
from casework.models.paper import Paper
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from operators.models import Call
from operators.models.points import PointAnswer, PointJudgement
from operators.sheets import NOT_MET
from regulation import rules
from tests.desk import nothing_changes, refused
from tests.story import DAY, NOW

QUALIFICATION = ["sound_business", "no_violations", "not_listed", "premises_team"]
TECHNICAL = [
    "knows_rules", "experience", "security_officer", "network_access", "system_building", "partner_management",
    "supervision_response",
]  # fmt: skip
POINTS = QUALIFICATION + TECHNICAL
WRONG = {
    "no title": ("subject", " "), "no conditions": ("conditions", ""), "no beginning": ("opens_at", ""),
    "no end": ("closes_at", ""), "a field that is none": ("expertise", "astrology"), "too few experts": ("seats", 1),
    "nobody consulted": ("consulted", []), "a body that is none": ("consulted", ["999999"]),
    "an end before the beginning": ("closes_at", NOW - 2 * DAY), "an end at the beginning": ("closes_at", NOW - DAY),
}  # fmt: skip


def title(case, code: str) -> str:
    return next(point.title for point in case.points() if point.code == code)


# --- 9a: the call --------------------------------------------------------------------------------------------


def test_9a_the_bureau_publishes_a_call_that_everybody_reads_without_signing_in(story, page):
    bureau, public = page(story.cast.bureau), page(None)
    bureau.begin(Call, **story.call_values(subject="Call of spring", conditions="Bring your papers.\nAll of them."))
    call = Call.objects.get()
    bureau.take(call, "publish")
    listed = public.open("public-calls").content.decode()
    shown = public.open("public-call", call.number).content.decode()
    for text in (listed, shown):
        assert "Call of spring" in text
        assert "2026-03-01 10:00" in text
        assert "2026-03-12 10:00" in text
    assert "Bring your papers.<br>All of them." in shown
    for point in call.rules.checklist("qualification") + call.rules.checklist("technical"):
        assert point.title in shown
        assert point.asks in shown


def test_9a_a_program_of_the_bureau_publishes_a_call_too(story, page, api):
    program = api(story.cast.bureau)
    values = story.call_values(subject="Call by program")
    number = program.begin(Call, **values).json()["number"]
    answer = program.take(Call.objects.get(number=number), "publish").json()
    assert (answer["state"], answer["conditions"]) == ("open", "Answer every point.")
    assert "Call by program" in page(None).open("public-calls").content.decode()


@pytest.mark.parametrize("state", ["draft", "withdrawn_draft"])
def test_9a_a_draft_is_seen_by_the_bureau_alone(story, page, api, state):
    call = story.call("draft", subject="Still secret")
    if state == "withdrawn_draft":
        call.withdraw(by=story.cast.bureau, reason="Put off.")
    assert "Still secret" not in page(None).open("public-calls").content.decode()
    assert page(None).open("public-call", call.number).status_code == 404
    for who in ("applicant", "finance", "government", "expert1", "health", "sysadmin"):
        assert page(story.cast[who]).see(call).status_code == 404
        assert api(story.cast[who]).numbers(Call) == []
    assert "Still secret" in page(story.cast.bureau2).see(call).content.decode()


def test_9a_a_call_not_yet_open_is_public_with_its_window(story, page):
    call = story.call("published", subject="From tomorrow on")
    text = page(None).open("public-call", call.number).content.decode()
    assert "2026-03-03 10:00" in text
    assert "Published, window not yet open" in text
    assert "operator-applications/new" not in text


@pytest.mark.parametrize("state", ["published", "open", "closed", "decided", "withdrawn"])
def test_9a_a_call_that_was_published_is_not_changed_any_more(story, page, api, state):
    call = story.call(state)
    given = story.call_values(conditions="Other conditions.")
    refusal = refused(WrongState, call.edit, by=story.cast.bureau, **given)
    assert refusal.message.startswith("“Change the call” is not open any more")
    with nothing_changes():
        shown = page(story.cast.bureau).take(call, "edit", **given)
        answers = [
            api(story.cast.bureau).change(call, **given),
            api(story.cast.bureau).take(call, "edit", **given),
        ]
    assert shown.status_code == 409
    assert [answer.json()["code"] for answer in answers] == ["wrong-state", "wrong-state"]
    assert "Other conditions." in shown.content.decode()
    assert "Answer every point." in page(None).open("public-call", call.number).content.decode()


def test_9a_a_draft_is_changed_as_often_as_one_likes(story, page, api):
    call = story.call("draft")
    page(story.cast.bureau).take(call, "edit", **story.call_values(conditions="First.", bodies=["finance"]))
    call.refresh_from_db()
    assert (call.conditions, [body.name for body in call.consulted.all()]) == ("First.", ["Finance Department"])
    answer = api(story.cast.bureau2).change(call, **story.call_values(conditions="Second.", seats=5))
    assert (answer.json()["conditions"], answer.json()["seats"]) == ("Second.", 5)


@pytest.mark.parametrize("what", WRONG)
def test_9a_a_call_without_conditions_or_window_is_refused_at_the_field(story, page, api, what):
    field, value = WRONG[what]
    given, draft = story.call_values() | {field: value}, story.call("draft")
    assert set(refused(InvalidInput, begin, Call, by=story.cast.bureau, **given).errors) == {field}
    assert set(refused(InvalidInput, draft.edit, by=story.cast.bureau, **given).errors) == {field}
    with nothing_changes():
        shown = page(story.cast.bureau).begin(Call, **given)
        changed = page(story.cast.bureau).take(draft, "edit", **given)
        answers = [api(story.cast.bureau).begin(Call, **given), api(story.cast.bureau).change(draft, **given)]
    assert (shown.status_code, changed.status_code) == (422, 422)
    assert [set(answer.json()["errors"]) for answer in answers] == [{field}, {field}]
    assert "There is a problem" in shown.content.decode()


def test_9a_the_message_about_the_window_stands_at_the_end_of_the_window(story, page):
    given = story.call_values(closes_at=NOW - 2 * DAY)
    refusal = refused(InvalidInput, begin, Call, by=story.cast.bureau, **given)
    assert (refusal.errors, refusal.article) == ({"closes_at": ["The window must end after it begins."]}, "10")
    text = page(story.cast.bureau).begin(Call, **given).content.decode()
    assert "Applications until: The window must end after it begins." in text
    assert "Answer every point." in text


def test_9a_a_window_that_has_ended_is_not_published(story, page, now):
    call = story.call("draft")
    now.move_to(call.closes_at)
    refusal = refused(GuardRefused, call.publish, by=story.cast.bureau)
    assert refusal.message == "The window for applications has already ended."
    with nothing_changes():
        shown = page(story.cast.bureau).take(call, "publish")
    assert "Change the call and set a window that lies ahead." in shown.content.decode()
    assert page(None).open("public-call", call.number).status_code == 404


def test_9a_a_panel_of_an_even_number_is_not_published(story):
    call = story.call("draft", seats=4)
    assert refused(GuardRefused, call.publish, by=story.cast.bureau).message == "A panel has an odd number of experts."


@pytest.mark.parametrize("who", ["bureau_lead", "applicant", "finance", "government", "expert1", "health", "secadmin"])
def test_9a_nobody_but_the_bureau_publishes(story, page, api, who):
    call = story.call("draft", opens_at=NOW + DAY)
    refused(NotYourStep, call.publish, by=story.cast[who])
    with nothing_changes():
        codes = {page(story.cast[who]).take(call, "publish").status_code, api(story.cast[who]).take(call, "publish")
                 .status_code}  # fmt: skip
    # Staff of the bureau sees the draft; to all others there is none.
    assert codes == ({403} if who == "bureau_lead" else {404})


def test_9a_a_call_is_withdrawn_with_a_reason_that_the_public_reads(story, page):
    call = story.call("published")
    assert set(refused(InvalidInput, call.withdraw, by=story.cast.bureau, reason=" ").errors) == {"reason"}
    page(story.cast.bureau).take(call, "withdraw", reason="A new rule comes first.")
    text = page(None).open("public-call", call.number).content.decode()
    assert "A new rule comes first." in text
    assert "Withdrawn" in text


# --- 9b, 9c: every point with a statement and evidence -------------------------------------------------------


def test_9b_the_qualification_has_its_points_each_with_its_article(story):
    points = rules.in_force(NOW.date()).checklist("qualification")
    assert [point.code for point in points] == QUALIFICATION
    assert [point.article for point in points] == ["9(2)(1)", "9(2)(1)", "9(2)(1)", "9(2)(2)"]


def test_9c_the_technical_requirements_are_seven_each_with_its_article(story):
    points = rules.in_force(NOW.date()).checklist("technical")
    assert [point.code for point in points] == TECHNICAL
    assert [point.article for point in points] == [f"9(3)({number})" for number in range(1, 8)]


def test_9b_9c_an_applicant_answers_each_point_on_its_page(story, page):
    case = story.application()
    desk = page(story.cast.applicant)
    tasks = desk.open("prepare", case.number).content.decode()
    assert all(title(case, code) in tasks for code in POINTS)
    for code in POINTS:
        files = [SimpleUploadedFile(f"{code}-{number}.txt", b"Proof") for number in (1, 2)]
        address = desk.client.post(
            f"/applications/{case.number}/prepare/points/{code}/", {"statement": f"On {code}.", "file": files}
        )
        assert address.url == f"/applications/{case.number}/prepare/"
    assert {answer.point: answer.statement for answer in PointAnswer.objects.all()} == {
        code: f"On {code}." for code in POINTS
    }
    assert sorted(Attachment.objects.of(case).values_list("tag", "name")) == sorted(
        (code, f"{code}-{number}.txt") for code in POINTS for number in (1, 2)
    )
    assert case.lacking() == ["Applicant"]


@pytest.mark.parametrize("code", POINTS)
@pytest.mark.parametrize("missing", ["statement", "evidence"])
def test_9b_9c_a_point_without_statement_or_evidence_keeps_the_application_back_by_name(
    story, page, api, code, missing
):
    case = story.application()
    story.complete(case)
    if missing == "statement":
        PointAnswer.objects.filter(application=case, point=code).delete()
    else:
        Attachment.objects.filter(tag=code).update(withdrawn_at=timezone.now())
    refusal = refused(GuardRefused, case.submit, by=story.cast.applicant, truth=True)
    assert refusal.message == "The application is not complete."
    assert refusal.details == (title(case, code),)
    assert refusal.remedy == "Open the sections named and complete them."
    with nothing_changes():
        shown = page(story.cast.applicant).send("prepare-check", case.number, truth=True)
        answer = api(story.cast.applicant).take(case, "submit", truth=True)
    assert f"<li>{title(case, code)}</li>" in shown.content.decode()
    assert answer.json()["details"] == [title(case, code)]


def test_9b_9c_all_that_is_missing_is_named_at_once(story):
    case = story.application()
    refusal = refused(GuardRefused, case.submit, by=story.cast.applicant, truth=True)
    assert refusal.details == ("Applicant", *(title(case, code) for code in POINTS))


def test_9b_the_applicants_particulars_belong_to_it(story):
    case = story.application()
    story.complete(case)
    type(case).objects.filter(pk=case.pk).update(legal_representative="")
    assert refused(GuardRefused, case.submit, by=story.cast.applicant, truth=True).details == ("Applicant",)


def test_9b_the_applicant_answers_for_the_truth(story, page):
    case = story.application()
    story.complete(case)
    assert set(refused(InvalidInput, case.submit, by=story.cast.applicant, truth=False).errors) == {"truth"}
    with nothing_changes():
        answer = page(story.cast.applicant).send("prepare-check", case.number)
    assert "Tick the box to go on." in answer.content.decode()


def test_9c_a_point_that_is_none_and_an_empty_statement_are_refused(story, api):
    case = story.application()
    for given in ({"point": "astrology", "statement": "We know the stars."}, {"point": POINTS[0], "statement": " "}):
        refused(InvalidInput, case.save_answer, by=story.cast.applicant, **given)
        with nothing_changes():
            assert api(story.cast.applicant).take(case, "save_answer", **given).status_code == 422


def test_9c_a_refused_file_does_not_lose_the_statement(story, page):
    case = story.application()
    sent = {"statement": "We are sound.", "file": SimpleUploadedFile("proof.exe", b"MZ\x90\x00")}
    answer = page(story.cast.applicant).client.post(f"/applications/{case.number}/prepare/points/sound_business/", sent)
    assert answer.status_code == 422
    assert "“proof.exe”: This kind of file is not accepted." in answer.content.decode()
    assert case.statement_on("sound_business") == "We are sound."
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "bureau", "finance"])
def test_9b_9c_nobody_else_answers_for_the_applicant(story, page, api, who):
    case = story.application()
    given = {"point": "experience", "statement": "They know nothing."}
    refused(NotYourStep, case.save_answer, by=story.cast[who], **given)
    with nothing_changes():
        assert (
            page(story.cast[who]).send("prepare-point", case.number, "experience", statement="No.").status_code == 404
        )
        assert api(story.cast[who]).take(case, "save_answer", **given).status_code == 404


def test_9b_9c_what_was_handed_in_is_fixed_with_the_digest_of_every_file(story):
    case = story.application("qualification_review")
    content = case.submissions.get().content
    for code in POINTS:
        file = Attachment.objects.of(case).get(tag=code)
        assert content[code]["statement"] == f"We meet {code}."
        assert content[code]["evidence"] == [{"name": f"{code}.txt", "sha256": file.sha256, "size": file.size}]


@pytest.mark.parametrize("state", ["qualification_review", "panel_review", "consultation", "decision", "approved"])
def test_9b_9c_after_submission_neither_statement_nor_evidence_changes(story, page, api, state):
    case = story.application(state)
    program = api(story.cast.applicant)
    given = {"point": "experience", "statement": "Much more of it."}
    file = case.evidence().first()
    refused(WrongState, case.save_answer, by=story.cast.applicant, **given)
    with nothing_changes():
        sent = {"file": SimpleUploadedFile("late.txt", b"Late."), "tag": "experience"}
        late = program.client.post(program.path(case, "attachments/"), sent, headers=program.headers)
        assert late.json()["code"] == "not-your-step"
        assert program.take(case, "save_answer", **given).json()["code"] == "wrong-state"
        desk = page(story.cast.applicant)
        assert desk.send("prepare-point", case.number, "experience", statement="More.").status_code == 409
        assert desk.send("prepare-point", case.number, file.tag, remove=file.pk).status_code == 409


# --- 9b, 9c: judged point by point ---------------------------------------------------------------------------


def test_9b_9c_each_point_is_judged_by_itself_and_kept_with_who_and_when(story, page):
    case = story.application("qualification_review")
    page(story.cast.bureau).take(case, "judge", **story.judgements(case, lacking=2))
    judged = {one.point: one for one in PointJudgement.objects.all()}
    assert {code: one.met for code, one in judged.items()} == {code: code not in POINTS[:2] for code in POINTS}
    assert judged[POINTS[0]].reason == "sound_business is out of date."
    assert {(one.judged_by, one.judged_at, one.round) for one in judged.values()} == {
        (story.cast.bureau.person, NOW, 1)
    }


@pytest.mark.parametrize("code", POINTS)
def test_9b_9c_no_point_is_left_out(story, page, api, code):
    case = story.application("qualification_review")
    given = story.judgements(case)
    del given[f"{code}_judgement"]
    assert set(refused(InvalidInput, case.judge, by=story.cast.bureau, **given).errors) == {f"{code}_judgement"}
    with nothing_changes():
        assert page(story.cast.bureau).take(case, "judge", **given).status_code == 422
        assert set(api(story.cast.bureau).take(case, "judge", **given).json()["errors"]) == {f"{code}_judgement"}


@pytest.mark.parametrize("code", POINTS)
@pytest.mark.parametrize("reason", ["", "  \n "])
def test_9b_9c_what_is_not_met_needs_its_reason(story, page, code, reason):
    case = story.application("qualification_review")
    given = story.judgements(case) | {f"{code}_judgement": NOT_MET, f"{code}_reason": reason}
    assert set(refused(InvalidInput, case.judge, by=story.cast.bureau, **given).errors) == {f"{code}_reason"}
    with nothing_changes():
        assert page(story.cast.bureau).take(case, "judge", **given).status_code == 422


def test_9b_9c_without_any_judgement_the_case_neither_passes_nor_goes_back_nor_is_refused(story, page):
    case, bureau = story.application("qualification_review"), story.cast.bureau
    tries = {
        "pass_qualification": {}, "return_for_correction": {"correct_by": NOW.date() + DAY, "remark": ""},
        "refuse_qualification": {"remark": "No."},
    }  # fmt: skip
    for name, given in tries.items():
        refusal = refused(GuardRefused, getattr(case, name), by=bureau, **given)
        assert refusal.message == "Not every point has been judged."
        assert refusal.details == tuple(title(case, code) for code in POINTS)
        with nothing_changes():
            assert page(bureau).take(case, name, **given).status_code == 409


def test_9b_9c_one_point_not_met_does_not_pass_and_is_named(story, page):
    case = story.application("qualification_review")
    story.judge(case, lacking=1)
    refusal = refused(GuardRefused, case.pass_qualification, by=story.cast.bureau)
    assert (refusal.message, refusal.details) == ("Not every point is met.", (title(case, POINTS[0]),))
    with nothing_changes():
        assert title(case, POINTS[0]) in page(story.cast.bureau).take(case, "pass_qualification").content.decode()


def test_9b_9c_nothing_is_returned_or_refused_when_every_point_is_met(story):
    case = story.application("qualification_review")
    story.judge(case)
    given = {"correct_by": NOW.date() + DAY, "remark": ""}
    words = "Every point judged so far is met; there is nothing to correct or to refuse."
    assert refused(GuardRefused, case.return_for_correction, by=story.cast.bureau, **given).message == words
    assert refused(GuardRefused, case.refuse_qualification, by=story.cast.bureau, remark="No.").message == words


@pytest.mark.parametrize("who", ["applicant", "finance", "government", "bureau_lead"])
def test_9b_9c_nobody_but_the_bureau_judges(story, page, api, who):
    case = story.application("qualification_review")
    given = story.judgements(case)
    refused(NotYourStep, case.judge, by=story.cast[who], **given)
    with nothing_changes():
        codes = {page(story.cast[who]).take(case, "judge", **given).status_code,
                 api(story.cast[who]).take(case, "judge", **given).status_code}  # fmt: skip
    assert codes == ({404} if who == "government" else {403})


def test_9b_9c_the_applicant_learns_of_all_defects_at_once_and_not_before_the_notice(story, page):
    case = story.application("qualification_review")
    story.judge(case, lacking=3)
    desk = page(story.cast.applicant)
    assert "out of date" not in desk.see(case).content.decode()
    day = NOW.date() + 10 * DAY
    page(story.cast.bureau).take(case, "return_for_correction", correct_by=day.isoformat(), remark="In one go.")
    text = desk.see(case).content.decode()
    notice = Paper.objects.of(case).get(kind="correction_notice").context
    for code in POINTS[:3]:
        assert f"{code} is out of date." in text
        assert f"{code} is out of date." in json.dumps(notice)
    assert notice["correct_by"] == "2026-03-12"


def test_9b_9c_a_correction_is_judged_anew_only_where_something_changed(story):
    case = story.application("correction")
    case.save_answer(by=story.cast.applicant, point="sound_business", statement="Here is the audit report.")
    case.save_answer(by=story.cast.applicant, point="experience", statement="And more experience.")
    case.resubmit(by=story.cast.applicant, truth=True)
    assert case.round == 2
    assert set(case.judged()) == set(POINTS) - {"sound_business", "experience"}
    refusal = refused(GuardRefused, case.pass_qualification, by=story.cast.bureau)
    assert refusal.details == (title(case, "sound_business"), title(case, "experience"))


def test_9b_9c_a_correction_after_its_day_is_refused_and_keeps_what_was_typed(story, page, now):
    case = story.application("correction")
    case.save_answer(by=story.cast.applicant, point="sound_business", statement="Here is the audit report.")
    assert case.correct_by == NOW.date().replace(day=12)
    now.move_to(NOW.replace(day=13, hour=0))
    refusal = refused(GuardRefused, case.resubmit, by=story.cast.applicant, truth=True)
    assert refusal.message == "The day by which the application had to be corrected has passed."
    assert refusal.remedy == "Ask the bureau whether it sets a new day."
    with nothing_changes():
        assert page(story.cast.applicant).send("prepare-check", case.number, truth=True).status_code == 409
    assert case.statement_on("sound_business") == "Here is the audit report."
    case.extend_correction(by=story.cast.bureau, correct_by=NOW.date().replace(day=20))
    case.resubmit(by=story.cast.applicant, truth=True)
    assert case.state == "qualification_review"


def test_9b_9c_until_the_last_second_of_its_day_a_correction_is_taken(story, now):
    case = story.application("correction")
    now.move_to(NOW.replace(day=12, hour=23, minute=59, second=59))
    refusal = refused(GuardRefused, case.refuse_uncorrected, by=story.cast.bureau, remark="")
    assert refusal.message == "The day by which the application has to be corrected has not passed."
    case.resubmit(by=story.cast.applicant, truth=True)
    assert case.state == "qualification_review"


def test_9b_9c_a_refusal_for_lack_of_qualification_gives_the_reason_of_every_point(story, page):
    case = story.application("qualification_review")
    story.judge(case, lacking=2)
    page(story.cast.bureau).take(case, "refuse_qualification", remark="")
    case.refresh_from_db()
    assert case.state == "refused"
    letter = Paper.objects.of(case).get(kind="refusal").context
    assert [defect["reason"] for defect in letter["defects"]] == [f"{code} is out of date." for code in POINTS[:2]]
    assert "sound_business is out of date." in page(story.cast.applicant).see(case).content.decode()


def test_9b_9c_a_judgement_is_met_or_not_met_and_nothing_between(story):
    case = story.application("qualification_review")
    given = story.judgements(case) | {"experience_judgement": "perhaps"}
    assert set(refused(InvalidInput, case.judge, by=story.cast.bureau, **given).errors) == {"experience_judgement"}
