"""The conditions of Art. 5(2) under which a document is published."""

from django.utils.translation import gettext_lazy as _

from casework.guards import guard


@guard("5(2)", otherwise=_("The document has no text and no attachment."), remedy=_("Write the text or attach a file."))
def document_has_content(document):
    return bool(document.text.strip()) or document.files().exists()


@guard(
    "5(2)",
    otherwise=_("The document that this one replaces is not published any more, or has been replaced by another."),
    remedy=_("Change the draft and name the latest version, or none."),
)
def replaces_latest(document):
    return document.replaces is None or document.replaces.may_be_replaced_by(document)
