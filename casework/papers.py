"""Papers: ordered in a step, rendered once to PDF, kept with their digests, verified by a code."""

import logging
from datetime import datetime

import segno
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import FileResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.queries import bureau
from casework import pdf
from casework.ledger.hashing import sha256, sm3
from casework.models.case import Case
from casework.models.paper import Paper
from casework.refusals import Refusal

logger = logging.getLogger(__name__)
BYTES_AT_MOST = 30 * 1024 * 1024
TITLES = {
    "entry_receipt": gettext_lazy("Receipt for the filing of an entry"),
    "exit_receipt": gettext_lazy("Receipt for the filing of an exit"),
    "service_agreement": gettext_lazy("Platform service agreement"),
    "suspension_notice": gettext_lazy("Notice of suspension"),
    "resumption_notice": gettext_lazy("Notice of resumption"),
    "termination_notice": gettext_lazy("Notice of termination"),
    "acknowledgment": gettext_lazy("Acknowledgment of receipt"),
    "correction_notice": gettext_lazy("Notice of correction"),
    "decision": gettext_lazy("Notice of decision"),
    "refusal": gettext_lazy("Notice of refusal"),
    "agreement": gettext_lazy("Operating agreement"),
    "request_acknowledgment": gettext_lazy("Acknowledgment of receipt"),
    "request_correction": gettext_lazy("Notice of correction"),
    "request_decision": gettext_lazy("Notice of the decision on the authorization"),
    "data_use_agreement": gettext_lazy("Data use agreement"),
    "objection_answer": gettext_lazy("Answer to the objection"),
    "quality_answer": gettext_lazy("Answer to an issue with the quality of data"),
}


def order(case: Case, kind: str, *, by: Actor, at: datetime, context: dict) -> Paper:
    """Write down, in the step's transaction, that a paper is issued and what it says. The PDF follows after it."""
    earlier = Paper.objects.of(case).count()
    with translation.override(settings.LANGUAGE_CODE):
        title = str(TITLES[kind])
    return Paper.objects.create(
        **Paper.refers(case), kind=kind, title=title, number=f"{case.number}-{earlier + 1:02d}", context=context,
        issued_at=at, issued_by=by.person,
    )  # fmt: skip


def issue(case: Case, kind: str, *, by: Actor, at: datetime, context: dict) -> Paper:
    """Order a paper and render it at once, for a step that needs its digest.

    Raises:
        Refusal: where it can't be printed on this machine or with these characters.
    """
    return _render(order(case, kind, by=by, at=at, context=context))


def rendered(paper: Paper) -> Paper:
    """The paper with its PDF, made now if it has none yet. Two readers at once make one."""
    if paper.pdf:
        return paper
    with transaction.atomic():
        locked = Paper.objects.select_for_update().get(pk=paper.pk)
        return locked if locked.pdf else _render(locked)


def render_waiting(limit: int = 20) -> int:
    """Render papers that have no PDF yet; returns how many. A job does this right after the steps."""
    made = 0
    for paper in Paper.objects.filter(pdf="").order_by("pk"):
        if made == limit:
            break
        try:
            rendered(paper)
        except Refusal as refusal:
            # One that can't be printed must not hold up all that were ordered after it.
            logger.error("paper %s can't be printed: %s %s", paper.number, refusal.message, refusal.remedy)
        else:
            made += 1
    return made


def _render(paper: Paper) -> Paper:
    address = f"{settings.SITE_URL}{reverse('verify-paper', args=[paper.code])}"
    picture = segno.make(address, error="m").svg_data_uri(scale=3, border=2)
    with translation.override(settings.LANGUAGE_CODE):
        context = {"paper": paper, "office": bureau().name, "address": address, "qr": picture, **paper.context}
        html = render_to_string(f"papers/{paper.kind}.html", context)
    try:
        data = pdf.render(html, strip_tags(html.partition("</style>")[2]))
    except pdf.PapersUnavailable as missing:
        raise Refusal(_("Papers can't be printed on this machine."), remedy=str(missing)) from missing
    except pdf.MissingGlyphs as glyphs:
        raise Refusal(
            _("The font has no sign for: %(signs)s") % {"signs": glyphs},
            remedy=_("Install the Noto CJK fonts on the server, or write the name with other characters."),
        ) from glyphs
    paper.sha256, paper.sm3 = sha256(data).hex(), sm3(data).hex()
    paper.pdf.save(f"{paper.code}.pdf", ContentFile(data), save=False)
    paper.save(update_fields=["pdf", "sha256", "sm3"])
    return paper


def serve(paper: Paper) -> FileResponse:
    """The PDF as a download."""
    response = FileResponse(
        rendered(paper).pdf.open("rb"), as_attachment=True, filename=f"{paper.number} {paper.title}.pdf",
        content_type="application/pdf",
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    return response


def verify(code: str) -> Paper | None:
    """The paper with this verification code, with its PDF."""
    paper = Paper.objects.filter(code=code).first()
    return rendered(paper) if paper else None


def verify_upload(code: str, data: bytes) -> bool:
    """Whether these bytes are the paper with this code, to the last bit."""
    paper = verify(code)
    return paper is not None and sha256(data).hex() == paper.sha256
