"""Case rows and entries, matched both ways."""

import logging

import pytest

from casework.kinds import kinds
from casework.ledger.log import append
from casework.ledger.models import Entry
from casework.ledger.reconciliation import Gap, reconcile
from casework.tasks import reconcile_ledger
from operators.models import OperatorApplication
from tests.ledger.entries import draft
from tests.ledger.tampering import intruder, run
from tests.story import ENTITY


def rows():
    for kind, model in kinds().items():
        for pk, last in model.objects.order_by("pk").values_list("pk", "last_entry"):
            yield kind, pk, last


def test_an_intact_story_has_no_gap(story, caplog):
    story.agreement("effective")
    assert Entry.objects.filter(kind="step").count() > 10
    assert reconcile_ledger() == 0
    assert caplog.records == []


def test_what_is_no_step_is_no_gap(story):
    case = story.application()
    case.save_entity(by=story.cast.applicant, **ENTITY)
    last = case.last_entry
    append([draft(1, kind="reading", case_kind=case.kind, case_id=case.pk)])
    assert Entry.objects.latest("seq").seq > last
    assert reconcile_ledger() == 0


@pytest.mark.parametrize("change", ["last_entry - 1", "last_entry + 1", "NULL"])
def test_a_row_that_says_something_else(story, caplog, change):
    case = story.application("qualification_review")
    run(f"UPDATE {case._meta.db_table} SET last_entry = {change} WHERE id = %s", case.pk)
    with caplog.at_level(logging.ERROR):
        assert reconcile_ledger() == 1
    case.refresh_from_db()
    assert reconcile(rows()) == [Gap(case.kind, case.pk, case.last_entry, Entry.objects.latest("seq").seq)]
    assert "ledger gap: " in caplog.text


@pytest.mark.parametrize("last", [None, 0, 10**6])
def test_a_row_put_in_past_the_ledger(story, caplog, last):
    case = story.application()
    copied = {column.attname: getattr(case, column.attname) for column in case._meta.concrete_fields}
    other = {"id": None, "number": "SQ-2026-9999", "organisation_id": story.cast.operator.organisation.pk}
    [row] = OperatorApplication.objects.bulk_create([OperatorApplication(**copied | other | {"last_entry": last})])
    with caplog.at_level(logging.ERROR):
        assert reconcile(rows()) == [Gap(row.kind, row.pk, last, None)]
    assert "ledger gap" in caplog.text


def test_an_entry_whose_row_is_gone(story, caplog):
    case = story.application()
    kept = [row for row in rows() if row[:2] != (case.kind, case.pk)]
    assert reconcile(kept) == [Gap(case.kind, case.pk, None, case.last_entry)]
    assert "row says None" in caplog.text


def test_an_entry_that_was_removed(story):
    case = story.application()
    with intruder():
        run("DELETE FROM ledger_entry WHERE seq = %s", case.last_entry)
        assert reconcile(rows()) == [Gap(case.kind, case.pk, case.last_entry, None)]


def test_a_step_taken_meanwhile_is_no_gap(story):
    """The rows are read after the ledger was, so a row may be ahead; it must not be taken at its word for that."""
    case = story.application()

    def meanwhile():
        case.withdraw(by=story.cast.applicant, reason="Changed plans.")
        yield from rows()

    assert reconcile(meanwhile()) == []

    def with_a_number_made_up():
        call = story.call()
        for kind, pk, last in rows():
            yield kind, pk, last + 1 if (kind, pk) == (call.kind, call.pk) else last

    assert len(reconcile(with_a_number_made_up())) == 1
