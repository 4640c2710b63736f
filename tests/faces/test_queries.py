"""A list of a hundred takes as many questions as a list of one, on every page and over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.ledger.models import Entry
from casework.models.task import Task
from operators.models import Call, OperatingAgreement, OperatorApplication
from tests.faces.occasions import KINDS, told

MANY = 100
LISTS = {
    f"/cases/{model.plural}/{more}": ("bureau", model)
    for model in KINDS
    for more in ("", "?format=xlsx")
} | {
    f"/api/v1/{model.plural}/?page_size=100": ("bureau", model)
    for model in KINDS
} | {
    "/calls/": (None, Call),
    "/inbox/": ("bureau", OperatorApplication),
    "/inbox/done/": ("bureau", OperatorApplication),
    "/inbox/started/": ("applicant", OperatorApplication),
    "/api/v1/tasks/?page_size=100": ("bureau", OperatorApplication),
    "/admin/operators/operatorapplication/": ("auditadmin", OperatorApplication),
}  # fmt: skip


def again(case, number: int, **more):
    """A copy of a row under another number, past the steps: only the reading is measured here."""
    values = {field.attname: getattr(case, field.attname) for field in case._meta.concrete_fields}
    copy = type(case)(**values | {"id": None, "number": f"{case.number}-{number}"} | more)
    copy.save(force_insert=True)
    return copy


def copy_of(case, number: int):
    """A copy of a case with what it rests on, its tasks and the bodies it consults."""
    if isinstance(case, Call):
        copy = again(case, number)
        copy.consulted.set(case.consulted.all())
    elif isinstance(case, OperatorApplication):
        copy = again(case, number, call_id=copy_of(case.call, number).pk)
    else:
        copy = again(case, number, application_id=copy_of(case.application, number).pk)
    for task in Task.objects.of(case):
        values = {field.attname: getattr(task, field.attname) for field in Task._meta.concrete_fields}
        Task(**values | {"id": None, "case_id": copy.pk, "case_number": copy.number}).save(force_insert=True)
    return copy


@pytest.mark.parametrize("address", LISTS)
def test_a_hundred_take_as_many_questions_as_one(story, page, api, address):
    who, model = LISTS[address]
    state = {Call: "open", OperatorApplication: "qualification_review", OperatingAgreement: "signing"}[model]
    first = getattr(story, told(model))(state)
    actor = story.cast[who] if who else None
    desk = api(actor) if address.startswith("/api/") else page(actor)

    def read():
        with CaptureQueriesContext(connection) as captured:
            answer = desk.get(address) if address.startswith("/api/") else desk.client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        return len(captured), body

    read()
    one, _body = read()
    for number in range(MANY - 1):
        copy_of(first, number)
    many, body = read()
    assert many == one
    assert Entry.objects.exists()
    if "xlsx" not in address and "inbox" not in address:
        assert f"{first.number}-{MANY - 2}".encode() in body
