"""Art. 5(4): scores and opinions: blind until all have scored, given once, kept; who can't go on is replaced."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep
from casework.remarks import write_remark
from operators.models import ConflictDeclaration
from operators.models.panel import PanelSeat, Score
from tests.desk import nothing_changes, refused
from tests.story import NOW

# --- blind until all have scored -----------------------------------------------------------------------------

SECRET = "A sentence that only its author may read"


@pytest.fixture
def scored_once(story):
    """An application of whose three experts the first has scored, with a number that stands nowhere else."""
    case = story.application("panel_review")
    first, *_others = story.panel(case)
    marks = story.marks(case) | {"compliance": 7, "opinion": SECRET}
    case.score(by=first, **marks)
    case.scorer, case.total = first, sum(mark for mark in marks.values() if isinstance(mark, int))
    return case


@pytest.mark.parametrize("who", ["colleague", "applicant", "bureau", "bureau_lead", "finance", "government"])
def test_5d_nobody_sees_a_score_before_all_are_in(story, page, api, scored_once, who):
    case = scored_once
    reader = story.panel(case)[1] if who == "colleague" else story.cast[who]
    shown = page(reader)
    pages = [
        shown.see(case), shown.open("cases", case.plural), shown.open("step", case.plural, case.number, "score"),
        shown.see(case.call), shown.open("inbox"),
    ]  # fmt: skip
    program = api(reader)
    answers = [program.see(case, rest) for rest in ("", "actions/", "timeline/", "attachments/")]
    assert pages[1].status_code == 200
    for answer in pages + answers:
        text = answer.content.decode()
        assert SECRET not in text
        assert f">{case.total}<" not in text
        assert f">{case.total}.0<" not in text
    if who != "government":
        assert case.number in pages[0].content.decode()


def test_5d_after_all_have_scored_the_authorities_see_scores_and_opinions_but_no_expert_and_no_applicant(
    story, page, api, scored_once
):
    case = scored_once
    second, third = story.panel(case)[1:]
    for expert in (second, third):
        case.score(by=expert, **story.marks(case))
    case.refresh_from_db()
    assert case.state == "consultation"
    for who in ("bureau", "bureau_lead", "finance"):
        text = page(story.cast[who]).see(case).content.decode()
        assert SECRET in text
        assert f">{case.total}<" in text
    for reader in (second, story.cast.applicant):
        texts = [page(reader).see(case), api(reader).see(case), api(reader).see(case, "timeline/")]
        assert all(SECRET not in text.content.decode() for text in texts)
        assert "score" not in {moment["action"] for moment in texts[2].json()}


def test_5d_neither_the_applicant_nor_an_expert_is_told_who_sits_on_the_panel(story, page, api):
    case = story.application("panel_review", panel_days=5)
    panel = story.panel(case)
    names = [name for actor in panel for name in (actor.organisation.name, actor.person.name)]
    for reader in (story.cast.applicant, panel[0]):
        others = [name for name in names if reader == story.cast.applicant or name not in names[:2]]
        desk = page(reader)
        shown = [desk.see(case), desk.open("cases", case.plural), api(reader).see(case, "timeline/")]
        assert "The expert panel" in shown[0].content.decode()
        assert "The expert panel" in shown[1].content.decode()
        assert "2026-03-09" in shown[0].content.decode()
        for answer in shown:
            assert [name for name in others if name in answer.content.decode()] == []
        book = load_workbook(BytesIO(desk.client.get("/cases/operator-applications/?format=xlsx").content))
        cells = [str(cell.value) for row in book.active.rows for cell in row]
        assert "The expert panel" in cells
        assert not set(cells) & set(others)
    text = page(story.cast.bureau).see(case).content.decode()
    assert all(name in text for name in names)


def test_5d_what_an_expert_attaches_is_not_read_by_the_others_before_all_have_scored(story, page, api):
    case = story.application("panel_review")
    first, second, _third = story.panel(case)
    upload = SimpleUploadedFile("my-marks.txt", b"I give 90.")
    page(first).client.post(reverse("attach", args=[case.plural, case.number]), {"file": upload})
    pk = api(first).see(case, "attachments/").json()[-1]["id"]
    for reader in (second, story.cast.applicant, story.cast.bureau, story.cast.finance):
        assert "my-marks" not in api(reader).see(case, "attachments/").content.decode()
        assert "my-marks" not in page(reader).see(case).content.decode()
        assert page(reader).open("attachment", pk).status_code == 404
    for expert in story.panel(case):
        case.score(by=expert, **story.marks(case))
    assert page(story.cast.bureau).open("attachment", pk).status_code == 200
    for reader in (second, story.cast.applicant):
        assert page(reader).open("attachment", pk).status_code == 404


@pytest.mark.parametrize("visibility", ["parties", "internal"])
def test_5d_an_expert_writes_no_remark_that_the_others_could_read(story, page, visibility):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    refused(NotYourStep, write_remark, case, by=expert, text="I give 90.", visibility=visibility)
    assert 'name="visibility"' not in page(expert).see(case).content.decode()
    assert 'value="parties"' in page(story.cast.bureau).see(case).content.decode()


# --- scores are kept -----------------------------------------------------------------------------------------


def test_5d_marks_total_and_opinion_are_kept_with_who_and_when(story, page):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    marks = {"compliance": 20, "technique": 0, "security": 25, "operation": 20, "effect": 10}
    page(expert).take(case, "score", opinion="Feasible, \n with conditions.", **marks)
    score = Score.objects.get()
    assert (score.seat.expert.person, score.marks, score.total, score.scored_at) == (expert.person, marks, 75, NOW)
    assert score.opinion.startswith("Feasible")


def test_5d_a_score_is_given_once(story, page, api):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    case.score(by=expert, **story.marks(case))
    better = story.marks(case) | {"effect": 10}
    refusal = refused(GuardRefused, case.score, by=expert, **better)
    assert refusal.message == "You have scored this application already; a score is given once."
    with nothing_changes():
        assert page(expert).take(case, "score", **better).status_code == 409
        assert api(expert).take(case, "score", **better).json()["code"] == "guard-refused"


@pytest.mark.parametrize(
    ("field", "value"),
    [("compliance", 21), ("compliance", -1), ("effect", 11), ("security", ""), ("effect", "9.5"), ("opinion", " ")],
)
def test_5d_a_mark_outside_its_limits_or_no_opinion_is_refused_at_its_field(story, page, api, field, value):
    case = story.application("panel_review")
    expert = story.panel(case)[0]
    given = story.marks(case) | {field: value}
    assert set(refused(InvalidInput, case.score, by=expert, **given).errors) == {field}
    with nothing_changes():
        shown = page(expert).take(case, "score", **given)
        answer = api(expert).take(case, "score", **given)
    assert shown.status_code == answer.status_code == 422
    assert set(answer.json()["errors"]) == {field}
    # What was typed elsewhere is still there.
    assert 'value="24"' in shown.content.decode()


@pytest.mark.parametrize("who", ["off_panel", "bureau", "applicant", "finance", "government", "auditadmin"])
def test_5d_nobody_scores_who_was_not_drawn(story, page, api, who):
    case = story.application("panel_review")
    actor = story.others(case)[0] if who == "off_panel" else story.cast[who]
    refused(NotYourStep, case.score, by=actor, **story.marks(case))
    with nothing_changes():
        shown = page(actor).take(case, "score", **story.marks(case))
        answer = api(actor).take(case, "score", **story.marks(case))
    allowed = {403} if who in {"bureau", "applicant", "finance"} else {404}
    assert {shown.status_code, answer.status_code} == allowed


def test_5d_an_expert_sees_the_applications_of_the_own_panels_only(story, api):
    case = story.application("panel_review")
    model = type(case)
    assert all(api(expert).numbers(model) == [case.number] for expert in story.panel(case))
    assert all(api(expert).numbers(model) == [] for expert in story.others(case))
    assert PanelSeat.objects.count() == 3


# --- an expert who can't go on -------------------------------------------------------------------------------


def test_5d_an_expert_who_cannot_go_on_is_excused_and_another_drawn(story, page, api):
    case = story.application("panel_review")
    leaving, staying = story.panel(case)[:2]
    case.score(by=staying, **story.marks(case))
    seat = case.sitting().get(expert__person=leaving.person)
    answer = page(story.cast.bureau).take(case, "excuse_expert", seat=str(seat.pk), reason="Illness.")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert leaving not in story.panel(case)
    assert len(story.panel(case)) == case.call.seats
    seat.refresh_from_db()
    assert (seat.given_up_because, seat.given_up_at is not None) == ("Illness.", True)
    assert not Task.objects.of(case).filter(closed_at=None, person=leaving.person).exists()
    assert Task.objects.of(case).filter(closed_at=None, state="panel_review").count() == case.call.seats - 1
    assert api(leaving).numbers(type(case)) == []
    assert not ConflictDeclaration.objects.filter(expert=seat.expert).exists()


def test_5d_who_has_scored_is_not_excused_and_nobody_else_excuses(story):
    case = story.application("panel_review")
    scored = story.panel(case)[0]
    case.score(by=scored, **story.marks(case))
    seat = case.sitting().get(expert__person=scored.person)
    given = {"seat": str(seat.pk), "reason": "Illness."}
    assert set(refused(InvalidInput, case.excuse_expert, by=story.cast.bureau, **given).errors) == {"seat"}
    other = str(case.awaited_seats().first().pk)
    for by in (scored, story.panel(case)[1], story.cast.applicant, story.cast.government):
        refused(NotYourStep, case.excuse_expert, by=by, **given | {"seat": other})
