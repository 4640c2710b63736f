"""Objections of users to a refusal, or to what the catalogue says of a resource (Art. 5(3))."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from authorizations import facts, letters, sheets
from authorizations.models.request import AuthorizationRequest
from authorizations.models.resource import DataResource
from authorizations.parties import the_department_asked, the_user
from casework import papers
from casework.beginning import Start
from casework.models.case import Case
from casework.refusals import InvalidInput
from casework.states import State, States, Until, the_bureau
from casework.step import step

STATES = States.of(
    submitted=State(
        label=_("Being examined by the bureau"), owner=the_bureau, task=_("Decide on the objection"), article="5(3)",
        tone="info",
    ),
    opinion=State(
        label=_("With the department for its opinion"), owner=the_department_asked,
        task=_("Give your opinion on the objection"), article="5(3)", within=Until("opinion_by", "5(3)"), tone="info",
    ),
    upheld=State(label=_("Upheld"), article="5(3)", final=True, tone="good"),
    rejected=State(label=_("Rejected"), article="5(3)", final=True, tone="bad"),
    withdrawn=State(label=_("Withdrawn"), article="5(3)", final=True),
)  # fmt: skip


class Objection(Case):
    """One user's objection. `department` is the one asked for its opinion, once it has been asked."""

    kind = "objection"
    plural = "objections"
    icon = "flag"
    menu_group = "catalogue"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.DEPARTMENT, Role.REGULATOR)
    draft_step = "edit"

    about = models.CharField(_("objected to"), max_length=12, choices=sheets.objection.SUBJECTS)
    resource = models.ForeignKey(DataResource, models.PROTECT, related_name="+", verbose_name=_("data resource"))
    request = models.ForeignKey(
        AuthorizationRequest, models.PROTECT, related_name="+", null=True, verbose_name=_("request")
    )
    grounds = models.TextField(_("grounds"))
    department = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, verbose_name=_("department asked")
    )
    question = models.TextField(_("what the department was asked"), blank=True)
    opinion_by = models.DateField(_("opinion by"), null=True)
    opinion = models.TextField(_("opinion of the department"), blank=True)
    opinion_at = models.DateTimeField(_("opinion given at"), null=True)
    reasons = models.TextField(_("reasons"), blank=True)
    measure = models.TextField(_("what follows"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            STATES.known("objection_known_state"),
            models.CheckConstraint(
                condition=~Q(about="decision") | Q(request__isnull=False), name="objection_names_the_request"
            ),
        ]

    @property
    def title(self) -> str:
        return str(_("Objection: %(subject)s") % {"subject": self.get_about_display()})

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Users their own, a department those on which it was asked, the bureau and supervising bodies all."""
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
        """By organisation and code of the resource."""
        return super().search(text) | Q(resource__code__icontains=text)

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `authorizations.facts.objection`)."""
        return facts.objection.of_objection(self, actor)

    # --- the user --------------------------------------------------------------------------------------------

    def _take(self, by: Actor, *, about, resource, request, grounds) -> None:
        self.about, self.grounds = about, grounds
        if about == "decision":
            self.request, self.resource = _refused_item(request, resource, by)
        else:
            self.request, self.resource = None, _entry(resource, by)

    @staticmethod
    def _build(*, by: Actor, on: datetime, **values) -> "Objection":
        objection = Objection(organisation=by.organisation, state=STATES.initial)
        objection._take(by, **values)
        return objection

    start = Start(
        label=_("Object"), article="5(3)", by=(the_user,), asks=lambda actor: sheets.objection.text(), build=_build,
        explain=_("To a refusal of what you asked for, or to class, grade or data of an entry of the catalogue."),
    )  # fmt: skip

    @step(
        label=_("Change the objection"), article="5(3)", source="submitted", by=[the_user],
        inputs=sheets.objection.text, tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, **values):
        self._take(by, **values)

    @step(
        label=_("Withdraw the objection"), article="5(3)", source=["submitted", "opinion"], target="withdrawn",
        by=[the_user], inputs=sheets.objection.reason, tone="danger",
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.withdrawn_because = reason

    # --- bureau and department -------------------------------------------------------------------------------

    @step(
        label=_("Ask the department for its opinion"), article="5(3)", source="submitted", target="opinion",
        by=[the_bureau], inputs=sheets.objection.question, tone="secondary",
    )  # fmt: skip
    def ask_department(self, *, by, on, question, opinion_by):
        self.department, self.question, self.opinion_by = self.resource.organisation, question, opinion_by

    @step(
        label=_("Give the opinion"), article="5(3)", source="opinion", target="submitted", by=[the_department_asked],
        inputs=sheets.objection.opinion,
    )  # fmt: skip
    def give_opinion(self, *, by, on, opinion):
        self.opinion, self.opinion_at = opinion, on

    @step(
        label=_("Go on without the opinion"), article="5(3)", source="opinion", target="submitted", by=[the_bureau],
        tone="secondary",
    )  # fmt: skip
    def go_on(self, *, by, on):
        self.opinion_by = None

    @step(
        label=_("Uphold the objection"), article="5(3)", source="submitted", target="upheld", by=[the_bureau],
        inputs=sheets.objection.upheld,
        explain=_("The user gets the answer as a paper. What follows is done by steps of the entry or the request."),
    )  # fmt: skip
    def uphold(self, *, by, on, reasons, measure):
        self.measure = measure
        self._decide(by, on, reasons, "upheld")

    @step(
        label=_("Reject the objection"), article="5(3)", source="submitted", target="rejected", by=[the_bureau],
        inputs=sheets.objection.decision, tone="danger",
    )  # fmt: skip
    def reject(self, *, by, on, reasons):
        self._decide(by, on, reasons, "rejected")

    def _decide(self, by: Actor, on: datetime, reasons: str, outcome: str) -> None:
        self.reasons, self.decided_at = reasons, on
        papers.order(self, "objection_answer", by=by, at=on, context=letters.objection_answer(self, outcome))


def _entry(code: str, by: Actor) -> DataResource:
    found = DataResource.objects.visible_to(by).offered().filter(code=code.strip()).first()
    if found is None:
        raise InvalidInput({"resource": [_("No resource with this code stands in the catalogue.")]})
    return found


def _refused_item(number: str, code: str, by: Actor) -> tuple[AuthorizationRequest, DataResource]:
    request = AuthorizationRequest.objects.filter(organisation=by.organisation, number=number.strip()).first()
    if request is None:
        raise InvalidInput({"request": [_("Your organisation has no request with this number.")]})
    refused = request.items.filter(decision="refused", resource__code=code.strip()).select_related("resource")
    item = refused.first()
    if item is None or request.concluded_at is None:
        raise InvalidInput({"resource": [_("This resource was not refused in the request.")]})
    return request, item.resource
