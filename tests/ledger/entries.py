"""Entries to write: steps, refusals, readings, with and without a case, an organisation, a person."""

from datetime import UTC, datetime, timedelta

from casework.ledger.entry import EntryDraft

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def draft(number: int = 0, **given) -> EntryDraft:
    """One entry; every third has neither a person nor a case."""
    about = {
        "actor_id": 40 + number, "organisation_id": 7, "organisation_name": "深圳市福田区数据局", "on_behalf_of_id": 9,
        "case_kind": "application", "case_id": 3, "case_number": f"SQ-2026-{number:04d}", "old_state": "draft",
        "new_state": "qualification_review", "article": "10(2)", "request_id": f"{number:032x}",
        "inputs_digest": f"{number:064x}", "attachments": (f"{number:064d}",), "detail": {"round": number, "to": None},
    }  # fmt: skip
    values = {"kind": "step", "action": "submit", "at": AT + timedelta(seconds=number, microseconds=number % 2 * 5)}
    return EntryDraft(**(values | (about if number % 3 else {}) | given))


def drafts(count: int, first: int = 0) -> list[EntryDraft]:
    """Several, one second apart."""
    return [draft(number) for number in range(first, first + count)]
