"""The same batch sent by many at once: each call once, the months what the records say."""

from io import BytesIO

import pytest
from django.utils import translation

from authorizations import call_logs
from authorizations.call_lines import receive
from authorizations.models import CallRecord, UsageMonth
from tests.calls import lines, months_kept, months_of_the_records, record
from tests.concurrency.test_same_button import contiguous
from tests.data_story import DataStory
from tests.story import NOW

pytestmark = pytest.mark.django_db(transaction=True)
LINES, SENDERS = 500, 6


@pytest.fixture
def grant(transactional_db, cast, now, files):
    with translation.override("en"):
        story = DataStory(cast)
        yield story.grant()


def sent(batch: list[dict], by):
    def act():
        call_logs.take(receive(BytesIO(lines(batch))), by=by, now=NOW)

    return act


def test_the_same_batch_at_once_doubles_nothing(grant, cast, at_once):
    batch = [record(grant, f"c-{number}") for number in range(LINES)]
    # Backwards as well: two that overlap in opposite order must not wait for each other.
    acts = [sent(batch if sender % 2 else batch[::-1], cast.operator) for sender in range(SENDERS)]
    assert at_once(acts) == {"done": SENDERS}
    assert CallRecord.objects.count() == UsageMonth.objects.get().calls == LINES
    assert months_kept() == months_of_the_records()
    assert contiguous()


def test_different_sources_add_to_the_same_month(grant, cast, at_once):
    batch = [record(grant, f"c-{number}") for number in range(LINES)]
    assert at_once([sent(batch, cast.operator), sent(batch[::-1], cast.bureau)]) == {"done": 2}
    assert CallRecord.objects.count() == UsageMonth.objects.get().calls == 2 * LINES
    assert months_kept() == months_of_the_records()
