"""One key sent by twenty threads at the same moment: one effect, twenty times the same answer."""

from collections import Counter
from copy import copy

import pytest
from django.test import Client

from casework.ledger.models import Entry
from casework.models.idempotency import IdempotentAnswer
from operators.models.panel import Score
from tests.desk import Api

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_writes_with_one_key_are_one(told, at_once):
    case = told.application("panel_review")
    desk, marks, answers = Api(told.panel(case)[0]), told.marks(case), []
    desk.headers["Idempotency-Key"] = "one"

    def write():
        mine = copy(desk)
        mine.client = Client()
        answer = mine.take(case, "score", **marks)
        answers.append((answer.status_code, answer.json()))

    assert at_once([write] * 20) == Counter(done=20)
    assert answers == [(200, answers[0][1])] * 20
    assert Score.objects.count() == 1
    assert Entry.objects.filter(action="score", kind="step").count() == 1
    assert IdempotentAnswer.objects.count() == 1
