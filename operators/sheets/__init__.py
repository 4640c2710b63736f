"""What the steps of an application ask for: the applicant's sections, the judgements, the score sheet, the decision."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from casework.inputs import Input

ENTITY_FIELDS = (
    "legal_representative", "address", "established_on", "capital", "staff", "business", "contact_name",
    "contact_phone", "contact_email",
)  # fmt: skip

NAME, CODE = _("Name of the applicant"), _("Unified social credit code")
MET, NOT_MET = "met", "not_met"


def call_choice(actor) -> dict[str, Input]:
    """Which call the application answers, by its number."""
    return {"call": Input(kind="text", label=_("Number of the call"), max_length=40)}


def entity(application) -> dict[str, Input]:
    """The applicant's particulars, with what was saved so far."""

    def kept(name: str):
        return getattr(application, name) if application else None

    contact = _("Contact")
    return {
        "legal_representative": Input(
            kind="text", label=_("Legal representative"), max_length=60, initial=kept("legal_representative")
        ),
        "address": Input(kind="text", label=_("Registered address"), max_length=200, initial=kept("address")),
        "established_on": Input(kind="date", label=_("Established on"), initial=kept("established_on")),
        "capital": Input(
            kind="decimal", label=_("Registered capital (10,000 yuan)"), min_value=0, initial=kept("capital")
        ),
        "staff": Input(
            kind="integer", label=_("Number of staff"), min_value=1, max_value=9_999_999, initial=kept("staff")
        ),
        "business": Input(kind="longtext", label=_("Main business"), max_length=2000, initial=kept("business")),
        "contact_name": Input(
            kind="text", label=_("Contact person"), max_length=60, initial=kept("contact_name"), group=contact
        ),
        "contact_phone": Input(
            kind="phone", label=_("Contact telephone"), max_length=30, initial=kept("contact_phone"), group=contact
        ),
        "contact_email": Input(
            kind="email", label=_("Contact e-mail"), max_length=200, initial=kept("contact_email"), group=contact
        ),
    }  # fmt: skip


def excuse(application) -> dict[str, Input]:
    """Which of the experts who have not scored yet can't go on, and why."""
    seats = application.awaited_seats().select_related("expert__person")
    return {
        "seat": Input(
            kind="choice", label=_("Expert"), choices=[(str(seat.pk), seat.expert.person.name) for seat in seats]
        ),
        "reason": Input(
            kind="text", label=_("Reason"), max_length=400,
            help=_("Such as illness, or a role that has ended. It is kept with the panel."),
        ),
    }  # fmt: skip


def statement(application) -> dict[str, Input]:
    """A statement on one point of the checklists."""
    return {
        "point": Input(
            kind="choice", label=_("Point"), choices=[(point.code, point.title) for point in application.points()]
        ),
        "statement": Input(kind="longtext", label=_("Statement"), max_length=5000),
    }


truth = {
    "truth": Input(kind="confirm", label=_("What is stated is true and complete, and we answer for it.")),
}
reason = {"reason": Input(kind="longtext", label=_("Reason"), max_length=2000)}
GROUNDS = [("termination", _("Termination of the agreement")), ("revocation", _("Revocation of the authorisation"))]
termination = {"ground": Input(kind="choice", label=_("How it ends"), choices=GROUNDS)} | reason
remark = {"remark": Input(kind="longtext", label=_("Remark"), required=False, max_length=2000)}
new_day = {"correct_by": Input(kind="future_date", label=_("Correct by"), help=_("The last day, until 24:00."))}
correction = new_day | {
    "remark": Input(
        kind="longtext", label=_("Remark"), required=False, max_length=2000,
        help=_("Stands in the notice above the list of points that are not met."),
    ),
}  # fmt: skip

_NOT_MET_PHRASES = (
    _("The statement does not cover what is asked for."),
    _("The evidence does not prove the statement."),
    _("The evidence is out of date."),
    _("The evidence cannot be read."),
)


def judgements(application) -> dict[str, Input]:
    """For each point: met or not, and the reason where it is not. Starts from what was judged before."""
    earlier = {judgement.point: judgement for judgement in application.judgements.filter(round=application.round)}
    asked: dict[str, Input] = {}
    for point in application.points():
        known = earlier.get(point.code)
        asked[f"{point.code}_judgement"] = Input(
            kind="choice", label=_("Judgement"), group=point.title,
            choices=[(MET, _("Met")), (NOT_MET, _("Not met"))],
            initial=None if known is None else MET if known.met else NOT_MET,
        )  # fmt: skip
        asked[f"{point.code}_reason"] = Input(
            kind="longtext", label=_("Reason where it is not met"), required=False, max_length=1000, group=point.title,
            initial=known.reason if known else "", phrases=_NOT_MET_PHRASES,
            needed_when=(f"{point.code}_judgement", NOT_MET),
        )  # fmt: skip
    return asked


def judged_points(application, values: dict) -> Iterator[tuple[str, bool, str]]:
    """Code, whether met, and reason of each point in the cleaned values."""
    for point in application.points():
        met = values[f"{point.code}_judgement"] == MET
        yield point.code, met, "" if met else values[f"{point.code}_reason"]


conflict = {"reason": Input(kind="text", label=_("What the conflict of interest is"), max_length=400)}


def score(application) -> dict[str, Input]:
    """The score sheet: marks for each criterion of the rule set, and an opinion."""
    marks = {
        criterion.code: Input(
            kind="integer", label=criterion.title, min_value=0, max_value=criterion.maximum,
            help=_("0 to %(maximum)s") % {"maximum": criterion.maximum}, group=_("Marks"),
        )
        for criterion in application.rules.criteria("operator_panel")
    }  # fmt: skip
    return marks | {"opinion": Input(kind="longtext", label=_("Opinion"), max_length=4000)}


def opinion(application) -> dict[str, Input]:
    """A supervising body's position and opinion."""
    return {
        "stance": Input(kind="choice", label=_("Position"), choices=application.opinions.model.STANCES),
        "opinion": Input(
            kind="longtext", label=_("Opinion"), max_length=4000,
            phrases=(
                _("No objection within our duties."),
                _("No objection, on condition that the security measures are carried out."),
            ),
        ),
    }  # fmt: skip


report = {
    "recommendation": Input(
        kind="choice", label=_("Recommendation"), choices=[("approve", _("Approve")), ("refuse", _("Refuse"))]
    ),
    "report": Input(
        kind="longtext",
        label=_("Report"),
        max_length=8000,
        help=_("The result of the qualification review, the panel's scores and the bodies' opinions are enclosed."),
    ),
}
decision = {
    "document_number": Input(kind="text", label=_("Document number of the decision"), max_length=80),
    "decided_on": Input(kind="past_date", label=_("Decided on")),
    "decision_remark": Input(kind="longtext", label=_("Remark"), required=False, max_length=4000),
}
refusal = decision | {"decision_remark": Input(kind="longtext", label=_("Reasons"), max_length=4000)}


def snapshot(application) -> dict:
    """Everything the applicant hands in, by field and by point, with the digest of each attachment."""
    content = {name: getattr(application, name) for name in ENTITY_FIELDS}
    evidence: dict[str, list] = {}
    for file in application.evidence().order_by("pk"):
        evidence.setdefault(file.tag, []).append({"name": file.name, "sha256": file.sha256, "size": file.size})
    answers = {answer.point: answer.statement for answer in application.answers.all()}
    for point in application.points():
        content[point.code] = {"statement": answers.get(point.code, ""), "evidence": evidence.get(point.code, [])}
    return content
