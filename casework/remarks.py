"""Writing a remark."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.roles import ADMIN_ROLES, Role
from casework.models.case import Case
from casework.models.remark import Remark
from casework.refusals import InvalidInput, NotYourStep
from casework.step import takes_part

LONGEST = 4000


def shown_to(actor: Actor, case: Case) -> list[Remark]:
    """The remarks that the actor may read, each with the name by which the actor knows who wrote it."""
    remarks = list(Remark.objects.of(case).visible_to(actor).select_related("author", "organisation"))
    names = case.names_for(actor)
    for remark in remarks:
        if remark.organisation_id in names:
            remark.organisation = Organisation(pk=remark.organisation_id, name=names[remark.organisation_id])
            remark.author = User(name="")
    return remarks


def may_remark(case: Case, by: Actor) -> bool:
    """Whether the actor may write on the case: its sides and the bureau's supervisor.

    Experts say what they think on the score sheet, which nobody sees before all are in (Art. 5(4)).
    """
    if by.read_only or not by.may_act_in(case.kind) or by.has(*ADMIN_ROLES, Role.EXPERT):
        return False
    return by.has(Role.BUREAU_LEAD) or takes_part(case, by)


def may_tell_all(by: Actor) -> bool:
    """Whether the actor may write remarks for everybody who sees a case: not the supervising bodies, who look on."""
    return not by.has(Role.REGULATOR)


def write_remark(case: Case, *, by: Actor, text: str, visibility: str) -> Remark:
    """Add a remark to a case the actor sees.

    Raises:
        NotYourStep: for everybody who takes no part; for supervising bodies, where others were to read it (Art. 7).
        InvalidInput: where it is empty, too long, or says no audience.
    """
    if by.read_only:
        raise NotYourStep(_("This access is read-only."))
    if not by.may_act_in(case.kind):
        raise NotYourStep(_("The delegation does not cover this kind of case."))
    if not may_remark(case, by):
        raise NotYourStep(_("Remarks are for those who take part in the case."))
    if visibility == "parties" and not may_tell_all(by):
        raise NotYourStep(_("Supervising bodies write remarks for their own organisation only."))
    text = text.replace("\0", "").strip()
    if not text:
        raise InvalidInput({"text": [_("Enter the remark.")]})
    if len(text) > LONGEST:
        raise InvalidInput({"text": [_("A remark has at most %(most)s characters.") % {"most": LONGEST}]})
    if visibility not in {"internal", "parties"}:
        raise InvalidInput({"visibility": [_("Choose who may read the remark.")]})
    return Remark.objects.create(
        **Remark.refers(case),
        text=text,
        visibility=visibility,
        author=by.person,
        organisation=by.organisation,
        at=timezone.now(),
    )
