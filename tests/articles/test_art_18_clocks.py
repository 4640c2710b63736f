"""Art. 18: five working days a stage, each clock by itself, over the holidays of the official calendar.

The expected days are counted by a calendar of another make (`chinesecalendar`), never by the portal's own.
"""

from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest

from accounts.roles import Role
from authorizations.models import AuthorizationRequest
from casework.models.clock import Clock
from casework.models.task import Task
from casework.sweep import sweep_clocks
from tests import partner_story
from tests.casework.conftest import clock_of
from tests.data_story import YES
from tests.story import BEIJING, DAY

STAGE = 5
"""Working days a stage has by the measures; the portal reads them from its rule set."""


def due(received: date, days: int = STAGE) -> date:
    """The last of so many working days, the day of receipt not counted."""
    day = received
    while days:
        day += DAY
        days -= chinese_calendar.is_workday(day)
    return day


def morning(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=BEIJING)


def again(case):
    return AuthorizationRequest.objects.get(pk=case.pk)


def running(case) -> dict[str, date | None]:
    """The running clocks: name and, where there are several of the name, whose; the last day."""
    clocks = Clock.objects.of(case).filter(stopped_at=None).select_related("organisation")
    return {f"{clock.name} {clock.organisation.name}": clock.due_on for clock in clocks}


@pytest.fixture
def early_partner(monkeypatch):
    """The partner's standing begins in January, so that it holds over Spring Festival."""
    monkeypatch.setitem(partner_story.TERM, "starts_on", date(2026, 1, 5))


HOLIDAYS = [
    # Spring Festival 2026: 15 to 23 February off, Saturdays 14 and 28 February worked.
    (date(2026, 2, 9), "2026-02-14"),
    (date(2026, 2, 12), "2026-02-26"),
    (date(2026, 2, 14), "2026-02-28"),
    (date(2026, 2, 24), "2026-03-02"),
    # Mid-Autumn and National Day 2026: Sunday 20 September and Saturday 10 October worked, 1 to 7 October off.
    (date(2026, 9, 18), "2026-09-24"),
    (date(2026, 9, 24), "2026-10-09"),
    (date(2026, 9, 28), "2026-10-10"),
    (date(2026, 10, 7), "2026-10-13"),
]


@pytest.mark.parametrize(("received", "last"), HOLIDAYS)
def test_18a_the_bureau_has_five_working_days_from_receipt(data_story, now, received, last):
    now.move_to(morning(received))
    case = data_story.request("assessment")
    assert due(received).isoformat() == last
    assert running(case) == {"assessment Data Authority": date.fromisoformat(last)}
    clock = clock_of(case, "assessment")
    assert (clock.article, clock.received_on, clock.provisional) == ("18(1)", received, False)
    assert clock.due_at == morning(date.fromisoformat(last), 0) + DAY


@pytest.mark.parametrize(("received", "last"), HOLIDAYS)
def test_18a_a_department_has_five_working_days_from_its_receipt_of_the_assessment(data_story, now, received, last):
    now.move_to(morning(received - 2 * DAY))
    case = data_story.request("assessment")
    now.move_to(morning(received, 17))
    case.confirm_assessment(by=data_story.cast.bureau, **YES)
    assert running(case) == {
        "confirmation Health Department": date.fromisoformat(last),
        "confirmation Transport Department": date.fromisoformat(last),
    }


@pytest.mark.usefixtures("early_partner")
@pytest.mark.parametrize("received", [date(2026, 2, 9), date(2026, 2, 12), date(2026, 9, 18), date(2026, 9, 24)])
def test_18b_a_partners_request_passes_every_stage_each_with_its_own_days(data_story, now, received):
    now.move_to(morning(received))
    case = data_story.request("preliminary_review", who="partner")
    assert running(case) == {"preliminary_review Operator Company": due(received)}
    passed = due(received)
    now.move_to(morning(passed, 23))
    case.pass_preliminary(by=data_story.cast.operator, **YES)
    assert running(case) == {"assessment Data Authority": due(passed)}
    assessed = due(passed)
    now.move_to(morning(assessed, 23))
    case.confirm_assessment(by=data_story.cast.bureau, **YES)
    assert set(running(case).values()) == {due(assessed)}
    case.decide(by=data_story.cast.transport, **data_story.decisions(case, data_story.cast.transport))
    assert running(case) == {"confirmation Health Department": due(assessed)}
    now.move_to(morning(due(assessed), 23))
    case.decide(by=data_story.cast.health, **data_story.decisions(case, data_story.cast.health))
    assert (again(case).state, running(case)) == ("authorised", {})
    assert data_story.said(case) == []


def test_18a_past_the_published_calendar_the_last_day_is_provisional(data_story, now):
    now.move_to(morning(date(2026, 12, 24)))
    case = data_story.request("assessment")
    clock = clock_of(case, "assessment")
    assert (clock.due_on.isoformat(), clock.provisional) == ("2026-12-31", False)
    now.move_to(morning(date(2026, 12, 28)))
    case.confirm_assessment(by=data_story.cast.bureau, **YES)
    # Three working days are left in 2026; nobody knows yet what January brings but its weekends and New Year's Day.
    for clock in Clock.objects.of(case).filter(name="confirmation"):
        assert (clock.due_on.isoformat(), clock.provisional) == ("2027-01-05", True)


