"""Downloads: attachments to those who see the case, papers likewise, and the public check of a paper."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from casework import papers, reading
from casework.kinds import model_for
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.models.paper import Paper
from casework.refusals import NotVisible
from casework.views.faces import signed_in


def _case_of(row, request) -> Case:
    """The case a row belongs to, if the reader may see it.

    Raises:
        NotVisible: whether it is not there or not theirs.
    """
    case = model_for(row.case_kind).objects.visible_to(request.actor).filter(pk=row.case_id).first()
    if case is None:
        raise NotVisible(row.case_number)
    return case


@require_safe
@signed_in
def attachment(request, pk: int):
    """An attachment, always as a download. The reading is an entry of the ledger."""
    file = get_object_or_404(Attachment.objects.filter(withdrawn_at=None), pk=pk)
    return reading.read_attachment(_case_of(file, request), pk, by=request.actor)


@require_safe
@signed_in
def paper(request, code: str):
    """A paper as PDF, to those who see the case."""
    found = get_object_or_404(Paper, code=code)
    return reading.read_paper(_case_of(found, request), code, by=request.actor)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request, code: str) -> HttpResponse:
    """Whether a paper is the portal's own: by its code and, where one uploads the PDF, by its bytes."""
    found = papers.verify(code)
    context = {"paper": found, "same": None}
    if found is not None and request.method == "POST":
        upload = request.FILES.get("file")
        context["same"] = papers.verify_upload(code, upload.read(papers.BYTES_AT_MOST)) if upload else None
        context["missing"] = upload is None
    return render(request, "papers/verify.html", context, status=200 if found else 404)
