"""What the steps of Art. 17 and 19(2) ask for: rules for partners, particulars, defects, suspension, exit, terms."""

from django.utils.translation import gettext_lazy as _

from casework.inputs import Input

PARTICULARS = (
    "legal_representative", "address", "business", "purpose", "qualification", "team", "security_officer",
    "security_phone", "contact_name", "contact_phone", "contact_email",
)  # fmt: skip
FILES = "files"
"""The name under which a submission keeps the attachments."""
PROOF = "deletion_proof"
"""The tag of the files that prove the deletion of data on exit."""


def particulars(case) -> dict[str, Input]:
    """The partner's particulars, with what was saved so far. Nothing is required before submission."""

    def kept(name: str):
        return getattr(case, name) if case else None

    def text(
        name: str, label: str, *, kind: str = "text", most: int = 60, group: str = "", explained: str = ""
    ) -> Input:
        return Input(
            kind=kind, label=label, help=explained, max_length=most, later=True, initial=kept(name), group=group
        )  # fmt: skip

    entry, security, contact = _("Work on the platform"), _("Data security"), _("Contact")
    return {
        "legal_representative": text("legal_representative", _("Legal representative")),
        "address": text("address", _("Registered address"), most=200),
        "business": text("business", _("Main business"), kind="longtext", most=2000),
        "purpose": text(
            "purpose", _("Purpose and plan"), kind="longtext", most=4000, group=entry,
            explained=_("What you intend to develop on the platform, and for whom."),
        ),
        "qualification": text(
            "qualification", _("How the conditions for entry are met"), kind="longtext", most=4000, group=entry,
            explained=_("Answer each condition of the operator's rules; attach the evidence to this case."),
        ),
        "team": text("team", _("Team on the platform"), kind="longtext", most=2000, group=entry),
        "security_officer": text("security_officer", _("Data-security officer"), group=security),
        "security_phone": text(
            "security_phone", _("Telephone of the data-security officer"), kind="phone", most=30, group=security
        ),
        "contact_name": text("contact_name", _("Contact person"), group=contact),
        "contact_phone": text("contact_phone", _("Contact telephone"), kind="phone", most=30, group=contact),
        "contact_email": text("contact_email", _("Contact e-mail"), kind="email", most=200, group=contact),
    }  # fmt: skip


def labels() -> dict[str, str]:
    """What each particular, and the files, are called."""
    return {name: asked.label for name, asked in particulars(None).items()} | {FILES: _("Attachments")}


def defects(case) -> dict[str, Input]:
    """For each particular and for the files: what is wrong with it, if anything; and the day to correct by."""
    return {
        "correct_by": Input(kind="future_date", label=_("Correct by"), help=_("The last day, until 24:00.")),
        **{
            f"{name}_defect": Input(
                kind="longtext", label=label, required=False, max_length=1000, group=_("What has to be corrected"),
                help="", initial=case.defects.get(name, ""),
                phrases=(_("The information does not cover what is asked for."), _("The evidence is out of date.")),
            )
            for name, label in labels().items()
        },
        "remark": Input(kind="longtext", label=_("Remark"), required=False, max_length=2000),
    }  # fmt: skip


def defects_named(values: dict) -> dict[str, str]:
    """The defects among the cleaned values, by the name of the particular."""
    found = {name: values[f"{name}_defect"].strip() for name in labels()}
    return {name: text for name, text in found.items() if text}


def snapshot(case) -> dict:
    """Everything the partner hands in, with the digest of each attachment."""
    files = [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in case.own_files()]
    return {name: getattr(case, name) for name in PARTICULARS} | {FILES: files}


reason = {"reason": Input(kind="longtext", label=_("Reason"), max_length=2000)}
opinion = {
    "opinion": Input(
        kind="longtext", label=_("Opinion"), required=False, max_length=2000,
        phrases=(_("The conditions for entry are met."), _("Agreed.")),
    )
}  # fmt: skip
filing_defects = {
    "remark": Input(
        kind="longtext", label=_("What has to be corrected"), max_length=2000, help=_("Everything at once."),
    )
}  # fmt: skip
filing_answer = {"answer": Input(kind="longtext", label=_("What has been corrected"), max_length=2000)}
remark = {"remark": Input(kind="longtext", label=_("Remark"), required=False, max_length=2000)}
truth = {
    "truth": Input(kind="confirm", label=_("What is stated is true and complete, and we answer for it.")),
}


def exit_sheet(case) -> dict[str, Input]:
    """How the exit was settled and the data deleted, with what an earlier filing said."""
    return {
        "settlement": Input(
            kind="longtext", label=_("Settlement"), max_length=4000, initial=case.settlement,
            help=_("Fees, work handed over, access and keys returned."),
        ),
        "deletion": Input(
            kind="longtext", label=_("Deletion of the data left on the platform"), max_length=4000,
            initial=case.deletion,
            help=_("What was deleted, when, by whom and how it was checked. The proof itself is attached to the case."),
        ),
    }  # fmt: skip


def term(agreement) -> dict[str, Input]:
    """First and last day of a platform service agreement. The measures name no length."""
    group = _("Term of the agreement")
    return {
        "starts_on": Input(
            kind="date", label=_("Begins on"), group=group, initial=agreement.starts_on if agreement else None
        ),
        "ends_on": Input(
            kind="date", label=_("Ends on"), group=group, initial=agreement.ends_on if agreement else None,
            help=_("The measures name no length; the last day is what both sides agree on."),
        ),
    }  # fmt: skip
