"""A list of a hundred takes as many questions as a list of one, on every page and over the API."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.ledger.models import Entry
from casework.models.task import Task
from tests.kinds import KINDS

MANY = 100
LISTS = {
    f"/cases/{told.model.plural}/{more}": (told.list_reader, told)
    for told in KINDS
    for more in ("", "?format=xlsx")
} | {
    f"/api/v1/{told.model.plural}/?page_size=100": (told.list_reader, told)
    for told in KINDS
} | {
    f"/admin/{told.model._meta.app_label}/{told.model._meta.model_name}/": ("auditadmin", told)
    for told in KINDS
    if admin.site.is_registered(told.model)
} | {
    address: (who, told)
    for told in KINDS
    for address, who in told.lists.items()
}  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_a_hundred_take_as_many_questions_as_one(whole_story, page, api, address):
    who, told = LISTS[address]
    first = told.list_case(whole_story)
    # What other cases have left to read would make the page of one case longer than that of a hundred.
    Task.objects.exclude(case_kind=first.kind, case_id=first.pk).delete()
    actor = whole_story.cast[who] if who else None
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
        told.copy(first, number)
    many, body = read()
    assert many == one
    assert Entry.objects.exists()
    if "xlsx" not in address and "inbox" not in address:
        assert f"{first.number}-{MANY - 2}".encode() in body
