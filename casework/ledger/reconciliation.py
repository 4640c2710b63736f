"""Case rows and entries, matched both ways: a row changed past the ledger, or an entry without its row, is a gap."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from casework.ledger.models import Entry, Head

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gap:
    """One mismatch: what the row says and what the ledger says."""

    case_kind: str
    case_id: int
    row: int | None
    ledger: int | None


def reconcile(rows: Iterable[tuple[str, int, int | None]]) -> list[Gap]:
    """Compare each row's last entry with the ledger's; every gap is an error in the log of the process.

    A row without any entry is a gap as well: even the beginning of a case is one.

    Args:
        rows: kind, id and last entry of each case, read as this goes on: a step taken meanwhile is no gap.
    """
    begun = Head.objects.values_list("size", flat=True).get(pk=1)
    written = {
        (kind, case): last
        for kind, case, last in Entry.objects.filter(kind="step")
        .values_list("case_kind", "case_id")
        .annotate(Max("seq"))
    }
    gaps = []
    for kind, case, last in rows:
        found = written.pop((kind, case), None)
        if last is None or (found != last and not _since(begun, kind, case, last)):
            gaps.append(Gap(kind, case, last, found))
    gaps += [Gap(kind, case, None, last) for (kind, case), last in written.items()]
    for gap in gaps:
        logger.error("ledger gap: %s %s row says %s, ledger says %s", gap.case_kind, gap.case_id, gap.row, gap.ledger)
    return gaps


def _since(begun: int, kind: str, case: int, last: int) -> bool:
    """Whether the row's last entry was written after the comparison began."""
    return last >= begun and Entry.objects.filter(seq=last, kind="step", case_kind=kind, case_id=case).exists()
