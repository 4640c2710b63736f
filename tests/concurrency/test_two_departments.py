"""Departments that decide the same request at the same moment lose nothing, and what follows follows once."""

import pytest
from django.db import connections

from authorizations.models import DataUseAgreement
from casework.models.paper import Paper
from casework.models.task import Task
from tests.concurrency.test_same_button import contiguous, press, refusals_of, steps_of_case
from tests.desk import Page
from tests.story import NOW

pytestmark = pytest.mark.django_db(transaction=True)
DEPARTMENTS = ("health", "transport")


@pytest.fixture
def data_told(transactional_db, data_story):
    """The whole story with real transactions."""
    return data_story


def decided(case) -> list[str]:
    return list(case.items.order_by("pk").values_list("decision", flat=True))


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [(("granted", "granted"), "authorised"), (("granted", "refused"), "authorised_in_part"),
     (("refused", "refused"), "refused")],
)  # fmt: skip
def test_two_departments_decide_at_once(data_told, at_once, verdicts, state):
    case = data_told.request("confirmation")
    acts = [
        press(case, "decide", data_told.cast[who], **data_told.decisions(case, data_told.cast[who], verdict))
        for who, verdict in zip(DEPARTMENTS, verdicts, strict=True)
    ]
    assert at_once(acts) == {"done": 2}
    case.refresh_from_db()
    assert (case.state, decided(case)) == (state, list(verdicts))
    steps = steps_of_case(case)
    assert steps.count("decide") == 2
    assert len([one for one in steps if one.startswith("conclude_")]) == 1
    assert DataUseAgreement.objects.filter(request=case).count() == (state != "refused")
    assert Paper.objects.of(case).filter(kind="request_decision").count() == 1
    assert not Task.objects.of(case).filter(closed_at=None).exists()
    assert contiguous()


def test_two_departments_decide_at_once_on_their_pages(data_told, at_once):
    """Both have had the form open since the same moment, and send it for the version they saw."""
    case = data_told.request("confirmation")
    pages = {who: Page(data_told.cast[who]) for who in DEPARTMENTS}
    answers = []

    def act(who):
        values = data_told.decisions(case, data_told.cast[who]) | {"version": str(case.version)}
        answers.append(pages[who].send("step", case.plural, case.number, "decide", **values).status_code)
        connections.close_all()

    assert at_once([lambda who=who: act(who) for who in DEPARTMENTS]) == {"done": 2}
    assert answers == [302, 302]
    case.refresh_from_db()
    assert (case.state, decided(case)) == ("authorised", ["granted", "granted"])
    assert DataUseAgreement.objects.filter(request=case).count() == 1


def test_one_department_ten_times_decides_once_while_the_other_decides_too(data_told, at_once):
    case = data_told.request("confirmation")
    health, transport = (data_told.cast[who] for who in DEPARTMENTS)
    acts = [press(case, "decide", health, **data_told.decisions(case, health))] * 10
    acts.append(press(case, "decide", transport, **data_told.decisions(case, transport, "refused")))
    answers = at_once(acts)
    assert answers["done"] == 2
    assert answers["GuardRefused"] + answers["WrongState"] == 9
    case.refresh_from_db()
    assert (case.state, decided(case)) == ("authorised_in_part", ["granted", "refused"])
    assert steps_of_case(case).count("decide") == 2
    assert refusals_of(case, "decide") == 9


def test_a_withdrawal_while_departments_decide_ends_one_way(data_told, at_once):
    case = data_told.request("confirmation")
    acts = [press(case, "decide", data_told.cast[who], **data_told.decisions(case, data_told.cast[who]))
            for who in DEPARTMENTS]  # fmt: skip
    acts.append(press(case, "withdraw", data_told.cast.operator, reason="Changed plans."))
    answers = at_once(acts)
    case.refresh_from_db()
    ended = {"withdrawn": 0, "authorised": 1}[case.state]
    assert answers["done"] >= 2 if ended else answers["done"] >= 1
    assert DataUseAgreement.objects.filter(request=case).count() == ended
    assert not Task.objects.of(case).filter(closed_at=None).exists()
    assert NOW.date() <= case.state_since.date()
