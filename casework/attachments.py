"""Taking files into a case and giving them out."""

import hashlib
import unicodedata
from datetime import datetime

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import Organisation
from casework.kinds import model_for
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.refusals import InvalidInput, NotYourStep, WrongState
from casework.sniffing import NotAccepted, sniff
from casework.step import steps_for

LONGEST_NAME = 200
IN_PREPARATION = frozenset({"draft", "correction", "preliminary_correction", "returned"})
"""States in which a case is still in the hands of whoever prepares it, whatever its kind."""


class UploadRefused(InvalidInput):
    """A file is not taken; `messages` name it and say what to do."""

    def __init__(self, message: str):
        super().__init__({"file": [message]})
        self.messages = [message]


def file_field() -> forms.FileField:
    """The field for a file on a form; the file itself is checked by `receive`."""
    return forms.FileField(label=gettext_lazy("File"), required=False)


def clean_name(name: str) -> str:
    """A name for people: no path, no control or formatting characters, composed, not too long, with its ending kept."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    base = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip(" .") or "file"
    stem, dot, ending = base.rpartition(".")
    return base if len(base) <= LONGEST_NAME else f"{(stem or ending)[: LONGEST_NAME - 12]}{dot}{ending[:11]}"


def may_attach(case: Case, by: Actor, tag: str = "") -> bool:
    """Whether the actor may add files now: the side whose turn it is, while it has something left to do.

    Who has handed in adds nothing afterwards, though withdrawing is still open; a body that has answered neither.
    A case may leave one of its parts (`tag`) open to somebody beside that (`Case.tags_open_to`).
    """
    if tag and tag in case.tags_open_to(by):
        return True
    turn = case.current.owner
    if turn is None or by.is_system or not turn.admits(case, by):
        return False
    return any(offer.is_open for offer in steps_for(case, by) if not offer.step.inside)


def seen_by(actor: Actor, case: Case):
    """The files of a case that the actor may see, given that the case itself is theirs to see."""
    return Attachment.objects.of(case).filter(case.files_for(actor), withdrawn_at=None)


def shown_to(actor: Actor, case: Case, **which) -> list[Attachment]:
    """The files that the actor may see, each with the name by which the actor knows who added it."""
    names, files = case.names_for(actor), list(seen_by(actor, case).filter(**which).select_related("organisation"))
    for file in files:
        if file.organisation_id in names:
            file.organisation = Organisation(pk=file.organisation_id, name=names[file.organisation_id])
    return files


def receive(case: Case, upload: UploadedFile, *, by: Actor, tag: str = "") -> Attachment:
    """Check an upload and keep it with the case. Nothing is stored where it is refused.

    Raises:
        NotYourStep: where the actor can't act in the case now.
        UploadRefused: with a message that names the file and says what to do.
    """
    if not may_attach(case, by, tag):
        raise _not_now()
    if tag and tag not in case.file_tags() | case.tags_open_to(by):
        raise UploadRefused(_("No file belongs to “%(tag)s” in this case now.") % {"tag": tag[:60]})
    name = clean_name(upload.name or "")
    limit = settings.ATTACHMENT_MAX_BYTES
    if upload.size > limit:
        raise UploadRefused(
            _("“%(name)s” is larger than %(limit)s MB.") % {"name": name, "limit": limit // 1024 // 1024}
        )
    data = upload.read()
    try:
        found = sniff(data, name)
    except NotAccepted as refused:
        raise UploadRefused(f"“{name}”: {refused}") from refused
    attachment = Attachment(
        **Attachment.refers(case), tag=tag, name=name, content_type=found.content_type, size=len(data),
        sha256=hashlib.sha256(data).hexdigest(), uploaded_by=by.person, organisation=by.organisation,
        uploaded_at=timezone.now(),
    )  # fmt: skip
    upload.seek(0)
    attachment.file.save(name, upload, save=False)
    try:
        with transaction.atomic():
            # Locked, so that nothing is added to what somebody hands in at the same moment.
            if not may_attach(_locked(attachment), by, tag):
                raise _not_now()
            attachment.save()
    except Exception:
        # The row was not written: its file must not stay behind.
        attachment.file.storage.delete(attachment.file.name)
        raise
    return attachment


def receive_from(request: HttpRequest, case: Case) -> Attachment:
    """Take the file of a request.

    Raises:
        NotYourStep, UploadRefused: as for `receive`; UploadRefused also where there is none.
    """
    upload = request.FILES.get("file")
    if upload is None:
        if not may_attach(case, request.actor, request.POST.get("tag", "")):
            raise _not_now()
        raise UploadRefused(_("Choose a file."))
    return receive(case, upload, by=request.actor, tag=request.POST.get("tag", ""))


def withdraw(attachment: Attachment, *, by: Actor, at: datetime) -> None:
    """Take a file out of a draft. The row and the bytes stay for what was handed in before.

    Raises:
        NotYourStep: where it is not the actor's organisation that added it, or it is not their turn.
        WrongState: where the case is neither a draft nor returned for correction.
    """
    with transaction.atomic():
        case = _locked(attachment)
        if by.organisation is None or attachment.organisation_id != by.organisation.pk:
            raise NotYourStep(_("Only the organisation that added a file can remove it."))
        if case.state not in IN_PREPARATION:
            raise WrongState(
                _("A file can be removed only while the case is a draft or has been returned for correction."),
                remedy=_("What has been handed in stays as it is."),
            )
        if not may_attach(case, by):
            raise NotYourStep(_("Files can't be removed from this case by you now."))
        Attachment.objects.filter(pk=attachment.pk, withdrawn_at=None).update(withdrawn_at=at)
        attachment.refresh_from_db(fields=["withdrawn_at"])


def _not_now() -> NotYourStep:
    return NotYourStep(_("Files can't be added to this case by you now."))


def _locked(attachment: Attachment) -> Case:
    rows = model_for(attachment.case_kind)._base_manager.select_for_update()
    return rows.get(pk=attachment.case_id)


def serve(attachment: Attachment) -> FileResponse:
    """The file as a download: never shown in the browser, never guessed at."""
    response = FileResponse(
        attachment.file.open("rb"), as_attachment=True, filename=attachment.name, content_type=attachment.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
