"""Readings of protected files are entries of the ledger, like steps."""

from datetime import datetime

from django.http import FileResponse
from django.utils import timezone

from accounts.actors import Actor
from casework import attachments, effects, papers
from casework.ledger import log
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.models.paper import Paper
from casework.refusals import NotVisible


def papers_for(case: Case, by: Actor) -> list[Paper]:
    """The papers of a case that the actor may read, given that the case itself is theirs to see."""
    return [paper for paper in Paper.objects.of(case) if paper.kind not in case.hidden_papers(by)]


def read_attachment(case: Case, pk: int, *, by: Actor) -> FileResponse:
    """An attachment of the case, as a download.

    Raises:
        NotVisible: where the case has no such file, or not for this reader.
    """
    file: Attachment | None = attachments.seen_by(by, case).filter(pk=pk).first()
    if file is None:
        raise NotVisible(str(pk))
    record(case, by=by, at=timezone.now(), what=f"attachment:{file.pk}", sha256=file.sha256)
    return attachments.serve(file)


def read_paper(case: Case, code: str, *, by: Actor) -> FileResponse:
    """A paper of the case as PDF.

    Raises:
        NotVisible: where the case has no such paper, or not for this reader.
    """
    found = next((paper for paper in papers_for(case, by) if paper.code == code), None)
    if found is None:
        raise NotVisible(code)
    found = papers.rendered(found)  # The entry names the very bytes that were read.
    record(case, by=by, at=timezone.now(), what=f"paper:{found.pk}", sha256=found.sha256)
    return papers.serve(found)


def record(case: Case, *, by: Actor, at: datetime, what: str, sha256: str) -> None:
    """Enter into the ledger that a file of the case was read: which one, and the digest of its bytes."""
    log.record_now(
        effects.draft(
            case, "read", by=by, on=at, kind="reading", old=case.state, detail={"what": what, "sha256": sha256}
        )
    )
