"""Tasks: whose turn it is."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from casework.models.clock import Clock
from casework.models.of_case import OfCase, OfCaseQuerySet

NO_LIMIT = date(9999, 12, 31)
"""Sorts tasks without a limit behind all others, so that the inbox has one order and one index."""

ERRANDS = [("answer", _("Answer a colleague's question"))]
"""What somebody is asked to do beside the case's course, inside their own office; nobody else is told of it."""


class TaskQuerySet(OfCaseQuerySet):
    """Reads of tasks."""

    def awaiting(self, actor: Actor) -> "TaskQuerySet":
        """Open tasks of the organisation and roles acted for; within a delegation, of its kinds of case only."""
        if actor.organisation is None:
            return self.none()
        tasks = self.filter(closed_at=None, organisation_id=actor.organisation.pk).filter(
            models.Q(person=None) | models.Q(person_id=actor.person.pk)
        )
        if not actor.has(Role.BUREAU_LEAD):
            tasks = tasks.filter(role__in=[role.value for role in actor.roles])
        return tasks if actor.scope is None else tasks.filter(case_kind__in=actor.scope)

    def of_clock(self, clock: Clock) -> "TaskQuerySet":
        """The open tasks that run on a clock."""
        return self.filter(clock=clock, closed_at=None)

    def turns(self) -> "TaskQuerySet":
        """Whose turn it is in the course of the case, without what colleagues ask each other."""
        return self.filter(errand="")

    def soonest_first(self) -> "TaskQuerySet":
        """In the order of the inbox."""
        return self.order_by("due_on", "id")


class Task(OfCase):
    """Who must act, on which case, since when, until when, under which article.

    What must be done is the state's business, or the errand of one person, where there is one.
    """

    subject = models.CharField(_("subject"), max_length=300)
    state = models.CharField(_("state"), max_length=40)
    article = models.CharField(_("article"), max_length=20, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    errand = models.CharField(_("errand"), max_length=20, choices=ERRANDS, blank=True)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="tasks", null=True)
    due_on = models.DateField(_("due on"), default=NO_LIMIT)
    opened_at = models.DateTimeField(_("since"))
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = TaskQuerySet.as_manager()

    class Meta(OfCase.Meta):
        abstract = False
        verbose_name = _("task")
        indexes = [
            models.Index(fields=["case_kind", "case_id"], name="task_case"),
            models.Index(
                fields=["organisation", "due_on", "id"], name="task_inbox", condition=models.Q(closed_at=None)
            ),
            models.Index(
                fields=["closed_by", "-closed_at"], name="task_done", condition=models.Q(closed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.state}"

    @property
    def has_limit(self) -> bool:
        """Whether a day is set by which this must be done."""
        return self.due_on != NO_LIMIT
