"""Supply and demand: a need that the catalogue does not meet, and a department's answer (Art. 5(3))."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from authorizations import facts, sheets
from authorizations.models.resource import DataResource
from authorizations.parties import the_department_asked, the_user
from casework.beginning import Start
from casework.models.case import Case
from casework.refusals import InvalidInput
from casework.states import State, States, Until, the_bureau
from casework.step import step

STATES = States.of(
    posted=State(
        label=_("With the bureau"), owner=the_bureau, task=_("Route the need to a department, or answer it"),
        article="5(3)", tone="info",
    ),
    routed=State(
        label=_("With the department"), owner=the_department_asked, task=_("Answer the need"), article="5(3)",
        within=Until("answer_by", "5(3)"), tone="info",
    ),
    answered=State(
        label=_("Answered"), owner=the_user, task=_("Close the need, or reopen it"), article="5(3)", tone="good",
    ),
    declined=State(
        label=_("Not taken up"), owner=the_user, task=_("Close the need, or reopen it"), article="5(3)", tone="warn",
    ),
    closed=State(label=_("Closed"), article="5(3)", final=True),
)  # fmt: skip


class Need(Case):
    """What an operator or a partner is looking for and does not find in the catalogue."""

    kind = "need"
    plural = "needs"
    icon = "question-circle"
    menu_group = "catalogue"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.DEPARTMENT, Role.REGULATOR)
    draft_step = "edit"

    subject = models.CharField(_("what is needed"), max_length=120)
    description = models.TextField(_("description"))
    scenario = models.CharField(_("application scenario"), max_length=120)
    theme = models.CharField(_("theme"), max_length=40)
    wanted_by = models.DateField(_("needed by"), null=True)
    department = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, verbose_name=_("department asked")
    )
    answer_by = models.DateField(_("answer by"), null=True)
    note = models.TextField(_("note for the department"), blank=True)
    handed_back_because = models.TextField(_("why the department handed it back"), blank=True)
    declined_because = models.TextField(_("why it was not taken up"), blank=True)
    reopened_because = models.TextField(_("why it was reopened"), blank=True)
    closed_because = models.TextField(_("reason for closing"), blank=True)

    class Meta:
        verbose_name = _("need for data")
        verbose_name_plural = _("needs for data")
        constraints = [STATES.known("need_known_state")]

    @property
    def title(self) -> str:
        return self.subject

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Users their own, a department those routed to it, the bureau and supervising bodies all."""
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR):
            return Q()
        seen = Q(pk__in=[])
        if actor.has(Role.OPERATOR, Role.PARTNER):
            seen |= Q(organisation=actor.organisation)
        if actor.has(Role.DEPARTMENT):
            seen |= Q(department=actor.organisation)
        return seen

    @classmethod
    def search(cls, text: str) -> Q:
        """By what is needed, scenario and organisation."""
        return super().search(text) | Q(subject__icontains=text) | Q(scenario__icontains=text)

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `authorizations.facts.need`)."""
        return facts.need.of_need(self, actor)

    @staticmethod
    def _build(*, by: Actor, on: datetime, **values) -> "Need":
        return Need(organisation=by.organisation, state=STATES.initial, **values)

    start = Start(
        label=_("Post a need"), article="5(3)", by=(the_user,), asks=lambda actor: sheets.need.text(), build=_build,
        explain=_("For data that the catalogue does not hold. The bureau passes it to the department in charge."),
    )  # fmt: skip

    # --- the user --------------------------------------------------------------------------------------------

    @step(
        label=_("Change the need"), article="5(3)", source="posted", by=[the_user], inputs=sheets.need.text,
        tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, **values):
        for name, value in values.items():
            setattr(self, name, value)

    @step(
        label=_("Close the need"), article="5(3)", source=["posted", "routed", "answered", "declined"],
        target="closed", by=[the_user], inputs=sheets.need.reason, tone="secondary",
    )  # fmt: skip
    def close(self, *, by, on, reason):
        self.closed_because = reason

    @step(
        label=_("Reopen the need"), article="5(3)", source=["answered", "declined"], target="posted", by=[the_user],
        inputs=sheets.need.reason, tone="secondary", explain=_("It goes back to the bureau, with your reason."),
    )  # fmt: skip
    def reopen(self, *, by, on, reason):
        self.reopened_because, self.answer_by = reason, None
        return {"reason": reason}

    # --- the bureau ------------------------------------------------------------------------------------------

    @step(
        label=_("Route to a department"), article="5(3)", source="posted", target="routed", by=[the_bureau],
        inputs=sheets.need.route,
    )  # fmt: skip
    def route(self, *, by, on, department, answer_by, note):
        self.department_id, self.answer_by, self.note = int(department), answer_by, note
        self.handed_back_because = ""
        return {"department": self.department_id}

    @step(
        label=_("Answer it directly"), article="5(3)", source="posted", target="answered", by=[the_bureau],
        inputs=sheets.need.answer, tone="secondary",
    )  # fmt: skip
    def answer_directly(self, *, by, on, **values):
        return self._answer(by, on, **values)

    @step(
        label=_("Do not take it up"), article="5(3)", source="posted", target="declined", by=[the_bureau],
        inputs=sheets.need.reason, tone="danger",
    )  # fmt: skip
    def decline(self, *, by, on, reason):
        self.declined_because = reason
        return {"reason": reason}

    # --- the department --------------------------------------------------------------------------------------

    @step(
        label=_("Answer the need"), article="5(3)", source="routed", target="answered", by=[the_department_asked],
        inputs=sheets.need.answer,
    )  # fmt: skip
    def answer(self, *, by, on, **values):
        return self._answer(by, on, **values)

    @step(
        label=_("Hand it back to the bureau"), article="5(3)", source="routed", target="posted",
        by=[the_department_asked], inputs=sheets.need.reason, tone="secondary",
        explain=_("Where another department is in charge of such data."),
    )  # fmt: skip
    def hand_back(self, *, by, on, reason):
        self.handed_back_because, self.answer_by, self.department = reason, None, None
        return {"reason": reason}

    def _answer(self, by: Actor, on: datetime, *, outcome, provide_by, resource, reasons) -> dict:
        NeedAnswer.objects.create(
            need=self, organisation=by.organisation, person=by.person, outcome=outcome, reasons=reasons,
            provide_by=provide_by if outcome == "will_provide" else None, given_at=on,
            resource=_in_catalogue(resource) if outcome == "exists" else None,
        )  # fmt: skip
        return {"outcome": outcome}


def _in_catalogue(code: str) -> DataResource:
    found = DataResource.objects.offered().filter(code=code.strip()).first()
    if found is None:
        raise InvalidInput({"resource": [_("No resource with this code stands in the catalogue.")]})
    return found


class NeedAnswer(models.Model):
    """An answer to a need; one that was reopened may have several, the latest counts."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="answers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(_("answer"), max_length=12, choices=sheets.need.OUTCOMES)
    provide_by = models.DateField(_("provided by"), null=True)
    resource = models.ForeignKey(DataResource, models.PROTECT, related_name="+", null=True)
    reasons = models.TextField(_("explanation"))
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("answer to a need")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[code for code, _label in sheets.need.OUTCOMES]), name="answer_known_outcome"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="will_provide") | Q(provide_by__isnull=False), name="answer_has_day"
            ),
            models.CheckConstraint(condition=~Q(outcome="exists") | Q(resource__isnull=False), name="answer_has_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.outcome}"
