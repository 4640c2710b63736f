"""The call for applications (Art. 9(1), 10): conditions, window, who is consulted, publication of results."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation, OrganisationKind
from accounts.queries import bureau
from accounts.roles import Role
from casework.beginning import Start
from casework.inputs import Input
from casework.models.case import Case
from casework.refusals import InvalidInput
from casework.states import State, States, the_bureau, the_system
from casework.step import step
from operators import facts, guards

STATES = States.of(
    draft=State(label=_("Draft"), owner=the_bureau, task=_("Complete the call and publish it"), article="9(1)"),
    published=State(label=_("Published, window not yet open"), article="9(1)", tone="info"),
    open=State(label=_("Open for applications"), article="10", tone="good"),
    closed=State(
        label=_("Closed for applications"),
        owner=the_bureau,
        task=_("Publish the results once all are decided"),
        article="11",
    ),  # fmt: skip
    decided=State(label=_("Results published"), article="11", final=True, tone="good"),
    withdrawn=State(label=_("Withdrawn"), article="9(1)", final=True),
)


def _choices_of(kind: str) -> list[tuple[str, str]]:
    bodies = Organisation.objects.filter(kind=kind, active=True).order_by("name")
    return [(str(pk), name) for pk, name in bodies.values_list("pk", "name")]


def _fields_of_expertise() -> list[tuple[str, str]]:
    return guards.rules_today().options("expertise")


def call_inputs(call: "Call | None" = None) -> dict[str, Input]:
    """What a call consists of; with what the draft already says."""

    def kept(name: str):
        return getattr(call, name) if call else None

    fewest = guards.rules_today().setting("panel_minimum").value
    when, review = _("Window for applications"), _("Review")
    days_help = _("Working days. The measures set no limit for this; leave it empty to set none.")
    return {
        "subject": Input(kind="text", label=_("Title"), max_length=200, initial=kept("subject")),
        "conditions": Input(
            kind="longtext", label=_("Conditions and how to apply"), max_length=20000, initial=kept("conditions"),
            help=_("Shown on the public page, above the checklist of the measures that every applicant answers."),
        ),
        "opens_at": Input(kind="datetime", label=_("Applications from"), initial=kept("opens_at"), group=when),
        "closes_at": Input(
            kind="datetime", label=_("Applications until"), initial=kept("closes_at"), group=when,
            help=_("Beijing time. Later applications are refused."),
        ),
        "expertise": Input(
            kind="choice", label=_("Field of the expert panel"), choices=_fields_of_expertise,
            initial=kept("expertise"), group=review,
        ),
        "seats": Input(
            kind="integer", label=_("Experts on the panel"), min_value=fewest, max_value=15, group=review,
            initial=kept("seats") or fewest,
        ),
        "consulted": Input(
            kind="choices", label=_("Supervising bodies consulted"),
            choices=lambda: _choices_of(OrganisationKind.REGULATOR),
            initial=[str(pk) for pk in call.consulted.values_list("pk", flat=True)] if call else None, group=review,
        ),
        "qualification_days": Input(
            kind="integer", label=_("Limit for the qualification review"), required=False, min_value=1, max_value=250,
            help=days_help, initial=kept("qualification_days"), group=review,
        ),
        "panel_days": Input(
            kind="integer", label=_("Limit for scoring by the experts"), required=False, min_value=1, max_value=250,
            help=days_help, initial=kept("panel_days"), group=review,
        ),
        "consultation_days": Input(
            kind="integer", label=_("Limit for the opinions of supervising bodies"), required=False, min_value=1,
            max_value=250, help=days_help, initial=kept("consultation_days"), group=review,
        ),
    }  # fmt: skip


class Call(Case):
    """A call for applications. Its organisation is the bureau."""

    kind = "call"
    plural = "calls"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.REGULATOR, Role.GOVERNMENT)
    icon = "megaphone"
    menu_group = "selection"
    draft_step = "edit"

    subject = models.CharField(_("title"), max_length=200)
    conditions = models.TextField(_("conditions"))
    opens_at = models.DateTimeField(_("applications from"))
    closes_at = models.DateTimeField(_("applications until"))
    expertise = models.CharField(_("field of the expert panel"), max_length=40)
    seats = models.PositiveSmallIntegerField(_("experts on the panel"))
    consulted = models.ManyToManyField(Organisation, related_name="+", verbose_name=_("supervising bodies consulted"))
    qualification_days = models.PositiveSmallIntegerField(_("limit for the qualification review"), null=True)
    panel_days = models.PositiveSmallIntegerField(_("limit for scoring"), null=True)
    consultation_days = models.PositiveSmallIntegerField(_("limit for opinions"), null=True)
    published_at = models.DateTimeField(_("published at"), null=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)

    class Meta:
        verbose_name = _("call for applications")
        verbose_name_plural = _("calls for applications")
        constraints = [
            STATES.known("call_known_state"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="call_window_not_empty",
                violation_error_message=_("The window must end after it begins."),
            ),
        ]  # fmt: skip

    @property
    def title(self) -> str:
        return self.subject

    @classmethod
    def scope(cls, actor: Actor) -> models.Q:
        """Staff of the bureau see drafts; everybody signed in sees what was published (Art. 9(1))."""
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            return models.Q()
        return models.Q(published_at__isnull=False)

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `operators.facts`)."""
        return facts.of_call(self, actor)

    @classmethod
    def search(cls, text: str) -> models.Q:
        """Calls are looked for by their title."""
        return models.Q(subject__icontains=text)

    @property
    def public_state(self) -> str:
        """Where the call stands for the public: derived from the window, whatever a job has done yet."""
        if self.window_is_open:
            return str(STATES["open"].label)
        if self.state in {"published", "open"} and self.is_late(timezone.now()):
            return str(STATES["closed"].label)
        return self.get_state_display()

    @property
    def public_tone(self) -> str:
        """The tone of that state."""
        return "good" if self.window_is_open else self.current.tone

    def takes_applications(self, on: datetime) -> bool:
        """Whether the window is open at that moment; derived from the times, whatever a job has done yet (Art. 10)."""
        return self.state in {"published", "open"} and self.opens_at <= on < self.closes_at

    def _take(self, values: dict) -> None:
        if values["closes_at"] <= values["opens_at"]:
            raise InvalidInput({"closes_at": [_("The window must end after it begins.")]}, article="10")
        for name, value in values.items():
            if name != "consulted":
                setattr(self, name, value)

    @staticmethod
    def _build(*, by: Actor, on: datetime, **values) -> "Call":
        call = Call(organisation=bureau(), state=STATES.initial)
        call._take(values)
        call.consulted_chosen = values["consulted"]
        return call

    def save(self, *args, **kwargs):
        """Write the row; the bodies chosen when the call began follow as soon as it has a key."""
        super().save(*args, **kwargs)
        chosen = self.__dict__.pop("consulted_chosen", None)
        if chosen is not None:
            self.consulted.set(Organisation.objects.filter(kind=OrganisationKind.REGULATOR, pk__in=chosen))

    start = Start(
        label=_("Prepare a call"), article="9(1)", by=(the_bureau,), asks=lambda actor: call_inputs(), build=_build,
        guards=(guards.window_not_empty,),
    )  # fmt: skip

    @step(
        label=_("Change the call"), article="9(1)", source="draft", by=[the_bureau], inputs=call_inputs,
        tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, **values):
        self._take(values)
        self.consulted_chosen = values["consulted"]

    @step(
        label=_("Publish the call"), article="9(1)", source="draft", target="published", by=[the_bureau],
        guards=[guards.window_not_empty, guards.window_ahead, guards.bodies_chosen, guards.seats_odd],
        then="open_window",
        explain=_("The call appears on the public page at once. Applications are taken inside the window only."),
    )  # fmt: skip
    def publish(self, *, by, on):
        self.published_at = on

    @step(
        label=_("Open for applications"), article="10", source="published", target="open", by=[the_system],
        guards=[guards.window_begun],
    )  # fmt: skip
    def open_window(self, *, by, on):
        """The window begins; from here the call counts as open in lists."""

    @step(
        label=_("Close for applications"), article="10", source=["published", "open"], target="closed",
        by=[the_system], guards=[guards.window_ended],
    )  # fmt: skip
    def close_window(self, *, by, on):
        """The window has ended; what was not submitted by now is late."""

    @step(
        label=_("Publish the results"), article="11", source="closed", target="decided", by=[the_bureau],
        guards=[guards.all_applications_decided],
        explain=_("The results appear on the public page. Agreements can then be drawn up with those approved."),
    )  # fmt: skip
    def publish_results(self, *, by, on):
        """The decisions on all applications of the call become public."""

    @step(
        label=_("Withdraw the call"), article="9(1)", source=["draft", "published"], target="withdrawn",
        by=[the_bureau], tone="danger", guards=[guards.nothing_handed_in],
        inputs={"reason": Input(kind="longtext", label=_("Reason"), help=_("Shown on the public page."))},
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.withdrawn_because = reason

    def is_late(self, on: datetime) -> bool:
        """Whether the window has ended at that moment."""
        return on >= self.closes_at

    @property
    def window_is_open(self) -> bool:
        """Whether an application can be submitted now."""
        return self.takes_applications(timezone.now())
