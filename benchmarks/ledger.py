"""The ledger: what an entry adds to a plain save, and verifying beside reading and hashing the same bytes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median
from time import perf_counter

from django.db import transaction

from accounts.models import Organisation
from benchmarks import own_database
from casework.ledger import export
from casework.ledger.entry import EntryDraft
from casework.ledger.hashing import FUNCTIONS
from casework.ledger.log import append
from casework.ledger.models import Entry
from casework.ledger.verifier import CHUNK, Log

ENTRIES, BATCH, SAVES, RUNS = 100_000, 1_000, 400, 5
GOAL_ADDED, GOAL_HASHES = 1.0, 0.8
BEGUN = datetime(2026, 3, 2, 2, tzinfo=UTC)


def draft(number: int) -> EntryDraft:
    """An entry as a step writes it."""
    return EntryDraft(
        kind="step", action="submit", at=BEGUN + timedelta(seconds=number), actor_id=number % 90, organisation_id=7,
        organisation_name="示范区数据管理局", on_behalf_of_id=None, case_kind="operator-application",
        case_id=number % 999, case_number=f"SQ-2026-{number % 10_000:04d}", article="10(2)", old_state="draft",
        new_state="qualification_review", request_id=f"{number:032x}", inputs_digest=f"{number:064x}",
        attachments=(), detail={"round": 1},
    )  # fmt: skip


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    begun = perf_counter()
    act()
    return perf_counter() - begun


def saving() -> float:
    """Print and return what an entry adds to a transaction that saves one row, in plain saves."""
    row = Organisation.objects.create(name="Load", kind="operator", uscc="91440304MA5000001X", email="a@example.test")

    def plain() -> None:
        with transaction.atomic():
            row.save(force_update=True)

    def recorded(number: int) -> None:
        with transaction.atomic():
            row.save(force_update=True)
            append([draft(number)])

    pairs = [(seconds(plain), seconds(lambda number=number: recorded(number))) for number in range(SAVES)]
    least, both = (median(times) for times in zip(*pairs, strict=True))
    added = (both - least) / least
    print(f"ledger, an entry adds {added:.2f} of a plain save (floor {least * 1e3:.2f} ms, goal ≤ {GOAL_ADDED})")
    return added


def _chunks():
    rows = export.stored().rows()
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def read_and_hash() -> None:
    """The floor: every byte is read and hashed with both functions, and nothing else."""
    for chunk in _chunks():
        for hashed in FUNCTIONS.values():
            for row in chunk:
                hashed(b"\x00" + row[0])


def check_hashes() -> None:
    """The first pass: leaves, subtrees and roots derived again and compared."""
    log = Log()
    for chunk in _chunks():
        good, why = log.check_hashes(chunk)
        if why:
            raise SystemExit(f"ledger: entry {log.size + good} {why}")
        log.size += good


def check_all() -> None:
    """Both passes: the columns beside the bytes are compared too."""
    log = Log()
    for chunk in _chunks():
        log.check_hashes(chunk)
        log.check_columns(chunk)


def verifying() -> float:
    """Print the rates and return that of the first pass against the floor."""
    for first in range(0, ENTRIES, BATCH):
        with transaction.atomic():
            append([draft(number) for number in range(first, first + BATCH)])
    entries = Entry.objects.count()
    # Side by side in each run, and the best of several: noise only ever adds.
    runs = [[seconds(act) for act in (read_and_hash, check_hashes, check_all)] for _run in range(RUNS)]
    floor, hashes, both = (min(times) for times in zip(*runs, strict=True))
    print(
        f"ledger, verifying {entries:,} entries: {floor / hashes:.2f} of read and hash, {floor / both:.2f} with every"
        f" column compared (floor {entries / floor:,.0f} a second, goal ≥ {GOAL_HASHES} for the hashes)"
    )
    return floor / hashes


def main() -> tuple[float, float]:
    """Measure on a database of its own."""
    with own_database():
        return saving(), verifying()


if __name__ == "__main__":
    main()
