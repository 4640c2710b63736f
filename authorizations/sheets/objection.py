"""What the steps of an objection ask for (Art. 5(3))."""

from django.utils.translation import gettext_lazy as _

from casework.inputs import Input

SUBJECTS = [
    ("decision", _("The refusal of a resource I asked for")),
    ("openness", _("The class of openness of an entry")),
    ("grade", _("The grade or a sensitivity level of an entry")),
    ("data", _("What an entry says about the data")),
]


def text(objection=None) -> dict[str, Input]:
    """Against what, and why."""

    def said(name: str):
        return getattr(objection, name) if objection else None

    return {
        "about": Input(kind="choice", label=_("What you object to"), choices=SUBJECTS, initial=said("about")),
        "resource": Input(kind="text", label=_("Code of the resource"), max_length=60,
                          initial=objection.resource.code if objection else None),
        "request": Input(kind="text", label=_("Number of the request"), max_length=40, required=False,
                         initial=objection.request.number if objection and objection.request_id else None,
                         needed_when=("about", "decision"),
                         help=_("Only where you object to the refusal: the number of your request.")),
        "grounds": Input(kind="longtext", label=_("Grounds"), max_length=4000, initial=said("grounds")),
    }  # fmt: skip


question = {
    "question": Input(kind="longtext", label=_("What the department is asked"), max_length=2000),
    "opinion_by": Input(kind="future_date", label=_("Opinion by"), required=False,
                        help=_("The measures set no limit; leave it empty for none.")),
}  # fmt: skip
opinion = {"opinion": Input(kind="longtext", label=_("Opinion"), max_length=4000)}
decision = {"reasons": Input(kind="longtext", label=_("Reasons"), max_length=4000)}
upheld = decision | {
    "measure": Input(kind="longtext", label=_("What follows"), max_length=2000,
                     help=_("What is corrected or decided anew, by whom.")),
}  # fmt: skip
reason = {"reason": Input(kind="longtext", label=_("Reason"), max_length=2000)}