# --- correction and the city ----------------------------------------------------------------------------------


def test_18a_the_limit_runs_on_while_the_applicant_corrects(data_story, now):
    now.move_to(morning(date(2026, 2, 12)))
    case = data_story.request("assessment")
    now.move_to(morning(date(2026, 2, 13)))
    case.return_for_correction(by=data_story.cast.bureau, defects="Name the people.", correct_by=date(2026, 3, 5))
    assert running(case) == {
        "assessment Data Authority": date(2026, 2, 26), "correction Operator Company": date(2026, 3, 5),
    }  # fmt: skip
    now.move_to(morning(date(2026, 2, 25)))
    case.resubmit(by=data_story.cast.operator, truth=True)
    assert running(case) == {"assessment Data Authority": date(2026, 2, 26)}
    assert clock_of(case, "assessment").pauses == []


def test_18d_the_limit_stands_still_over_a_holiday_and_goes_on_the_day_after_the_answer(data_story, now):
    now.move_to(morning(date(2026, 9, 28)))
    case = data_story.request("assessment", resources=[data_story.resource(level="city")])
    now.move_to(morning(date(2026, 9, 30)))
    case.take_to_city(by=data_story.cast.bureau, city_letter="Letter 1", city_asked_on=date(2026, 9, 30))
    assert running(case) == {"assessment Data Authority": None}
    sweep_clocks(now=morning(date(2026, 10, 9)))
    assert data_story.said(case) == []
    now.move_to(morning(date(2026, 10, 9)))
    data_story.city_answers(case, on=date(2026, 10, 9))
    # 29 and 30 September are used; the three left are 10 (worked), 12 and 13 October.
    assert running(case) == {"assessment Data Authority": date(2026, 10, 13)} == {
        "assessment Data Authority": due(date(2026, 10, 9), STAGE - 2)
    }  # fmt: skip


# --- warned, due, escalated: each clock by itself ----------------------------------------------------------------


def words(story, case) -> list[tuple[str, str, str]]:
    return [(word.kind, word.organisation.name, word.role) for word in story.said(case)]


def test_18c_each_departments_clock_is_warned_and_escalated_by_itself_and_silence_grants_nothing(data_story, now):
    now.move_to(morning(date(2026, 2, 11)))
    case = data_story.request("assessment")
    now.move_to(morning(date(2026, 2, 12)))
    case.confirm_assessment(by=data_story.cast.bureau, **YES)
    case.decide(by=data_story.cast.health, **data_story.decisions(case, data_story.cast.health))
    last, told = due(date(2026, 2, 12)), []
    for moment, word in (
        (morning(last - DAY, 0) - timedelta(minutes=1), []),
        (morning(last - DAY, 0), [("due_soon", "Transport Department", Role.DEPARTMENT)]),
        (morning(last, 0), [("due_today", "Transport Department", Role.DEPARTMENT)]),
        (
            morning(last, 0) + DAY,
            [
                ("overdue", "Transport Department", Role.DEPARTMENT),
                ("escalated", "Data Authority", Role.BUREAU_LEAD),
            ],
        ),
        (morning(last, 0) + 30 * DAY, []),
    ):
        now.move_to(moment)
        sweep_clocks(now=moment)
        told += word
        assert words(data_story, case) == told, moment
    case = again(case)
    assert (case.state, case.items.filter(decision="").count()) == ("confirmation", 1)
    assert Task.objects.of(case).get(closed_at=None).organisation == data_story.cast.transport.organisation
    data_story.decide_all(case, "granted")
    assert case.state == "authorised"


@pytest.mark.usefixtures("early_partner")
def test_18b_an_operator_who_is_late_is_told_and_the_bureaus_supervisor_too(data_story, now):
    now.move_to(morning(date(2026, 9, 28)))
    case = data_story.request("preliminary_review", who="partner")
    for day in (date(2026, 10, 9), date(2026, 10, 10), date(2026, 10, 11)):
        sweep_clocks(now=morning(day))
    assert words(data_story, case) == [
        ("due_soon", "Operator Company", Role.OPERATOR),
        ("due_today", "Operator Company", Role.OPERATOR),
        ("overdue", "Operator Company", Role.OPERATOR),
        ("escalated", "Data Authority", Role.BUREAU_LEAD),
    ]
    assert again(case).state == "preliminary_review"


def test_18a_a_late_assessment_is_escalated_and_can_still_be_confirmed(data_story, now, page):
    case = data_story.request("assessment")
    now.move_to(morning(date(2026, 3, 10)))
    sweep_clocks(now=morning(date(2026, 3, 10)))
    assert [word[0] for word in words(data_story, case)] == ["overdue", "escalated"]
    assert "1 working day overdue" in page(data_story.cast.bureau).open("inbox").content.decode()
    case.confirm_assessment(by=data_story.cast.bureau, **YES)
    assert again(case).state == "confirmation"


def test_18c_the_page_names_each_clock_with_whose_it_is(data_story, page):
    case = data_story.request("confirmation")
    html = page(data_story.cast.bureau).see(case).content.decode()
    for who in ("Health Department", "Transport Department"):
        assert f"Confirmation by the departments · {who}" in html
